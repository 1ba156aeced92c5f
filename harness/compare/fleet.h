/* fleet.h - compares many hosts and finds the outliers.
 *
 * Outliers are found among the cards (or CPUs) of one model. The measure is the distance of a
 * host's median from the median of all, in robust standard deviations (1.4826 times the median
 * absolute deviation, of logarithms). The limit grows with the number of hosts, and the distance
 * must also be large enough to matter. */
#ifndef HARNESS_FLEET_H
#define HARNESS_FLEET_H

#include "harness/reading/readings.h"

/* With fewer processes per host, one late run makes an outlier. With fewer hosts none is called an
 * outlier, because the others do not show how large deviations usually are. */
enum { FLEET_FEWEST_RUNS = 5, FLEET_FEWEST_HOSTS = 5 };

/* One host, or one card. Cards are identified by their UUID and hosts by the digest of their
 * machine, whatever their names are. */
struct fleet_host {
    const char *label; /* the host's name, or the label of the caller */
    const char *id;    /* the card's UUID, or the digest of the machine; "" if neither is known */
    const char *device;
    const struct reading *reading; /* one of its runs */
    double median_s;               /* median of its process medians */
    double sm_hz;                  /* NaN if unknown */
    double link_share; /* speed of the slowest PCIe link seen, as a share of its maximum; 1 if
                          unknown */
    size_t runs, throttled;
    size_t
        names; /* how many host names used this card or machine; if several, the label is its id */
    uint32_t throttle;
    bool is_noisy; /* too noisy to rank: by its process medians, or if they are few, by most runs */
    bool is_outlier;
    char reason[320]; /* how an outlier, or a host of another class, differs from the others
                         according to the files; or "" */
};

/* The hosts of one model that measured one key in one way, fastest first. A card or host whose runs
 * are of several classes appears once for each class. */
struct fleet_model {
    const char *key, *device;
    char kind[24]; /* ", 8 at once", or "" */
    struct fleet_host *hosts;
    size_t count, outliers;
    size_t repeated;      /* how many of them appear again for another class */
    size_t few;           /* hosts with fewer than FLEET_FEWEST_RUNS runs */
    double median_s;      /* median of the hosts */
    double low_s, high_s; /* the middle 98 % of the hosts */
    size_t share_a_label; /* the most hosts with the same label; 1 if labels are unique */
};

/* Whether a host could have been called an outlier: its model has enough of them, and its own times
 * are not too noisy to rank. */
bool fleet_is_judged(const struct fleet_model *m, const struct fleet_host *h);

/* One key on one host or card, some of whose runs have no time. Waived runs count only if another
 * host of the model has a time. Soaks are left out because they report their own verdict. */
struct fleet_bad {
    const char *key, *device, *label, *id; /* as in struct fleet_host */
    const char *reason; /* reason of the last such run, not yet cleaned for output; or "" */
    size_t failed, wrong, waived, runs;
};

struct fleet {
    struct fleet_model *models; /* by key and kind, then fastest median first */
    size_t count;
    struct fleet_host *hosts; /* all of them, in the models' order */
    struct fleet_bad *bad;    /* by key */
    size_t bad_count;
};

/* Groups the runs. labels[i], unless it is NULL, replaces the host name of r->list[i]. The fleet
 * points into the readings. */
enum status fleet_gather(const struct readings *r, const char *const *labels, struct fleet *out,
                         struct failure *why);
void fleet_free(struct fleet *f);

/* Writes "node1", or "node1 GPU-1a2b3c4d" if several cards or machines of the model share a label.
 */
const char *fleet_label(const struct fleet_model *m, const struct fleet_host *h, char *out,
                        size_t bytes);

/* Returns the limit in deviations, at least 3.5: in only one of a hundred fleets of `count` normal
 * hosts does a host exceed it. */
double fleet_limit(size_t count);

#endif

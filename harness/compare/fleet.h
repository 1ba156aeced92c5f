/* fleet.h - many hosts side by side, and those that are not like the others.
 *
 * Outliers are found among cards (or CPUs) of one model, by how many robust standard deviations
 * (1.4826 times the median absolute deviation, of logarithms) their median is off the middle. One
 * has to be far out for so many hosts, and by enough to matter. */
#ifndef HARNESS_FLEET_H
#define HARNESS_FLEET_H

#include "harness/reading/readings.h"

/* With fewer processes a host, one late run makes an outlier. Of fewer hosts none is an outlier,
 * because the others do not show how much is usual. */
enum { FLEET_FEWEST_RUNS = 5, FLEET_FEWEST_HOSTS = 5, FLEET_REASON_BYTES = 320 };

/* One host, or one card. Cards differ by their UUID and hosts by the digest of their machine,
 * whatever their names are. */
struct fleet_host {
    const char *label; /* the host's name, or what the caller called it */
    const char *id;    /* the card's UUID, or the digest of the machine; "" if it has neither */
    const char *device;
    const struct reading *reading; /* one of its runs */
    double median_s;               /* of its process medians */
    double sm_hz;                  /* NaN if unknown */
    double link_share; /* the slowest PCIe link that was seen, of its maximum; 1 if unknown */
    size_t runs, throttled;
    size_t names; /* of hosts that ran on this card or machine; if several, the label is its id */
    uint32_t throttle;
    bool is_noisy; /* too noisy to rank: by its process medians, or if they are few, by most runs */
    bool is_outlier;
    char reason[FLEET_REASON_BYTES]; /* what is different about an outlier, or about a host of
                                        another class, as far as the files tell; or "" */
};

/* The hosts of one model that measured one key in one way, fastest first. A card or host whose runs
 * are of several classes is there once for each. */
struct fleet_model {
    const char *key, *device;
    char kind[24]; /* ", 8 at once", or "" */
    struct fleet_host *hosts;
    size_t count, outliers;
    size_t repeated;      /* how many of them are there for another class */
    size_t few;           /* hosts with fewer than FLEET_FEWEST_RUNS runs */
    double median_s;      /* of the hosts */
    double low_s, high_s; /* the middle 98 % of them */
    size_t share_a_label; /* the most that do: 1 if labels are enough */
};

/* One key on one host or card, some of whose runs have no time. Those that were waived count only
 * where another host of the model has a time. Soaks say themselves how they ended. */
struct fleet_bad {
    const char *key, *label, *id; /* as in struct fleet_host */
    const char *reason;           /* of the last such run, not clean; or "" */
    size_t failed, wrong, waived, runs;
};

struct fleet {
    struct fleet_model *models; /* by key and kind, then fastest median first */
    size_t count;
    struct fleet_host *hosts; /* all of them, in the models' order */
    struct fleet_bad *bad;    /* by key */
    size_t bad_count;
};

/* labels[i] replaces the name of the host of r->list[i], unless it is NULL. Points into the
 * readings. */
enum status fleet_gather(const struct readings *r, const char *const *labels, struct fleet *out,
                         struct failure *why);
void fleet_free(struct fleet *f);

/* "node1", or "node1 GPU-1a2b3c4d" where several cards or machines of the model share a label. */
const char *fleet_label(const struct fleet_model *m, const struct fleet_host *h, char *out,
                        size_t bytes);

/* How many deviations off the middle one of `count` normal hosts is only once in a hundred fleets;
 * at least 3.5. */
double fleet_limit(size_t count);

#endif

/* result.h - one run of gpubench as data. */
#ifndef HARNESS_RESULT_H
#define HARNESS_RESULT_H

#include "harness/contract/facts.h"
#include "harness/measure/measure.h"

enum { PHASES_MAX = 16 };

/* One line of "where did the time go". */
struct phase {
    const char *name;
    nanos ns;
    char what[96];  /* "sum-aat/f32/warp-triangle", "driver and context"; "" if there is no more to
                     * say
                     */
    char place[32]; /* where it ran, "/gpu:0"; "" outside the device */
};

/* One of several ranks that did the problem together. */
struct rank_result {
    char host[64], device[128], place[32], uuid[64];
    char pci[24];                  /* "0000:01:00.0"; "" if it has none */
    double share;                  /* of the work, 0 … 1 */
    double part, want, error;      /* of the sum; the error relative to its scale */
    double sm_mhz;                 /* the clock, median of the samples; 0 if unknown */
    double *compute_s, *waiting_s; /* of each sample: working, and waiting for the slowest rank, */
    double *exchange_s;            /* and waiting for the panels of a ring */
    double link_bytes_s;           /* the ring without products; 0 without a ring */
    bool shares_device;            /* another rank has the same GPU */
};

struct rank_results {
    int count, hosts, devices;
    char transport[128];
    char links[32]; /* library that moves a ring's panels between GPUs: "NCCL 2.28.9"; or "" */
    const char *exchange; /* how ranks get at A: "none", each makes the rows it needs; or "ring" */
    const char *balance;  /* shares are "even", or by "measured" speeds */
    double alone_s;       /* rank 0's share while the others wait */
    double efficiency;    /* the rate of all, relative to `count` times that of rank 0 alone */
    size_t samples;
    struct rank_result *list;
};

struct result {
    struct problem problem;
    bool is_cold;               /* caches were emptied before each launch */
    bool is_soak;               /* its times are those of a sustained run, comparisons included */
    bool is_clock_wrong;        /* it was started before its build was made */
    const char *backend_name;   /* "gpu" */
    struct rank_results *ranks; /* NULL: one process did it */
    struct device_facts device;
    struct facts facts; /* tool, host, container, env, device, driver, libraries */
    char started[32];   /* UTC, 20261124T101502Z */
    int argc;
    char **argv;

    /* The main job, from opening the device to having the sum on the host; NULL if none ran. */
    const struct variant *job_variant;
    double sum;
    nanos time_taken_ns;
    struct phase phases[PHASES_MAX];
    size_t phase_count;

    struct contestant *contestants;
    size_t contestant_count;
};

/* "gpu/sum-aat/f32/warp-triangle/n=10000", by which results are matched. "/signed" or "/wide"
 * follows for other data than [0,1), because the data decide a GPU's power and so its clock;
 * "/cold" follows if caches were emptied, "/soak" if it was a soak, and
 * "/ranks=4/none" if ranks did it together: how many, how they got at A, and "/measured" if their
 * shares are not even. */
void result_key(const struct result *r, const struct variant *v, char *key, size_t key_bytes);

/* Whether everything that the operation reads and writes fits into the device's cache and may have
 * been there when a launch began, so that the time says nothing about memory. */
bool result_in_cache(const struct result *r);

void result_add_phase(struct result *r, const char *name, nanos ns, const char *place,
                      const char *what, ...) __attribute__((format(printf, 5, 6)));

/* "2 ranks": the place of a result that several ranks made together. */
void result_name_ranks(struct result *r, int ranks);

#endif

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

struct result {
    struct problem problem;
    bool is_cold;             /* caches were emptied before each launch */
    bool is_soak;             /* its times are those of a sustained run, comparisons included */
    bool is_clock_wrong;      /* it was started before its build was made */
    const char *backend_name; /* "gpu" */
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
 * "/cold" follows if caches were emptied, "/soak" if it was a soak. */
void result_key(const struct result *r, const struct variant *v, char *key, size_t key_bytes);

/* Whether everything that the operation reads and writes fits into the device's cache and may have
 * been there when a launch began, so that the time says nothing about memory. */
bool result_in_cache(const struct result *r);

void result_add_phase(struct result *r, const char *name, nanos ns, const char *place,
                      const char *what, ...) __attribute__((format(printf, 5, 6)));

#endif

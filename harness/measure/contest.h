/* contest.h - a variant that is measured, and the plan by which all of a table are. */
#ifndef HARNESS_CONTEST_H
#define HARNESS_CONTEST_H

#include "harness/base/interrupt.h"
#include "harness/contract/backend.h"
#include "harness/stats/stop.h"
#include "harness/verify/verify.h"

struct contestant {
    const struct variant *variant;
    enum { CONTESTANT_OK, CONTESTANT_WAIVED, CONTESTANT_FAILED, CONTESTANT_WRONG } state;
    char reason[512];       /* why the contestant is waived, failed or wrong */
    struct verdict verdict; /* of the first run; without a good verdict, times do not count */
    struct sample *samples; /* in the order of sampling */
    size_t count, warmups;
    size_t settling; /* runs that are no samples: power limited a clock that was still changing */
    enum stop_reason stop;
    bool is_first_run; /* the only sample is the job's first run, cold: no steady state */
    unsigned launches_per_sample;
};

struct measure_plan {
    struct stop_rule stop;
    /* A contestant warms up for at least warmup_ns and four runs, until two successive medians of
     * three agree within 2 %, but for max_warmups runs at most (0: no warm-up). */
    nanos warmup_ns;
    unsigned max_warmups;
    nanos min_sample_ns; /* a sample is as many launches as take this long (50 µs), so that the gaps
                            between launches do not count as kernel time */
    struct problem problem;
    const struct device_facts *device; /* speeds above its peak are rejected; may be NULL */
    /* Called before each sample with the completed share, 0 … 1; may be NULL. */
    void (*progress)(void *context, const struct contestant *now, double done);
    void *progress_context;
};

/* Makes a contestant a failed one, with the reason and without samples. */
void contestant_give_up(struct contestant *c, const char *reason);

/* Records that the device was lost during contestants[culprit]. The culprit becomes failed, with
 * this reason. The others that were still running keep their samples, or become failed if they have
 * none. */
void contestants_lose_device(struct contestant *contestants, size_t count, size_t culprit,
                             const char *reason);

void contestant_free(struct contestant *c);

#endif

/* measure.h - the measuring loop: warm up, then sample all contestants of a table in turn until
 * each has its answer.
 *
 * Interleaved round-robin (A B C A B C …), so that drift of clocks and temperature falls on all
 * alike. A variant that fails becomes a failed contestant; the others go on, unless the device is
 * lost (STATUS_LOST): then all end with the samples they have. */
#ifndef HARNESS_MEASURE_H
#define HARNESS_MEASURE_H

#include "harness/base/interrupt.h"
#include "harness/contract/backend.h"
#include "harness/measure/verify.h"
#include "harness/stats/stop.h"

struct contestant {
    const struct variant *variant;
    enum { CONTESTANT_OK, CONTESTANT_WAIVED, CONTESTANT_FAILED, CONTESTANT_WRONG } state;
    char reason[512];       /* why waived, failed or wrong */
    struct verdict verdict; /* of the first run; no time counts without it */
    struct sample *samples; /* in the order taken */
    size_t count, capacity, warmups;
    enum stop_reason stop;
    unsigned launches_per_sample;
};

struct measure_plan {
    struct stop_rule stop;
    nanos warmup_ns; /* warm up at least so long … */
    unsigned
        min_warmups; /* … and so often, until two successive medians of three agree within 2 % */
    unsigned max_warmups; /* 0: no warm-up */
    nanos min_sample_ns;  /* batch launches until a sample lasts so long (50 µs), so that gaps are
                             not kernel time */
    /* Called before each sample with the share done, 0 … 1; may be NULL. */
    void (*progress)(void *context, const struct contestant *now, double done);
    void *progress_context;
};

/* Samples every contestant whose state is CONTESTANT_OK. STATUS_INTERRUPTED if
 * interrupt_requested(), else OK. */
enum status measure(const struct backend *backend, struct job *job, struct contestant *contestants,
                    size_t count, const struct measure_plan *plan, struct failure *why);

/* The device has failed for good under contestants[culprit], for that reason. The culprit has
 * failed; the others that were still running keep the samples they have, and have failed if they
 * have none.
 */
void contestants_lose_device(struct contestant *contestants, size_t count, size_t culprit,
                             const char *reason);

void contestant_free(struct contestant *c);

#endif

/* plan.h - how a device will solve a problem: how much memory it needs, whether all of A is in
 * memory or A is streamed, and if it does not fit, why. A backend decides this once, before
 * anything is allocated; the run, what it prints and its result file use the plan. */
#ifndef HARNESS_PLAN_H
#define HARNESS_PLAN_H

#include "harness/contract/problem.h"

struct device_facts;
struct variant;

struct plan {
    struct problem problem;
    uint64_t bytes;      /* device memory needed; if A is streamed, the least that is enough */
    unsigned panel_rows; /* rows of A in memory at a time if A is streamed; 0: all of A */
    bool fits;
    char sentence[320]; /* why it does not fit; or, of a job, how A is streamed; else "" */
};

enum { AMOUNT_BYTES = 32 };

/* Writes "13.4 GiB" (powers of 1024) to out, AMOUNT_BYTES long, and returns it. */
char *amount_of_bytes(char *out, uint64_t bytes);

/* Compares plan->bytes with the device's free memory and sets fits; if it does not fit, also the
 * sentence: of variant v ("needs 26.9 GiB, 2.0 GiB are free"), or, if v is NULL, of the problem,
 * which ends in `way_out` (NULL: advice to choose a smaller N). */
void plan_judge(struct plan *plan, const struct device_facts *device, const struct variant *v,
                const char *way_out);

#endif

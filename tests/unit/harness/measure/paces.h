/* paces.h - contestants whose launches take scripted times, and a plan of ten samples. */
#ifndef TESTS_UNIT_HARNESS_MEASURE_PACES_H
#define TESTS_UNIT_HARNESS_MEASURE_PACES_H

#include "harness/measure/measure.h"
#include "tests/unit/fake_backend.h"

#include <criterion/criterion.h>

enum { US = 1000, MS = 1000000 };
static const nanos second = 1000000000u;

static inline nanos one_ms(unsigned run, unsigned launches)
{
    (void)run, (void)launches;
    return MS;
}

static inline nanos twenty_seconds(unsigned run, unsigned launches)
{
    (void)run, (void)launches;
    return 20 * second;
}

/* Sways by ± 30 %, too much to converge in a thousand samples. */
static inline nanos swaying(unsigned run, unsigned launches)
{
    (void)launches;
    return MS + MS * 3 / 10 * (run * 7919 % 101) / 50 - MS * 3 / 10;
}

static inline nanos no_time_at_all(unsigned run, unsigned launches)
{
    (void)run, (void)launches;
    return 0;
}

static inline struct job *any_job(void)
{
    return fake_job((struct problem){.op = OP_REDUCE, .n = 1}, FAULT_NONE, (struct entry){0, 0});
}

static inline struct variant variant(const char *name, const struct fake_pace *pace)
{
    return (struct variant){.op = OP_REDUCE, .name = name, .steps = {"reduce"}, .row = pace};
}

static inline struct measure_plan ten_samples(void)
{
    return (struct measure_plan){.stop = {.exact_samples = 10, .max_time_ns = second}};
}

/* Measures one contestant, "a", and expects no error. The caller frees the contestant. */
static inline struct contestant measure_one(const struct fake_pace *pace,
                                            const struct measure_plan *plan)
{
    static struct variant v;
    v = variant("a", pace);
    struct contestant c = {.variant = &v};
    struct job *job = any_job();
    cr_assert_eq(measure(&fake_backend, job, &c, 1, plan, NULL), STATUS_OK);
    fake_backend.end(job);
    return c;
}

#endif

/* test_measure_doubts.c - samples that are too fast, or whose sum is not the verified one. */
#include "harness/measure/measure.h"
#include "tests/unit/fake_backend.h"
#include "tests/unit/harness/measure/paces.h"

#include <criterion/criterion.h>
#include <string.h>

/* Measures one verified variant of 25 samples; returns the number of runs. */
static unsigned measure_verified(struct fake_pace *pace, struct variant v,
                                 const struct device_facts *device, struct contestant *c)
{
    v.row = pace;
    static struct variant kept;
    kept = v;
    *c = (struct contestant){
        .variant = &kept,
        .verdict = {.ok = true, .sum = FAKE_ANSWER, .sum_scale = 1, .limit = {.sum = 1e-6}}};
    struct measure_plan plan = {.stop = {.exact_samples = 25, .max_time_ns = second},
                                .problem = {.op = v.op, .n = 1000},
                                .device = device};
    struct job *job = any_job();
    job->problem.op = v.op;
    job->sum = FAKE_ANSWER; /* of the verified run */
    cr_assert_eq(measure(&fake_backend, job, c, 1, &plan, NULL), STATUS_OK);
    fake_backend.end(job);
    return pace->runs;
}

Test(measure, a_device_that_stops_working_is_found_whenever_it_does)
{
    static const enum op ops[] = {OP_SUM_AAT, OP_MATMUL, OP_REDUCE};
    for (size_t o = 0; o < 3; o++)
        for (unsigned from = 1; from <= 25; from++) {
            struct fake_pace pace = {.launch_ns = one_ms, .idle_from = from};
            struct contestant c;
            measure_verified(&pace, (struct variant){.op = ops[o], .name = "v"}, NULL, &c);
            cr_expect_eq(c.state, CONTESTANT_FAILED, "%s from run %u", op_name(ops[o]), from);
            cr_expect_eq(c.count, 0);
            cr_expect_not_null(strstr(c.reason, "left no result"), "%s", c.reason);
        }
}

Test(measure, one_run_that_differs_in_its_last_bit_fails_its_variant)
{
    for (unsigned at = 1; at <= 25; at++) {
        struct fake_pace pace = {.launch_ns = one_ms, .differs_at = at};
        struct contestant c;
        measure_verified(&pace, (struct variant){.op = OP_SUM_AAT, .name = "v"}, NULL, &c);
        cr_expect_eq(c.state, CONTESTANT_FAILED, "run %u", at);
        cr_expect_not_null(strstr(c.reason, "1.5000000000000002, the verified one 1.5"), "%s",
                           c.reason);
    }
}

Test(measure, a_library_and_an_order_that_varies_may_differ_within_the_limit_alone)
{
    const struct variant may[] = {{.op = OP_REDUCE, .name = "v", .library = true},
                                  {.op = OP_REDUCE, .name = "v", .order_varies = true}};
    for (size_t i = 0; i < 2; i++) {
        struct fake_pace pace = {.launch_ns = one_ms, .differs_at = 7};
        struct contestant c;
        measure_verified(&pace, may[i], NULL, &c);
        cr_expect_eq(c.state, CONTESTANT_OK, "%s", c.reason);
        cr_expect_eq(c.count, 25);
        contestant_free(&c);
    }
}

Test(measure, nothing_is_run_again_if_the_last_sample_started_from_a_poisoned_answer)
{
    struct fake_pace pace = {.launch_ns = one_ms};
    struct contestant c;
    cr_expect_eq(measure_verified(&pace, (struct variant){.op = OP_MATMUL, .name = "v"}, NULL, &c),
                 25, "the last of as many samples as asked is known beforehand");
    contestant_free(&c);
}

Test(measure, a_median_above_the_peak_of_the_device_is_not_believed)
{
    const double flop = 2e9, at_1_ms = flop / 1e-3; /* N = 1000 */
    static const struct {
        double peak, cache;
        int state;
    } cases[] = {{1, 1, CONTESTANT_OK},
                 {0.98, 1, CONTESTANT_FAILED},
                 {0.98, 0, CONTESTANT_OK},
                 {0.4, 0, CONTESTANT_FAILED},
                 {0, 1, CONTESTANT_OK}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct device_facts device = {.peak_flops = {cases[i].peak * at_1_ms},
                                            .cache_bytes = (uint64_t)cases[i].cache};
        struct fake_pace pace = {.launch_ns = one_ms};
        struct contestant c;
        measure_verified(&pace, (struct variant){.op = OP_SUM_AAT, .name = "v"}, &device, &c);
        cr_expect_eq((int)c.state, cases[i].state, "case %zu: %s", i, c.reason);
        contestant_free(&c);
    }
}

Test(measure, a_reduction_from_the_cache_may_be_faster_than_memory)
{
    for (uint64_t cache = 1 << 10; cache <= 1 << 24; cache <<= 14) {
        const struct device_facts device = {.peak_bytes = 1e9, .cache_bytes = cache};
        struct fake_pace pace = {.launch_ns = one_ms};
        struct contestant c;
        measure_verified(&pace, (struct variant){.op = OP_REDUCE, .name = "v"}, &device, &c);
        cr_expect_eq(c.state == CONTESTANT_OK, cache > 4000000, "%s", c.reason);
        contestant_free(&c);
    }
}

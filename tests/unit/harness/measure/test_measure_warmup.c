/* test_measure_warmup.c - how long contestants are warmed up. */
#include "harness/measure/measure.h"
#include "tests/unit/fake_backend.h"
#include "tests/unit/harness/measure/paces.h"

#include <criterion/criterion.h>

/* 10 ms at first, 20 % faster each run until 1 ms is reached: the twelfth is the first that is. */
static nanos warming_up(unsigned run, unsigned launches)
{
    (void)launches;
    double ns = 10 * MS;
    while (run--)
        ns *= 0.8;
    return ns > (double)MS ? (nanos)ns : (nanos)MS;
}

Test(measure, without_warm_ups_the_first_run_is_a_sample)
{
    struct fake_pace pace = {.launch_ns = one_ms};
    struct measure_plan plan = ten_samples();
    plan.warmup_ns = second;

    struct contestant c = measure_one(&pace, &plan);

    cr_expect_eq(c.warmups, 0);
    cr_expect_eq(pace.runs, 10);
    contestant_free(&c);
}

Test(measure, warming_up_lasts_until_medians_agree)
{
    struct fake_pace pace = {.launch_ns = warming_up};
    struct measure_plan plan = ten_samples();
    plan.max_warmups = 100;

    struct contestant c = measure_one(&pace, &plan);

    /* Runs 12, 13, 14 are the first three alike at 1 ms, and the median of 11, 12, 13 is too. */
    cr_expect_eq(c.warmups, 14, "%zu", c.warmups);
    for (size_t i = 0; i < c.count; i++)
        cr_expect_eq(c.samples[i].device_ns, MS);
    contestant_free(&c);
}

Test(measure, warming_up_lasts_as_long_as_the_plan_wants)
{
    struct fake_pace pace[2] = {{.launch_ns = one_ms}, {.launch_ns = one_ms}};
    const struct variant v[] = {variant("a", &pace[0]), variant("b", &pace[1])};
    struct contestant c[] = {{.variant = &v[0]}, {.variant = &v[1]}};
    struct measure_plan plan = ten_samples();
    plan.warmup_ns = 100 * MS;
    plan.max_warmups = 1000;
    struct job *job = any_job();

    measure(&fake_backend, job, c, 2, &plan, NULL);

    cr_expect_eq(c[0].warmups, 50, "the other's work warms the device too");
    cr_expect_eq(c[1].warmups, 50);
    contestant_free(&c[0]);
    contestant_free(&c[1]);
    fake_backend.end(job);
}

Test(measure, a_slow_contestant_is_not_warmed_up_past_its_time)
{
    struct fake_pace pace = {.launch_ns = twenty_seconds};
    const struct measure_plan plan = {.stop = stop_rule_default(100 * MS), .max_warmups = 100};

    struct contestant c = measure_one(&pace, &plan);

    cr_expect_eq(c.warmups, 1);
    cr_expect_eq(c.count, 1);
    contestant_free(&c);
}

/* test_measure_launches.c - launches are batched until a sample is long enough for the clock. */
#include "harness/measure/measure.h"
#include "tests/unit/fake_backend.h"
#include "tests/unit/harness/measure/paces.h"

#include <criterion/criterion.h>

/* A lonely launch takes 11 µs, of which 10 are its launching; back to back 1 µs remains. */
static nanos one_us_after_launch(unsigned run, unsigned launches)
{
    (void)run;
    return US + 10 * US / launches;
}

Test(measure, launches_are_batched_until_a_sample_lasts_long_enough)
{
    struct fake_pace pace = {.launch_ns = one_us_after_launch};
    struct measure_plan plan = ten_samples();
    plan.max_warmups = 20;
    plan.min_sample_ns = 50 * US;

    struct contestant c = measure_one(&pace, &plan);

    /* One launch alone suggests 5; those 5 are found to be faster, and so on. */
    const struct sample *last = &c.samples[c.count - 1];
    cr_expect_eq(last->launches, c.launches_per_sample);
    cr_expect_geq(last->launches * last->device_ns, 50 * US);
    cr_expect_leq(last->launches * last->device_ns, 65 * US);
    contestant_free(&c);
}

Test(measure, a_long_launch_is_not_batched)
{
    struct fake_pace pace = {.launch_ns = one_ms};
    struct measure_plan plan = ten_samples();
    plan.max_warmups = 3;
    plan.min_sample_ns = 50 * US;

    struct contestant c = measure_one(&pace, &plan);

    cr_expect_eq(c.launches_per_sample, 1);
    contestant_free(&c);
}

Test(measure, a_launch_too_short_for_the_clock_is_batched_within_bounds)
{
    struct fake_pace pace = {.launch_ns = no_time_at_all};
    struct measure_plan plan = ten_samples();
    plan.max_warmups = 3;
    plan.min_sample_ns = 50 * US;

    struct contestant c = measure_one(&pace, &plan);

    cr_expect_eq(c.launches_per_sample, 100000);
    contestant_free(&c);
}

static nanos ten_ns(unsigned run, unsigned launches)
{
    (void)run, (void)launches;
    return 10;
}

Test(measure, a_device_time_that_the_host_contradicts_does_not_size_a_batch)
{
    struct fake_pace pace = {.launch_ns = ten_ns, .wall_ns = 1000 * US};
    struct measure_plan plan = ten_samples();
    plan.max_warmups = 3;
    plan.min_sample_ns = 50 * US;

    struct contestant c = measure_one(&pace, &plan);

    cr_expect_eq(c.launches_per_sample, 5, "%u", c.launches_per_sample);
    contestant_free(&c);
}

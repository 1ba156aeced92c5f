/* test_measure_settling.c - runs that do not count, because power limits a clock that still
 * changes. */
#include "harness/measure/measure.h"
#include "tests/unit/fake_backend.h"
#include "tests/unit/harness/measure/paces.h"

#include <criterion/criterion.h>

static nanos ten_ms(unsigned run, unsigned launches)
{
    (void)run, (void)launches;
    return 10 * MS;
}

Test(settling, at_the_power_limit_a_turn_has_300_ms_that_do_not_count_and_300_ms_that_do)
{
    struct fake_pace pace[] = {{.launch_ns = ten_ms, .throttle = THROTTLE_POWER_CAP},
                               {.launch_ns = ten_ms, .throttle = THROTTLE_POWER_CAP | 1}};
    const struct variant v[] = {variant("a", &pace[0]), variant("b", &pace[1])};
    struct contestant c[] = {{.variant = &v[0]}, {.variant = &v[1]}};
    const struct measure_plan plan = {.stop = stop_rule_default(2 * second), .max_warmups = 1};
    struct job *job = any_job();

    cr_assert_eq(measure(&fake_backend, job, c, 2, &plan, NULL), STATUS_OK);

    cr_expect_eq(strspn(job->order + 2, "a"), 29 + 30, "%.150s", job->order);
    cr_expect_eq(strspn(job->order + 2 + 59, "b"), 29 + 30);
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(c[i].stop, STOP_CONVERGED);
        cr_expect_eq(c[i].count / 30, 3, "it converges in the fourth turn: %zu", c[i].count);
        cr_expect_eq(c[i].settling, 4 * 29);
        contestant_free(&c[i]);
    }
    fake_backend.end(job);
}

Test(settling, samples_that_are_asked_for_are_counted_after_it)
{
    static const size_t asked[] = {1, 3, 8};
    for (size_t k = 0; k < sizeof asked / sizeof *asked; k++) {
        struct fake_pace pace[] = {{.launch_ns = ten_ms, .throttle = THROTTLE_POWER_CAP},
                                   {.launch_ns = ten_ms}};
        const struct variant v[] = {variant("a", &pace[0]), variant("b", &pace[1])};
        struct contestant c[] = {{.variant = &v[0]}, {.variant = &v[1]}};
        struct measure_plan plan = ten_samples();
        plan.stop.exact_samples = asked[k];
        plan.max_warmups = 1;
        struct job *job = any_job();

        cr_assert_eq(measure(&fake_backend, job, c, 2, &plan, NULL), STATUS_OK);

        const size_t turns = asked[k] < 4 ? asked[k] : 4;
        for (int i = 0; i < 2; i++) { /* also the one that power does not limit: it comes after */
            cr_expect_eq(c[i].count, asked[k]);
            cr_expect_eq(c[i].settling, 29 * turns, "%zu samples: %zu", asked[k], c[i].settling);
            contestant_free(&c[i]);
        }
        fake_backend.end(job);
    }
}

Test(settling, more_than_half_of_the_power_limit_is_enough_among_several_and_any_power_alone)
{
    static const struct {
        double power_w, limit_w;
        bool settles, settles_alone;
    } cases[] = {{351, 700, true, true},
                 {349, 700, false, true},
                 {0, 700, false, true},
                 {500, 0, false, false}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct fake_pace pace[2] = {{.launch_ns = ten_ms, .power_w = cases[k].power_w},
                                    {.launch_ns = ten_ms}};
        pace[0].power_limit_w = pace[1].power_limit_w = cases[k].limit_w;
        const struct variant v[] = {variant("a", &pace[0]), variant("b", &pace[1])};
        struct contestant c[] = {{.variant = &v[0]}, {.variant = &v[1]}};
        const struct measure_plan plan = ten_samples();
        struct job *job = any_job();

        cr_assert_eq(measure(&fake_backend, job, c, 2, &plan, NULL), STATUS_OK);
        struct contestant alone = measure_one(&pace[0], &plan);

        cr_expect_eq(c[0].settling > 0, cases[k].settles, "case %zu", k);
        cr_expect_eq(c[1].settling > 0, cases[k].settles, "case %zu", k);
        cr_expect_eq(alone.warmups, cases[k].settles_alone ? 29 : 0, "case %zu", k);
        contestant_free(&alone);
        contestant_free(&c[0]);
        contestant_free(&c[1]);
        fake_backend.end(job);
    }
}

Test(settling, who_is_alone_settles_once_and_its_warm_ups_count)
{
    struct fake_pace pace = {.launch_ns = ten_ms, .throttle = THROTTLE_POWER_CAP};
    struct measure_plan plan = ten_samples();
    plan.max_warmups = 5;

    struct contestant c = measure_one(&pace, &plan);

    cr_expect_eq(c.count, 10);
    cr_expect_eq(c.warmups, 29);
    cr_expect_eq(c.settling, 0);
    contestant_free(&c);
}

Test(settling, no_other_reason_for_a_lower_clock_makes_it_wait)
{
    struct fake_pace pace = {.launch_ns = ten_ms, .throttle = ~(uint32_t)THROTTLE_POWER_CAP};
    const struct measure_plan plan = ten_samples();

    struct contestant c = measure_one(&pace, &plan);

    cr_expect_eq(c.count, 10);
    cr_expect_eq(c.settling, 0);
    contestant_free(&c);
}

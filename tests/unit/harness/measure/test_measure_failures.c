/* test_measure_failures.c - failing contestants, lost devices and interrupts. */
#include "harness/base/interrupt.h"
#include "harness/measure/measure.h"
#include "tests/unit/fake_backend.h"
#include "tests/unit/harness/measure/paces.h"

#include <criterion/criterion.h>
#include <string.h>

Test(measure, a_failing_contestant_is_out_with_its_reason_and_the_others_go_on)
{
    static const unsigned fails_at[] = {1, 3, 8}; /* the first warm-up, the last, a sample */
    for (size_t i = 0; i < sizeof fails_at / sizeof fails_at[0]; i++) {
        struct fake_pace good = {.launch_ns = one_ms},
                         bad = {.launch_ns = one_ms, .fails_at = fails_at[i]};
        const struct variant v[] = {variant("a", &bad), variant("b", &good)};
        struct contestant c[] = {{.variant = &v[0]}, {.variant = &v[1]}};
        struct measure_plan plan = ten_samples();
        plan.max_warmups = 3;
        struct job *job = any_job();

        cr_assert_eq(measure(&fake_backend, job, c, 2, &plan, NULL), STATUS_OK);

        cr_expect_eq(c[0].state, CONTESTANT_FAILED);
        cr_expect_not_null(strstr(c[0].reason, "failed on purpose"), "%s", c[0].reason);
        cr_expect_eq(c[0].count, 0, "no time is left to be read");
        cr_expect_null(c[0].samples);
        cr_expect_eq(bad.runs, fails_at[i], "it is not run again");
        cr_expect_eq(c[1].state, CONTESTANT_OK);
        cr_expect_eq(c[1].count, 10);
        contestant_free(&c[0]);
        contestant_free(&c[1]);
        fake_backend.end(job);
    }
}

Test(measure, when_the_device_is_lost_the_others_keep_what_they_have)
{
    enum { WARMUPS = 3, SAMPLES = 4, TURN = 2 };
    struct fake_pace good = {.launch_ns = one_ms}, bad = {.launch_ns = one_ms,
                                                          .fails_at = WARMUPS + SAMPLES + 1,
                                                          .loses_device = true};
    const struct variant v[] = {variant("a", &good), variant("b", &bad)};
    struct contestant c[] = {{.variant = &v[0]}, {.variant = &v[1]}};
    struct measure_plan plan = ten_samples();
    plan.max_warmups = WARMUPS;
    struct job *job = any_job();

    cr_assert_eq(measure(&fake_backend, job, c, 2, &plan, NULL), STATUS_OK);

    cr_expect_eq(c[0].state, CONTESTANT_OK);
    cr_expect_eq(c[0].count, SAMPLES + TURN);
    cr_expect_eq(c[0].stop, STOP_LOST);
    cr_expect_eq(good.runs, WARMUPS + SAMPLES + TURN, "nothing is run on a lost device");
    cr_expect_eq(c[1].state, CONTESTANT_FAILED);
    cr_expect_not_null(strstr(c[1].reason, "failed on purpose"), "%s", c[1].reason);
    contestant_free(&c[0]);
    contestant_free(&c[1]);
    fake_backend.end(job);
}

/* A backend fails every call after the first that lost the device. */
Test(measure, who_had_finished_when_the_device_was_lost_is_not_run_on_it_again)
{
    struct fake_pace steady = {.launch_ns = one_ms},
                     bad = {.launch_ns = swaying, .fails_at = 70, .loses_device = true};
    const struct variant v[] = {variant("a", &steady), variant("b", &bad)};
    const struct verdict right = {
        .ok = true, .sum = FAKE_ANSWER, .sum_scale = 1, .limit = {.sum = 1e-6}};
    struct contestant c[] = {{.variant = &v[0], .verdict = right},
                             {.variant = &v[1], .verdict = right}};
    const struct measure_plan plan = {.stop = stop_rule_default(100 * MS)};
    struct job *job = any_job();
    job->sum = FAKE_ANSWER;

    cr_assert_eq(measure(&fake_backend, job, c, 2, &plan, NULL), STATUS_OK);

    cr_expect_eq(c[0].state, CONTESTANT_OK, "%s", c[0].reason);
    cr_expect_eq(c[0].stop, STOP_CONVERGED);
    cr_expect_eq(steady.runs, c[0].count, "%u runs", steady.runs);
    cr_expect_eq(c[1].state, CONTESTANT_FAILED);
    contestant_free(&c[0]);
    fake_backend.end(job);
}

Test(measure, when_the_device_is_lost_while_warming_up_all_say_so)
{
    struct fake_pace good = {.launch_ns = one_ms},
                     bad = {.launch_ns = one_ms, .fails_at = 1, .loses_device = true};
    const struct variant v[] = {variant("a", &good), variant("b", &bad)};
    struct contestant c[] = {{.variant = &v[0]}, {.variant = &v[1]}};
    struct measure_plan plan = ten_samples();
    plan.max_warmups = 3;
    struct job *job = any_job();

    cr_assert_eq(measure(&fake_backend, job, c, 2, &plan, NULL), STATUS_OK);

    cr_expect_eq(c[0].state, CONTESTANT_FAILED);
    cr_expect_not_null(strstr(c[0].reason, "the device was lost under f32/b"), "%s", c[0].reason);
    cr_expect_eq(good.runs, 1);
    cr_expect_eq(c[1].state, CONTESTANT_FAILED);
    fake_backend.end(job);
}

Test(measure, only_contestants_that_are_ok_are_run)
{
    struct fake_pace pace = {.launch_ns = one_ms};
    const struct variant v[] = {variant("a", &pace), variant("b", &pace), variant("c", &pace),
                                variant("d", &pace)};
    struct contestant c[] = {{.variant = &v[0], .state = CONTESTANT_WAIVED},
                             {.variant = &v[1], .state = CONTESTANT_WRONG},
                             {.variant = &v[2], .state = CONTESTANT_FAILED},
                             {.variant = &v[3]}};
    const struct measure_plan plan = ten_samples();
    struct job *job = any_job();

    measure(&fake_backend, job, c, 4, &plan, NULL);

    cr_expect_str_eq(job->order, "dddddddddd");
    cr_expect_eq(c[0].state, CONTESTANT_WAIVED);
    cr_expect_eq(c[1].count, 0);
    contestant_free(&c[3]);
    fake_backend.end(job);
}

Test(measure, an_interrupt_ends_it_between_two_runs)
{
    static const unsigned interrupts_at[] = {2, 8}; /* a warm-up, a sample */
    for (size_t i = 0; i < sizeof interrupts_at / sizeof interrupts_at[0]; i++) {
        struct fake_pace pace = {.launch_ns = one_ms, .interrupts_at = interrupts_at[i]};
        const struct variant v = variant("a", &pace);
        struct contestant c = {.variant = &v};
        struct measure_plan plan = ten_samples();
        plan.max_warmups = 5;
        struct job *job = any_job();
        struct failure why;

        cr_expect_eq(measure(&fake_backend, job, &c, 1, &plan, &why), STATUS_INTERRUPTED);
        cr_expect_not_null(strstr(why.text, "signal 2"), "%s", why.text);
        cr_expect_eq(pace.runs, interrupts_at[i]);
        interrupt_request(0);
        contestant_free(&c);
        fake_backend.end(job);
    }
}

Test(measure, a_run_that_reports_an_interrupt_is_no_failed_contestant)
{
    struct fake_pace pace = {.launch_ns = one_ms, .interrupts_at = 4, .dies_of_interrupt = true};
    const struct variant v = variant("a", &pace);
    struct contestant c = {.variant = &v};
    const struct measure_plan plan = ten_samples();
    struct job *job = any_job();
    struct failure why;

    cr_expect_eq(measure(&fake_backend, job, &c, 1, &plan, &why), STATUS_INTERRUPTED);
    cr_expect_eq(c.state, CONTESTANT_OK);
    cr_expect_str_eq(why.text, "interrupted inside a run");
    contestant_free(&c);
    fake_backend.end(job);
}

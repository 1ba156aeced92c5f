/* test_measure.c - the turns of the contestants, when each stops, and the progress that is
 * reported. */
#include "harness/measure/measure.h"
#include "tests/unit/fake_backend.h"
#include "tests/unit/harness/measure/paces.h"

#include <criterion/criterion.h>
#include <string.h>

Test(measure, contestants_take_turns)
{
    struct fake_pace pace[3] = {
        {.launch_ns = one_ms}, {.launch_ns = one_ms}, {.launch_ns = one_ms}};
    const struct variant v[] = {variant("a", &pace[0]), variant("b", &pace[1]),
                                variant("c", &pace[2])};
    struct contestant c[] = {{.variant = &v[0]}, {.variant = &v[1]}, {.variant = &v[2]}};
    struct measure_plan plan = ten_samples();
    plan.stop.exact_samples = 3;
    plan.max_warmups = 2;
    struct job *job = any_job();

    cr_assert_eq(measure(&fake_backend, job, c, 3, &plan, NULL), STATUS_OK);

    cr_expect_str_eq(job->order, "abcabc" /* warm-ups */ "abcabcabc");
    for (int i = 0; i < 3; i++) {
        cr_expect_eq(c[i].warmups, 2);
        cr_expect_eq(c[i].count, 3);
        cr_expect_eq(c[i].stop, STOP_ASKED);
        cr_expect_eq(c[i].samples[2].device_ns, MS);
        cr_expect_eq(c[i].samples[2].launches, 1);
        contestant_free(&c[i]);
    }
    fake_backend.end(job);
}

static nanos a_tenth_of_a_ms(unsigned run, unsigned launches)
{
    (void)run, (void)launches;
    return MS / 10;
}

static nanos fifty_ms(unsigned run, unsigned launches)
{
    (void)run, (void)launches;
    return 50 * MS;
}

static nanos six_tenths_of_a_ms(unsigned run, unsigned launches)
{
    (void)run, (void)launches;
    return 6 * MS / 10;
}

Test(measure, a_turn_lasts_60_ms_or_64_or_16_samples_or_a_quarter_of_those_asked_for)
{
    static const struct {
        size_t asked;
        nanos (*pace)(unsigned, unsigned);
        size_t turn;
    } cases[] = {{8, one_ms, 2},
                 {7, one_ms, 1},
                 {1000, one_ms, 60},
                 {1000, six_tenths_of_a_ms, 64},
                 {1000, a_tenth_of_a_ms, 16},
                 {1000, fifty_ms, 2},
                 {3, fifty_ms, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fake_pace pace[2] = {{.launch_ns = cases[i].pace}, {.launch_ns = cases[i].pace}};
        const struct variant v[] = {variant("a", &pace[0]), variant("b", &pace[1])};
        struct contestant c[] = {{.variant = &v[0]}, {.variant = &v[1]}};
        struct measure_plan plan = ten_samples();
        plan.stop.exact_samples = cases[i].asked;
        plan.max_warmups = 1;
        struct job *job = any_job();

        cr_assert_eq(measure(&fake_backend, job, c, 2, &plan, NULL), STATUS_OK);

        cr_expect_eq(strspn(job->order + 2, "a"), cases[i].turn, "case %zu: %.80s", i, job->order);
        cr_expect_eq(strspn(job->order + 2 + cases[i].turn, "b"), cases[i].turn);
        cr_expect_eq(c[0].count, cases[i].asked);
        contestant_free(&c[0]);
        contestant_free(&c[1]);
        fake_backend.end(job);
    }
}

Test(measure, a_turn_lasts_a_quarter_of_the_time_if_that_is_shorter)
{
    struct fake_pace pace[2] = {{.launch_ns = swaying}, {.launch_ns = swaying}};
    const struct variant v[] = {variant("a", &pace[0]), variant("b", &pace[1])};
    struct contestant c[] = {{.variant = &v[0]}, {.variant = &v[1]}};
    const struct measure_plan plan = {.stop = stop_rule_default(100 * MS), .max_warmups = 1};
    struct job *job = any_job();
    cr_assert_eq(measure(&fake_backend, job, c, 2, &plan, NULL), STATUS_OK);
    const size_t turn = strspn(job->order + 2, "a");
    cr_expect(turn >= 24 && turn <= 28, "%zu: %.80s", turn, job->order);
    contestant_free(&c[0]);
    contestant_free(&c[1]);
    fake_backend.end(job);
}

Test(measure, who_is_alone_waits_for_no_further_turn)
{
    struct fake_pace steady = {.launch_ns = one_ms};
    const struct measure_plan plan = {.stop = stop_rule_default(100 * MS)};

    struct contestant c = measure_one(&steady, &plan);

    cr_expect_eq(c.stop, STOP_CONVERGED);
    cr_expect_eq(c.count, 64);
    contestant_free(&c);
}

Test(measure, each_contestant_stops_by_its_own_rule)
{
    struct fake_pace steady = {.launch_ns = one_ms}, swings = {.launch_ns = swaying},
                     slow = {.launch_ns = twenty_seconds};
    const struct variant v[] = {variant("a", &steady), variant("b", &swings), variant("c", &slow)};
    struct contestant c[] = {{.variant = &v[0]}, {.variant = &v[1]}, {.variant = &v[2]}};
    const struct measure_plan plan = {.stop = stop_rule_default(100 * MS)};
    struct job *job = any_job();

    cr_assert_eq(measure(&fake_backend, job, c, 3, &plan, NULL), STATUS_OK);

    cr_expect_eq(c[0].stop, STOP_CONVERGED);
    cr_expect_eq(c[0].count, 64);
    cr_expect_eq(c[1].stop, STOP_TIME);
    cr_expect(c[1].count >= 95 && c[1].count <= 110, "%zu", c[1].count);
    cr_expect_eq(c[2].stop, STOP_TIME);
    cr_expect_eq(c[2].count, 1, "20 s against 0.1 s: one sample must do");
    for (int i = 0; i < 3; i++)
        contestant_free(&c[i]);
    fake_backend.end(job);
}

struct seen {
    size_t calls;
    double last;
    bool falls, leaves_range;
};

static void watch(void *context, const struct contestant *now, double done)
{
    struct seen *seen = context;
    seen->calls++;
    seen->falls |= done < seen->last || now->state != CONTESTANT_OK;
    seen->leaves_range |= !(done >= 0 && done <= 1);
    seen->last = done;
}

Test(measure, progress_is_told_before_each_run_and_rises_to_nearly_one)
{
    struct fake_pace pace[2] = {{.launch_ns = one_ms}, {.launch_ns = swaying}};
    const struct variant v[] = {variant("a", &pace[0]), variant("b", &pace[1])};
    struct contestant c[] = {{.variant = &v[0]}, {.variant = &v[1]}};
    struct seen seen = {0};
    const struct measure_plan plan = {.stop = stop_rule_default(100 * MS),
                                      .max_warmups = 3,
                                      .progress = watch,
                                      .progress_context = &seen};
    struct job *job = any_job();

    measure(&fake_backend, job, c, 2, &plan, NULL);

    cr_expect_eq(seen.calls, pace[0].runs + pace[1].runs);
    cr_expect_not(seen.falls);
    cr_expect_not(seen.leaves_range);
    cr_expect_gt(seen.last, 0.97);
    contestant_free(&c[0]);
    contestant_free(&c[1]);
    fake_backend.end(job);
}

Test(measure, samples_that_cost_far_more_than_they_admit_run_out_of_time_too)
{
    struct fake_pace pace = {.launch_ns = no_time_at_all, .busy_ns = MS / 4};
    struct measure_plan plan = {.stop = stop_rule_default(MS)};
    plan.stop.half_width = -1; /* nothing converges */

    struct contestant c = measure_one(&pace, &plan);

    cr_expect_eq(c.stop, STOP_TIME);
    cr_expect_lt(c.count, 10);
    contestant_free(&c);
}

Test(measure, thousands_of_samples_are_kept_in_order)
{
    struct fake_pace pace = {.launch_ns = swaying};
    struct measure_plan plan = ten_samples();
    plan.stop.exact_samples = 3000;

    struct contestant c = measure_one(&pace, &plan);

    cr_assert_eq(c.count, 3000);
    for (unsigned i = 0; i < 3000; i++)
        cr_assert_eq(c.samples[i].device_ns, swaying(i, 1));
    contestant_free(&c);
}

Test(measure, nobody_to_measure_is_fine)
{
    const struct measure_plan plan = ten_samples();
    cr_expect_eq(measure(&fake_backend, NULL, NULL, 0, &plan, NULL), STATUS_OK);
}

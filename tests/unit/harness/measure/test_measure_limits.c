/* test_measure_limits.c - the numbers of the measuring loop, each from both sides: when a
 * contestant is warm, how many launches make a sample, how long a turn lasts, what progress is
 * told. */
#include "harness/measure/measure.h"
#include "tests/unit/fake_backend.h"
#include "tests/unit/harness/measure/paces.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

/* ---- warming up */

static const unsigned *microseconds; /* of each run; the last of them goes on */
static size_t microseconds_count;

static nanos as_listed(unsigned run, unsigned launches)
{
    (void)launches;
    return microseconds[run < microseconds_count ? run : microseconds_count - 1] * (nanos)US;
}

static size_t warmups_of(const unsigned *list, size_t count, struct measure_plan plan)
{
    struct fake_pace pace = {.launch_ns = as_listed};
    microseconds = list;
    microseconds_count = count;
    struct contestant c = measure_one(&pace, &plan);
    contestant_free(&c);
    return c.warmups;
}

Test(measure_limits, it_is_warm_once_two_medians_of_three_are_within_two_percent)
{
    static const struct {
        unsigned list[8];
        size_t count, warmups;
    } cases[] = {
        {{1000, 1000, 1000, 1000}, 4, 4},
        {{1000, 1050, 1050, 1050}, 4, 4}, /* medians 1050 and 1050 */
        {{1050, 1050, 1000, 1000}, 4, 5}, /* medians 1000 and 1050, then alike */
        {{1000, 1000, 1019, 1019}, 4, 4}, /* 1019 and 1000 */
        {{1000, 1000, 1021, 1021}, 4, 5},
        {{1000, 1000, 981, 981}, 4, 4},
        {{1000, 1000, 979, 979}, 4, 5},
        {{9000, 1000, 9000, 1000, 9000, 1000}, 6, 7},
        {{1000, 2000, 3000, 4000, 5000, 6000, 7000, 7000}, 8, 9},
    };
    struct measure_plan plan = ten_samples();
    plan.max_warmups = 100;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const size_t got = warmups_of(cases[i].list, cases[i].count, plan);
        cr_expect_eq(got, cases[i].warmups, "case %zu: %zu", i, got);
    }
}

Test(measure_limits, it_warms_up_for_the_least_runs_and_time_and_at_most_the_most_runs)
{
    static const unsigned steady[] = {1000}, second_long[] = {1000000};
    struct measure_plan plan = ten_samples();
    plan.max_warmups = 3;
    cr_expect_eq(warmups_of(steady, 1, plan), 3);
    plan.max_warmups = 100;
    cr_expect_eq(warmups_of(steady, 1, plan), 4);
    plan.warmup_ns = 8 * MS;
    cr_expect_eq(warmups_of(steady, 1, plan), 8);
    plan.warmup_ns++;
    cr_expect_eq(warmups_of(steady, 1, plan), 9);
    /* The time of warming up and of sampling together end it as well. */
    plan.stop.max_time_ns = 2 * second - plan.warmup_ns;
    cr_expect_eq(warmups_of(second_long, 1, plan), 2);
    plan.stop.max_time_ns++;
    cr_expect_eq(warmups_of(second_long, 1, plan), 3);
}

/* ---- launches of a sample */

static unsigned launches_of(unsigned launch_us, nanos min_sample_ns)
{
    struct fake_pace pace = {.launch_ns = as_listed};
    struct measure_plan plan = ten_samples();
    plan.max_warmups = 1;
    plan.min_sample_ns = min_sample_ns;
    microseconds = &launch_us;
    microseconds_count = 1;
    struct contestant c = measure_one(&pace, &plan);
    cr_expect_eq(c.samples[0].launches, c.launches_per_sample);
    contestant_free(&c);
    return c.launches_per_sample;
}

Test(measure_limits, launches_are_as_many_as_take_the_time_together)
{
    cr_expect_eq(launches_of(10, 50 * US), 5);
    cr_expect_eq(launches_of(7, 50 * US), 8);
    cr_expect_eq(launches_of(50, 50 * US), 1);
    cr_expect_eq(launches_of(49, 50 * US), 2);
    cr_expect_eq(launches_of(51, 50 * US), 1);
    cr_expect_eq(launches_of(10, 0), 1);
    cr_expect_eq(launches_of(0, 0), 1);
    cr_expect_eq(launches_of(0, 1), 100000);
    cr_expect_eq(launches_of(1, 100000 * US), 100000);
    cr_expect_eq(launches_of(1, 100000 * US - US), 99999);
    cr_expect_eq(launches_of(1, 200000 * US), 100000);
}

/* The host's time of a launch is 100 times the device's: beyond that it counts instead. */
Test(measure_limits, a_launch_counts_as_at_least_a_hundredth_of_what_it_takes_the_host)
{
    static const unsigned one_us[] = {1};
    microseconds = one_us;
    microseconds_count = 1;
    for (nanos wall = 100; wall <= 200; wall += 100) {
        struct fake_pace pace = {.launch_ns = as_listed, .wall_ns = wall * US};
        struct measure_plan plan = ten_samples();
        plan.max_warmups = 1;
        plan.min_sample_ns = 50 * US;
        struct contestant c = measure_one(&pace, &plan);
        cr_expect_eq(c.launches_per_sample, 5000 / wall);
        contestant_free(&c);
    }
}

Test(measure_limits, the_fastest_warm_up_decides)
{
    static const unsigned list[] = {10, 5, 25};
    struct fake_pace pace = {.launch_ns = as_listed};
    struct measure_plan plan = ten_samples();
    plan.max_warmups = 3;
    plan.min_sample_ns = 50 * US;
    microseconds = list;
    microseconds_count = 3;
    struct contestant c = measure_one(&pace, &plan);
    cr_expect_eq(c.launches_per_sample, 10);
    contestant_free(&c);
}

/* ---- turns */

/* Samples of the first turn of two alike. */
static size_t first_turn(unsigned launch_us, size_t asked)
{
    static char order[4096];
    struct fake_pace pace[2] = {{.launch_ns = as_listed}, {.launch_ns = as_listed}};
    const struct variant v[] = {variant("a", &pace[0]), variant("b", &pace[1])};
    struct contestant c[] = {{.variant = &v[0]}, {.variant = &v[1]}};
    struct measure_plan plan = ten_samples();
    plan.stop.exact_samples = asked;
    plan.max_warmups = 1;
    microseconds = &launch_us;
    microseconds_count = 1;
    struct job *job = any_job();
    cr_assert_eq(measure(&fake_backend, job, c, 2, &plan, NULL), STATUS_OK);
    memcpy(order, job->order, sizeof order);
    contestant_free(&c[0]);
    contestant_free(&c[1]);
    fake_backend.end(job);
    return strspn(order + 2, "a");
}

Test(measure_limits, a_turn_has_fewer_samples_if_they_take_less_than_half_a_millisecond)
{
    cr_expect_eq(first_turn(499, 1000), 16);
    cr_expect_eq(first_turn(500, 1000), 64);
    cr_expect_eq(first_turn(937, 1000), 64);
    cr_expect_eq(first_turn(938, 1000), 64);
    cr_expect_eq(first_turn(1000, 1000), 60);
    cr_expect_eq(first_turn(30000, 1000), 2);
    cr_expect_eq(first_turn(29999, 1000), 3);
    cr_expect_eq(first_turn(60000, 1000), 1);
    cr_expect_eq(first_turn(100, 63), 15);
    cr_expect_eq(first_turn(100, 64), 16);
}

/* ---- settling: runs of 5 ms each of which is 5 launches */

Test(measure_limits, time_in_which_the_clock_settles_is_not_time_of_samples)
{
    struct fake_pace pace = {.launch_ns = one_ms, .throttle = THROTTLE_POWER_CAP};
    struct measure_plan plan = {
        .stop = stop_rule_default(100 * MS), .max_warmups = 1, .min_sample_ns = 5 * MS};
    plan.stop.half_width = -1; /* nothing converges */
    plan.stop.min_samples = 1000;
    struct contestant c = measure_one(&pace, &plan);
    cr_expect_eq(c.stop, STOP_TIME);
    cr_expect_eq(c.count, 20, "%zu", c.count);
    cr_expect_eq(c.warmups, 1 + 59, "1 ms of warming up, then 59 runs to 296 ms: %zu", c.warmups);
    contestant_free(&c);
}

Test(measure_limits, exactly_half_of_the_power_limit_is_not_near_it)
{
    struct fake_pace pace[2] = {{.launch_ns = one_ms, .power_w = 350, .power_limit_w = 700},
                                {.launch_ns = one_ms, .power_w = 350, .power_limit_w = 700}};
    const struct variant v[] = {variant("a", &pace[0]), variant("b", &pace[1])};
    for (int is_above = 0; is_above < 2; is_above++) {
        struct contestant c[] = {{.variant = &v[0]}, {.variant = &v[1]}};
        const struct measure_plan plan = ten_samples();
        struct job *job = any_job();
        pace[0].power_w = is_above ? 350.5 : 350;
        cr_assert_eq(measure(&fake_backend, job, c, 2, &plan, NULL), STATUS_OK);
        cr_expect_eq(c[0].settling > 0, is_above);
        contestant_free(&c[0]);
        contestant_free(&c[1]);
        fake_backend.end(job);
    }
}

/* ---- progress */

static double told[64];
static size_t told_count;

static void keep(void *context, const struct contestant *now, double done)
{
    (void)context, (void)now;
    if (told_count < sizeof told / sizeof *told)
        told[told_count++] = done;
}

static void told_of(struct stop_rule stop)
{
    struct fake_pace pace = {.launch_ns = one_ms};
    const struct measure_plan plan = {.stop = stop, .max_warmups = 1, .progress = keep};
    told_count = 0;
    struct contestant c = measure_one(&pace, &plan);
    contestant_free(&c);
    cr_expect_eq(told[0], 0, "of the warm-up");
}

static void expect_told(size_t count, double step)
{
    cr_expect_eq(told_count, count + 1, "%zu", told_count);
    for (size_t i = 1; i < told_count; i++)
        cr_expect_float_eq(told[i], (double)(i - 1) * step, 1e-12, "%zu: %g", i, told[i]);
}

Test(measure_limits,
     progress_is_the_share_of_the_samples_asked_for_or_of_the_limit_that_comes_first)
{
    told_of((struct stop_rule){.exact_samples = 8, .max_time_ns = second});
    expect_told(8, 1 / 8.0);
    told_of((struct stop_rule){.max_samples = 99, .max_time_ns = 10 * MS, .half_width = -1});
    expect_told(10, 1 / 10.0);
    told_of((struct stop_rule){.max_samples = 5, .max_time_ns = second, .half_width = -1});
    expect_told(5, 1 / 5.0);
}

Test(measure_limits, progress_of_two_is_their_mean_and_who_is_done_counts_as_a_whole)
{
    struct fake_pace pace[2] = {{.launch_ns = one_ms, .fails_at = 1}, {.launch_ns = one_ms}};
    const struct variant v[] = {variant("a", &pace[0]), variant("b", &pace[1])};
    struct contestant c[] = {{.variant = &v[0]}, {.variant = &v[1]}};
    struct measure_plan plan = ten_samples();
    plan.stop.exact_samples = 4;
    plan.progress = keep;
    struct job *job = any_job();
    measure(&fake_backend, job, c, 2, &plan, NULL);
    static const double want[] = {0, 0.5, 0.5 + 1 / 8.0, 0.5 + 2 / 8.0, 0.5 + 3 / 8.0};
    cr_assert_eq(told_count, 5);
    for (int i = 0; i < 5; i++)
        cr_expect_eq(told[i], want[i], "%d: %g", i, told[i]);
    contestant_free(&c[1]);
    fake_backend.end(job);
}

/* ---- samples */

static enum status tell_the_clock_once(struct job *job, const struct variant *v, unsigned launches,
                                       struct sample *sample, struct failure *why)
{
    if (job->runs == 0)
        sample->sm_mhz = 1234;
    return fake_backend.run(job, v, launches, sample, why);
}

Test(measure_limits, what_a_run_does_not_tell_is_zero_and_not_that_of_the_run_before)
{
    struct fake_pace pace = {.launch_ns = one_ms};
    const struct variant v = variant("a", &pace);
    struct contestant c = {.variant = &v};
    const struct measure_plan plan = ten_samples();
    struct backend backend = fake_backend;
    struct job *job = any_job();
    backend.run = tell_the_clock_once;
    cr_assert_eq(measure(&backend, job, &c, 1, &plan, NULL), STATUS_OK);
    cr_expect_eq(c.samples[0].sm_mhz, 1234);
    for (size_t i = 1; i < c.count; i++)
        cr_expect_eq(c.samples[i].sm_mhz, 0);
    contestant_free(&c);
    backend.end(job);
}

/* ---- contestants */

Test(measure_limits, whoever_loses_the_device_is_named_to_those_without_samples)
{
    const struct variant v[] = {{.name = "culprit", .arithmetic = ARITH_TF32}, {.name = "other"}};
    struct contestant c[] = {{.variant = &v[1], .state = CONTESTANT_WAIVED, .reason = "waived"},
                             {.variant = &v[0], .count = 2},
                             {.variant = &v[1]},
                             {.variant = &v[1], .count = 1},
                             {.variant = &v[1], .count = 1, .stop = STOP_CONVERGED}};
    contestants_lose_device(c, 5, 1, "it fell off the bus");
    cr_expect_str_eq(c[0].reason, "waived");
    cr_expect_str_eq(c[1].reason, "it fell off the bus");
    cr_expect_eq(c[1].state, CONTESTANT_FAILED);
    cr_expect_eq(c[1].count, 0);
    cr_expect_str_eq(c[2].reason, "not measured: the device was lost under tf32/culprit");
    cr_expect_eq(c[3].stop, STOP_LOST);
    cr_expect_eq(c[4].stop, STOP_CONVERGED);
    cr_expect_eq(c[4].state, CONTESTANT_OK);
}

Test(measure_limits, a_reason_is_kept_as_far_as_there_is_room)
{
    struct contestant c = {.count = 0};
    char reason[600];
    memset(reason, 'x', sizeof reason - 1);
    reason[sizeof reason - 1] = '\0';
    contestant_give_up(&c, reason);
    cr_expect_eq(strlen(c.reason), sizeof c.reason - 1);
}

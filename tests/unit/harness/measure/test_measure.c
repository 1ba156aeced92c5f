#include "harness/measure/measure.h"
#include "tests/unit/fake_backend.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

enum { US = 1000, MS = 1000000 };
static const nanos second = 1000000000u;

static nanos one_ms(unsigned run, unsigned launches)
{
    (void)run, (void)launches;
    return MS;
}

static nanos twenty_seconds(unsigned run, unsigned launches)
{
    (void)run, (void)launches;
    return 20 * second;
}

/* A lonely launch takes 11 µs, of which 10 are its launching; back to back 1 µs remains. */
static nanos one_us_after_launch(unsigned run, unsigned launches)
{
    (void)run;
    return US + 10 * US / launches;
}

/* 10 ms at first, 20 % faster each run until 1 ms is reached: the twelfth is the first that is. */
static nanos warming_up(unsigned run, unsigned launches)
{
    (void)launches;
    double ns = 10 * MS;
    while (run--)
        ns *= 0.8;
    return ns > (double)MS ? (nanos)ns : (nanos)MS;
}

/* Sways by ± 30 %, too much to converge in a thousand samples. */
static nanos swaying(unsigned run, unsigned launches)
{
    (void)launches;
    return MS + MS * 3 / 10 * (run * 7919 % 101) / 50 - MS * 3 / 10;
}

static nanos no_time_at_all(unsigned run, unsigned launches)
{
    (void)run, (void)launches;
    return 0;
}

static struct job *any_job(void)
{
    return fake_job((struct problem){.op = OP_REDUCE, .n = 1}, FAULT_NONE, (struct entry){0, 0});
}

static struct variant variant(const char *name, const struct fake_pace *pace)
{
    return (struct variant){.op = OP_REDUCE, .name = name, .steps = {"reduce"}, .row = pace};
}

static struct measure_plan ten_samples(void)
{
    return (struct measure_plan){.stop = {.exact_samples = 10, .max_time_ns = second}};
}

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
    cr_expect_eq(c[0].count, 8);
    cr_expect_eq(c[1].stop, STOP_TIME);
    cr_expect(c[1].count >= 95 && c[1].count <= 110, "%zu", c[1].count);
    cr_expect_eq(c[2].stop, STOP_TIME);
    cr_expect_eq(c[2].count, 1, "20 s against 0.1 s: one sample must do");
    for (int i = 0; i < 3; i++)
        contestant_free(&c[i]);
    fake_backend.end(job);
}

Test(measure, without_warm_ups_the_first_run_is_a_sample)
{
    struct fake_pace pace = {.launch_ns = one_ms};
    const struct variant v = variant("a", &pace);
    struct contestant c = {.variant = &v};
    struct measure_plan plan = ten_samples();
    plan.min_warmups = 3;
    plan.warmup_ns = second;
    struct job *job = any_job();

    measure(&fake_backend, job, &c, 1, &plan, NULL);

    cr_expect_eq(c.warmups, 0);
    cr_expect_eq(pace.runs, 10);
    contestant_free(&c);
    fake_backend.end(job);
}

Test(measure, launches_are_batched_until_a_sample_lasts_long_enough)
{
    struct fake_pace pace = {.launch_ns = one_us_after_launch};
    const struct variant v = variant("a", &pace);
    struct contestant c = {.variant = &v};
    struct measure_plan plan = ten_samples();
    plan.max_warmups = 20;
    plan.min_sample_ns = 50 * US;
    struct job *job = any_job();

    measure(&fake_backend, job, &c, 1, &plan, NULL);

    /* One launch alone suggests 5; those 5 are found to be faster, and so on. */
    const struct sample *last = &c.samples[c.count - 1];
    cr_expect_eq(last->launches, c.launches_per_sample);
    cr_expect_geq(last->launches * last->device_ns, 50 * US);
    cr_expect_leq(last->launches * last->device_ns, 65 * US);
    contestant_free(&c);
    fake_backend.end(job);
}

Test(measure, a_long_launch_is_not_batched)
{
    struct fake_pace pace = {.launch_ns = one_ms};
    const struct variant v = variant("a", &pace);
    struct contestant c = {.variant = &v};
    struct measure_plan plan = ten_samples();
    plan.max_warmups = 3;
    plan.min_sample_ns = 50 * US;
    struct job *job = any_job();

    measure(&fake_backend, job, &c, 1, &plan, NULL);

    cr_expect_eq(c.launches_per_sample, 1);
    contestant_free(&c);
    fake_backend.end(job);
}

Test(measure, a_launch_too_short_for_the_clock_is_batched_within_bounds)
{
    struct fake_pace pace = {.launch_ns = no_time_at_all};
    const struct variant v = variant("a", &pace);
    struct contestant c = {.variant = &v};
    struct measure_plan plan = ten_samples();
    plan.max_warmups = 3;
    plan.min_sample_ns = 50 * US;
    struct job *job = any_job();

    cr_assert_eq(measure(&fake_backend, job, &c, 1, &plan, NULL), STATUS_OK);

    cr_expect_eq(c.launches_per_sample, 100000);
    contestant_free(&c);
    fake_backend.end(job);
}

static nanos ten_ns(unsigned run, unsigned launches)
{
    (void)run, (void)launches;
    return 10;
}

Test(measure, a_device_time_that_the_host_contradicts_does_not_size_a_batch)
{
    struct fake_pace pace = {.launch_ns = ten_ns, .wall_ns = 1000 * US};
    const struct variant v = variant("a", &pace);
    struct contestant c = {.variant = &v};
    struct measure_plan plan = ten_samples();
    plan.max_warmups = 3;
    plan.min_sample_ns = 50 * US;
    struct job *job = any_job();

    cr_assert_eq(measure(&fake_backend, job, &c, 1, &plan, NULL), STATUS_OK);

    cr_expect_eq(c.launches_per_sample, 5, "%u", c.launches_per_sample);
    contestant_free(&c);
    fake_backend.end(job);
}

Test(measure, warming_up_lasts_until_medians_agree)
{
    struct fake_pace pace = {.launch_ns = warming_up};
    const struct variant v = variant("a", &pace);
    struct contestant c = {.variant = &v};
    struct measure_plan plan = ten_samples();
    plan.min_warmups = 3;
    plan.max_warmups = 100;
    struct job *job = any_job();

    measure(&fake_backend, job, &c, 1, &plan, NULL);

    /* Runs 12, 13, 14 are the first three alike at 1 ms, and the median of 11, 12, 13 is too. */
    cr_expect_eq(c.warmups, 14, "%zu", c.warmups);
    for (size_t i = 0; i < c.count; i++)
        cr_expect_eq(c.samples[i].device_ns, MS);
    contestant_free(&c);
    fake_backend.end(job);
}

Test(measure, warming_up_lasts_as_long_as_the_plan_wants)
{
    struct fake_pace pace[2] = {{.launch_ns = one_ms}, {.launch_ns = one_ms}};
    const struct variant v[] = {variant("a", &pace[0]), variant("b", &pace[1])};
    struct contestant c[] = {{.variant = &v[0]}, {.variant = &v[1]}};
    struct measure_plan plan = ten_samples();
    plan.warmup_ns = 100 * MS;
    plan.min_warmups = 3;
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
    const struct variant v = variant("a", &pace);
    struct contestant c = {.variant = &v};
    const struct measure_plan plan = {
        .stop = stop_rule_default(100 * MS), .min_warmups = 3, .max_warmups = 100};
    struct job *job = any_job();

    measure(&fake_backend, job, &c, 1, &plan, NULL);

    cr_expect_eq(c.warmups, 1);
    cr_expect_eq(c.count, 1);
    contestant_free(&c);
    fake_backend.end(job);
}

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
    enum { WARMUPS = 3, SAMPLES = 4 };
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
    cr_expect_eq(c[0].count, SAMPLES + 1);
    cr_expect_eq(c[0].stop, STOP_LOST);
    cr_expect_eq(good.runs, WARMUPS + SAMPLES + 1, "nothing is run on a lost device");
    cr_expect_eq(c[1].state, CONTESTANT_FAILED);
    cr_expect_not_null(strstr(c[1].reason, "failed on purpose"), "%s", c[1].reason);
    contestant_free(&c[0]);
    contestant_free(&c[1]);
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
    struct fake_pace pace[2] = {{.launch_ns = swaying}, {.launch_ns = one_ms}};
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
    const struct variant v = variant("a", &pace);
    struct contestant c = {.variant = &v};
    struct measure_plan plan = {.stop = stop_rule_default(MS)};
    plan.stop.half_width = -1; /* nothing converges */
    struct job *job = any_job();

    measure(&fake_backend, job, &c, 1, &plan, NULL);

    cr_expect_eq(c.stop, STOP_TIME);
    cr_expect_lt(c.count, 10);
    contestant_free(&c);
    fake_backend.end(job);
}

Test(measure, thousands_of_samples_are_kept_in_order)
{
    struct fake_pace pace = {.launch_ns = swaying};
    const struct variant v = variant("a", &pace);
    struct contestant c = {.variant = &v};
    struct measure_plan plan = ten_samples();
    plan.stop.exact_samples = 3000;
    struct job *job = any_job();

    measure(&fake_backend, job, &c, 1, &plan, NULL);

    cr_assert_eq(c.count, 3000);
    for (unsigned i = 0; i < 3000; i++)
        cr_assert_eq(c.samples[i].device_ns, swaying(i, 1));
    contestant_free(&c);
    fake_backend.end(job);
}

Test(measure, nobody_to_measure_is_fine)
{
    const struct measure_plan plan = ten_samples();
    cr_expect_eq(measure(&fake_backend, NULL, NULL, 0, &plan, NULL), STATUS_OK);
}

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

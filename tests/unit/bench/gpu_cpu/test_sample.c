/* test_sample.c - a rank runs its share and is sampled; rank 0 of one, so that nothing is sent. */
#include "bench/gpu_cpu/ranked.h"
#include "harness/base/need.h"
#include "tests/unit/fake_backend.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct variant variant = {.op = OP_SUM_AAT, .name = "plain", .arithmetic = ARITH_F32};
static struct variant own;
static struct backend backend;
static struct options options;
static struct run run;
static struct ranked k;
static struct contestant c;
static struct failure why;
static unsigned runs, differs_at, fails_at; /* the run, from 1, whose sum is another, that fails */
static double difference;

static enum status work(struct job *job, const struct variant *v, unsigned launches,
                        struct sample *sample, struct failure *failure)
{
    (void)v;
    runs++;
    if (runs == fails_at)
        return fail(failure, STATUS_FAILED, "run %u failed", runs);
    *sample = (struct sample){.launches = 6 + launches, .sm_mhz = 1000 + (uint32_t)runs};
    job->sum = 1000 * (runs == differs_at ? 1 + difference : 1);
    return STATUS_OK;
}

static void begin(void)
{
    static struct place place;
    static struct ranks ranks;
    static struct rank_info info;
    backend = fake_backend;
    backend.run = work;
    own = variant;
    info = (struct rank_info){.name = "rank 0 on here"};
    place = (struct place){.backend = &backend, .brief_s = 0.01};
    ranks = (struct ranks){.size = 1, .info = &info, .hosts = 1};
    options = (struct options){.samples = 3};
    run = (struct run){.options = &options, .place = &place};
    run.result.problem = (struct problem){OP_SUM_AAT, 8, 1, RANGE_UNIT, ELEMENT_F32};
    run.job = fake_job(run.result.problem, FAULT_NONE, (struct entry){0, 0});
    k = (struct ranked){.run = &run, .ranks = &ranks, .variant = &own};
    k.now = need_array(1, sizeof *k.now);
    k.results.list = need_array(1, sizeof *k.results.list);
    k.results.count = 1;
    k.results.list->share = 1;
    c = (struct contestant){.variant = &own, .verdict = {.sum = 1000, .sum_scale = 1000}};
    c.verdict.limit.sum = 1e-6;
    why = (struct failure){0};
    runs = differs_at = fails_at = 0;
    difference = 0;
}

static void end(void)
{
    struct rank_result *one = k.results.list;
    free(one->compute_s);
    free(one->waiting_s);
    free(one->exchange_s);
    free(k.results.list);
    free(k.now);
    free(c.samples);
    backend.end(run.job);
}

/* The first run and the samples. */
static enum status sampled(void)
{
    const enum status status = ranked_take(&k, &why);
    return status ? status : ranked_sample(&k, &c, &why);
}

Test(ranked_sample, as_many_runs_as_asked_for_follow_three_of_rank_0_alone, .init = begin,
     .fini = end)
{
    cr_assert_eq(sampled(), STATUS_OK, "%s", why.text);
    cr_expect_eq(runs, 1 + 3 + 3);
    cr_expect_eq(c.count, 3);
    cr_expect_eq(c.warmups, 1);
    cr_expect_eq(c.stop, STOP_ASKED);
    cr_expect_not(c.is_first_run);
    cr_expect_eq(c.launches_per_sample, 1);
    cr_expect_eq(k.results.samples, 3);
    cr_expect_float_eq(k.sum, 1000, 0);
    cr_expect_gt(k.results.alone_s, 0);
    cr_expect_eq(k.results.list->sm_mhz, 1007);
    double seconds[3];
    for (size_t i = 0; i < 3; i++) {
        const struct rank_result *one = k.results.list;
        seconds[i] = 1e-9 * (double)c.samples[i].wall_ns;
        cr_expect_eq(c.samples[i].launches, 1);
        cr_expect_eq(c.samples[i].device_ns, c.samples[i].wall_ns);
        cr_expect_eq(one->exchange_s[i], 0);
        cr_expect_geq(one->waiting_s[i], 0);
        cr_expect_float_eq(one->compute_s[i] + one->waiting_s[i], seconds[i], 1e-12);
    }
    const double most = fmax(seconds[0], fmax(seconds[1], seconds[2]));
    const double least = fmin(seconds[0], fmin(seconds[1], seconds[2]));
    const double median = seconds[0] + seconds[1] + seconds[2] - most - least;
    cr_expect_float_eq(k.results.efficiency, k.results.alone_s / median,
                       1e-6 * k.results.efficiency);
}

Test(ranked_sample, a_run_of_a_second_is_repeated_alone_once, .init = begin, .fini = end)
{
    cr_assert_eq(ranked_take(&k, &why), STATUS_OK);
    k.total_ns = 1000000000;
    cr_assert_eq(ranked_sample(&k, &c, &why), STATUS_OK);
    cr_expect_eq(runs, 1 + 3 + 3);
    runs = 0;
    k.total_ns = 1000000001;
    cr_assert_eq(ranked_sample(&k, &c, &why), STATUS_OK);
    cr_expect_eq(runs, 1, "and three samples are there already");
}

Test(ranked_sample, a_run_longer_than_the_time_is_its_own_sample, .init = begin, .fini = end)
{
    options.samples = 0;
    cr_assert_eq(ranked_take(&k, &why), STATUS_OK);
    k.total_ns = 10000001; /* place.brief_s */
    cr_assert_eq(ranked_sample(&k, &c, &why), STATUS_OK);
    cr_expect_eq(c.count, 1);
    cr_expect(c.is_first_run);
    cr_expect_eq(c.warmups, 0);
    cr_expect_eq(c.stop, STOP_TIME);
    cr_expect_eq(c.samples->wall_ns, 10000001);
}

Test(ranked_sample, with_time_it_goes_on_until_the_rule_ends_it, .init = begin, .fini = end)
{
    options.samples = 0;
    options.max_time_s = 0.01;
    cr_assert_eq(ranked_take(&k, &why), STATUS_OK);
    k.total_ns = 10000000;
    cr_assert_eq(ranked_sample(&k, &c, &why), STATUS_OK);
    cr_expect_not(c.is_first_run);
    cr_expect_geq(c.count, 1);
    cr_expect_neq(c.stop, STOP_NOT_YET);
    cr_expect_eq(c.warmups, 1);
}

Test(ranked_sample, a_later_sum_must_be_the_verified_one_bit_for_bit, .init = begin, .fini = end)
{
    differs_at = 6;
    difference = 0x1p-52;
    cr_expect_eq(sampled(), STATUS_WRONG);
    cr_expect_eq(runs, 6);
    cr_expect_str_eq(why.text, "wrong result: a later run gave 1000.0000000000002, the verified "
                               "one 1000. No time is reported.");
}

Test(ranked_sample, where_the_order_varies_the_limit_of_the_sum_holds, .init = begin, .fini = end)
{
    static const struct {
        bool is_library, varies;
        double difference;
        enum status want;
    } cases[] = {
        {false, false, 9e-7, STATUS_WRONG}, {true, false, 9e-7, STATUS_OK},
        {false, true, 9e-7, STATUS_OK},     {false, true, -9e-7, STATUS_OK},
        {true, true, 1.1e-6, STATUS_WRONG}, {true, true, -1.1e-6, STATUS_WRONG},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        own.library = cases[i].is_library;
        own.order_varies = cases[i].varies;
        difference = cases[i].difference;
        differs_at = 6;
        runs = 0;
        c.count = 0;
        cr_expect_eq(sampled(), cases[i].want, "%zu: %s", i, why.text);
    }
}

Test(ranked_sample, a_run_that_fails_ends_it_with_its_reason, .init = begin, .fini = end)
{
    for (fails_at = 1; fails_at <= 7; fails_at += 2) {
        runs = 0;
        c.count = 0;
        why = (struct failure){0};
        cr_expect_eq(sampled(), STATUS_FAILED, "%u", fails_at);
        cr_expect_eq(runs, fails_at);
        cr_expect(strstr(why.text, " failed"), "%s", why.text);
    }
}

Test(ranked_sample, without_a_time_it_is_three_times_the_first_run_but_not_too_short_nor_too_long,
     .init = begin, .fini = end)
{
    static const struct {
        double asked_s, first_s, want_s;
    } cases[] = {{0, 0.1, 0.3}, {0, 0.02, 0.06}, {0, 0.01, 0.05},  {0, 0, 0.05},
                 {0, 0.4, 1},   {7, 0.1, 7},     {0.001, 3, 0.001}};
    struct place place = {.backend = &backend, .brief_s = 1};
    run.place = &place;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        options.max_time_s = cases[i].asked_s;
        k.total_ns = (nanos)llround(cases[i].first_s * 1e9);
        cr_expect_float_eq(1e-9 * (double)ranked_budget(&k), cases[i].want_s, 1e-8, "case %zu", i);
    }
}

/* Gives it `count` samples that last from `first` seconds on, each `step` more. */
static void had(size_t count, double first, double step)
{
    for (c.count = 0; c.count < count; c.count++) {
        c.samples = need_room(c.samples, c.count, sizeof *c.samples);
        c.samples[c.count] =
            (struct sample){.wall_ns = (nanos)((first + step * (double)c.count) * 1e9)};
    }
    struct rank_result *one = k.results.list;
    one->compute_s = need_array(count, sizeof(double));
    one->waiting_s = need_array(count, sizeof(double));
    one->exchange_s = need_array(count, sizeof(double));
}

Test(ranked_sample, samples_that_agree_are_enough, .init = begin, .fini = end)
{
    options.samples = 0;
    options.max_time_s = 600;
    cr_assert_eq(ranked_take(&k, &why), STATUS_OK);
    k.total_ns = 1;
    had(64, 2, 0);
    cr_assert_eq(ranked_sample(&k, &c, &why), STATUS_OK, "%s", why.text);
    cr_expect_eq(c.stop, STOP_CONVERGED);
    cr_expect_eq(c.count, 64);
}

Test(ranked_sample, those_that_do_not_agree_are_not_said_to, .init = begin, .fini = end)
{
    options.samples = 0;
    options.max_time_s = 0.002;
    cr_assert_eq(ranked_take(&k, &why), STATUS_OK);
    k.total_ns = 1;
    had(64, 1, 1);
    cr_assert_eq(ranked_sample(&k, &c, &why), STATUS_OK, "%s", why.text);
    cr_expect_neq(c.stop, STOP_CONVERGED);
}

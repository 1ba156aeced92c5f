/* test_soak.c - the soak's loop, series and verdict on a device whose clock the tests turn. */
#include "harness/result/document.h"
#include "harness/soak/judge.h"
#include "harness/soak/soak_json.h"
#include "harness/text/json_text.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static nanos clock_ns;

static nanos fake_now(void)
{
    return clock_ns;
}

/* What the device does at a time: how long a launch takes, and why its clock is held back. */
static double (*launch_s)(double at_s);
static uint32_t (*throttle)(double at_s);
static double wrong_at_s;

static double steady(double at_s)
{
    (void)at_s;
    return 5e-3;
}

static uint32_t never(double at_s)
{
    (void)at_s;
    return 0;
}

static enum status fake_keep(struct job *job, const struct variant *v, struct failure *why)
{
    (void)job, (void)v, (void)why;
    return STATUS_OK;
}

/* matmul's comparisons take 8 % of its time. */
static enum status fake_run_checked(struct job *job, const struct variant *v, unsigned launches,
                                    struct sample *sample, struct mismatches *found,
                                    struct failure *why)
{
    const double at_s = (double)clock_ns * 1e-9, seconds = launch_s(at_s);
    (void)job, (void)v, (void)why;
    *sample = (struct sample){.launches = launches,
                              .device_ns = (nanos)(seconds * 1e9),
                              .wall_ns = (nanos)(seconds * 1e9),
                              .sm_mhz = 1755,
                              .power_w = 698.123456,
                              .temperature_c = 64,
                              .memory_c = 80,
                              .throttle = throttle(at_s)};
    clock_ns += (nanos)(launches * seconds * 1e9);
    if (wrong_at_s > 0 && (double)clock_ns * 1e-9 >= wrong_at_s) {
        wrong_at_s = 0;
        *found = (struct mismatches){.launches = 1, .words = 1, .known = 1};
        found->list[0] = (struct mismatch){.launch = 2, .words = 1, .bits = 1 << 20};
    }
    return STATUS_OK;
}

/* Multiprocessor 17 differs; a trial takes ten seconds. */
static enum status fake_try_sms(struct job *job, struct entry at, struct sm_trial trial[SM_UNITS],
                                struct failure *why)
{
    (void)job, (void)at, (void)why;
    clock_ns += 10000000000;
    trial[SM_TENSOR_CORES].sms = 132;
    trial[SM_TENSOR_CORES].launches += 128;
    trial[SM_TENSOR_CORES].suspects = 1;
    trial[SM_TENSOR_CORES].suspect[0].sm = 17;
    trial[SM_TENSOR_CORES].suspect[0].wrong += 3;
    return STATUS_OK;
}

static const struct backend backend = {
    .name = "gpu", .keep = fake_keep, .run_checked = fake_run_checked, .try_sms = fake_try_sms};

static const struct variant sum = {
    .op = OP_SUM_AAT, .name = "fast", .arithmetic = ARITH_BF16, .steps = {"matmul + sum"}};
static const struct variant stored = {
    .op = OP_MATMUL, .name = "fast", .arithmetic = ARITH_BF16, .steps = {"matmul"}};

static void set_up(struct soak *soak, double seconds)
{
    const struct problem p = {.n = 16384};
    clock_ns = 0;
    launch_s = steady;
    throttle = never;
    wrong_at_s = 0;
    *soak = (struct soak){.backend = &backend, .seconds = seconds, .now = fake_now};
    soak->series = soak_series_new(3600);
    soak_add(soak, &sum, &p);
    soak_add(soak, &stored, &p);
    for (int i = 0; i < 2; i++) {
        struct soak_load *load = &soak->loads[i];
        load->jobs = calloc(1, sizeof *load->jobs);
        load->job_count = 1;
        load->checked_s = 5e-3;
        load->plain_s = i == 0 ? 4.99e-3 : 4.6e-3;
    }
    for (int i = 0; i < HEALTH_COUNT; i++)
        soak->before[i] = soak->after[i] = -1;
}

static void tear_down(struct soak *soak)
{
    for (int i = 0; i < 2; i++) {
        free(soak->loads[i].jobs);
        soak->loads[i].jobs = NULL;
        soak->loads[i].job_count = 0;
    }
    soak_free(soak);
}

static json_t *document_of(const struct soak *soak, struct result *r)
{
    const struct soak_verdict v = soak_judge(soak);
    *r = (struct result){.problem = soak->loads[0].problem,
                         .is_soak = true,
                         .backend_name = "gpu",
                         .started = "20261129T000000Z"};
    soak_to_contestants(soak, &v, r);
    json_t *document = result_to_json(r);
    json_object_set_new(document, "soak", soak_to_json(soak, &v, r));
    return document;
}

static void free_result(struct result *r)
{
    for (size_t i = 0; i < r->contestant_count; i++)
        contestant_free(&r->contestants[i]);
    free(r->contestants);
}

Test(soak, a_day_keeps_the_file_below_4_MiB_and_loses_no_launch)
{
    struct soak soak;
    struct result r;
    size_t bytes;
    set_up(&soak, 86400);
    wrong_at_s = 50000;
    soak_run(&soak);
    cr_expect_float_eq(soak.elapsed_s, 86400, 1);
    uint64_t launches = 0, wrong = 0;
    for (size_t i = 0; i < soak.series.count; i++) {
        launches += soak.series.points[i].launches;
        wrong += soak.series.points[i].wrong;
    }
    cr_expect_eq(launches, soak.launches);
    cr_expect_gt(launches, 86400 * 190u);
    cr_expect_eq(wrong, 1);
    cr_expect_eq(soak.series.period_s, 32);
    cr_expect_gt(soak.series.count, 1800);
    json_t *document = document_of(&soak, &r);
    free(json_text(document, &bytes));
    cr_expect_lt(bytes, 4u << 20);
    cr_expect_gt(bytes, 100000u);
    json_decref(document);
    free_result(&r);
    tear_down(&soak);
}

Test(soak, an_hour_has_a_point_a_second)
{
    struct soak soak;
    set_up(&soak, 3500);
    soak_run(&soak);
    cr_expect_eq(soak.series.period_s, 1);
    cr_expect_eq(soak.series.count, 3500, "%zu", soak.series.count);
    tear_down(&soak);
}

Test(soak, dear_comparisons_get_so_few_turns_that_all_take_2_percent)
{
    struct soak soak;
    set_up(&soak, 600);
    soak_run(&soak);
    cr_expect_leq(soak.check_s, 0.0201 * soak.elapsed_s, "%g of %g", soak.check_s, soak.elapsed_s);
    cr_expect_gt(soak.loads[1].launches, soak.loads[0].launches / 10);
    tear_down(&soak);
}

Test(soak, the_dearest_has_its_first_turn_at_once)
{
    struct soak soak;
    set_up(&soak, 0.05);
    soak.loads[0].spent_s = 1;
    soak_run(&soak);
    cr_expect_gt(soak.loads[1].launches, 0);
    tear_down(&soak);
}

Test(soak, a_difference_has_its_time_its_launch_and_makes_the_device_faulty)
{
    struct soak soak;
    set_up(&soak, 100);
    wrong_at_s = 40;
    soak_run(&soak);
    const struct soak_verdict v = soak_judge(&soak);
    cr_expect_eq(v.outcome, SOAK_FAULTY);
    cr_expect_eq(soak.error_count, 1);
    cr_expect_float_eq(soak.errors[0].at_s, 40, 0.2);
    cr_expect_gt(soak.errors[0].what.launch, 1000);
    cr_expect_not_null(strstr(v.reason, "bits 0x00100000"), "%s", v.reason);
    tear_down(&soak);
}

Test(soak, an_error_ends_it_if_that_was_asked_for)
{
    struct soak soak;
    set_up(&soak, 100);
    soak.stops_on_error = true;
    wrong_at_s = 40;
    soak_run(&soak);
    cr_expect_float_eq(soak.elapsed_s, 40, 0.2);
    tear_down(&soak);
}

static double slower_later(double at_s)
{
    return at_s < 60 ? 5e-3 : 5.5e-3;
}

static double slightly_slower_later(double at_s)
{
    return at_s < 60 ? 5e-3 : 5.05e-3;
}

static double noisy(double at_s)
{
    const unsigned second = (unsigned)at_s;
    return 5e-3 * (at_s < 60 ? 1 : 1.03) * (1 + 0.2 * (second * 7919 % 101) / 100);
}

static uint32_t power_cap(double at_s)
{
    (void)at_s;
    return 4;
}

static uint32_t hot_at_first(double at_s)
{
    return at_s < 12 ? 64 : 0;
}

static uint32_t hot_for_a_moment(double at_s)
{
    return at_s < 0.5 ? 64 : 0;
}

Test(soak, the_verdict_follows_from_halves_and_reasons)
{
    static const struct {
        const char *what;
        double (*launch_s)(double at_s);
        uint32_t (*throttle)(double at_s);
        enum soak_outcome outcome;
    } cases[] = {
        {"steady", steady, never, SOAK_OK},
        {"10 % slower in the last half, for no reason", slower_later, never, SOAK_SLOW},
        {"10 % slower at the power cap", slower_later, power_cap, SOAK_OK},
        {"1 % slower", slightly_slower_later, never, SOAK_OK},
        {"less slower than it is noisy", noisy, never, SOAK_OK},
        {"hot for a tenth of the time", steady, hot_at_first, SOAK_THROTTLED},
        {"hot for less than 1 % of the time", steady, hot_for_a_moment, SOAK_OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct soak soak;
        set_up(&soak, 120);
        launch_s = cases[i].launch_s;
        throttle = cases[i].throttle;
        soak_run(&soak);
        const struct soak_verdict v = soak_judge(&soak);
        cr_expect_eq(v.outcome, cases[i].outcome, "%s: %s, %s", cases[i].what,
                     soak_outcome_name(v.outcome), v.reason);
        soak.load_count = 1;
        cr_expect_eq(soak_judge(&soak).outcome, cases[i].outcome, "%s, alone", cases[i].what);
        soak.load_count = 2;
        tear_down(&soak);
    }
}

Test(soak, the_results_of_a_faulty_device_have_no_time)
{
    struct soak soak;
    struct result r;
    set_up(&soak, 10);
    wrong_at_s = 5;
    soak_run(&soak);
    json_t *document = document_of(&soak, &r);
    json_t *first = json_array_get(json_object_get(document, "results"), 0);
    cr_expect_str_eq(json_string_value(json_object_get(first, "state")), "wrong");
    cr_expect_null(json_object_get(first, "summary"));
    json_decref(document);
    free_result(&r);
    tear_down(&soak);
}

Test(soak, after_a_difference_the_multiprocessors_are_tried_and_that_time_does_not_count)
{
    struct soak soak;
    set_up(&soak, 30);
    wrong_at_s = 5;
    soak_run(&soak);
    const struct soak_verdict v = soak_judge(&soak);
    cr_expect_eq(soak.trials, 1);
    cr_expect_float_eq(soak.elapsed_s, 30, 1);
    cr_expect_float_eq((double)clock_ns * 1e-9, 40, 1);
    cr_expect_gt(soak.launches, 28 * 190u);
    cr_expect(strstr(v.reason, "SM 17 computed other bits than the others in 3 of 128 trials of a "
                               "tile on tensor cores"),
              "%s", v.reason);
    tear_down(&soak);
}

static enum status try_lost(struct job *job, struct entry at, struct sm_trial trial[SM_UNITS],
                            struct failure *why)
{
    (void)job, (void)at, (void)trial;
    return fail(why, STATUS_LOST, "gone");
}

Test(soak, a_device_that_is_lost_in_a_trial_ends_the_soak)
{
    struct soak soak;
    struct backend loses = backend;
    set_up(&soak, 30);
    loses.try_sms = try_lost;
    soak.backend = &loses;
    wrong_at_s = 5;
    soak_run(&soak);
    cr_expect_float_eq(soak.elapsed_s, 5, 0.2);
    cr_expect_eq(soak.failure.status, STATUS_LOST);
    cr_expect_str_eq(soak.failure.text, "gone");
    cr_expect(soak.wrong == 1 && soak.loads[0].wrong + soak.loads[1].wrong == 1);
    tear_down(&soak);
}

/* A tenth of a second at a time; where comparing is dearer than its share, one by one. */
Test(soak, launches_come_in_batches_unless_comparing_is_dear)
{
    struct soak soak;
    set_up(&soak, 1);
    soak.loads[0].plain_s = soak.loads[1].plain_s = 5e-3;
    soak_run(&soak);
    cr_expect_eq(soak.loads[0].launches, 100, "%zu", (size_t)soak.loads[0].launches);
    cr_expect_eq(soak.last.launches, 20);
    tear_down(&soak);
    set_up(&soak, 1);
    soak.loads[0].plain_s = soak.loads[1].plain_s = 4e-3;
    soak_run(&soak);
    cr_expect_eq(soak.last.launches, 1);
    tear_down(&soak);
    set_up(&soak, 1);
    soak.loads[0].checked_s = soak.loads[1].checked_s = 0; /* unknown */
    soak_run(&soak);
    cr_expect_eq(soak.last.launches, 1);
    tear_down(&soak);
}

static enum status end_status;

static enum status fake_a_times(struct job *job, const long double *x, long double *out,
                                struct failure *why)
{
    (void)job, (void)x, (void)out;
    return fail(why, end_status, "no oracle");
}

static const struct device_facts *fake_facts(const struct device *device)
{
    (void)device;
    return NULL;
}

Test(soak, an_answer_that_cannot_be_verified_again_for_want_of_memory_is_a_remark)
{
    struct soak soak;
    struct backend without_memory = backend;
    without_memory.oracle_a_times = fake_a_times;
    without_memory.device_facts = fake_facts;
    set_up(&soak, 30);
    soak.backend = &without_memory;
    end_status = STATUS_NO_MEMORY;
    soak_run(&soak);
    soak_verify_again(&soak);
    struct soak_verdict v = soak_judge(&soak);
    cr_expect_eq(v.outcome, SOAK_OK);
    cr_expect(strstr(v.remark, "2 answers could not be verified again: no oracle"), "%s", v.remark);
    end_status = STATUS_FAILED;
    soak_verify_again(&soak);
    v = soak_judge(&soak);
    cr_expect_eq(v.outcome, SOAK_FAULTY, "a launch that fails at the end is no smaller fault");
    cr_expect(strstr(v.reason, "no oracle"), "%s", v.reason);
    tear_down(&soak);
}

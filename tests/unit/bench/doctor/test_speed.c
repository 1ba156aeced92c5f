/* test_speed.c - doctor --measure: at which order the main job is measured, and what is said of it,
 * on a backend in host memory whose times are from a script. */
#include "bench/doctor/measure.h"

#include "harness/catalogue/catalogue.h"
#include "tests/unit/fake_backend.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct variant own = {.op = OP_SUM_AAT, .name = "own", .steps = {"matmul + sum"}};
static const struct variant half = {
    .op = OP_SUM_AAT, .name = "half", .symmetric = true, .steps = {"matmul + sum"}};
static const struct variant *choice;
static struct backend backend;
static struct doctor_line lines[1];
static struct doctor_sheet sheet;
static struct device_facts device_facts;
static uint64_t largest, streamed_from; /* the orders that fit, and that are streamed */
static enum fake_fault fault;
static enum status opens, begins, loads, measures;
static int index_opened, opened, closed;
static unsigned runs; /* over this A, less one */
static bool is_computed, slows_down;
static double sum;

static enum status open_device(const struct device_request *request, struct device **device,
                               struct failure *why)
{
    index_opened = request->index;
    *device = NULL;
    opened++;
    return opens == STATUS_OK ? STATUS_OK : fail(why, opens, "it does not open");
}

static void close_device(struct device *device)
{
    (void)device;
    closed++;
}

static const struct device_facts *facts_of(const struct device *device)
{
    (void)device;
    return &device_facts;
}

static void add_facts(const struct device *device, struct facts *to)
{
    (void)device, (void)to;
}

static const struct variant *choose(const struct device *device, const struct problem *p,
                                    enum arithmetic arithmetic)
{
    (void)device;
    cr_expect(p->op == OP_SUM_AAT && p->range == RANGE_UNIT && arithmetic == ARITH_F32);
    return choice;
}

static void plan(const struct device *device, const struct variant *v, const struct problem *p,
                 struct plan *out)
{
    (void)device, (void)v;
    *out = (struct plan){.problem = *p, .fits = p->n <= largest};
    out->panel_rows = streamed_from && p->n >= streamed_from ? 64 : 0;
}

/* Says which order was chosen, where it does not go on. */
static enum status begin(struct device *device, const struct plan *to, struct job **job,
                         struct failure *why)
{
    (void)device;
    if (begins != STATUS_OK || to->problem.n > 256)
        return fail(why, STATUS_FAILED, "N = %d begins", (int)to->problem.n);
    *job = fake_job(to->problem, fault, (struct entry){5, 3});
    return STATUS_OK;
}

static enum status load(struct job *job, const struct variant *v, struct failure *why)
{
    (void)job, (void)v;
    return loads == STATUS_OK ? STATUS_OK : fail(why, loads, "it does not load");
}

/* Verification runs the job with other rows of A, too; only the first run over an A is computed.
 * All take 10 ms, or the first fifty 1 ms and each of the others another time. */
static enum status run(struct job *job, const struct variant *v, unsigned launches,
                       struct sample *sample, struct failure *why)
{
    runs = is_computed ? runs + 1 : 0;
    if (is_computed && measures != STATUS_OK)
        return fail(why, measures, "it does not run again");
    if (!is_computed) {
        fake_backend.run(job, v, launches, sample, why);
        sum = job->sum;
    }
    is_computed = true;
    job->sum = sum;
    const nanos ms = !slows_down ? 10 : runs < 50 ? 1 : 301 + runs;
    *sample =
        (struct sample){.launches = launches, .device_ns = ms * 1000000, .wall_ns = ms * 1000000};
    return STATUS_OK;
}

static enum status scale_rows(struct job *job, const struct variant *v, const float *factor,
                              struct failure *why)
{
    is_computed = false;
    return fake_backend.scale_rows(job, v, factor, why);
}

static void start(void)
{
    backend = fake_backend;
    backend.name = "gpu";
    backend.open = open_device;
    backend.close = close_device;
    backend.device_facts = facts_of;
    backend.facts = add_facts;
    backend.auto_variant = choose;
    backend.plan = plan;
    backend.begin = begin;
    backend.load = load;
    backend.run = run;
    backend.scale_rows = scale_rows;
    device_facts = (struct device_facts){.name = "Abacus", .peak_flops = {[ARITH_F32] = 1e14}};
    sheet = (struct doctor_sheet){.line = lines, .max = 1};
    choice = &own;
    largest = UINT64_MAX;
    setenv("XDG_CONFIG_HOME", scratch_make(), 1);
}
TestSuite(doctor_speed, .init = start, .fini = scratch_remove);

/* Measures, and returns the advice of the line. */
static const char *advice(void)
{
    sheet.count = 0;
    is_computed = false;
    measure_speed(&sheet, &backend, 3);
    cr_assert_eq(sheet.count, 1);
    cr_expect_str_eq(lines[0].what, "speed of GPU 3");
    cr_expect_eq(index_opened, 3);
    return lines[0].advice;
}

Test(doctor_speed, the_largest_order_is_taken_that_fits_and_takes_a_second_at_half_the_peak)
{
    cr_expect_str_eq(advice(), "N = 10000 begins");
    largest = 9999;
    cr_expect_str_eq(advice(), "N = 2000 begins");
    largest = 1999;
    begins = STATUS_FAILED;
    cr_expect_str_eq(advice(), "N = 256 begins");
    largest = 255;
    cr_expect_str_eq(advice(), "too little memory is free: end other programs that use this GPU");
    cr_expect_eq(lines[0].state, DOCTOR_WARN);
    cr_expect_str_eq(lines[0].found, "not measured");
    cr_expect_eq(closed, opened);
    largest = UINT64_MAX;
    streamed_from = 10000;
    cr_expect_str_eq(advice(), "N = 2000 begins");
    streamed_from = 0;
    device_facts.peak_flops[ARITH_F32] = 4e12; /* 2e12 FLOP take just a second */
    cr_expect_str_eq(advice(), "N = 2000 begins");
    device_facts.peak_flops[ARITH_F32] = 4.001e12;
    cr_expect_str_eq(advice(), "N = 10000 begins");
    choice = &half;
    device_facts.peak_flops[ARITH_F32] = 2.001e12;
    cr_expect_str_eq(advice(), "N = 10000 begins");
    device_facts.peak_flops[ARITH_F32] = 1;
    cr_expect_str_eq(advice(), "N = 256 begins");
    device_facts.simulated = true;
    device_facts.peak_flops[ARITH_F32] = 1e14;
    cr_expect_str_eq(advice(), "N = 256 begins");
    choice = NULL;
    cr_expect_str_eq(advice(), "no variant runs on this GPU: gpubench list says why");
}

/* The only line of a device whose job ends so. */
static void expect_failure(enum doctor_state state, const char *words)
{
    const char *said = advice();
    cr_expect_eq(strncmp(said, words, strlen(words)), 0, "%s", said);
    cr_expect_eq(lines[0].state, state);
    cr_expect_str_eq(lines[0].found, "not measured");
}

Test(doctor_speed, what_fails_is_a_warning_with_its_reason_and_nonsense_a_failure)
{
    opens = STATUS_FAILED;
    expect_failure(DOCTOR_WARN, "it does not open");
    cr_expect_eq(closed, 0);
    opens = STATUS_OK;
    largest = 256;
    loads = STATUS_FAILED;
    expect_failure(DOCTOR_WARN, "it does not load");
    cr_expect_eq(closed, 1);
    loads = STATUS_OK;
    measures = STATUS_FAILED;
    expect_failure(DOCTOR_WARN, "it does not run again");
    measures = STATUS_OK;
    fault = FAULT_NO_ANSWER;
    expect_failure(DOCTOR_WARN, "no answer from own");
    fault = FAULT_NAN_ENTRY;
    expect_failure(DOCTOR_FAIL, "wrong result: ");
}

/* Gives the model a reference of so many seconds. */
static void refer(const char *seconds)
{
    char path[4200];
    scratch_file("gpubench/x", "");
    cr_assert_eq(catalogue_path(path, sizeof path, NULL), STATUS_OK);
    FILE *file = fopen(path, "we");
    cr_assert(file);
    fprintf(file,
            "Abacus\tgpu/sum-aat/f32/own/n=256\t5\t%s\t%s\t%s\t-\t-\t-\t-\t-\t580.1\t2026-11-29\n",
            seconds, seconds, seconds);
    fclose(file);
}

Test(doctor_speed, less_than_95_percent_of_what_the_model_reached_is_a_warning)
{
    static const char unknown[] = "sum-aat/f32/own, N = 256: 10.00 ms; no reference for this model";
    largest = 256;
    cr_expect_str_empty(advice());
    cr_expect_str_eq(lines[0].found, unknown);
    cr_expect_eq(lines[0].state, DOCTOR_OK);
    refer("0.0095");
    cr_expect_str_empty(advice());
    cr_expect_eq(lines[0].state, DOCTOR_OK, "%s", lines[0].found);
    cr_expect_eq(strncmp(lines[0].found, unknown, strlen("sum-aat/f32/own, N = 256: 10.00 ms; ")),
                 0);
    cr_expect(strstr(lines[0].found, "0.95 of what Abacus reached"), "%s", lines[0].found);
    refer("0.00949");
    cr_expect_str_eq(advice(), "gpubench soak shows whether it lasts");
    cr_expect_eq(lines[0].state, DOCTOR_WARN);
}

Test(doctor_speed, a_quick_job_is_warmed_up_by_fifty_runs_that_do_not_count)
{
    largest = 256;
    slows_down = true;
    advice();
    cr_expect_str_eq(lines[0].found,
                     "sum-aat/f32/own, N = 256: 351.0 ms; no reference for this model",
                     "the 51st is the first sample, and takes all of the time: %s", lines[0].found);
}

/* test_contest.c - the table: each variant verified and sampled, and what all of it amounts to. */
#include "bench/run/run.h"
#include "harness/base/need.h"
#include "tests/unit/fake_backend.h"

#include <criterion/criterion.h>
#include <string.h>

/* The outcome of a table with these states. */
static const char *outcome(enum status *status, unsigned first, unsigned second, unsigned third)
{
    static struct failure why;
    struct contestant contestants[3] = {{.state = first}, {.state = second}, {.state = third}};
    const struct result r = {
        .contestants = contestants, .contestant_count = 3, .device.name = "Example"};
    why = (struct failure){0};
    *status = contest_outcome(&r, &why);
    return why.text;
}

Test(contest, fails_by_its_worst_row_and_passes_if_one_ran_and_none_was_wrong_or_failed)
{
    enum status status;
    cr_expect_str_eq(outcome(&status, CONTESTANT_OK, CONTESTANT_WAIVED, CONTESTANT_WAIVED), "");
    cr_expect_eq(status, STATUS_OK);
    cr_expect_str_eq(outcome(&status, CONTESTANT_WAIVED, CONTESTANT_WAIVED, CONTESTANT_WAIVED),
                     "none of the 3 variants can run on Example.");
    cr_expect_eq(status, STATUS_FAILED);
    cr_expect_str_eq(outcome(&status, CONTESTANT_FAILED, CONTESTANT_OK, CONTESTANT_OK),
                     "1 of 3 variants failed; their rows say why.");
    cr_expect_eq(status, STATUS_FAILED);
    cr_expect_str_eq(outcome(&status, CONTESTANT_WRONG, CONTESTANT_FAILED, CONTESTANT_WRONG),
                     "wrong result: 2 of 3 variants; no time of theirs is reported.");
    cr_expect_eq(status, STATUS_WRONG);
}

Test(contest, samples_for_12_seconds_or_as_long_as_asked_and_warms_up_for_a_quarter_of_that)
{
    struct contest_times times = contest_times(&(struct options){0});
    cr_expect_float_eq(times.sample_s, 12, 0);
    cr_expect_float_eq(times.warmup_s, 3, 0);
    times = contest_times(&(struct options){.max_time_s = 0.5});
    cr_expect_float_eq(times.sample_s, 0.5, 0);
    cr_expect_float_eq(times.warmup_s, 0.125, 0);
}

enum { VARIANTS = 3 };
static const struct variant table[VARIANTS] = {
    {OP_MATMUL, "first", ARITH_F32, .steps = {"matmul"}},
    {OP_MATMUL, "second", ARITH_F32, .steps = {"matmul"}},
    {OP_MATMUL, "third", ARITH_F32, .steps = {"matmul"}},
};
static enum status loads[VARIANTS]; /* how load() of each ends */
static enum fake_fault fault;

static enum status begin(struct device *device, const struct plan *plan, struct job **job,
                         struct failure *why)
{
    (void)device;
    (void)why;
    *job = fake_job(plan->problem, fault, (struct entry){5, 3});
    return STATUS_OK;
}

static enum status load(struct job *job, const struct variant *v, struct failure *why)
{
    (void)job;
    const enum status status = loads[v - table];
    return status == STATUS_OK ? status : fail(why, status, "%s does not load", v->name);
}

/* How long a run takes by its own account; 0: as long as it does. Only the first of each variant is
 * computed then. */
static nanos run_ns;
static bool is_computed[VARIANTS];
static double sum;
static size_t warmups, launches_per_sample; /* of the last variant */
static struct options options;

static enum status run_scripted(struct job *job, const struct variant *v, unsigned launches,
                                struct sample *sample, struct failure *why)
{
    cr_expect_geq(launches, 1);
    if (!run_ns || !is_computed[v - table]) {
        const enum status status = fake_backend.run(job, v, launches, sample, why);
        sum = job->sum;
        is_computed[v - table] = true;
        if (!run_ns || status != STATUS_OK)
            return status;
    }
    job->sum = sum;
    *sample = (struct sample){.launches = launches, .device_ns = run_ns, .wall_ns = run_ns};
    return STATUS_OK;
}

/* Runs the table with two samples each, or as the options say; "first ok 2, second failed 0 (second
 * does not load)". */
static const char *table_of(enum status *status)
{
    static const char *const words[] = {"ok", "waived", "failed", "wrong"};
    static char text[1024];
    static struct backend backend;
    const struct place place = {.backend = &backend};
    const struct options brief = {.samples = 2, .max_time_s = 0.004};
    const struct problem problem = {.op = OP_MATMUL, .n = 40, .seed = 1};
    struct run run = {
        .options = run_ns ? &options : &brief, .place = &place, .plan.problem = problem};
    struct failure why = {0};
    backend = fake_backend;
    backend.begin = begin;
    backend.load = load;
    backend.run = run_scripted;
    memset(is_computed, 0, sizeof is_computed);
    run.result.problem = problem;
    run.result.contestants = need_array(VARIANTS, sizeof *run.result.contestants);
    run.result.contestant_count = VARIANTS;
    for (size_t i = 0; i < VARIANTS; i++)
        run.result.contestants[i].variant = &table[i];
    *status = contest_run(&run, &why);
    cr_expect(run.has_findings);
    text[0] = '\0';
    for (size_t i = 0; i < VARIANTS; i++) {
        const struct contestant *c = &run.result.contestants[i];
        sprintf(text + strlen(text), "%s%s %s %zu", i ? ", " : "", c->variant->name,
                words[c->state], c->count);
        if (*c->reason)
            sprintf(text + strlen(text), " (%.200s)", c->reason);
        warmups = c->warmups;
        launches_per_sample = c->launches_per_sample;
    }
    run_end(&run);
    return text;
}

Test(contest, verifies_and_samples_each_variant)
{
    enum status status;
    cr_expect_str_eq(table_of(&status), "first ok 2, second ok 2, third ok 2");
    cr_expect_eq(status, STATUS_OK);
}

Test(contest, divides_the_time_among_those_that_run)
{
    enum status status;
    run_ns = 10000000;
    options = (struct options){.max_time_s = 0.12};
    cr_expect_str_eq(table_of(&status), "first ok 4, second ok 4, third ok 4");
    loads[0] = STATUS_NO_DEVICE;
    cr_expect_str_eq(table_of(&status),
                     "first waived 0 (first does not load), second ok 6, third ok 6");
}

Test(contest, warms_up_for_a_quarter_of_the_time_and_a_thousand_runs_at_most)
{
    enum status status;
    run_ns = 1000000;
    options = (struct options){.samples = 1, .max_time_s = 0.4};
    table_of(&status);
    cr_expect(warmups >= 33 && warmups <= 35, "%zu", warmups);
    cr_expect_eq(launches_per_sample, 1);
    run_ns = 20000; /* three launches are a sample of 50 µs */
    options.max_time_s = 2;
    table_of(&status);
    cr_expect_eq(warmups, 1000);
    cr_expect_eq(launches_per_sample, 3);
}

Test(contest, goes_on_after_a_variant_that_fails_or_turns_out_not_to_run_here)
{
    enum status status;
    loads[0] = STATUS_NO_DEVICE;
    loads[1] = STATUS_FAILED;
    cr_expect_str_eq(table_of(&status), "first waived 0 (first does not load), second failed 0 "
                                        "(second does not load), third ok 2");
    cr_expect_eq(status, STATUS_OK);
}

Test(contest, ends_when_the_device_is_lost)
{
    enum status status;
    loads[1] = STATUS_LOST;
    cr_expect_str_eq(
        table_of(&status),
        "first failed 0 (not measured: the device was lost under f32/second), second "
        "failed 0 (second does not load), third failed 0 (not measured: the device was "
        "lost under f32/second)");
    cr_expect_eq(status, STATUS_OK);
}

Test(contest, gives_no_time_of_a_wrong_product)
{
    enum status status;
    fault = FAULT_NAN_ENTRY;
    const char *text = table_of(&status);
    cr_expect(strstr(text, "first wrong 0 ("), "%s", text);
    cr_expect(strstr(text, "third wrong 0 ("), "%s", text);
    fault = FAULT_NO_ANSWER;
    cr_expect(strstr(table_of(&status), "first failed 0 (no answer from first)"));
}

/* test_job.c - the main job: what is reported of it, and how long it is sampled afterwards. */
#include "bench/run/run.h"
#include "harness/base/need.h"
#include "tests/unit/allocated.h"
#include "tests/unit/fake_backend.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const struct variant variant = {OP_MATMUL, "plain", ARITH_F32, .steps = {"matmul"}};
static const struct problem problem = {.op = OP_MATMUL, .n = 24, .seed = 1};
static struct backend backend;
static struct run run;
static struct failure why;
static char *text;
static size_t bytes;
static enum fake_fault fault;
static nanos wall_ns;                      /* of each run, whatever it takes */
static nanos growth;                       /* and so many times as long in the next */
static enum status begins, loads, runs_as; /* how these calls end */

static enum status begin(struct device *device, const struct plan *plan, struct job **job,
                         struct failure *unused)
{
    (void)device;
    if (begins != STATUS_OK)
        return fail(unused, begins, "no memory");
    *job = fake_job(plan->problem, fault, (struct entry){5, 3});
    return STATUS_OK;
}

static enum status load(struct job *made, const struct variant *v, struct failure *unused)
{
    (void)made;
    (void)v;
    return loads == STATUS_OK ? STATUS_OK : fail(unused, loads, "it does not load");
}

static enum status timed(struct job *made, const struct variant *v, unsigned launches,
                         struct sample *sample, struct failure *failure)
{
    if (runs_as != STATUS_OK)
        return fail(failure, runs_as, "it does not run");
    const enum status status = fake_backend.run(made, v, launches, sample, failure);
    sample->wall_ns = sample->device_ns = wall_ns;
    wall_ns *= growth ? growth : 1;
    return status;
}

/* Runs the job; run, why and text are what is left of it. */
static enum status job(struct options options)
{
    static const struct place place = {.backend = &backend, .brief_s = 0.2, .loads = "nothing"};
    static struct options kept;
    kept = options;
    backend = fake_backend;
    backend.begin = begin;
    backend.load = load;
    backend.run = timed;
    why = (struct failure){0};
    run = (struct run){.options = &kept, .place = &place, .plan.problem = problem};
    run.people = need_stream(&text, &bytes);
    run.result.problem = problem;
    run.result.contestants = need_array(1, sizeof *run.result.contestants);
    run.result.contestant_count = 1;
    run.result.contestants->variant = &variant;
    run.result.backend_name = "cpu";
    const enum status status = job_run(&run, &why);
    need_stream_end(run.people);
    return status;
}

static void finish(void)
{
    run_end(&run);
    free(text);
}

static const struct contestant *only(void)
{
    return run.result.contestants;
}

Test(job, as_many_samples_as_are_asked_for_are_taken_after_the_clocks_have_settled)
{
    wall_ns = 20000000;
    cr_assert_eq(job((struct options){.samples = 1}), STATUS_OK, "%s", why.text);
    cr_expect_eq(only()->count, 1);
    cr_expect_eq(only()->warmups, 4, "%zu", (size_t)only()->warmups);
    finish();
    wall_ns = 999999999;
    cr_assert_eq(job((struct options){.samples = 2}), STATUS_OK, "%s", why.text);
    cr_expect_eq(only()->count, 2);
    cr_expect_eq(only()->warmups, 2, "%zu", (size_t)only()->warmups);
    finish();
    wall_ns = 1000000000; /* the job's own run is enough */
    cr_assert_eq(job((struct options){.samples = 2}), STATUS_OK, "%s", why.text);
    cr_expect_eq(only()->count, 2);
    cr_expect_eq(only()->warmups, 1, "%zu", (size_t)only()->warmups);
    finish();
}

Test(job, without_a_wish_three_runs_are_sampled_but_for_a_twentieth_of_a_second_at_least)
{
    wall_ns = 26000000;
    cr_assert_eq(job((struct options){0}), STATUS_OK, "%s", why.text);
    cr_expect_eq(only()->count, 3, "%zu", only()->count);
    finish();
    wall_ns = 12000000;
    cr_assert_eq(job((struct options){0}), STATUS_OK, "%s", why.text);
    cr_expect_eq(only()->count, 5, "%zu", only()->count);
    finish();
    wall_ns = 100000000; /* 0.2 s at most on this device */
    cr_assert_eq(job((struct options){0}), STATUS_OK, "%s", why.text);
    cr_expect_eq(only()->count, 2, "%zu", only()->count);
    finish();
}

Test(job, a_run_longer_than_all_of_that_is_its_own_sample)
{
    wall_ns = 200000001;
    cr_assert_eq(job((struct options){0}), STATUS_OK, "%s", why.text);
    cr_expect_eq(only()->count, 1);
    cr_expect(only()->is_first_run);
    cr_expect_eq(only()->stop, STOP_TIME);
    cr_expect_eq(only()->samples[0].wall_ns, wall_ns);
    cr_expect_eq(only()->launches_per_sample, 1);
    finish();
    wall_ns = 200000000;
    cr_assert_eq(job((struct options){0}), STATUS_OK, "%s", why.text);
    cr_expect_not(only()->is_first_run);
    finish();
    wall_ns = 200000001;
    cr_assert_eq(job((struct options){.max_time_s = 0.5}), STATUS_OK, "%s", why.text);
    cr_expect_not(only()->is_first_run);
    cr_expect_eq(only()->count, 3, "%zu", only()->count);
    finish();
}

Test(job, a_wrong_result_has_no_time_and_says_so)
{
    wall_ns = 1000000;
    fault = FAULT_NAN_ENTRY;
    cr_expect_eq(job((struct options){.samples = 1}), STATUS_WRONG);
    cr_expect_eq(strncmp(why.text, "wrong result: matmul/f32/plain: ", 32), 0, "%s", why.text);
    cr_expect(strstr(why.text, ". No time is reported."), "%s", why.text);
    cr_expect_str_empty(text);
    cr_expect_eq(only()->count, 0);
    finish();
}

/* How it ends, without a time and without an answer. */
static void expect_failure(enum status status, const char *words)
{
    cr_expect_eq(job((struct options){.samples = 1}), status);
    cr_expect_str_eq(why.text, words);
    cr_expect_str_empty(text);
    cr_expect_null(run.result.job_variant);
    cr_expect_not(run.has_findings);
    finish();
}

Test(job, each_step_that_fails_ends_it_with_its_reason)
{
    wall_ns = 1000000;
    begins = STATUS_NO_MEMORY;
    expect_failure(STATUS_NO_MEMORY, "no memory");
    begins = STATUS_OK;
    loads = STATUS_FAILED;
    expect_failure(STATUS_FAILED, "it does not load");
    loads = STATUS_OK;
    runs_as = STATUS_FAILED;
    expect_failure(STATUS_FAILED, "it does not run");
    runs_as = STATUS_LOST;
    expect_failure(STATUS_LOST, "it does not run");
    runs_as = STATUS_OK;
    fault = FAULT_NO_ANSWER;
    expect_failure(STATUS_FAILED, "no answer from plain");
}

Test(job, a_right_one_is_printed_and_its_steps_are_phases)
{
    wall_ns = 1000000;
    cr_assert_eq(job((struct options){.samples = 1}), STATUS_OK, "%s", why.text);
    cr_expect_eq(run.result.job_variant, &variant);
    cr_expect(run.has_findings);
    cr_expect(strstr(text, "\n\nShape: (24, 24) Device: "), "%s", text);
    static const char *const names[] = {"fill", "load", "matmul", "read back"};
    cr_assert_geq(run.result.phase_count, 4);
    for (size_t i = 0; i < 4; i++)
        cr_expect_str_eq(run.result.phases[i].name, names[i]);
    cr_expect_str_eq(run.result.phases[1].what, "nothing");
    cr_expect_str_eq(run.result.phases[2].what, "matmul/f32/plain");
    finish();
    cr_assert_eq(job((struct options){.samples = 1, .json = true}), STATUS_OK);
    cr_expect_neq(*text, '\0');
    finish();
    cr_assert_eq(job((struct options){.samples = 1, .quiet = true}), STATUS_OK);
    cr_expect_neq(*text, '\0');
    finish();
    cr_assert_eq(job((struct options){.samples = 1, .json = true, .quiet = true}), STATUS_OK);
    cr_expect_str_empty(text);
    finish();
}

/* The warm-ups of a job whose runs take so long, its own run among them. */
static size_t warmups_of(nanos ns, struct options options)
{
    wall_ns = ns;
    cr_assert_eq(job(options), STATUS_OK, "%s", why.text);
    const size_t warmups = only()->warmups;
    finish();
    return warmups;
}

Test(job, short_runs_warm_up_for_a_moment_and_those_that_are_asked_for_as_long_as_it_takes)
{
    cr_expect_eq(warmups_of(9999999, (struct options){0}), 1 + 4);
    cr_expect_eq(warmups_of(10000000, (struct options){0}), 1);
    growth = 2; /* they do not settle, and four are enough nevertheless */
    cr_expect_eq(warmups_of(100000, (struct options){0}), 1 + 4);
    growth = 0;
    /* A quarter of the time that is asked for. */
    cr_expect_eq(warmups_of(1000000, (struct options){.max_time_s = 0.04}), 1 + 10);
    cr_expect_eq(warmups_of(1000000, (struct options){.max_time_s = 0.4}), 1 + 50);
    cr_expect_eq(warmups_of(1000000000, (struct options){.max_time_s = 4}), 1);
    cr_expect_eq(warmups_of(999999999, (struct options){.max_time_s = 4}), 1 + 4);
}

static void run_and_end(void *unused)
{
    (void)unused;
    cr_assert_eq(job((struct options){.samples = 3}), STATUS_OK, "%s", why.text);
    finish();
}

Test(job, at_its_end_all_is_given_back)
{
    wall_ns = 1000000;
    cr_expect_not(allocated_grows(run_and_end, NULL));
}

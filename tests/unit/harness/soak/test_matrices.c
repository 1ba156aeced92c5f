/* test_matrices.c - a soak of small matrices in host memory: how many are made, which faults show
 * in a launch, in an answer at the end and in A. */
#include "harness/base/interrupt.h"
#include "harness/soak/soak.h"
#include "tests/unit/fake_backend.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

enum { N = 40 };
static const uint64_t a_bytes = N * N * sizeof(float);
static const struct variant sum = {.op = OP_SUM_AAT, .name = "s", .steps = {"s"}};
static const struct variant stored = {.op = OP_MATMUL, .name = "m", .steps = {"m"}};

static size_t jobs_most, jobs_made;
static bool streams;

static void plan(const struct device *device, const struct variant *v, const struct problem *p,
                 struct plan *out)
{
    (void)device, (void)v;
    *out = (struct plan){.problem = *p, .bytes = a_bytes, .fits = true, .panel_rows = streams};
}

static enum status begin_job(struct device *device, const struct plan *p, struct job **job,
                             struct failure *why)
{
    (void)device;
    if (jobs_made == jobs_most)
        return fail(why, STATUS_NO_MEMORY, "no memory for job %zu", jobs_made);
    jobs_made++;
    *job = fake_job(p->problem, FAULT_NONE, (struct entry){0, 0});
    return STATUS_OK;
}

static enum status load(struct job *job, const struct variant *v, struct failure *why)
{
    (void)job, (void)v, (void)why;
    return STATUS_OK;
}

static const struct device_facts *facts_of(const struct device *device)
{
    (void)device;
    return NULL;
}

static struct backend backend;
static struct soak soak;
static struct failure why;

static void begin(void)
{
    const struct problem p = {.n = N, .seed = 5};
    backend = fake_backend;
    backend.plan = plan;
    backend.begin = begin_job;
    backend.load = load;
    backend.device_facts = facts_of;
    jobs_most = 100;
    soak = (struct soak){.backend = &backend, .memory = 7 * a_bytes};
    soak_add(&soak, &sum, &p);
    soak_add(&soak, &stored, &p);
}

static void end(void)
{
    soak_free(&soak);
}

TestSuite(matrices, .init = begin, .fini = end);

static void expect_made(size_t first, size_t second)
{
    cr_assert_eq(soak_prepare(&soak, &why), STATUS_OK, "%s", why.text);
    cr_expect_eq(soak.loads[0].job_count, first, "%zu", soak.loads[0].job_count);
    cr_expect_eq(soak.loads[1].job_count, second, "%zu", soak.loads[1].job_count);
    cr_expect_eq(soak.verified, first + second);
    cr_expect_eq(soak.memory_used, (first + second) * a_bytes);
}

Test(matrices, each_variant_fills_its_share_of_what_is_left)
{
    expect_made(3, 4);
    cr_expect_neq(soak.loads[0].jobs[0].verdict.sum, soak.loads[0].jobs[1].verdict.sum,
                  "each has a seed of its own");
    cr_expect_eq(soak.loads[0].jobs[0].verdict.sum, soak.loads[1].jobs[0].verdict.sum);
}

static size_t jobs_ended;

static void count_end(struct job *job)
{
    jobs_ended++;
    fake_backend.end(job);
}

Test(matrices, all_of_them_are_given_back)
{
    backend.end = count_end;
    expect_made(3, 4);
    soak_free(&soak);
    soak.load_count = 0;
    cr_expect_eq(jobs_ended, 7);
}

static enum status begin_faulty(struct device *device, const struct plan *p, struct job **job,
                                struct failure *reason)
{
    const enum status status = begin_job(device, p, job, reason);
    (*job)->fault = FAULT_NAN_ENTRY;
    return status;
}

Test(matrices, a_first_answer_that_is_wrong_ends_preparation)
{
    backend.begin = begin_faulty;
    cr_expect_eq(soak_prepare(&soak, &why), STATUS_WRONG);
    cr_expect_gt(strlen(why.text), 5);
    cr_expect_eq(soak.verified, 0);
}

Test(matrices, there_is_one_at_least_and_no_more_than_asked)
{
    soak.memory = 0;
    expect_made(1, 1);
}

Test(matrices, no_more_are_made_than_asked)
{
    soak.jobs_max = 2;
    expect_made(2, 2);
}

static nanos clock_ns;

static nanos fake_now(void)
{
    return clock_ns += 1000000;
}

Test(matrices, no_more_are_made_than_in_the_time_for_it_but_one_of_each)
{
    soak.now = fake_now;
    soak.prepare_s = 1.5e-3;
    expect_made(2, 2);
}

Test(matrices, one_of_each_is_made_however_long_it_takes)
{
    soak.now = fake_now;
    soak.prepare_s = 1e-6;
    expect_made(1, 1);
}

Test(matrices, counters_that_were_not_read_at_the_end_are_unknown)
{
    expect_made(3, 4);
    for (int i = 0; i < HEALTH_COUNT; i++)
        cr_expect_eq(soak.after[i], -1);
}

Test(matrices, less_memory_than_planned_ends_filling_but_for_the_first)
{
    jobs_most = 4;
    expect_made(3, 1);
}

Test(matrices, without_memory_for_one_there_is_no_soak)
{
    jobs_most = 3;
    cr_expect_eq(soak_prepare(&soak, &why), STATUS_NO_MEMORY);
    cr_expect_str_eq(why.text, "no memory for job 3");
}

Test(matrices, one_that_would_be_streamed_is_refused)
{
    streams = true;
    cr_expect_eq(soak_prepare(&soak, &why), STATUS_NO_MEMORY);
    cr_expect_not_null(strstr(why.text, "N = 40 does not fit"), "%s", why.text);
    streams = false;
}

static struct {
    double share;
    size_t calls;
    bool falls;
} said;

static void say(void *context, double share, const char *what, size_t done, size_t total)
{
    (void)context, (void)what;
    said.falls = said.falls || share < said.share || share >= 1 || done >= total;
    said.share = share;
    said.calls++;
}

Test(matrices, progress_rises_over_all_variants)
{
    soak.say = say;
    expect_made(3, 4);
    cr_expect_eq(said.calls, 7);
    cr_expect_not(said.falls);
    cr_expect_float_eq(said.share, (1 + 3. / 4) / 2, 1e-9);
    said.share = 0;
    soak_verify_again(&soak);
    cr_expect_eq(said.calls, 14);
    cr_expect_not(said.falls);
    cr_expect_float_eq(said.share, (1 + 3. / 4) / 2, 1e-9);
}

static bool is_stale; /* what a launch that does nothing would leave */
static size_t stale_runs;

static void say_next(void *context, double share, const char *what, size_t done, size_t total)
{
    (void)context, (void)share, (void)what, (void)done, (void)total;
    is_stale = true;
}

static enum status note_poison(struct job *job, struct failure *reason)
{
    is_stale = false;
    return fake_backend.poison(job, reason);
}

static enum status note_run(struct job *job, const struct variant *v, unsigned launches,
                            struct sample *sample, struct failure *reason)
{
    stale_runs += is_stale;
    return fake_backend.run(job, v, launches, sample, reason);
}

Test(matrices, what_is_verified_is_computed_over_nan)
{
    backend.poison = note_poison;
    backend.run = note_run;
    soak.say = say_next;
    expect_made(3, 4);
    cr_expect_eq(stale_runs, 0);
    soak_verify_again(&soak);
    cr_expect_eq(stale_runs, 0);
    cr_expect_eq(soak.verified_again, 7);
}

static struct job *spoilt;
static void spoil(struct job *job, void *context)
{
    (void)context;
    job->c[3 * N + 4] += 1e-3F;
}

Test(matrices, right_matrices_stay_right)
{
    expect_made(3, 4);
    soak.seconds = 0.05;
    soak.now = fake_now;
    soak_run(&soak);
    cr_expect_geq(soak.launches, 40);
    cr_expect_eq(soak.wrong, 0);
    cr_expect_gt(soak.loads[0].launches, 0);
    cr_expect_gt(soak.loads[1].launches, 0);
    soak_verify_again(&soak);
    cr_expect_eq(soak.verified_again, 7);
    cr_expect_eq(soak.wrong_again, 0);
    cr_expect_eq(soak.change_count, 0);
}

Test(matrices, a_launch_with_other_bits_is_found_and_counted)
{
    soak.jobs_max = 1;
    expect_made(1, 1);
    spoilt = soak.loads[0].jobs[0].job;
    spoilt->spoil = spoil;
    soak.seconds = 0.02;
    soak.now = fake_now;
    soak_run(&soak);
    cr_expect_gt(soak.wrong, 0);
    cr_expect_eq(soak.wrong, soak.loads[0].launches);
    cr_expect_eq(soak.loads[1].wrong, 0);
    cr_expect_eq(soak.errors[0].load, 0);
    cr_expect_eq(soak.errors[0].what.launch, 1);
    cr_expect_eq(soak.errors[1].what.launch, 2);
    cr_expect_eq(soak.errors[0].what.bits, soak.errors[0].what.want ^ soak.errors[0].what.got);
    cr_expect_neq(soak.errors[0].what.bits, 0);
    uint32_t kept[2]; /* either half may be the one that differs */
    memcpy(kept, &soak.loads[0].jobs[0].verdict.sum, sizeof kept);
    cr_expect(soak.errors[0].what.want == kept[0] || soak.errors[0].what.want == kept[1]);
}

Test(matrices, an_answer_that_is_wrong_at_the_end_is_counted_with_the_first_reason)
{
    expect_made(3, 4);
    spoilt = soak.loads[1].jobs[2].job;
    spoilt->fault = FAULT_NAN_ENTRY;
    soak_verify_again(&soak);
    cr_expect_eq(soak.wrong_again, 1);
    cr_expect_eq(soak.verified_again, 6);
    cr_expect_gt(strlen(soak.wrong_why), 0);
}

Test(matrices, an_entry_of_a_that_has_changed_is_named)
{
    expect_made(3, 4);
    struct job *job = soak.loads[1].jobs[2].job;
    const float right = job->a[7 * N + 9];
    job->a[7 * N + 9] += 0.25F;
    job->a[8 * N + 9] += 0.25F;
    soak_verify_again(&soak);
    cr_assert_eq(soak.change_count, 1);
    const struct soak_change *c = &soak.changes[0];
    cr_expect(c->load == 1 && c->job == 2 && c->at.row == 7 && c->at.col == 9);
    cr_expect(c->rows == 2 && c->cols == 1);
    cr_expect_eq(memcmp(&c->want, &right, sizeof right), 0);
    cr_expect_eq(memcmp(&c->got, &job->a[7 * N + 9], sizeof right), 0);
}

Test(matrices, the_first_entry_of_a_is_compared_too_and_a_matrix_of_the_first_variant)
{
    expect_made(3, 4);
    soak.loads[0].jobs[1].job->a[0] += 0.25F;
    soak_verify_again(&soak);
    cr_assert_eq(soak.change_count, 1);
    const struct soak_change *c = &soak.changes[0];
    cr_expect(c->load == 0 && c->job == 1 && c->at.row == 0 && c->at.col == 0);
    cr_expect(c->rows == 1 && c->cols == 1);
}

Test(matrices, after_a_lost_device_or_an_interruption_nothing_is_verified_again)
{
    expect_made(3, 4);
    soak.failure.status = STATUS_LOST;
    soak_verify_again(&soak);
    cr_expect_eq(soak.verified_again, 0);
    soak.failure.status = STATUS_OK;
    interrupt_request(SIGINT);
    soak_verify_again(&soak);
    cr_expect_eq(soak.verified_again, 0);
    soak.seconds = 1;
    soak_run(&soak);
    cr_expect_eq(soak.launches, 0);
    cr_expect(soak.is_interrupted);
}

Test(matrices, an_interruption_while_they_are_made_ends_that)
{
    interrupt_request(SIGINT);
    cr_expect_eq(soak_prepare(&soak, &why), STATUS_INTERRUPTED);
    cr_expect_eq(jobs_made, 1);
}

/* test_again.c - what a soak keeps of answers that cannot be verified again. */
#include "harness/soak/soak.h"

#include <criterion/criterion.h>
#include <stdlib.h>

enum { JOBS = 3 };

static const enum status *answers; /* of the device, in turn */
static size_t asked;

static enum status fail_in_turn(struct job *job, const long double *x, long double *sums,
                                struct failure *why)
{
    (void)job, (void)x, (void)sums;
    asked++;
    return fail(why, answers[asked - 1], "reason %zu", asked);
}

static const struct device_facts *no_facts(const struct device *device)
{
    (void)device;
    return NULL;
}

static const struct backend backend = {
    .name = "gpu", .oracle_a_times = fail_in_turn, .device_facts = no_facts};

static const struct variant variant = {.op = OP_SUM_AAT, .name = "fast", .steps = {"matmul + sum"}};

static struct soak verified_again(const enum status *in_turn)
{
    const struct problem p = {.n = 16};
    struct soak_job jobs[JOBS] = {0};
    struct soak soak = {.backend = &backend};
    soak_add(&soak, &variant, &p);
    soak.loads[0].jobs = jobs;
    soak.loads[0].job_count = JOBS;
    answers = in_turn;
    asked = 0;
    soak_verify_again(&soak);
    soak.loads[0].jobs = NULL;
    soak.loads[0].job_count = 0;
    return soak;
}

Test(soak_again, the_first_answer_without_memory_says_why_and_all_are_counted)
{
    const enum status none[JOBS] = {STATUS_NO_MEMORY, STATUS_NO_MEMORY, STATUS_NO_MEMORY};
    struct soak soak = verified_again(none);
    cr_expect_eq(soak.not_again, JOBS);
    cr_expect_str_eq(soak.not_again_why, "reason 1");
    cr_expect_eq(soak.failure.status, STATUS_OK);
    soak_free(&soak);
}

Test(soak_again, the_first_failure_is_kept_and_after_a_lost_device_nothing_is_asked)
{
    const enum status failed[JOBS] = {STATUS_FAILED, STATUS_LOST, STATUS_FAILED},
                      lost[JOBS] = {STATUS_LOST, STATUS_FAILED, STATUS_FAILED};
    struct soak soak = verified_again(failed);
    cr_expect_eq(asked, JOBS);
    cr_expect_str_eq(soak.failure.text, "reason 1");
    cr_expect_eq(soak.verified_again + soak.wrong_again + soak.not_again, 0);
    soak_free(&soak);
    soak = verified_again(lost);
    cr_expect_eq(asked, 1);
    cr_expect_eq(soak.failure.status, STATUS_LOST);
    soak_free(&soak);
}

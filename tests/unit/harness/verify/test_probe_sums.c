/* test_probe_sums.c - the steps of a sum that is computed again with other signs of the rows of A:
 * in which order, with which factors, what ends them, and which error is kept. */
#include "harness/base/interrupt.h"
#include "harness/verify/probes.h"
#include "harness/verify/verify.h"

#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { N = 36 };

/* The steps that the backend below took, a letter each, and the one that fails, if any. */
static char steps[256], failing;
static enum status failure_status = STATUS_FAILED;
static const struct problem *problem;
static const float *factors;
static float drawn[16][N]; /* of each repetition */
static size_t repetitions;
static struct entry looked_at[64];
static double answers[16], wrong_entry;

static enum status step(char letter, struct failure *why)
{
    const char text[] = {letter, '\0'};
    strcat(steps, text);
    return letter == failing ? fail(why, failure_status, "step %c fails", letter) : STATUS_OK;
}

static enum status scale_rows(struct job *job, const struct variant *v, const float *factor,
                              struct failure *why)
{
    (void)job, (void)v;
    factors = factor;
    if (factor)
        memcpy(drawn[repetitions], factor, sizeof drawn[0]);
    return step(factor ? 's' : 'r', why);
}

static enum status entries_of_a(struct job *job, const struct entry *e, size_t count, double *out,
                                struct failure *why)
{
    (void)job;
    cr_assert_eq(count, 64);
    memcpy(looked_at, e, sizeof looked_at);
    for (size_t i = 0; i < count; i++)
        out[i] = oracle_entry_of_a(problem, e[i]) * (double)factors[e[i].row];
    out[63] += wrong_entry;
    return step('e', why);
}

/* The sum of all is 36, that of their squares 36, too. */
static enum status column_sums(struct job *job, long double *out, struct failure *why)
{
    (void)job;
    for (int i = 0; i < N; i++)
        out[i] = 1;
    return step('c', why);
}

static enum status poison(struct job *job, struct failure *why)
{
    (void)job;
    return step('p', why);
}

static enum status run(struct job *job, const struct variant *v, unsigned launches,
                       struct sample *sample, struct failure *why)
{
    (void)job, (void)v, (void)sample;
    cr_expect_eq(launches, 1);
    return step('x', why);
}

static enum status take_answer(struct job *job, const struct variant *v, double *sum,
                               struct failure *why)
{
    (void)job, (void)v;
    *sum = answers[repetitions++];
    return step('a', why);
}

static const struct backend stand_in = {
    .name = "stand-in",
    .scale_rows = scale_rows,
    .a_entries = entries_of_a,
    .oracle_column_sums = column_sums,
    .poison = poison,
    .run = run,
    .answer = take_answer,
};

static struct oracle oracle_of(enum op op, enum range range)
{
    static struct problem p;
    p = (struct problem){op, N, 1, range, ELEMENT_F32};
    problem = &p;
    return (struct oracle){.problem = p, .rows = {0, N}, .salt = {3, 5}, .sum = N, .sum_scale = 8};
}

static struct verdict probed(const struct oracle *o, const struct variant *v, enum status want,
                             struct failure *why)
{
    struct verdict verdict = {.limit = {.sum = 0.5, .weighted = 0.25}};
    repetitions = 0;
    steps[0] = '\0';
    *why = (struct failure){.text = ""};
    cr_expect_eq(probe_weights(&stand_in, NULL, v, o, 0, &verdict, why), want, "%s", why->text);
    return verdict;
}

static const struct variant sums = {.op = OP_SUM_AAT, .name = "v"};

Test(probe_sums, a_is_scaled_checked_and_summed_before_the_run_and_restored_at_the_end)
{
    const struct oracle o = oracle_of(OP_SUM_AAT, RANGE_UNIT);
    struct variant rounded = sums;
    struct failure why;
    probed(&o, &sums, STATUS_OK, &why);
    cr_expect_str_eq(steps, "secpxar");
    rounded.arithmetic = ARITH_TF32;
    probed(&o, &rounded, STATUS_OK, &why);
    cr_expect_str_eq(steps, "secpxasecpxasecpxar");
}

Test(probe_sums, the_first_step_that_fails_is_the_last_but_for_restoring_a)
{
    static const char *const want[] = {"sr", "ser", "secr", "secpr", "secpxr", "secpxar"};
    const struct oracle o = oracle_of(OP_SUM_AAT, RANGE_UNIT);
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        struct failure why;
        failing = "secpxa"[i];
        const struct verdict v = probed(&o, &sums, STATUS_FAILED, &why);
        cr_expect_str_eq(steps, want[i]);
        cr_expect_eq(why.text[5], failing, "%s", why.text);
        cr_expect_eq(v.weighted_error, 0, "an error of no run");
    }
}

Test(probe_sums, a_device_that_is_lost_is_not_asked_to_restore_a)
{
    const struct oracle o = oracle_of(OP_SUM_AAT, RANGE_UNIT);
    struct failure why;
    failing = 'x';
    failure_status = STATUS_LOST;
    probed(&o, &sums, STATUS_LOST, &why);
    cr_expect_str_eq(steps, "secpx");
    cr_expect_eq(why.status, STATUS_LOST);
}

Test(probe_sums, an_a_that_cannot_be_restored_loses_the_device)
{
    const struct oracle o = oracle_of(OP_SUM_AAT, RANGE_UNIT);
    struct failure why;
    failing = 'r';
    probed(&o, &sums, STATUS_LOST, &why);
    cr_expect_eq(why.status, STATUS_LOST);
    cr_expect_str_eq(why.text, "step r fails");
}

Test(probe_sums, an_interrupt_comes_before_the_first_step)
{
    const struct oracle o = oracle_of(OP_SUM_AAT, RANGE_UNIT);
    struct failure why;
    interrupt_request(SIGINT);
    probed(&o, &sums, STATUS_INTERRUPTED, &why);
    cr_expect_str_eq(steps, "r");
}

Test(probe_sums, a_run_of_more_than_two_seconds_is_repeated_only_in_full)
{
    static const nanos two_seconds = 2000000000;
    struct oracle o = oracle_of(OP_SUM_AAT, RANGE_UNIT);
    struct verdict v = {.ok = true};
    struct backend without = stand_in;
    failing = 's'; /* is enough to see it */
    cr_expect_eq(probe_weights(&stand_in, NULL, &sums, &o, two_seconds, &v, NULL), STATUS_FAILED);
    cr_expect_eq(probe_weights(&stand_in, NULL, &sums, &o, two_seconds + 1, &v, NULL), STATUS_OK);
    o.is_full = true;
    cr_expect_eq(probe_weights(&stand_in, NULL, &sums, &o, two_seconds + 1, &v, NULL),
                 STATUS_FAILED);
    cr_expect_not(v.is_full);
    without.scale_rows = NULL;
    cr_expect_eq(probe_weights(&without, NULL, &sums, &o, 0, &v, NULL), STATUS_OK);
}

/* What is looked at must be scattered, and not depend on what A itself is made of. */
Test(probe_sums, places_of_a_and_signs_of_rows_follow_from_the_salt)
{
    struct oracle o = oracle_of(OP_SUM_AAT, RANGE_UNIT);
    struct failure why;
    o.is_full = true;
    for (int i = 0; i < 16; i++)
        answers[i] = N;
    const struct verdict v = probed(&o, &sums, STATUS_OK, &why);
    cr_expect(v.is_full);
    cr_assert_eq(repetitions, 16);
    for (uint32_t i = 0; i < 64; i++) {
        const double row = oracle_random(&o, 0x30000000 + 2 * i) * 0x1p-32 * 36,
                     col = oracle_random(&o, 0x30000001 + 2 * i) * 0x1p-32 * 36;
        cr_expect_eq(looked_at[i].row, (uint32_t)row, "entry %u", i);
        cr_expect_eq(looked_at[i].col, (uint32_t)col, "entry %u", i);
    }
    for (uint32_t k = 0; k < 16; k++) {
        float sum = 0;
        for (int i = 0; i < N; i++)
            sum += drawn[k][i];
        cr_expect_eq(sum, 0, "half of the signs are negative");
        cr_expect_eq(drawn[k][0] == 1, oracle_random(&o, 0x20000000 + (k << 24)) < 0x80000000,
                     "repetition %u", k);
    }
}

Test(probe_sums, rows_have_signs_or_factors_of_1_and_2_where_data_must_be_positive)
{
    static const struct {
        enum op op;
        enum range range;
        enum arithmetic arithmetic;
        bool library;
        bool is_signed;
    } cases[] = {
        {OP_SUM_AAT, RANGE_UNIT, ARITH_F32, false, true},
        {OP_SUM_AAT, RANGE_UNIT, ARITH_F32_2XF16, false, false},
        {OP_SUM_AAT, RANGE_SIGNED, ARITH_F32_2XF16, false, true},
        {OP_SUM_AAT, RANGE_UNIT, ARITH_F32, true, true},
        {OP_REDUCE, RANGE_UNIT, ARITH_F32, true, false},
        {OP_REDUCE, RANGE_SIGNED, ARITH_F32, true, true},
        {OP_REDUCE, RANGE_UNIT, ARITH_F32, false, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct oracle o = oracle_of(cases[i].op, cases[i].range);
        const struct variant v = {.op = cases[i].op,
                                  .name = "v",
                                  .arithmetic = cases[i].arithmetic,
                                  .library = cases[i].library};
        struct failure why;
        const struct verdict verdict = probed(&o, &v, STATUS_OK, &why);
        unsigned ones = 0;
        for (int k = 0; k < N; k++) {
            ones += drawn[0][k] == 1;
            cr_expect(drawn[0][k] == 1 || drawn[0][k] == (cases[i].is_signed ? -1 : 2));
        }
        cr_expect_eq(ones, N / 2, "case %zu", i);
        cr_expect_eq(verdict.limit.weighted, cases[i].is_signed ? 0.25 : 0.5, "case %zu", i);
    }
}

/* With signs, sums cancel, so their error is taken in the scale of the plain sum, which is 8. */
Test(probe_sums, the_largest_error_of_all_repetitions_is_kept_with_its_sign)
{
    static const struct {
        enum arithmetic arithmetic;
        double answers[3], error;
    } cases[] = {
        {ARITH_TF32, {N + 1, N - 2, N + 1}, -2.0 / 8},
        {ARITH_TF32, {N - 1, N - 1, N + 2}, 2.0 / 8},
        {ARITH_TF32, {N, N, N}, 0},
        {ARITH_TF32, {N + 2, N - 2, N}, 2.0 / 8},
        {ARITH_TF32, {N + 1, NAN, N + 1}, INFINITY},
        {ARITH_F32_2XF16, {N + 1, N - 9, N + 1}, -9.0 / 36},
    };
    const struct oracle o = oracle_of(OP_SUM_AAT, RANGE_UNIT);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct variant v = {.op = OP_SUM_AAT, .name = "v", .arithmetic = cases[i].arithmetic};
        struct failure why;
        memcpy(answers, cases[i].answers, sizeof cases[i].answers);
        cr_expect_eq(probed(&o, &v, STATUS_OK, &why).weighted_error, cases[i].error, "case %zu", i);
        cr_expect_eq(repetitions, 3);
    }
}

Test(probe_sums, an_entry_of_a_that_was_not_scaled_exactly_is_named)
{
    const struct oracle o = oracle_of(OP_REDUCE, RANGE_UNIT);
    struct failure why;
    char want[64];
    wrong_entry = 100;
    probed(&o, &(struct variant){.op = OP_REDUCE, .name = "v"}, STATUS_WRONG, &why);
    const struct entry at = looked_at[63];
    snprintf(want, sizeof want, "A[%u][%u] is ", at.row, at.col);
    cr_expect_eq(strncmp(why.text, want, strlen(want)), 0, "%s", why.text);
    snprintf(want, sizeof want, " after its row was scaled by %g", (double)drawn[0][at.row]);
    cr_expect(strstr(why.text, want), "%s", why.text);
    cr_expect_eq(why.status, STATUS_WRONG);
    cr_expect_str_eq(steps, "ser");
}

/* ---- as a part of the verdict */

static bool of_integers;

static void oracle_of_integers(struct job *job, bool is_rounded)
{
    (void)job;
    of_integers = of_integers || is_rounded;
}

Test(probe_sums, a_sum_of_int8_that_cannot_be_repeated_is_not_compared_with_integers)
{
    struct oracle o = oracle_of(OP_SUM_AAT, RANGE_UNIT), integers = {.sum_scale = 1};
    const struct variant v = {.op = OP_SUM_AAT, .name = "v", .arithmetic = ARITH_INT8};
    struct backend backend = stand_in;
    struct verdict verdict;
    struct failure why;
    backend.oracle_of_int8 = oracle_of_integers;
    o.of_int8 = &integers;
    answers[0] = N;
    failing = 's';
    cr_expect_eq(verify(&backend, NULL, &v, &o, 0, &verdict, &why), STATUS_FAILED);
    cr_expect_str_eq(steps, "asr");
    cr_expect_not(of_integers);
}

Test(probe_sums, a_wrong_sum_is_not_repeated)
{
    const struct oracle o = oracle_of(OP_SUM_AAT, RANGE_UNIT);
    struct verdict verdict;
    struct failure why;
    answers[0] = N + 1;
    cr_expect_eq(verify(&stand_in, NULL, &sums, &o, 0, &verdict, &why), STATUS_OK);
    cr_expect_str_eq(steps, "a");
    cr_expect_not(verdict.ok);
    cr_expect_eq(verdict.sum_error, 1.0 / 8);
    cr_expect(isnan(verdict.weighted_error));
}

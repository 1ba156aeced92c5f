/* test_verify_values.c - errors of a product of which a few entries are known, exactly: the worst
 * of them, relF and bias, the rows, and the steps after which nothing more is compared. */
#include "harness/base/interrupt.h"
#include "harness/verify/verify.h"

#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

/* On [-1,1) entries have sqrt(36)/3 = 2 as their usual size, on [0,1) 36/4 = 9. */
enum { N = 36 };

static double entries[8];
static long double row_sums[N];
static double sum;
static char steps[8];
static bool interrupts_in_rows;

static enum status take_answer(struct job *job, const struct variant *v, double *out,
                               struct failure *why)
{
    (void)job, (void)v, (void)why;
    *out = sum;
    return STATUS_OK;
}

static enum status sums_of_rows(struct job *job, long double *out, struct failure *why)
{
    (void)job, (void)why;
    memcpy(out, row_sums, sizeof row_sums);
    strcat(steps, "r");
    if (interrupts_in_rows)
        interrupt_request(SIGINT);
    return STATUS_OK;
}

static enum status some_entries(struct job *job, const struct entry *e, size_t count, double *out,
                                struct failure *why)
{
    (void)job, (void)e, (void)why;
    memcpy(out, entries, count * sizeof *out);
    strcat(steps, "e");
    return STATUS_OK;
}

static const struct backend stand_in = {
    .name = "stand-in",
    .answer = take_answer,
    .c_row_sums = sums_of_rows,
    .c_entries = some_entries,
};

/* What is wanted: at most 8 entries of these values, and rows that sum up to zero. */
static struct entry places[8];
static long double wanted[8], wanted_sums[N];

static struct oracle oracle_of(enum range range, size_t count)
{
    return (struct oracle){
        .problem = {OP_MATMUL, N, 1, range, ELEMENT_F32},
        .rows = {0, N},
        .sum_scale = 8,
        .row_sums = wanted_sums,
        .mean_row = 4,
        .factor_sum = N,
        .entries = places,
        .values = wanted,
        .entry_count = count,
    };
}

static struct verdict verdict_of(const struct oracle *o)
{
    const struct variant v = {.op = OP_MATMUL, .name = "v", .arithmetic = ARITH_F32};
    struct verdict verdict;
    steps[0] = '\0';
    cr_assert_eq(verify(&stand_in, NULL, &v, o, 0, &verdict, NULL), STATUS_OK);
    return verdict;
}

static void set_entry(int i, struct entry at, double want, double got)
{
    places[i] = at;
    wanted[i] = want;
    entries[i] = got;
}

/* In units of the usual size, 2: off by 1, 0.5 and 0.25 with sizes of 3, 0.25 and 0.5. The bias
 * counts an error towards zero as negative. */
Test(verify_values, relf_and_bias_are_of_the_entries_in_their_usual_size)
{
    const struct oracle o = oracle_of(RANGE_SIGNED, 3);
    set_entry(0, (struct entry){0, 1}, 6, 8);
    set_entry(1, (struct entry){1, 0}, 0.5, -0.5);
    set_entry(2, (struct entry){2, 0}, -1, -1.5);
    const struct verdict v = verdict_of(&o);
    cr_expect_float_eq(v.rel_f, sqrt((1 + 0.25 + 0.0625) / (9 + 0.0625 + 0.25)), 1e-15);
    cr_expect_float_eq(v.bias, (1 - 0.5 + 0.25) / 3.75, 1e-15);
    cr_expect_eq(v.worst_entry, 1.0 / 2);
    cr_expect_str_eq(steps, "re");
}

/* So that a few small ones do not look worse than they are: as if each had its usual size. */
Test(verify_values, of_small_entries_relf_and_bias_are_in_the_size_that_is_usual)
{
    const struct oracle o = oracle_of(RANGE_SIGNED, 2);
    set_entry(0, (struct entry){0, 1}, 1, 2);
    set_entry(1, (struct entry){1, 0}, 1, 2);
    const struct verdict v = verdict_of(&o);
    cr_expect_float_eq(v.rel_f, sqrt(0.5 / 2), 1e-15);
    cr_expect_float_eq(v.bias, 1.0 / 2, 1e-15);
}

Test(verify_values, relf_and_bias_leave_the_diagonal_out)
{
    const struct oracle o = oracle_of(RANGE_UNIT, 2);
    set_entry(0, (struct entry){5, 5}, 9, 18);
    set_entry(1, (struct entry){5, 6}, 9, 9);
    struct verdict v = verdict_of(&o);
    cr_expect(v.rel_f == 0 && v.bias == 0 && v.worst_entry == 1);
    entries[1] = 18;
    v = verdict_of(&o);
    cr_expect(v.rel_f == 1 && v.bias == 1, "%g, %g", v.rel_f, v.bias);

    const struct oracle of_diagonal = oracle_of(RANGE_UNIT, 1);
    v = verdict_of(&of_diagonal);
    cr_expect(v.rel_f == 0 && v.bias == 0, "of no entry");
}

Test(verify_values, an_entry_that_is_nan_makes_relf_infinite)
{
    const struct oracle o = oracle_of(RANGE_UNIT, 2);
    set_entry(0, (struct entry){5, 6}, 9, NAN);
    set_entry(1, (struct entry){5, 7}, 9, 9);
    const struct verdict v = verdict_of(&o);
    cr_expect_eq(v.rel_f, INFINITY);
    cr_expect_eq(v.worst_entry, INFINITY);
    cr_expect_str_eq(v.reason, "C[5][6] is NaN");
}

/* The limit of an entry is some 1e-5. */
Test(verify_values, of_two_entries_that_are_equally_wrong_the_first_is_named)
{
    const struct oracle o = oracle_of(RANGE_UNIT, 3);
    set_entry(0, (struct entry){3, 2}, 9, 9);
    set_entry(1, (struct entry){4, 2}, 9, 8);
    set_entry(2, (struct entry){5, 2}, 9, 10);
    struct verdict v = verdict_of(&o);
    char want[] = "C[4][2] is 8, want 9 (rel. error -1.1e-01, limit ";
    cr_expect_eq(strncmp(v.reason, want, strlen(want)), 0, "%s", v.reason);
    set_entry(1, (struct entry){4, 2}, 9, 9);
    v = verdict_of(&o);
    cr_expect_eq(strncmp(v.reason, "C[5][2] is 10, want 9 (rel. error +1.1e-01, limit ", 50), 0);
}

/* A row is judged in the mean size of a row, 4; its limit is 1e-6. */
Test(verify_values, of_two_rows_that_are_equally_wrong_the_first_is_named)
{
    const struct oracle o = oracle_of(RANGE_UNIT, 1);
    set_entry(0, (struct entry){3, 2}, 9, 9);
    row_sums[7] = -1, row_sums[N - 1] = 1;
    struct verdict v = verdict_of(&o);
    cr_expect_eq(v.row_error, 0.25);
    cr_expect_str_eq(v.reason,
                     "row 7 of C sums to -1, want 0 (rel. error -2.5e-01, limit 1.0e-06)");
    row_sums[7] = 0;
    v = verdict_of(&o);
    cr_expect_str_eq(v.reason,
                     "row 35 of C sums to 1, want 0 (rel. error +2.5e-01, limit 1.0e-06)");
    row_sums[0] = 2;
    cr_expect_eq(verdict_of(&o).row_error, 0.5);
    row_sums[0] = NAN;
    v = verdict_of(&o);
    cr_expect_eq(v.row_error, INFINITY);
    cr_expect_str_eq(v.reason,
                     "row 0 of C sums to NaN: an entry of it is NaN or was never written");
}

Test(verify_values, only_the_rows_of_the_job_are_judged_with_limits_of_rows)
{
    struct oracle o = oracle_of(RANGE_UNIT, 1);
    set_entry(0, (struct entry){12, 2}, 9, 9);
    o.rows = (struct rows){10, 5};
    row_sums[9] = row_sums[15] = 100;
    struct verdict v = verdict_of(&o);
    cr_expect(v.ok, "%s", v.reason);
    cr_expect_eq(v.row_error, 0);
    row_sums[14] = 1;
    cr_expect_eq(verdict_of(&o).row_error, 0.25);
}

/* tf32's sums have a limit of 4e-3/n + 1e-6, its rows one of 3.2e-3/sqrt(n) + 1e-6. */
Test(verify_values, of_some_rows_the_sum_may_be_off_as_far_as_a_row)
{
    const struct variant v = {.op = OP_MATMUL, .name = "v", .arithmetic = ARITH_TF32};
    struct oracle o = oracle_of(RANGE_UNIT, 1);
    set_entry(0, (struct entry){2, 3}, 9, 9);
    for (int i = 0; i < 2; i++) {
        struct verdict verdict;
        o.rows.count = i ? N - 1 : N;
        cr_assert_eq(verify(&stand_in, NULL, &v, &o, 0, &verdict, NULL), STATUS_OK);
        const double want = i ? 3.2e-3 / 6 + 1e-6 : 4e-3 / 36 + 1e-6;
        cr_expect_float_eq(verdict.limit.sum, want, 1e-12, "%g", verdict.limit.sum);
        cr_expect_float_eq(verdict.limit.bias, want, 1e-12, "%g", verdict.limit.bias);
    }
}

Test(verify_values, an_interrupt_while_rows_are_added_up_ends_it)
{
    const struct variant v = {.op = OP_MATMUL, .name = "v"};
    const struct oracle o = oracle_of(RANGE_UNIT, 1);
    struct verdict verdict;
    interrupts_in_rows = true;
    cr_expect_eq(verify(&stand_in, NULL, &v, &o, 0, &verdict, NULL), STATUS_INTERRUPTED);
    cr_expect_str_eq(steps, "r");
}

Test(verify_values, the_sum_is_judged_in_its_scale)
{
    const struct oracle o = oracle_of(RANGE_UNIT, 1);
    set_entry(0, (struct entry){2, 3}, 9, 9);
    sum = 2;
    const struct verdict v = verdict_of(&o);
    cr_expect(v.sum == 2 && v.want == 0 && v.sum_scale == 8 && v.sum_error == 0.25);
    cr_expect(isnan(v.block_error) && isnan(v.weighted_error));
    cr_expect_str_eq(v.reason,
                     "sum 2.0000e+00, want 0.0000e+00 (rel. error +2.5e-01, limit 1e-06)");
}

/* Entries of rows near FP32's smallest numbers count for the worst entry, but not for relF. */
Test(verify_values, relf_and_bias_leave_out_entries_of_less_than_the_smallest_scale)
{
    const struct oracle o = oracle_of(RANGE_WIDE, 2);
    uint32_t tiny = 0, usual = 0;
    while (oracle_row_factor(&o.problem, tiny) > 0x1p-122)
        tiny++;
    while (oracle_row_factor(&o.problem, usual) < 0x1p-32)
        usual++;
    set_entry(0, (struct entry){tiny, usual}, 1, 2);
    set_entry(1, (struct entry){usual, usual + 1}, 0, 0);
    const struct verdict v = verdict_of(&o);
    cr_expect(v.rel_f == 0 && v.bias == 0 && v.worst_entry == 1);
}

/* ---- the sentences of what has no place */

Test(verify_values, each_error_has_its_sentence)
{
    static const struct {
        double row, rel_f, bias, entry, block, weighted;
        const char *reason;
    } cases[] = {
        {2, 2, 2, 2, 2, 2, "an entry of C is wrong (rel. error 2.0e+00, limit 5.0e-01)"},
        {2, 2, 2, 0, 2, 2, "a row of C sums up wrong (rel. error 2.0e+00, limit 2.5e-01)"},
        {0, 2, 2, 0, 2, 2,
         "the entries of C are too far off as a whole (relF 2.0e+00, limit 1.2e-01)"},
        {0, 0, 2, 0, 2, 2, "the entries of C are biased (+2.0e+00 on average, limit 6.2e-02)"},
        {0, 0, -2, 0, 2, 2, "the entries of C are biased (-2.0e+00 on average, limit 6.2e-02)"},
        {0, 0, 0, 0, 2, 2, "entries of C are wrong (error of a block 2.0e+00, limit 3.1e-02)"},
        {0, 0, 0, 0, 0, -2,
         "the sum is wrong if rows of A have other signs or sizes (rel. error -2.0e+00, limit "
         "1.6e-02): tiles are mixed up, or errors cancel"},
        {0, 0, 0, 0, 0, 0, ""},
        {0.25, 0.125, 0.0625, 0.5, 0.03125, 0.015625, ""},
        {NAN, NAN, NAN, NAN, NAN, NAN, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct verdict v = {.row_error = cases[i].row,
                            .rel_f = cases[i].rel_f,
                            .bias = cases[i].bias,
                            .worst_entry = cases[i].entry,
                            .block_error = cases[i].block,
                            .weighted_error = cases[i].weighted,
                            .limit = {.sum = 1,
                                      .row = 0.25,
                                      .rel_f = 0.125,
                                      .bias = 0.0625,
                                      .entry = 0.5,
                                      .block = 0.03125,
                                      .weighted = 0.015625},
                            .reason = "an older reason"};
        verdict_judge(&v);
        cr_expect_str_eq(v.reason, cases[i].reason);
        cr_expect_eq(v.ok, !*cases[i].reason);
    }
}

Test(verify_values, a_sum_of_nan_is_said_with_what_was_wanted)
{
    struct verdict v = {.sum = NAN, .want = 12345.678};
    verdict_judge(&v);
    cr_expect_str_eq(v.reason, "the sum is NaN, want 1.2346e+04");
}

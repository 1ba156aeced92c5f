/* test_oracle_places.c - which entries are compared, exactly, the scales of errors as numbers, and
 * what ends the making of references. */
#include "harness/base/interrupt.h"
#include "harness/contract/philox.h"
#include "harness/verify/oracle.h"

#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first steps that the backend below took, a letter each; the one that fails, and the one
 * during which somebody interrupts. Columns of its A sum up to 2, and rows of its C to 3 each, or
 * to -3.
 */
static char steps[8], failing, interrupting;
static const struct problem *problem;
static struct entry looked_at[5000];
static size_t looked_at_count;
static double wrong_by, row_sum = 3;

static enum status step(char letter, struct failure *why)
{
    const size_t taken = strlen(steps);
    if (taken < sizeof steps - 1)
        memcpy(&steps[taken], (const char[]){letter, '\0'}, 2);
    if (letter == interrupting)
        interrupt_request(SIGINT);
    return letter == failing ? fail(why, STATUS_FAILED, "step %c fails", letter) : STATUS_OK;
}

static enum status entries_of_a(struct job *job, const struct entry *e, size_t count, double *out,
                                struct failure *why)
{
    (void)job;
    cr_assert_leq(count, sizeof looked_at / sizeof *looked_at);
    memcpy(looked_at, e, count * sizeof *e);
    looked_at_count = count;
    for (size_t i = 0; i < count; i++)
        out[i] = oracle_entry_of_a(problem, e[i]);
    out[count - 1] += wrong_by;
    return step('e', why);
}

static enum status column_sums(struct job *job, long double *out, struct failure *why)
{
    (void)job;
    for (uint64_t i = 0; i < problem->n; i++)
        out[i] = 2;
    return step('c', why);
}

static enum status a_times(struct job *job, const long double *x, long double *out,
                           struct failure *why)
{
    (void)job;
    cr_expect_eq(x[0], 2);
    for (uint64_t i = 0; i < problem->n; i++)
        out[i] = i % 2 ? row_sum : -row_sum;
    return step('t', why);
}

static enum status dots(struct job *job, const struct entry *e, size_t count, long double *out,
                        struct failure *why)
{
    (void)job;
    for (size_t i = 0; i < count; i++)
        out[i] = e[i].row;
    return step('d', why);
}

static void of_int8(struct job *job, bool is_rounded)
{
    (void)job, (void)is_rounded;
}

static struct backend stand_in = {
    .name = "stand-in",
    .a_entries = entries_of_a,
    .oracle_column_sums = column_sums,
    .oracle_a_times = a_times,
    .oracle_dots = dots,
};

static struct problem product(uint64_t n, enum range range, enum element element)
{
    return (struct problem){OP_MATMUL, n, 1, range, element};
}

static struct oracle made(const struct problem *p, struct rows rows)
{
    struct oracle o;
    struct failure why = {.text = ""};
    problem = p;
    cr_assert_eq(oracle_make_rows(&stand_in, NULL, p, rows, &o, &why), STATUS_OK, "%s", why.text);
    return o;
}

/* ---- places */

/* Two numbers in [0,1) for an index, from counters that A does not use. */
static void draw(const struct oracle *o, uint32_t index, double out[2])
{
    const struct philox_block b =
        philox4x32((struct philox_block){{index, 0, 1, 1}}, o->salt[0], o->salt[1]);
    out[0] = b.word[0] / 4294967296.0;
    out[1] = b.word[1] / 4294967296.0;
}

static void expect_place(const struct oracle *o, size_t at, double row, double col)
{
    cr_expect(o->entries[at].row == (uint32_t)row && o->entries[at].col == (uint32_t)col,
              "entry %zu is C[%u][%u], not C[%u][%u]", at, o->entries[at].row, o->entries[at].col,
              (uint32_t)row, (uint32_t)col);
}

static void expect_within(uint64_t n, struct rows rows)
{
    const struct problem p = product(n, RANGE_UNIT, ELEMENT_F32);
    struct oracle o = made(&p, rows);
    for (size_t i = 0; i < o.entry_count; i++)
        cr_assert(o.entries[i].row - rows.first < rows.count && o.entries[i].col < n,
                  "C[%u][%u] of %u rows of order %u", o.entries[i].row, o.entries[i].col,
                  (unsigned)rows.count, (unsigned)n);
    oracle_free(&o);
}

/* Of few rows of a large C not all entries are compared. */
Test(oracle_places, lie_within_c_and_within_the_rows_of_a_rank_however_few_they_are)
{
    for (uint64_t n = 1; n <= 66; n++)
        expect_within(n, (struct rows){0, n});
    for (uint64_t rows = 1; rows <= 34; rows++)
        expect_within(10000, (struct rows){5000, rows});
}

/* Of order 1000 there are 40 edges, each with 7 entries. 88² cells follow, then what is left of
 * 8192 at random, and the diagonal. The rows are the last 500, so a cell is half as high as it is
 * wide. */
Test(oracle_places, edges_are_followed_by_one_entry_of_each_cell_random_ones_and_the_diagonal)
{
    enum { EDGES = 280, SIDE = 88, CELLS = SIDE * SIDE };
    const struct problem p = product(1000, RANGE_UNIT, ELEMENT_F32);
    struct oracle o = made(&p, (struct rows){500, 500});
    double drawn[2];
    cr_assert_eq(o.entry_count, 8192 + 500);
    for (unsigned i = 0; i < CELLS; i++) {
        draw(&o, i, drawn);
        expect_place(&o, EDGES + i, 500 + floor((i / SIDE + drawn[0]) * 500.0 / 88),
                     (i % SIDE + drawn[1]) * 1000.0 / 88);
    }
    for (unsigned i = 0; i < 8192 - EDGES - CELLS; i++) {
        draw(&o, 8192 + i, drawn);
        expect_place(&o, EDGES + CELLS + i, 500 + floor(drawn[0] * 500), drawn[1] * 1000);
    }
    for (unsigned i = 0; i < 500; i++)
        expect_place(&o, 8192 + i, 500 + i, 500 + i);
    for (size_t i = 0; i < o.entry_count; i++)
        cr_expect_eq(o.values[i], o.entries[i].row);
    oracle_free(&o);
}

/* The edges of 1000 in order: both ends, and three places at each border of tiles of 32, 64, 128
 * and 256. Each is paired with itself and with the one half of them further on. */
Test(oracle_places, edges_are_crossed_with_themselves_each_other_and_the_borders_of_c)
{
    static const uint32_t edges[40] = {
        0,   1,   998, 999,                          /* the ends */
        31,  32,  33,  63,  64,  65,  991, 992, 993, /* tiles of 32 */
        63,  64,  65,  127, 128, 129, 959, 960, 961, /* 64 */
        127, 128, 129, 255, 256, 257, 895, 896, 897, /* 128 */
        255, 256, 257, 511, 512, 513, 767, 768, 769, /* 256 */
    };
    const struct problem p = product(1000, RANGE_UNIT, ELEMENT_F32);
    struct oracle o = made(&p, (struct rows){0, 1000});
    for (size_t i = 0; i < 40; i++) {
        const uint32_t at = edges[i], other = edges[(i + 20) % 40];
        const struct entry want[] = {{at, at}, {at, other}, {other, at}, {at, 0},
                                     {0, at},  {at, 999},   {999, at}};
        for (size_t k = 0; k < 7; k++)
            expect_place(&o, 7 * i + k, want[k].row, want[k].col);
    }
    oracle_free(&o);
}

/* Of 70 rows from 930 on there are 4 ends, 9 places at borders of tiles of 32, and 6 of 64. */
Test(oracle_places, of_some_rows_the_borders_are_theirs_and_the_diagonal_is_that_of_c)
{
    static const uint32_t down[] = {0,  1,  68, 69, 31, 32, 33, 63, 64, 65,
                                    63, 64, 65, 63, 64, 65, 63, 64, 65};
    const struct problem p = product(1000, RANGE_UNIT, ELEMENT_F32);
    struct oracle o = made(&p, (struct rows){930, 70});
    for (size_t i = 0; i < 40; i++) {
        expect_place(&o, 7 * i, 930 + down[i % 19], 930 + down[i % 19]);
        expect_place(&o, 7 * i + 2, 930 + down[(i + 9) % 19], o.entries[7 * i + 4].col);
        expect_place(&o, 7 * i + 6, 999, o.entries[7 * i + 4].col);
    }
    oracle_free(&o);
}

Test(oracle_places, a_small_product_is_looked_at_as_a_whole_up_to_8192_entries_and_its_diagonal)
{
    const struct problem whole = product(129, RANGE_UNIT, ELEMENT_F32),
                         more = product(130, RANGE_UNIT, ELEMENT_F32);
    struct oracle o = made(&whole, (struct rows){10, 64});
    cr_assert_eq(o.entry_count, 64 * 129);
    for (unsigned i = 0; i < 64 * 129; i++)
        expect_place(&o, i, 10 + i / 129, i % 129);
    oracle_free(&o);
    o = made(&more, (struct rows){10, 64});
    cr_expect_eq(o.entry_count, 8192 + 64);
    expect_place(&o, 8192 + 63, 73, 73);
    oracle_free(&o);
}

Test(oracle_places, random_words_come_from_counters_of_their_own)
{
    const struct oracle o = {.salt = {7, 9}};
    static const uint32_t indices[] = {0, 1, 0x30000000, UINT32_MAX};
    for (int i = 0; i < 4; i++) {
        const struct philox_block b =
            philox4x32((struct philox_block){{indices[i], 0, 1, 2}}, 7, 9);
        cr_expect_eq(oracle_random(&o, indices[i]), b.word[0]);
    }
}

/* ---- the fill */

Test(oracle_places, of_a_small_matrix_all_entries_are_compared_with_the_hosts)
{
    const struct problem p = product(64, RANGE_SIGNED, ELEMENT_F32);
    problem = &p;
    cr_expect_eq(oracle_check_fill(&stand_in, NULL, &p, 20, 10, NULL), STATUS_OK);
    cr_assert_eq(looked_at_count, 640);
    for (unsigned i = 0; i < 640; i++)
        cr_expect(looked_at[i].row == 20 + i / 64 && looked_at[i].col == i % 64);
    steps[0] = '\0';
    cr_expect_eq(oracle_check_fill(&stand_in, NULL, &p, 20, 0, NULL), STATUS_OK);
    cr_expect_str_eq(steps, "", "of no rows none");
}

Test(oracle_places, of_a_larger_matrix_4096_entries_are_compared_and_the_corners)
{
    const struct problem p = product(65, RANGE_SIGNED, ELEMENT_F32);
    struct oracle o = made(&p, (struct rows){0, 65});
    cr_assert_eq(looked_at_count, 4096 + 4);
    cr_expect_eq(o.salt[1], (uint32_t)getpid());
    for (unsigned i = 0; i < 4096; i++) {
        double drawn[2];
        draw(&o, 16384 + i, drawn);
        cr_expect(looked_at[i].row == (uint32_t)(drawn[0] * 65) &&
                      looked_at[i].col == (uint32_t)(drawn[1] * 65),
                  "%u", i);
    }
    oracle_free(&o);
    cr_expect_eq(oracle_check_fill(&stand_in, NULL, &p, 20, 10, NULL), STATUS_OK);
    static const struct entry corners[] = {{20, 0}, {20, 64}, {29, 0}, {29, 64}};
    cr_expect_eq(memcmp(looked_at + 4096, corners, sizeof corners), 0);
    for (int i = 0; i < 4096; i++)
        cr_expect(looked_at[i].row >= 20 && looked_at[i].row < 30 && looked_at[i].col < 65);
}

Test(oracle_places, a_wrong_entry_of_a_is_told_with_all_its_digits)
{
    const struct problem single = product(2, RANGE_UNIT, ELEMENT_F32),
                         two = product(2, RANGE_WIDE, ELEMENT_F64);
    const struct problem *const problems[] = {&single, &two};
    wrong_by = 1;
    for (int i = 0; i < 2; i++) {
        const double want = oracle_entry_of_a(problems[i], (struct entry){1, 1});
        struct failure why = {.text = ""};
        char text[256];
        problem = problems[i];
        cr_expect_eq(oracle_check_fill(&stand_in, NULL, problem, 0, 2, &why), STATUS_WRONG);
        snprintf(text, sizeof text,
                 "wrong fill: A[1][1] is %.*g, want %.*g (seed 1, range %s): the stand-in makes "
                 "another matrix than philox.h",
                 i ? 17 : 9, want + 1, i ? 17 : 9, want, i ? "wide" : "[0,1)");
        cr_expect_str_eq(why.text, text);
    }
}

/* ---- scales */

static void expect_close(double got, double want)
{
    cr_expect(fabs(got - want) <= 1e-12 * fabs(want), "%.17g, not %.17g", got, want);
}

static double scale_of(enum op op, enum range range, long double sum)
{
    const struct problem p = {op, 36, 1, range, ELEMENT_F32};
    return oracle_sum_scale(&p, sum);
}

/* sqrt(2/pi)·sqrt(36)/3 */
static const double usual = 1.5957691216057308;

Test(oracle_places, the_scale_of_a_sum_is_its_size_or_the_magnitudes_that_cancel_in_it)
{
    expect_close(scale_of(OP_MATMUL, RANGE_UNIT, 5000), 5000);
    expect_close(scale_of(OP_MATMUL, RANGE_UNIT, -5000), 5000);
    expect_close(scale_of(OP_SUM_AAT, RANGE_UNIT, 1), 36 * 36 * 36 / 16.0);
    expect_close(scale_of(OP_REDUCE, RANGE_UNIT, 1), 1);
    expect_close(scale_of(OP_REDUCE, RANGE_SIGNED, 1), 36 * 36 / 2.0);
    expect_close(scale_of(OP_MATMUL, RANGE_SIGNED, 1), 36 * 35 * usual + 36 * 36 / 3.0);
}

Test(oracle_places, on_the_wide_range_scales_have_the_factors_of_rows)
{
    double sum = 0, squares = 0;
    for (uint32_t row = 0; row < 36; row++) {
        sum += (double)philox_row_factor(row);
        squares += pow((double)philox_row_factor(row), 2);
    }
    expect_close(scale_of(OP_REDUCE, RANGE_WIDE, 1), sum * 18);
    expect_close(scale_of(OP_MATMUL, RANGE_WIDE, 1), (sum * sum - squares) * usual + squares * 12);

    const struct problem p = product(36, RANGE_WIDE, ELEMENT_F32);
    struct oracle o = made(&p, (struct rows){0, 36});
    const double factor = (double)philox_row_factor(0);
    expect_close(oracle_row_scale(&o, 0), factor * ((sum - factor) * usual + factor * 12));
    expect_close(oracle_entry_scale(&o, (struct entry){0, 1}),
                 factor * (double)philox_row_factor(1) * 2);
    oracle_free(&o);
}

Test(oracle_places, of_some_rows_the_scale_is_theirs)
{
    const struct problem p = product(36, RANGE_SIGNED, ELEMENT_F32),
                         unit = product(36, RANGE_UNIT, ELEMENT_F32);
    struct oracle o = made(&p, (struct rows){10, 5});
    expect_close(o.sum_scale, (5 * 36 - 5) * usual + 5 * 12);
    expect_close(oracle_row_scale(&o, 12), 35 * usual + 12);
    expect_close(oracle_entry_scale(&o, (struct entry){0, 1}), 2);
    expect_close((double)o.sum, -3); /* of five rows, three of them negative */
    oracle_free(&o);
    o = made(&unit, (struct rows){10, 5});
    expect_close(o.sum_scale, 5 * 36 * 36 / 16.0);
    expect_close(oracle_row_scale(&o, 12), 36 * 36 / 16.0);
    expect_close(oracle_entry_scale(&o, (struct entry){0, 1}), 9);
    oracle_free(&o);
    row_sum = 500;
    o = made(&unit, (struct rows){10, 5});
    expect_close(oracle_row_scale(&o, 12), 500);
    oracle_free(&o);
    o = made(&unit, (struct rows){0, 36});
    expect_close((double)o.sum, 36 * 4);
    oracle_free(&o);
}

Test(oracle_places, factors_of_float64_are_of_its_own_smallest_numbers)
{
    const struct problem single = product(36, RANGE_WIDE, ELEMENT_F32),
                         two = product(36, RANGE_WIDE, ELEMENT_F64),
                         unit = product(36, RANGE_UNIT, ELEMENT_F32);
    for (uint32_t row = 0; row < 36; row++) {
        cr_expect_eq(oracle_row_factor(&single, row), (double)philox_row_factor(row));
        cr_expect_eq(oracle_row_factor(&two, row), philox_row_factor_f64(row));
        cr_expect_eq(oracle_row_factor(&unit, row), 1);
    }
}

Test(oracle_places, a_sum_keeps_what_each_addition_loses)
{
    const long double x[] = {1, 0x1p100L, 3, -0x1p100L}, y[] = {0x1p50L, 1};
    cr_expect_eq(oracle_sum(x, 4, false), 4);
    cr_expect_eq(oracle_sum(x, 1, false), 1);
    cr_expect_eq(oracle_sum(x, 0, false), 0);
    cr_expect_eq(oracle_sum(y, 2, true), 0x1p100L + 1);
    cr_expect_eq(oracle_sum(x + 2, 1, true), 9);
}

/* ---- what ends it */

static enum status ended(struct failure *why)
{
    static struct problem p;
    struct oracle o;
    p = product(36, RANGE_UNIT, ELEMENT_F32);
    problem = &p;
    steps[0] = '\0';
    const enum status status = oracle_make(&stand_in, NULL, &p, &o, why);
    cr_expect(!o.row_sums && !o.entries && !o.values && !o.of_int8, "all is given back");
    return status;
}

Test(oracle_places, the_first_step_that_fails_is_the_last)
{
    for (int i = 0; i < 4; i++) {
        struct failure why = {.text = ""};
        failing = "ectd"[i];
        stand_in.oracle_of_int8 = of_int8;
        cr_expect_eq(ended(&why), STATUS_FAILED);
        cr_expect_eq(why.text[5], failing);
        cr_expect_eq(strncmp(steps, "ectd", strlen(steps)), 0);
        cr_expect_eq((int)strlen(steps), i + 1);
    }
}

Test(oracle_places, an_interrupt_ends_it_after_each_step)
{
    static const char *const want[] = {"e", "ec", "ect"};
    for (int i = 0; i < 3; i++) {
        struct failure why;
        interrupting = "ect"[i];
        cr_expect_eq(ended(&why), STATUS_INTERRUPTED);
        cr_expect_str_eq(steps, want[i]);
        interrupt_request(0);
    }
}

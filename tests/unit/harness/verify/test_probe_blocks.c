/* test_probe_blocks.c - limits, places and signs of the blocks of columns into which C is cut, and
 * which entries of C are compared one by one where all of them are asked for. */
#include "harness/base/interrupt.h"
#include "harness/contract/philox.h"
#include "harness/verify/probes.h"

#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>
#include <string.h>

/* The square root is 6. Blocks of 8 columns are four whole ones, and one of 4. */
enum { N = 36, LISTED = 2 * N * N };

/* What the backend below has in its blocks, and what it was asked. */
static double errors[N], weights[N];
static uint32_t columns[N];
static unsigned width, calls;
static struct entry listed[LISTED];
static size_t listed_count;
static enum status answer;

static enum status block_errors(struct job *job, const double *x, unsigned of, double *out,
                                uint32_t *col, struct failure *why)
{
    (void)job, (void)why;
    memcpy(weights, x, sizeof weights);
    memcpy(out, errors, sizeof errors);
    memcpy(col, columns, sizeof columns);
    width = of;
    calls++;
    return answer;
}

static enum status zero_dots(struct job *job, const struct entry *e, size_t count, long double *out,
                             struct failure *why)
{
    (void)job, (void)e, (void)why;
    for (size_t i = 0; i < count; i++)
        out[i] = 0;
    return STATUS_OK;
}

/* C is zero too, but for C[7][9]. */
static enum status list_entries(struct job *job, const struct entry *e, size_t count, double *out,
                                struct failure *why)
{
    (void)job, (void)why;
    for (size_t i = 0; i < count; i++) {
        out[i] = e[i].row == 7 && e[i].col == 9 ? 18 : 0;
        listed[listed_count++] = e[i];
    }
    return STATUS_OK;
}

static const struct backend stand_in = {
    .name = "stand-in",
    .c_block_errors = block_errors,
    .oracle_dots = zero_dots,
    .c_entries = list_entries,
};

static struct oracle oracle_of(enum range range, enum element element)
{
    return (struct oracle){.problem = {OP_MATMUL, N, 1, range, element},
                           .rows = {0, N},
                           .salt = {3, 5},
                           .entry_count = N * N - 1};
}

/* The largest sum of the weights of a block, as they were passed. */
static double largest_sum(void)
{
    double most = 0;
    for (unsigned begin = 0; begin < N; begin += width) {
        double sum = 0;
        for (unsigned i = begin; i < begin + width && i < N; i++)
            sum += weights[i];
        most = fmax(most, fabs(sum));
    }
    return most;
}

static double limit_of(enum range range, enum element element, double rel_f, double bias)
{
    struct oracle o = oracle_of(range, element);
    struct verdict v = {.rel_f = rel_f, .bias = bias};
    struct entry place;
    cr_assert_eq(probe_blocks(&stand_in, NULL, &o, &v, &place, NULL), STATUS_OK);
    cr_assert_eq(width, 8);
    return v.limit.block;
}

static void expect_close(double got, double want)
{
    cr_expect(fabs(got - want) <= 1e-12 * want, "%.17g, not %.17g", got, want);
}

Test(probes, the_limit_of_a_block_is_8_deviations_and_11_where_entries_cancel)
{
    expect_close(limit_of(RANGE_UNIT, ELEMENT_F32, 5, 0), 8 * sqrt(8) * 5);
    expect_close(limit_of(RANGE_SIGNED, ELEMENT_F32, 5, 0), 11 * sqrt(8) * 5);
    expect_close(limit_of(RANGE_WIDE, ELEMENT_F32, 5, 0), 11 * sqrt(8) * 5);
    expect_close(limit_of(RANGE_UNIT, ELEMENT_F32, 0, 0), 8 * sqrt(8) * 0x1p-24);
    expect_close(limit_of(RANGE_UNIT, ELEMENT_F64, 0, 0), 8 * sqrt(8) * 0x1p-53);
}

/* Of relF, what is not bias goes with the square root. The bias goes with the sum of the weights,
 * which row's share is 1 + 6·0.58/6, with 6·sqrt(8·4/9/36) for the rest of the row, and with
 * 1.2·(1/3 + 6·0.3/6) on the diagonal. */
Test(probes, a_bias_counts_in_a_block_as_far_as_its_weights_do_not_cancel)
{
    const double shares[] = {limit_of(RANGE_UNIT, ELEMENT_F32, 5, -3),
                             limit_of(RANGE_UNIT, ELEMENT_F32, 5, 3)};
    const double in_a_block = 1.58 * largest_sum() + 6 * sqrt(8.0 / 81) + 0.76;
    cr_expect_gt(largest_sum(), 0);
    for (int i = 0; i < 2; i++)
        expect_close(shares[i], 8 * sqrt(8) * 4 + 3 * in_a_block);
    expect_close(limit_of(RANGE_UNIT, ELEMENT_F32, 0, 3), 8 * sqrt(8) * 0x1p-24 + 3 * in_a_block);
    expect_close(limit_of(RANGE_SIGNED, ELEMENT_F32, 5, 3), 11 * sqrt(8) * 5);
}

static struct verdict worst_of(struct oracle *o, struct entry *place)
{
    struct verdict v = {.rel_f = 1e-6, .limit = {.tiny = 0x1p-60}};
    cr_assert_eq(probe_blocks(&stand_in, NULL, o, &v, place, NULL), STATUS_OK);
    return v;
}

Test(probes, the_worst_block_is_named_by_its_row_and_first_column)
{
    static const uint32_t rows[] = {0, 17, N - 1};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct oracle o = oracle_of(RANGE_UNIT, ELEMENT_F32);
        struct entry place = {0, 0};
        memset(errors, 0, sizeof errors);
        errors[3] = 0.5, columns[3] = 8;
        errors[rows[i]] = 4.5, columns[rows[i]] = 16;
        cr_expect_eq(worst_of(&o, &place).block_error, 0.5, "in units of n/4");
        cr_expect(place.row == rows[i] && place.col == 16, "C[%u][%u]", place.row, place.col);
    }
}

Test(probes, of_two_blocks_alike_the_first_is_named)
{
    struct oracle o = oracle_of(RANGE_UNIT, ELEMENT_F32);
    struct entry place = {0, 0};
    errors[4] = errors[9] = 1;
    worst_of(&o, &place);
    cr_expect_eq(place.row, 4);
}

Test(probes, only_the_rows_of_the_job_are_looked_at)
{
    struct oracle o = oracle_of(RANGE_UNIT, ELEMENT_F32);
    struct entry place = {0, 0};
    o.rows = (struct rows){10, 5};
    o.entry_count = 0;
    errors[9] = errors[15] = 100;
    errors[10] = 1, errors[14] = 2;
    cr_expect_eq(worst_of(&o, &place).block_error, 2.0 / 9);
    cr_expect_eq(place.row, 14);
    errors[10] = 3;
    cr_expect_eq(worst_of(&o, &place).block_error, 3.0 / 9);
    cr_expect_eq(place.row, 10);
}

/* On [-1,1) an entry is usually sqrt(n)/3 = 2 in size, times the factor of its row. */
Test(probes, errors_of_a_row_are_taken_in_its_own_scale)
{
    struct oracle o = oracle_of(RANGE_SIGNED, ELEMENT_F32);
    struct entry place = {0, 0};
    errors[1] = 3;
    cr_expect_eq(worst_of(&o, &place).block_error, 1.5);

    const double factor = (double)philox_row_factor(1), tiny = 0x1p32 * 8 * 0x1p-60;
    cr_assert_geq(factor, 0x1p-32);
    o = oracle_of(RANGE_WIDE, ELEMENT_F32);
    errors[1] = tiny;
    cr_expect_eq(worst_of(&o, &place).block_error, 0, "tiny columns may add as much");
    errors[1] = tiny + 3 * factor;
    cr_expect_eq(worst_of(&o, &place).block_error, 1.5);
}

Test(probes, weights_are_divided_by_the_factors_of_their_columns_unless_these_are_tiny)
{
    struct oracle o = oracle_of(RANGE_WIDE, ELEMENT_F32);
    struct entry place;
    unsigned tiny = 0;
    worst_of(&o, &place);
    for (uint32_t j = 0; j < N; j++) {
        const double factor = (double)philox_row_factor(j);
        const double weight = fabs(weights[j]) * (factor < 0x1p-60 ? 1 : factor);
        cr_expect(weight > 0.8 && weight < 1.2, "column %u: %g", j, weight);
        tiny += factor < 0x1p-60;
    }
    cr_expect_gt(tiny, 0);
}

/* Half of the signs of a block are negative, so its first column has either sign as often. */
Test(probes, signs_are_drawn_anew_for_each_salt_and_column)
{
    unsigned positive[N] = {0};
    for (uint32_t salt = 0; salt < 400; salt++) {
        struct oracle o = oracle_of(RANGE_UNIT, ELEMENT_F32);
        struct entry place;
        o.salt[0] = salt;
        worst_of(&o, &place);
        for (uint32_t j = 0; j < N; j++) {
            positive[j] += weights[j] > 0;
            if (j % 8 == 0)
                cr_expect_eq(weights[j] > 0, oracle_random(&o, 0x10000000 + j) < 0x80000000,
                             "salt %u, column %u", salt, j);
        }
    }
    for (uint32_t j = 0; j < N; j++)
        cr_expect(positive[j] > 150 && positive[j] < 250, "column %u: %u", j, positive[j]);
}

Test(probes, blocks_are_not_added_up_where_every_entry_is_sampled)
{
    struct oracle o = oracle_of(RANGE_UNIT, ELEMENT_F32);
    struct backend without = stand_in;
    struct verdict v = {.block_error = NAN};
    struct entry place;
    o.rows.count = 5;
    o.entry_count = 5 * N;
    cr_expect_eq(probe_blocks(&stand_in, NULL, &o, &v, &place, NULL), STATUS_OK);
    cr_expect_eq(calls, 0);
    without.c_block_errors = NULL;
    o.entry_count = 5 * N - 1;
    cr_expect_eq(probe_blocks(&without, NULL, &o, &v, &place, NULL), STATUS_OK);
    cr_expect(isnan(v.block_error));
    cr_expect_eq(probe_blocks(&stand_in, NULL, &o, &v, &place, NULL), STATUS_OK);
    cr_expect_eq(calls, 1);
    cr_expect_eq(v.block_error, 0);
}

Test(probes, blocks_that_cannot_be_added_up_are_no_verdict)
{
    struct oracle o = oracle_of(RANGE_UNIT, ELEMENT_F32);
    struct verdict v = {.is_full = true};
    struct suspect worst = {.error = 0.25};
    struct entry place = {1, 2};
    answer = STATUS_FAILED;
    errors[4] = 9;
    cr_expect_eq(probe_blocks(&stand_in, NULL, &o, &v, &place, NULL), STATUS_FAILED);
    cr_expect(isnan(v.block_error));
    cr_expect_eq(place.row, 1);
    o.is_full = true;
    cr_expect_eq(probe_all(&stand_in, NULL, &o, &v, &worst, NULL), STATUS_FAILED);
    cr_expect_not(v.is_full);
    cr_expect_eq(v.worst_entry, 0);
    cr_expect_eq(listed_count, 0);
}

/* ---- all entries */

/* Compares all with this limit of an entry, of which the worst yet is off by `worst`. */
static struct verdict all_of(struct oracle *o, double limit, double worst, struct suspect *found)
{
    struct verdict v = {.limit = {.entry = limit}};
    *found = (struct suspect){.error = worst};
    o->is_full = true;
    listed_count = 0;
    cr_assert_eq(probe_all(&stand_in, NULL, o, &v, found, NULL), STATUS_OK);
    cr_expect(v.is_full);
    cr_expect_eq(v.worst_entry, found->error);
    return v;
}

Test(probes, in_full_each_entry_is_a_block_and_the_worst_of_each_row_is_compared)
{
    struct oracle o = oracle_of(RANGE_UNIT, ELEMENT_F32);
    struct suspect found;
    for (uint32_t i = 0; i < N; i++)
        columns[i] = (i + 5) % N;
    all_of(&o, 0.5, 0.25, &found);
    cr_expect_eq(width, 1);
    cr_assert_eq(listed_count, N);
    for (uint32_t i = 0; i < N; i++) {
        cr_expect(listed[i].row == i && listed[i].col == (i + 5) % N, "row %u", i);
        cr_expect_eq(weights[i], 1);
    }
    cr_expect_eq(found.error, 0.25, "none was worse");
}

Test(probes, in_full_a_row_with_an_error_beyond_the_limit_is_compared_entry_by_entry)
{
    struct oracle o = oracle_of(RANGE_UNIT, ELEMENT_F32);
    struct suspect found;
    errors[7] = 4.5; /* half of n/4 */
    all_of(&o, 0.5, 0, &found);
    cr_expect_eq(listed_count, N);
    errors[7] = nextafter(4.5, 5);
    all_of(&o, 0.5, 0, &found);
    cr_expect_eq(listed_count, 2 * N);
    for (uint32_t j = 0; j < N; j++)
        cr_expect(listed[7 + j].row == 7 && listed[7 + j].col == j);
    cr_expect(found.error == 2 && found.at.row == 7 && found.at.col == 9, "C[7][9] is off by 18");
    errors[7] = NAN;
    all_of(&o, 0.5, 0, &found);
    cr_expect_eq(listed_count, 2 * N);
}

Test(probes, in_full_nothing_more_is_compared_once_an_entry_is_wrong)
{
    struct oracle o = oracle_of(RANGE_UNIT, ELEMENT_F32);
    struct suspect found;
    all_of(&o, 0.5, nextafter(0.5, 1), &found);
    cr_expect_eq(listed_count, 0);
    all_of(&o, 0.5, 0.5, &found);
    cr_expect_eq(listed_count, N);
}

Test(probes, in_full_tiny_rows_and_columns_are_compared_entry_by_entry)
{
    struct oracle o = oracle_of(RANGE_WIDE, ELEMENT_F32);
    struct suspect found;
    size_t want = 0, tiny = 0;
    for (uint32_t j = 0; j < N; j++)
        tiny += philox_row_factor(j) < 0x1p-60F;
    cr_assert(tiny > 0 && tiny < N);
    all_of(&o, INFINITY, 0, &found);
    for (uint32_t i = 0; i < N; i++) {
        want += 1 + (philox_row_factor(i) < 0x1p-60F ? N : tiny);
        cr_expect_eq(weights[i], philox_row_factor(i) < 0x1p-60F ? 0 : 1 / philox_row_factor(i));
    }
    cr_expect_eq(listed_count, want, "%zu, not %zu", listed_count, want);
}

Test(probes, in_full_only_the_rows_of_the_job_are_compared)
{
    struct oracle o = oracle_of(RANGE_UNIT, ELEMENT_F32);
    struct suspect found;
    o.rows = (struct rows){10, 5};
    o.entry_count = 0;
    all_of(&o, 0.5, 0, &found);
    cr_assert_eq(listed_count, 5);
    cr_expect(listed[0].row == 10 && listed[4].row == 14);
}

Test(probes, an_interrupt_ends_the_comparison_of_all_entries)
{
    struct oracle o = oracle_of(RANGE_UNIT, ELEMENT_F32);
    struct verdict v = {.limit = {.entry = 0.5}};
    struct suspect found = {.error = 0};
    o.is_full = true;
    interrupt_request(SIGINT);
    cr_expect_eq(probe_all(&stand_in, NULL, &o, &v, &found, NULL), STATUS_INTERRUPTED);
    cr_expect_eq(listed_count, 0);
    cr_expect_not(v.is_full);
}

Test(probes, an_entry_is_off_in_units_of_its_own_size_of_the_usual_size_or_of_the_smallest)
{
    const struct oracle o = oracle_of(RANGE_UNIT, ELEMENT_F32);
    const struct verdict v = {.limit = {.tiny = 20}}, fine = {.limit = {.tiny = 1e-9}};
    const struct entry at = {2, 3};
    cr_expect_eq(suspect_of(&o, &fine, at, 41, 40).error, 1.0 / 40);
    cr_expect_eq(suspect_of(&o, &fine, at, -41, -40).error, 1.0 / 40);
    cr_expect_eq(suspect_of(&o, &fine, at, 4, 1).error, 3.0 / 9);
    cr_expect_eq(suspect_of(&o, &v, at, 4, 1).error, 3.0 / 20);
    cr_expect_eq(suspect_of(&o, &fine, at, NAN, 1).error, INFINITY);
    const struct suspect s = suspect_of(&o, &fine, at, 4, 1);
    cr_expect(s.at.row == 2 && s.at.col == 3 && s.got == 4 && s.want == 1);
}

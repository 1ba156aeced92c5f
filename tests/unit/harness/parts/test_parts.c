/* The shares of ranks against all entries of C, one by one. */
#include "harness/parts/parts.h"

#include <criterion/criterion.h>
#include <stdlib.h>

enum { MOST_N = 40, MOST_RANKS = 9 };

static double entry(uint64_t row, uint64_t k)
{
    return (double)((row * 7 + k * 13) % 11) - 3;
}

static long double product(uint64_t i, uint64_t j, uint64_t n)
{
    long double sum = 0;
    for (uint64_t k = 0; k < n; k++)
        sum += (long double)(entry(i, k) * entry(j, k));
    return sum;
}

/* Whether C[i][j] of the lower triangle is before a cut. */
static bool is_before(const struct cut *c, uint64_t i, uint64_t j)
{
    return i < c->row || (i < c->row + c->rows && j < c->col);
}

static enum status sum_rows(void *context, const struct segment *s, long double *out,
                            struct failure *why)
{
    const uint64_t n = *(const uint64_t *)context;
    (void)why;
    for (uint64_t k = 0; k < n; k++) {
        out[k] = 0;
        for (uint64_t row = s->first; row < s->first + s->rows; row++)
            out[k] += (long double)entry(row, k);
    }
    return STATUS_OK;
}

static void make_cuts(struct cut *cuts, uint64_t n, uint64_t tile, int ranks)
{
    for (int b = 0; b <= ranks; b++)
        cuts[b] = cut_of_tiles(n, tile, (uint32_t)b, (uint32_t)ranks);
}

Test(parts, every_rank_is_told_the_sum_of_its_own_entries)
{
    static const uint64_t orders[] = {1, 2, 5, 12, 13, 40}, tiles[] = {1, 3, 4, 64};
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++)
        for (size_t t = 0; t < sizeof tiles / sizeof *tiles; t++)
            for (int ranks = 1; ranks <= MOST_RANKS; ranks++) {
                uint64_t n = orders[o];
                struct cut cuts[MOST_RANKS + 1];
                long double want[MOST_RANKS];
                make_cuts(cuts, n, tiles[t], ranks);
                cr_assert_eq(parts_expect(cuts, ranks, n, sum_rows, &n, want, NULL), STATUS_OK);
                for (int r = 0; r < ranks; r++) {
                    long double sum = 0;
                    for (uint64_t i = 0; i < n; i++)
                        for (uint64_t j = 0; j <= i; j++)
                            if (is_before(&cuts[r + 1], i, j) && !is_before(&cuts[r], i, j))
                                sum += (i == j ? 1 : 2) * product(i, j, n);
                    cr_assert_float_eq((double)want[r], (double)sum, 1e-6,
                                       "n %d tile %d rank %d of %d: %g, want %g", (int)n,
                                       (int)tiles[t], r, ranks, (double)want[r], (double)sum);
                }
            }
}

Test(parts, the_segments_are_all_rows_in_order_each_at_a_rank_that_has_it)
{
    for (uint64_t n = 1; n <= MOST_N; n++)
        for (int ranks = 1; ranks <= MOST_RANKS; ranks++) {
            struct cut cuts[MOST_RANKS + 1];
            struct segment segments[3 * (MOST_RANKS + 1)];
            uint64_t next = 0;
            make_cuts(cuts, n, 4, ranks);
            const size_t count = parts_segments(cuts, ranks, segments);
            for (size_t i = 0; i < count; i++) {
                const struct segment *s = &segments[i];
                const struct cut *end = &cuts[s->rank + 1];
                cr_assert_eq(s->first, next);
                cr_assert_gt(s->rows, 0);
                cr_assert_leq(s->first + s->rows, end->row + (end->col > 0 ? end->rows : 0));
                next += s->rows;
            }
            cr_assert_eq(next, n);
        }
}

/* One large number, and so many ones that each is lost beside its square. */
static enum status sum_of_unlike(void *context, const struct segment *s, long double *out,
                                 struct failure *why)
{
    (void)s, (void)why;
    for (uint64_t k = 0; k < *(const uint64_t *)context; k++)
        out[k] = k == 3 ? 0x1p35L : 1;
    return STATUS_OK;
}

Test(parts, small_products_beside_a_large_one_are_not_lost)
{
    uint64_t n = 257;
    const struct cut cuts[2] = {{.row = 0}, {.row = n}};
    long double want;
    cr_assert_eq(parts_expect(cuts, 1, n, sum_of_unlike, &n, &want, NULL), STATUS_OK);
    cr_expect(want - 0x1p70L == 256, "%Lg", want - 0x1p70L);
}

static enum status sum_that_fails(void *context, const struct segment *s, long double *out,
                                  struct failure *why)
{
    (void)s, (void)out;
    ++*(int *)context;
    return fail(why, STATUS_LOST, "gone");
}

Test(parts, a_sum_that_fails_ends_it)
{
    struct cut cuts[3] = {{.row = 0}, {.row = 2}, {.row = 4}};
    struct failure why;
    long double want[2];
    int calls = 0;
    cr_expect_eq(parts_expect(cuts, 2, 4, sum_that_fails, &calls, want, &why), STATUS_LOST);
    cr_expect_eq(calls, 1);
}

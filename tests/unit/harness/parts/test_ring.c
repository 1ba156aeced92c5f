/* The ring's blocks against all entries of C, one by one. */
#include "harness/parts/ring.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

enum { MOST_N = 40, MOST_RANKS = 9 };

/* How often each entry of the lower triangle is done, and by which rank last. */
struct done {
    int times[MOST_N][MOST_N], by[MOST_N][MOST_N];
};

static void do_part(struct done *d, const struct ring *ring, int rank, int step)
{
    const struct ring_part p = ring_part(ring, rank, step);
    const uint64_t *first = ring->first;
    if (step > 0 && 2 * step == ring->ranks)
        cr_assert_eq((rank > p.of ? p.rows : p.col) % ring->grain, 0);
    for (uint64_t i = first[rank]; i < first[rank] + p.rows; i++)
        for (uint64_t j = first[p.of] + p.col; j < first[p.of] + p.col + p.cols; j++) {
            const uint64_t row = i > j ? i : j, col = i > j ? j : i;
            if (step == 0 && j > i)
                continue; /* the triangle */
            d->times[row][col]++;
            d->by[row][col] = rank;
        }
}

static struct done *all_done(const struct ring *ring)
{
    struct done *d = calloc(1, sizeof *d);
    for (int r = 0; r < ring->ranks; r++)
        for (int step = 0; step <= ring_steps(ring->ranks); step++)
            do_part(d, ring, r, step);
    return d;
}

Test(ring, every_entry_of_the_triangle_is_done_once_and_counted)
{
    static const double speeds[MOST_RANKS] = {1, 3, 1, 2, 5, 1, 1, 4, 1};
    for (uint64_t n = 1; n <= MOST_N; n++)
        for (int ranks = 1; ranks <= MOST_RANKS; ranks++)
            for (unsigned way = 0; way < 6; way++) { /* measured or not; three grains */
                uint64_t first[MOST_RANKS + 1];
                double counted[MOST_RANKS] = {0};
                const struct ring ring = {ranks, first, 1 + way / 2 * 3};
                ring_blocks(way % 2 ? speeds : NULL, ranks, n, first);
                cr_assert(first[0] == 0 && first[ranks] == n);
                struct done *d = all_done(&ring);
                for (uint64_t i = 0; i < n; i++)
                    for (uint64_t j = 0; j <= i; j++) {
                        cr_assert_eq(d->times[i][j], 1, "n %d, %d ranks: C[%d][%d] %d times",
                                     (int)n, ranks, (int)i, (int)j, d->times[i][j]);
                        counted[d->by[i][j]] += i == j ? 1 : 2;
                    }
                for (int r = 0; r < ranks; r++)
                    cr_assert_eq(ring_entries(&ring, r), counted[r]);
                free(d);
            }
}

Test(ring, even_shares_differ_by_one_row_of_c_at_most)
{
    static const uint64_t orders[] = {40, 1000, 10007, 999999};
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++)
        for (int ranks = 1; ranks <= 64; ranks++) {
            uint64_t first[65];
            const struct ring ring = {ranks, first, 1};
            double least = INFINITY, most = 0;
            ring_blocks(NULL, ranks, orders[o], first);
            for (int r = 0; r < ranks; r++) {
                const double entries = ring_entries(&ring, r);
                least = fmin(least, entries);
                most = fmax(most, entries);
            }
            cr_assert_leq(most - least, 2 * (double)orders[o], "n %d, %d ranks: %g to %g",
                          (int)orders[o], ranks, least, most);
        }
}

Test(ring, measured_shares_are_as_the_speeds)
{
    static const double speeds[][5] = {{1, 1, 1, 1, 1}, {1, 2, 1, 2, 1}, {1, 1, 3, 1, 1}};
    const double n = 100000;
    for (size_t s = 0; s < sizeof speeds / sizeof *speeds; s++)
        for (int ranks = 2; ranks <= 5; ranks++) {
            uint64_t first[6];
            const struct ring ring = {ranks, first, 1};
            double all = 0;
            for (int r = 0; r < ranks; r++)
                all += speeds[s][r];
            ring_blocks(speeds[s], ranks, (uint64_t)n, first);
            for (int r = 0; r < ranks; r++) {
                const double share = ring_entries(&ring, r) / (n * n);
                cr_assert_float_eq(share, speeds[s][r] / all, 0.001,
                                   "speeds %d, rank %d of %d: %g, want %g", (int)s, r, ranks, share,
                                   speeds[s][r] / all);
            }
        }
}

static double entry(uint64_t row, uint64_t k)
{
    return (double)((row * 7 + k * 13) % 11) - 3;
}

Test(ring, what_a_rank_should_come_to_is_the_sum_of_its_entries)
{
    for (uint64_t n = 1; n <= MOST_N; n += 3)
        for (int ranks = 1; ranks <= MOST_RANKS; ranks++) {
            uint64_t first[MOST_RANKS + 1];
            const struct ring ring = {ranks, first, n % 2 ? 1 : 4};
            long double want[MOST_RANKS] = {0}, lost[MOST_RANKS] = {0}, sums[MOST_RANKS][2][MOST_N];
            double got[MOST_RANKS] = {0};
            ring_blocks(NULL, ranks, n, first);
            struct done *d = all_done(&ring);
            for (uint64_t i = 0; i < n; i++)
                for (uint64_t j = 0; j <= i; j++)
                    for (uint64_t k = 0; k < n; k++)
                        got[d->by[i][j]] += (i == j ? 1 : 2) * entry(i, k) * entry(j, k);
            free(d);
            for (uint64_t k = 0, columns; k < n; k += columns) { /* five columns at a time */
                columns = n - k < 5 ? n - k : 5;
                long double *at = &sums[0][0][0];
                for (int r = 0; r < ranks; r++)
                    for (int half = 0; half < 2; half++)
                        for (uint64_t c = 0; c < columns; c++, at++) {
                            const uint64_t middle = first[r] + ring_half(&ring, r);
                            *at = 0;
                            for (uint64_t i = half ? middle : first[r];
                                 i < (half ? first[r + 1] : middle); i++)
                                *at += (long double)entry(i, k + c);
                        }
                ring_expect(ranks, &sums[0][0][0], columns, want, lost);
            }
            for (int r = 0; r < ranks; r++)
                cr_assert_float_eq((double)(want[r] + lost[r]), got[r], 1e-6);
        }
}

Test(ring, small_products_beside_a_large_one_are_not_lost)
{
    enum { COLUMNS = 257 };
    long double sums[2 * COLUMNS] = {0}, want = 0, lost = 0;
    for (int k = 0; k < COLUMNS; k++)
        sums[COLUMNS + k] = k == 3 ? 0x1p35L : 1;
    ring_expect(1, sums, COLUMNS, &want, &lost);
    cr_expect(want + lost - 0x1p70L == 256, "%Lg", want + lost - 0x1p70L);
}

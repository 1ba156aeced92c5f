/* The shares of ranks in tiles: every tile in one of them, in sizes that differ by a few tiles, and
 * each comes to what its cuts say. */
#include "harness/parts/parts.h"
#include "kernels/tiling/tile_list.h"

#include <criterion/criterion.h>
#include <stdlib.h>

enum { MOST_RANKS = 9 };

/* Of the kernels, and smaller ones, so that the matrix has many. */
static const struct {
    unsigned rows, cols;
} shapes[] = {{256, 192}, {256, 256}, {128, 128}, {128, 256}, {8, 6}, {8, 8}, {4, 8}, {5, 3}};

/* thin: also from the top, and with a last row whose tiles take so much less time. */
static struct tiling triangle(unsigned n, size_t shape, unsigned thin)
{
    return (struct tiling){
        shapes[shape].rows, shapes[shape].cols, 0, n, 0, n, true, thin > 0, thin};
}

static size_t tiles_of(const struct tiling *t, uint32_t begin, uint32_t end, uint32_t of,
                       struct tensor_tile **out)
{
    const struct tile_place from = tile_share(t, begin, of), to = tile_share(t, end, of);
    const size_t count = tile_list(t, from, to, NULL);
    *out = calloc(count + 1, sizeof **out);
    cr_assert_eq(tile_list(t, from, to, *out), count);
    return count;
}

static int in_order(const void *a, const void *b)
{
    const struct tensor_tile *x = a, *y = b;
    return x->row != y->row ? (x->row > y->row) - (x->row < y->row)
                            : (x->col > y->col) - (x->col < y->col);
}

typedef void check(const struct tiling *t, uint32_t ranks);

static void of_all(check *each)
{
    static const unsigned orders[] = {1, 2, 7, 8, 63, 255, 256, 257, 1000, 1001, 2049, 4097};
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++)
        for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
            for (uint32_t ranks = 1; ranks <= MOST_RANKS; ranks++) {
                for (unsigned thin = 0; thin < 6; thin += 5) {
                    const struct tiling t = triangle(orders[o], s, thin);
                    if (t.down / t.rows < 200)
                        each(&t, ranks);
                }
            }
}

static void every_tile_once(const struct tiling *t, uint32_t ranks)
{
    struct tensor_tile *all, *one;
    const size_t count = tiles_of(t, 0, 1, 1, &all);
    struct tensor_tile *shared = calloc(count, sizeof *shared);
    size_t used = 0;
    for (uint32_t r = 0; r < ranks; r++) {
        const size_t now = tiles_of(t, r, r + 1, ranks, &one);
        cr_assert_leq(used + now, count, "n = %u, %u ranks", t->down, ranks);
        for (size_t i = 0; i < now; i++)
            shared[used++] = one[i];
        free(one);
    }
    cr_assert_eq(used, count, "n = %u, %u ranks: %zu tiles, want %zu", t->down, ranks, used, count);
    qsort(all, count, sizeof *all, in_order);
    qsort(shared, count, sizeof *shared, in_order);
    for (size_t i = 0; i < count; i++)
        cr_assert_eq(in_order(&all[i], &shared[i]), 0, "n = %u, %u ranks", t->down, ranks);
    free(shared);
    free(all);
}

Test(tile_share, every_tile_of_the_triangle_is_in_one_share)
{
    of_all(every_tile_once);
}

static uint64_t before(const struct cut *c)
{
    return c->row * c->row + 2 * c->rows * c->col;
}

static void cuts_in_order(const struct tiling *t, uint32_t ranks)
{
    struct cut last = {0};
    for (uint32_t at = 0; at <= ranks; at++) {
        const struct cut c = tile_cut(t, tile_share(t, at, ranks));
        cr_assert_leq(c.col, c.row, "n = %u, cut %u of %u", t->down, at, ranks);
        cr_assert_leq(c.row + c.rows, t->down);
        cr_assert_geq(c.row, last.row, "n = %u, cut %u of %u", t->down, at, ranks);
        cr_assert_geq(before(&c), before(&last), "n = %u, cut %u of %u", t->down, at, ranks);
        cr_assert(at > 0 || before(&c) == 0);
        cr_assert(at < ranks || (c.row == t->down && c.col == 0));
        last = c;
    }
}

Test(tile_share, cuts_are_in_order_and_not_right_of_the_diagonal)
{
    of_all(cuts_in_order);
}

static void about_even(const struct tiling *t, uint32_t ranks)
{
    const bool is_narrow = 2 * t->cols >= t->rows; /* tile_list.h */
    struct tensor_tile *tiles;
    const size_t all = tiles_of(t, 0, 1, 1, &tiles);
    free(tiles);
    for (uint32_t at = 0; at <= ranks && is_narrow && !t->thin; at++) {
        const size_t count = tiles_of(t, 0, at, ranks, &tiles), want = all * at / ranks;
        free(tiles);
        cr_assert(count <= want + 1 && want <= count + 1,
                  "n = %u: %zu tiles before cut %u of %u, want %zu", t->down, count, at, ranks,
                  want);
    }
}

Test(tile_share, a_share_begins_at_most_one_tile_from_where_it_should)
{
    of_all(about_even);
}

/* 39 rows of whole tiles, 780 of them, and 40 thin ones that take the time of 8. */
Test(tile_share, thin_tiles_count_as_much_as_they_take)
{
    const struct tiling t = {128, 128, 0, 39 * 128 + 9, 0, 39 * 128 + 9, true, true, 5};
    for (uint32_t r = 0; r < 4; r++) {
        struct tensor_tile *tiles;
        const size_t count = tiles_of(&t, r, r + 1, 4, &tiles);
        double time = 0;
        for (size_t i = 0; i < count; i++)
            time += tiles[i].row == 39 * 128 ? 0.2 : 1;
        cr_expect_float_eq(time, 197, 1, "rank %u has %g", r, time);
        free(tiles);
    }
}

/* is_wide: of tiles twice as wide as high, whose bands begin with an even row. */
static void numbers_go_on(bool is_wide, unsigned tiles)
{
    for (uint32_t ranks = 1; ranks <= MOST_RANKS; ranks++) {
        const struct tiling t = triangle(1001, is_wide ? 3 : 2, 5);
        unsigned next = 0;
        for (uint32_t r = 0; r < ranks; r++) {
            const struct tile_place begin = tile_share(&t, r, ranks),
                                    end = tile_share(&t, r + 1, ranks);
            const struct triangle_part part = tile_part(&t, begin, end);
            const unsigned top = begin.row + (begin.col > 0);
            cr_expect_eq(part.first, next);
            cr_expect_eq(part.tiles, tile_list(&t, begin, end, NULL));
            cr_expect_eq(part.bottom, end.row);
            cr_expect_eq(part.top, is_wide && top % 2 ? top + 1 : top);
            next += part.tiles;
        }
        cr_expect_eq(next, tiles);
    }
}

Test(tile_share, numbers_of_tiles_go_on_where_the_share_before_ends)
{
    numbers_go_on(false, 36);
    numbers_go_on(true, 20);
}

Test(tile_share, the_tiles_of_a_share_are_in_bands_of_eight_column_by_column)
{
    const struct tiling t = triangle(10000, 0, 0);
    const struct tile_place from = tile_share(&t, 1, 2);
    struct tensor_tile *tiles;
    const size_t count = tiles_of(&t, 1, 2, 2, &tiles);
    const int top = 10000 - 256 * (int)(tiling_down(&t) - from.row);
    for (size_t i = 1; i < count; i++) {
        const int band = (tiles[i].row - top) / 256 / 8, last = (tiles[i - 1].row - top) / 256 / 8;
        cr_assert_geq(band, last);
        if (band == last)
            cr_assert(tiles[i].col > tiles[i - 1].col ||
                      (tiles[i].col == tiles[i - 1].col && tiles[i].row > tiles[i - 1].row));
    }
    free(tiles);
}

static double entry(uint64_t row, uint64_t k)
{
    return (double)((row * 7 + k * 13) % 11) - 3;
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

/* What a kernel adds up: entries of C left of the diagonal twice, those right of it not at all. */
static double sum_of(const double *c, int n, const struct tiling *t, struct tensor_tile tile)
{
    double sum = 0;
    for (int i = tile.row; i < tile.row + (int)t->rows; i++)
        for (int j = tile.col; j < tile.col + (int)t->cols; j++)
            if (i >= 0 && j >= 0 && i < n && j <= i)
                sum += (i == j ? 1 : 2) * c[i * n + j];
    return sum;
}

Test(tile_share, the_tiles_of_a_share_add_up_to_what_its_cuts_are_verified_by)
{
    static const int orders[] = {1, 5, 24, 41, 61};
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
        const int n = orders[o];
        uint64_t columns = (uint64_t)n;
        double *c = calloc((size_t)n * (size_t)n, sizeof *c);
        for (int i = 0; i < n * n; i++)
            for (uint64_t k = 0; k < columns; k++)
                c[i] += entry((uint64_t)(i / n), k) * entry((uint64_t)(i % n), k);
        for (size_t s = 0; s < 2 * sizeof shapes / sizeof *shapes; s++)
            for (uint32_t ranks = 1; ranks <= MOST_RANKS; ranks++) {
                const struct tiling t = triangle((unsigned)n, s / 2, s % 2 * 5);
                struct cut cuts[MOST_RANKS + 1];
                long double want[MOST_RANKS];
                for (uint32_t at = 0; at <= ranks; at++)
                    cuts[at] = tile_cut(&t, tile_share(&t, at, ranks));
                cr_assert_eq(
                    parts_expect(cuts, (int)ranks, columns, sum_rows, &columns, want, NULL),
                    STATUS_OK);
                for (uint32_t r = 0; r < ranks; r++) {
                    struct tensor_tile *tiles;
                    const size_t count = tiles_of(&t, r, r + 1, ranks, &tiles);
                    double sum = 0;
                    for (size_t i = 0; i < count; i++)
                        sum += sum_of(c, n, &t, tiles[i]);
                    cr_assert_float_eq(sum, (double)want[r], 1e-6,
                                       "n %d, tiles of %u by %u, rank %u of %u: %g, want %g", n,
                                       t.rows, t.cols, r, ranks, sum, (double)want[r]);
                    free(tiles);
                }
            }
        free(c);
    }
}

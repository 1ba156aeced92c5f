/* The tiles that the float64 kernels of Hopper compute, for one GPU, in shares and in a ring: each
 * of the lower triangle once, or its mirror image, in the share that the cuts say. */
#include "harness/parts/ring.h"
#include "kernels/doubles/dmma.h"
#include "kernels/doubles/residues.h"
#include "kernels/job/job.h"

#include <criterion/criterion.h>
#include <stdlib.h>

enum { MOST_RANKS = 9 };
static const unsigned orders[] = {1, 64, 65, 128, 129, 256, 300, 320, 321, 1000, 1088, 2049, 4097};

/* The number of a tile, or of its mirror image, in the order row by row. */
static size_t number(int row, int col)
{
    const size_t low = (size_t)(row > col ? row : col), left = (size_t)(row > col ? col : row);
    return low * (low + 1) / 2 + left;
}

/* Tiles of a share, counted by their numbers. */
struct counted {
    unsigned *times;
    size_t all, from, to;
};

static void count(const struct counted *c, int row, int col)
{
    const size_t at = number(row, col);
    cr_assert_lt(at, c->all);
    cr_assert(at >= c->from && at < c->to, "tile %d, %d is not in its share", row, col);
    c->times[at]++;
}

static size_t number_at(struct tile_place place)
{
    return (size_t)place.row * (place.row + 1) / 2 + place.col;
}

typedef void lister(const struct tiling *t, const struct tile_span *span, const struct counted *c);

static void each_once(const struct tiling *t, lister *list)
{
    const size_t down = tiling_down(t);
    struct counted c = {.all = down * (down + 1) / 2};
    for (uint32_t ranks = 1; ranks <= MOST_RANKS; ranks++) {
        c.times = calloc(c.all, sizeof *c.times);
        for (uint32_t r = 0; r < ranks; r++) {
            const struct tile_span span =
                tile_span(t, &(struct share){.begin = r, .end = r + 1, .of = ranks});
            c.from = number_at(span.begin);
            c.to = number_at(span.end);
            list(t, &span, &c);
        }
        for (size_t i = 0; i < c.all; i++)
            cr_assert_eq(c.times[i], 1, "n = %u, %u ranks: tile %zu is listed %u times", t->down,
                         ranks, i, c.times[i]);
        free(c.times);
    }
}

static void list_residues(const struct tiling *t, const struct tile_span *span,
                          const struct counted *c)
{
    const size_t tiles = residue_tiles(t, span, NULL);
    struct tensor_tile *out = calloc(tiles + 1, sizeof *out);
    cr_assert_eq(residue_tiles(t, span, out), tiles);
    for (size_t i = 0; i < tiles; i++) {
        cr_assert(out[i].row % RESIDUE_TILE == 0 && out[i].col % RESIDUE_TILE == 0);
        count(c, out[i].row / RESIDUE_TILE, out[i].col / RESIDUE_TILE);
    }
    free(out);
}

Test(tiles_of_doubles, every_tile_of_residues_is_in_one_share)
{
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++)
        for (int is_sum = 0; is_sum < 2; is_sum++) {
            const struct tiling t = residue_tiling(orders[o], is_sum);
            each_once(&t, list_residues);
        }
}

/* The kernel has instructions for 64 columns (residue_product_sm90.cuh). */
Test(tiles_of_doubles, tiles_with_64_rows_or_fewer_in_the_matrix_come_as_columns)
{
    for (unsigned left = 64; left <= 65; left++) {
        const struct tiling t = residue_tiling(1024 + left, true);
        const struct tile_span all = tile_span(&t, &(struct share){0});
        struct tensor_tile out[15];
        cr_assert_eq(residue_tiles(&t, &all, NULL), 15);
        residue_tiles(&t, &all, out);
        for (int i = 10; i < 15 && left == 64; i++) {
            cr_expect_eq(out[i].row, (i - 10) * 256);
            cr_expect_eq(out[i].col, 1024);
        }
        for (int i = 0; i < 15 && left == 65; i++)
            cr_expect_leq(out[i].col, out[i].row);
    }
}

/* The rows of a rank's own block are the first of the planes; those of the panel that it meets,
 * from its row `col` on, begin at row `panel`. */
struct planes {
    const uint64_t *first;
    unsigned panel;
    int own, other, col;
};

/* The row of A that a row of the planes has, -1 if it is zero. */
static int row_of(const struct planes *p, int row)
{
    const bool is_own = row < (int)p->panel;
    const int rank = is_own ? p->own : p->other, at = is_own ? row : row - (int)p->panel + p->col;
    return at < (int)(p->first[rank + 1] - p->first[rank]) ? (int)p->first[rank] + at : -1;
}

/* What the CRT counts: of a tile on the diagonal, one of two mirrored entries; else all. */
static void count_entries(const struct planes *p, const struct tensor_tile *tile, int n,
                          char *times)
{
    for (int r = tile->row; r < tile->row + RESIDUE_TILE; r++)
        for (int c = tile->col; c < tile->col + RESIDUE_TILE; c++) {
            const int row = row_of(p, r), col = row_of(p, c);
            if (row >= 0 && col >= 0 && (tile->row != tile->col || c <= r))
                times[(row > col ? row : col) * n + (row > col ? col : row)]++;
        }
}

static void count_block(const struct planes *p, const struct block *b, int n, char *times)
{
    const struct tiling t = residue_tiling_of_block(b, p->panel);
    const struct tile_span all = {{0, 0}, {tiling_down(&t), 0}};
    const size_t tiles = residue_tiles(&t, &all, NULL);
    struct tensor_tile *out = calloc(tiles + 1, sizeof *out);
    residue_tiles(&t, &all, out);
    for (size_t i = 0; i < tiles; i++)
        count_entries(p, &out[i], n, times);
    free(out);
}

static void count_ring(const struct ring *ring, int n, char *times)
{
    const unsigned panel = ((unsigned)n + RING_GRAIN - 1) / RING_GRAIN * RING_GRAIN;
    for (int r = 0; r < ring->ranks; r++)
        for (int step = 0; step <= ring_steps(ring->ranks); step++) {
            const struct ring_part part = ring_part(ring, r, step);
            const enum panel which = step == 0 ? PANEL_OWN : step % 2 ? PANEL_EVEN : PANEL_ODD;
            const struct block b = {which, part.rows, part.col, part.cols};
            const struct planes p = {ring->first, panel, r, part.of, (int)part.col};
            if (b.rows && b.cols)
                count_block(&p, &b, n, times);
        }
}

Test(tiles_of_doubles, residues_of_a_ring_cover_every_entry_once)
{
    static const int orders_of_rings[] = {5, 300, 1700, 2400};
    static const double speeds[] = {1, 3, 1, 2};
    for (size_t o = 0; o < sizeof orders_of_rings / sizeof *orders_of_rings; o++)
        for (int ranks = 2; ranks <= 4; ranks++) {
            const int n = orders_of_rings[o];
            uint64_t first[MOST_RANKS + 1] = {0};
            const struct ring ring = {ranks, first, RING_GRAIN};
            char *times = calloc((size_t)n * (size_t)n, 1);
            size_t wrong = 0;
            ring_blocks(ranks % 2 ? speeds : NULL, ranks, (uint64_t)n, first);
            count_ring(&ring, n, times);
            for (int i = 0; i < n; i++)
                for (int j = 0; j <= i; j++)
                    wrong += times[i * n + j] != 1;
            cr_expect_eq(wrong, 0, "n %d, %d ranks: %zu entries", n, ranks, wrong);
            free(times);
        }
}

static void list_pairs(const struct tiling *t, const struct tile_span *span,
                       const struct counted *c)
{
    const size_t pairs = dmma_pairs(t, span, NULL);
    struct dmma_pair *out = calloc(pairs + 1, sizeof *out);
    cr_assert_eq(dmma_pairs(t, span, out), pairs);
    for (size_t i = 0; i < pairs; i++) {
        count(c, out[i].rows[0], out[i].cols);
        if (out[i].rows[1] >= 0)
            count(c, out[i].rows[1], out[i].cols);
    }
    free(out);
}

Test(tiles_of_doubles, every_tile_of_a_pair_is_in_one_share)
{
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
        const struct tiling t = dmma_tiling(orders[o], true);
        each_once(&t, list_pairs);
    }
}

/* Tiles of a rectangle left of the diagonal, or their mirror images, one each; how many clusters
 * have one alone. */
static size_t each_of_block_once(const struct block *b, unsigned panel)
{
    const struct tiling t = tiling_of_block(b, panel, 128, 128);
    const struct tile_span all = {{0, 0}, {tiling_down(&t), 0}};
    const unsigned down = tiling_down(&t), across = (t.across + 127) / 128;
    const size_t pairs = dmma_pairs(&t, &all, NULL);
    struct dmma_pair *out = calloc(pairs, sizeof *out);
    unsigned *times = calloc((size_t)down * across, sizeof *times);
    size_t alone = 0;
    cr_assert_eq(dmma_pairs(&t, &all, out), pairs);
    for (size_t i = 0; i < 2 * pairs; i++) {
        const int first = out[i / 2].rows[i % 2], second = out[i / 2].cols;
        if (first < 0) {
            alone++;
            continue;
        }
        const unsigned row = (unsigned)(first > second ? first : second) - t.row / 128,
                       col = (unsigned)(first > second ? second : first) - t.col / 128;
        cr_assert(row < down && col < across);
        cr_assert_eq(times[row * across + col]++, 0);
    }
    cr_expect_eq(2 * pairs - alone, (size_t)down * across);
    free(times);
    free(out);
    return alone;
}

Test(tiles_of_doubles, pairs_of_a_block_of_a_ring_cover_it_once)
{
    static const uint64_t rows[] = {1, 128, 300, 768, 1000, 2304};
    enum { COUNT = sizeof rows / sizeof *rows, PANEL = 2304 };
    for (size_t i = 0; i < COUNT; i++)
        for (size_t j = 0; j < COUNT; j++)
            for (unsigned col = 0; col + rows[j] <= PANEL; col += RING_GRAIN) {
                const struct block before = {PANEL_EVEN, rows[i], col, rows[j]},
                                   behind = {PANEL_ODD, rows[i], col, rows[j]};
                cr_expect_leq(each_of_block_once(&before, PANEL), 1);
                cr_expect_leq(each_of_block_once(&behind, PANEL), 1);
            }
}

Test(tiles_of_doubles, few_clusters_have_one_tile_alone)
{
    const struct tiling t = dmma_tiling(10000, true);
    for (uint32_t r = 0; r < 4; r++) {
        const struct tile_span span =
            tile_span(&t, &(struct share){.begin = r, .end = r + 1, .of = 4});
        const size_t pairs = dmma_pairs(&t, &span, NULL);
        struct dmma_pair *out = calloc(pairs, sizeof *out);
        dmma_pairs(&t, &span, out);
        size_t alone = 0;
        for (size_t i = 0; i < pairs; i++)
            alone += out[i].rows[1] < 0;
        cr_expect_leq(alone, 8, "%zu of %zu", alone, pairs); /* at most two a band of 8 rows */
        free(out);
    }
}

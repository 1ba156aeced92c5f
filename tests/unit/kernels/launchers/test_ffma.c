/* The work of ffma-sm90's sum in shares: every tile of the triangle in one of them, the thin ones
 * of a last row of tiles among themselves. */
#include "kernels/launchers/ffma.h"

#include <criterion/criterion.h>
#include <stdlib.h>

enum { MOST_RANKS = 9, TILE = 128, BLOCKS = 264 };

static struct tiling tiling_of(unsigned n)
{
    static const struct kernel row = {.tile = TILE};
    const struct variant v = {.row = &row};
    return ffma_sm90.tiling(&v, n);
}

static void check(unsigned n, uint32_t ranks)
{
    const struct tiling t = tiling_of(n);
    const unsigned down = (n + TILE - 1) / TILE, left = n - (down - 1) * TILE,
                   all = down * (down + 1) / 2;
    const bool has_thin = down > 1 && left <= 16;
    unsigned wide = 0, thin = 0;
    for (uint32_t r = 0; r < ranks; r++) {
        const struct tile_span span =
            tile_span(&t, &(struct share){.begin = r, .end = r + 1, .of = ranks});
        const struct ffma_work work = ffma_sm90_work(&t, &span, n, BLOCKS);
        cr_expect_eq(work.stages, (n + 31) / 32);
        cr_expect(work.panels >= 1 && work.panels <= work.stages);
        if (work.wide.tiles) {
            cr_expect_eq(work.wide.first, wide, "n = %u, rank %u of %u", n, r, ranks);
            cr_expect_leq(work.wide.bottom, down - has_thin);
        }
        if (work.thin) {
            cr_expect(has_thin && work.thin_row == down - 1 && work.thin_col == thin);
            cr_expect_eq(wide + work.wide.tiles, all - down, "thin tiles come last");
        }
        wide += work.wide.tiles;
        thin += work.thin;
    }
    cr_expect_eq(thin, has_thin ? down : 0, "n = %u, %u ranks: %u thin", n, ranks, thin);
    cr_expect_eq(wide + thin, all, "n = %u, %u ranks: %u wide", n, ranks, wide);
}

Test(ffma, the_tiles_of_all_shares_are_those_of_the_triangle)
{
    static const unsigned orders[] = {1, 16, 128, 129, 144, 145, 1000, 1025, 2064, 4097, 10000};
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++)
        for (uint32_t ranks = 1; ranks <= MOST_RANKS; ranks++)
            check(orders[o], ranks);
}

Test(ffma, one_gpu_has_whole_rows_in_bands)
{
    const struct tiling t = tiling_of(10000);
    const struct tile_span all = tile_span(&t, &(struct share){0});
    const struct ffma_work work = ffma_sm90_work(&t, &all, 10000, BLOCKS);
    cr_expect(work.wide.first == 0 && work.wide.top == 0 && work.wide.bottom == 78);
    cr_expect_eq(work.wide.tiles, 78 * 79 / 2);
    cr_expect_eq(work.thin, 79);
}

Test(ffma, a_block_of_a_ring_has_all_columns_of_a)
{
    const struct block b = {PANEL_EVEN, 768, 1536, 1000};
    const struct ffma_rectangle r = ffma_sm90_rectangle(&b, 3072, 10000, BLOCKS);
    cr_expect(r.down == 6 && r.across == 8 && r.col == 24);
    cr_expect_eq(r.stages, 313);
    cr_expect(r.panels > 1 && r.panels <= r.stages, "48 tiles do not fill a wave");
}

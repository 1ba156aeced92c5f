/* test_work.c - how work is divided: panels of k and of rows, pairs and shares of tiles, for many
 * sizes. Compared with tests/golden/work.txt, which UPDATE_GOLDEN=1 writes anew. That each tile is
 * computed once is tested elsewhere; here a change shows that only costs time. */
#include "kernels/doubles/dmma.h"
#include "kernels/doubles/residues.h"
#include "kernels/job/stream_plan.h"
#include "kernels/launchers/ffma.h"
#include "kernels/tiling/wgmma_panels.h"
#include "tests/unit/golden.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static void note_panels(FILE *to)
{
    static const struct wgmma_recipe recipes[] = {
        {.planes = 2, .element_bytes = 2, .chunks_per_step = 1, .panel_mib = 24},
        {.planes = 2,
         .element_bytes = 2,
         .chunks_per_step = 1,
         .panel_mib = 24,
         .splits_itself = true},
        {.planes = 1,
         .element_bytes = 2,
         .chunks_per_step = 2,
         .panel_mib = 20,
         .splits_itself = true},
        {.planes = 1,
         .element_bytes = 1,
         .chunks_per_step = 1,
         .panel_mib = 30,
         .splits_itself = true},
    };
    static const unsigned orders[] = {100, 1000, 3000, 3001, 10000, 30000, 200000};
    for (size_t i = 0; i < sizeof recipes / sizeof *recipes; i++)
        for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
            const struct wgmma_recipe *r = &recipes[i];
            const unsigned n = orders[o], down = (n + 255) / 256, tiles = down * (down + 1) / 2,
                           chunks = (n * r->element_bytes + 127) / 128;
            const struct wgmma_panels p = wgmma_panels(r, n, chunks, tiles, 66);
            fprintf(to, "panels of %u planes of %u bytes%s, n=%u: %u upfront, to", r->planes,
                    r->element_bytes, r->splits_itself ? ", split on the way" : "", n, p.upfront);
            for (unsigned k = 0; k < p.count; k++)
                fprintf(to, " %u", p.end[k]);
            fprintf(to, ", %g steps\n", wgmma_panels_cost(&p, tiles, 66));
        }
}

/* Costs are such that sums of them are exact. */
static void note_streams(FILE *to)
{
    static const struct stream_cost costs[] = {
        {264, 1 / 256.0, 1 / 512.0}, {6, 1 / 64.0, 0}, {1, 0, 0}, {1000, 1, 1}, {16, 0.25, 4}};
    static const unsigned sizes[][2] = {{1, 2}, {3, 2}, {10, 4}, {33, 9}, {100, 21}, {235, 69}};
    for (size_t c = 0; c < sizeof costs / sizeof *costs; c++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            const struct stream_plan p = stream_plan_make(sizes[i][0], sizes[i][1], costs[c]);
            struct tile_range step = {0};
            fprintf(to, "%u strips, %u at a time, waves of %u: %.10g waves,", p.down, p.capacity,
                    p.cost.wave, stream_plan_waves(&p));
            for (int k = 0; k < 6 && stream_plan_next(&p, &step); k++)
                fprintf(to, " %u+%u×%u+%u", step.row, step.rows, step.col, step.cols);
            fputc('\n', to);
        }
}

static void note_pairs(FILE *to, const char *what, const struct tiling *t,
                       const struct tile_span *span)
{
    const size_t count = dmma_pairs(t, span, NULL);
    struct dmma_pair *pairs = calloc(count + 1, sizeof *pairs);
    dmma_pairs(t, span, pairs);
    fprintf(to, "pairs of %s of %u by %u:", what, t->down, t->across);
    for (size_t i = 0; i < count; i++)
        fprintf(to, " %d,%d×%d", pairs[i].rows[0], pairs[i].rows[1], pairs[i].cols);
    fputc('\n', to);
    free(pairs);
}

static void note_all_pairs(FILE *to)
{
    static const struct block blocks[] = {
        {PANEL_OWN, 640, 0, 640}, {PANEL_EVEN, 300, 0, 600}, {PANEL_ODD, 900, 256, 300}};
    for (unsigned n = 1; n <= 1281; n += 128) {
        const struct tiling lower = dmma_tiling(n, true), all = dmma_tiling(n, false);
        const struct tile_span of_lower = tile_span(&lower, &(struct share){0}),
                               of_all = tile_span(&all, &(struct share){0});
        note_pairs(to, "the triangle", &lower, &of_lower);
        note_pairs(to, "all", &all, &of_all);
    }
    for (uint32_t r = 0; r < 3; r++) {
        const struct tiling t = dmma_tiling(1500, true);
        const struct tile_span third =
            tile_span(&t, &(struct share){.begin = r, .end = r + 1, .of = 3});
        note_pairs(to, "a third", &t, &third);
    }
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        const struct tiling t = tiling_of_block(&blocks[i], 1024, 128, 128);
        const struct tile_span all = {{0, 0}, {tiling_down(&t), 0}};
        note_pairs(to, "a block", &t, &all);
    }
}

static void note_residues(FILE *to)
{
    for (unsigned n = 1; n <= 1600; n += n < 1280 ? 128 : 32)
        for (int is_sum = 0; is_sum < 2; is_sum++) {
            const struct tiling t = residue_tiling(n, is_sum);
            const struct tile_span all = tile_span(&t, &(struct share){0});
            const size_t count = residue_tiles(&t, &all, NULL);
            struct tensor_tile *tiles = calloc(count + 1, sizeof *tiles);
            residue_tiles(&t, &all, tiles);
            fprintf(to, "residues of a %s, n=%u, %u panels:", is_sum ? "sum" : "product", n,
                    residue_panels(n, is_sum));
            for (size_t i = 0; i < count; i++)
                fprintf(to, " %d,%d", tiles[i].row, tiles[i].col);
            fputc('\n', to);
            free(tiles);
        }
    static const unsigned orders[] = {2048, 8192, 16384, 32768, 32769, 65536, 131072, 262144};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        fprintf(to, "residues of n=%u: %u panels for a product, %u for a sum\n", orders[i],
                residue_panels(orders[i], false), residue_panels(orders[i], true));
}

static void note_ffma_work(FILE *to, const char *what, const struct tiling *t,
                           const struct tile_span *span, unsigned n)
{
    const struct ffma_work w = ffma_sm90_work(t, span, n, 264);
    fprintf(to,
            "ffma n=%u, %s: %u tiles from %u on, rows %u to %u; %u thin ones from %u,%u on; %u "
            "stages in %u panels\n",
            n, what, w.wide.tiles, w.wide.first, w.wide.top, w.wide.bottom, w.thin, w.thin_row,
            w.thin_col, w.stages, w.panels);
}

static void note_ffma(FILE *to)
{
    static const struct kernel row = {.tile = 128};
    static const struct variant v = {.row = &row};
    static const unsigned orders[] = {1, 128, 129, 1000, 1040, 1041, 4097, 4112, 4113, 10000};
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
        const struct tiling t = ffma_sm90.tiling(&v, orders[o]);
        for (uint32_t r = 0; r < 2; r++) {
            const struct tile_span half =
                tile_span(&t, &(struct share){.begin = r, .end = r + 1, .of = 2});
            note_ffma_work(to, r ? "half 1" : "half 0", &t, &half, orders[o]);
        }
        const struct tile_span most = {{0, 0}, {tiling_down(&t) - 1, 2}};
        if (most.end.row > 1)
            note_ffma_work(to, "to within the last row", &t, &most, orders[o]);
    }
    for (uint64_t rows = 128; rows <= 4096; rows *= 2) {
        const struct block b = {PANEL_EVEN, rows, 0, rows + 1};
        const struct ffma_rectangle r = ffma_sm90_rectangle(&b, 4224, 10000, 264);
        fprintf(to, "ffma block of %u by %u from %u on: %u stages in %u panels\n", r.down, r.across,
                r.col, r.stages, r.panels);
    }
}

Test(work, is_divided_as_in_the_golden_text)
{
    char *text;
    size_t bytes;
    FILE *to = open_memstream(&text, &bytes);
    note_panels(to);
    note_streams(to);
    note_all_pairs(to);
    note_residues(to);
    note_ffma(to);
    fclose(to);
    golden_expect("tests/golden/work.txt", text);
    free(text);
}

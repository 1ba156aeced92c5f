/* The tiles of all blocks of a ring cover every entry of C's triangle once, whatever else they read
 * is zero. */
#include "harness/parts/ring.h"
#include "kernels/tiling/tile_list.h"

#include <criterion/criterion.h>
#include <stdlib.h>

enum { GRAIN = 48, MOST_RANKS = 7 };

/* Of a rank in a step: its two panels, as they are in its window. */
struct window {
    const uint64_t *first;
    unsigned panel;
    int upper, lower; /* whose they are; the same in step 0 */
};

/* The row of A that a row of the window has, -1 if it is zero. */
static int row_of(const struct window *w, int row)
{
    const int rank = row < (int)w->panel ? w->upper : w->lower, at = row % (int)w->panel;
    const int end = w->upper == w->lower ? (int)w->panel : 2 * (int)w->panel;
    const bool is_there = row < end && at < (int)(w->first[rank + 1] - w->first[rank]);
    cr_assert(row >= 0);
    return is_there ? (int)w->first[rank] + at : -1;
}

static void count_tiles(const struct window *w, const struct tiling *t, int n, char *times)
{
    const struct tile_place end = {tiling_down(t), 0};
    const size_t count = tile_list(t, (struct tile_place){0, 0}, end, NULL);
    struct tensor_tile *tiles = calloc(count + 1, sizeof *tiles);
    tile_list(t, (struct tile_place){0, 0}, end, tiles);
    for (size_t i = 0; i < count; i++)
        for (int r = tiles[i].row; r < tiles[i].row + (int)t->rows; r++)
            for (int c = tiles[i].col; c < tiles[i].col + (int)t->cols; c++) {
                const int row = row_of(w, r), col = row_of(w, c);
                if (row < 0 || col < 0 || c > r)
                    continue;
                times[(row > col ? row : col) * n + (row > col ? col : row)]++;
            }
    free(tiles);
}

static void cover(const struct ring *ring, unsigned rows, unsigned cols, int n, char *times)
{
    uint64_t most = 1;
    for (int r = 0; r < ring->ranks; r++)
        most =
            ring->first[r + 1] - ring->first[r] > most ? ring->first[r + 1] - ring->first[r] : most;
    for (int r = 0; r < ring->ranks; r++)
        for (int step = 0; step <= ring_steps(ring->ranks); step++) {
            const struct ring_part p = ring_part(ring, r, step);
            const enum panel panel = step == 0 ? PANEL_OWN : step % 2 ? PANEL_EVEN : PANEL_ODD;
            const struct window w = {ring->first, (unsigned)((most + GRAIN - 1) / GRAIN * GRAIN),
                                     panel == PANEL_EVEN ? p.of : r,
                                     panel == PANEL_EVEN ? r : p.of};
            const struct block b = {panel, p.rows, p.col, p.cols};
            const struct tiling t = tiling_of_block(&b, w.panel, rows, cols);
            if (b.rows && b.cols)
                count_tiles(&w, &t, n, times);
        }
}

Test(tile_block, tiles_of_a_ring_cover_every_entry_once)
{
    static const double speeds[MOST_RANKS] = {1, 3, 1, 2, 5, 1, 1};
    static const unsigned shapes[][2] = {{16, 12}, {16, 16}, {16, 24}, {8, 48}};
    static const int orders[] = {5, 300, 431};
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++)
        for (int ranks = 2; ranks <= MOST_RANKS; ranks++)
            for (size_t s = 0; s < 2 * sizeof shapes / sizeof *shapes; s++) {
                const int n = orders[o];
                uint64_t first[MOST_RANKS + 1];
                const struct ring ring = {ranks, first, GRAIN};
                char *times = calloc((size_t)n * (size_t)n, 1);
                ring_blocks(s % 2 ? speeds : NULL, ranks, (uint64_t)n, first);
                cover(&ring, shapes[s / 2][0], shapes[s / 2][1], n, times);
                for (int i = 0; i < n; i++)
                    for (int j = 0; j <= i; j++)
                        cr_assert_eq(times[i * n + j], 1, "n %d, %d ranks: C[%d][%d] %d times", n,
                                     ranks, i, j, times[i * n + j]);
                free(times);
            }
}

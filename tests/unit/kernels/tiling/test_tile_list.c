/* The list of tiles covers C: every entry once, or, mirrored, from the other side of the diagonal.
 */
#include "kernels/tiling/tile_list.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static size_t list(unsigned n, unsigned rows, unsigned cols, bool triangle, struct tensor_tile *out)
{
    const struct tiling t = {rows, cols, 0, n, 0, n, triangle, false, 0};
    return tile_list(&t, (struct tile_place){0, 0}, (struct tile_place){tiling_down(&t), 0}, out);
}

/* How often each entry of C is stored by the tiles of rows × cols. A tile left of the matrix is
 * stored twice, a triangle's entries below the diagonal too. */
static unsigned char *stores(unsigned n, unsigned rows, unsigned cols, bool triangle)
{
    const size_t count = list(n, rows, cols, triangle, NULL);
    struct tensor_tile *tiles = calloc(count, sizeof *tiles);
    unsigned char *stored = calloc((size_t)n * n, 1);
    cr_assert_eq(list(n, rows, cols, triangle, tiles), count);
    for (size_t t = 0; t < count; t++)
        for (int r = tiles[t].row; r < tiles[t].row + (int)rows; r++)
            for (int c = tiles[t].col; c < tiles[t].col + (int)cols; c++) {
                if (r < 0 || c < 0 || r >= (int)n || c >= (int)n || (triangle && c > r))
                    continue;
                stored[(size_t)r * n + (size_t)c]++;
                if (triangle ? c < r : tiles[t].col < 0 && r >= (int)(n % rows))
                    stored[(size_t)c * n + (size_t)r]++;
            }
    free(tiles);
    return stored;
}

static void covers(unsigned n, unsigned rows, unsigned cols, bool triangle)
{
    unsigned char *stored = stores(n, rows, cols, triangle);
    for (size_t i = 0; i < (size_t)n * n; i++)
        cr_assert_eq(stored[i], 1, "n = %u: entry (%zu, %zu) is stored %u times", n, i / n, i % n,
                     stored[i]);
    free(stored);
}

Test(tile_list, covers_every_entry_once)
{
    static const unsigned orders[] = {1, 3, 4, 255, 256, 257, 260, 512, 1000, 1001, 1027};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        covers(orders[i], 256, 256, false);
        covers(orders[i], 256, 192, true);
    }
}

Test(tile_list, a_strip_is_listed_once_where_stores_stay_aligned)
{
    cr_expect_eq(list(10000, 256, 256, false, NULL), 39 * 39 + 40);
    cr_expect_eq(list(10001, 256, 256, false, NULL), 40 * 40);
    cr_expect_eq(list(8192, 256, 256, false, NULL), 32 * 32);
}

/* Of n rows of which a block begins at `row`, the products with those of another at `col`. */
Test(tile_list, a_rectangle_is_covered_and_nothing_right_of_it_or_below)
{
    const struct tiling t = {256, 192, 512, 700, 100, 500, false, false, 0};
    struct tensor_tile tiles[9];
    const struct tile_place end = {tiling_down(&t), 0};
    cr_assert_eq(tile_list(&t, (struct tile_place){0, 0}, end, tiles), 9);
    for (int i = 0; i < 9; i++) { /* one band: column by column */
        cr_expect_eq(tiles[i].row, 512 + 700 - (3 - i % 3) * 256);
        cr_expect_eq(tiles[i].col, 100 + i / 3 * 192);
    }
}

Test(tile_list, a_triangle_away_from_the_corner_is_moved_along_the_diagonal)
{
    const struct tiling there = {256, 192, 1024, 777, 1024, 777, true, false, 0},
                        here = {256, 192, 0, 777, 0, 777, true, false, 0};
    struct tensor_tile moved[20], tiles[20];
    const struct tile_place begin = {1, 1}, end = {3, 2};
    const size_t count = tile_list(&here, begin, end, tiles);
    cr_assert_eq(tile_list(&there, begin, end, moved), count);
    cr_expect_gt(count, 3);
    for (size_t i = 0; i < count; i++) {
        cr_expect_eq(moved[i].row, tiles[i].row + 1024);
        cr_expect_eq(moved[i].col, tiles[i].col + 1024);
    }
}

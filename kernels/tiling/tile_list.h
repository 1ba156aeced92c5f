/* tile_list.h - the tiles of C in the order in which kernels compute them, and shares of them for
 * several ranks. */
#ifndef KERNELS_TILE_LIST_H
#define KERNELS_TILE_LIST_H

#include "harness/contract/backend.h"
#include "kernels/interface/tensor_work.h"
#include "kernels/interface/triangle_part.h"

#include <stdbool.h>
#include <stddef.h>

/* Tiles of rows × cols entries that cover a part of C: `down` rows from `row` on and `across`
 * columns from `col` on, or, of a triangle, those of its entries that are not above the diagonal of
 * C. Rows of tiles are counted from the top, columns of tiles from the left. */
struct tiling {
    unsigned rows, cols;
    unsigned row, down, col, across;
    bool is_triangle;
    bool from_top; /* the last row of tiles may be partial, and not the first one */
    unsigned thin; /* not 0: so many tiles of the last row take the time of one other */
};

/* A place in the order row by row: before tile `col` of row of tiles `row`. */
struct tile_place {
    unsigned row, col;
};

/* The tiles of a block of C of a rank in a ring, in a window of two panels of `panel` rows, one
 * below the other; of its own block in that panel alone. Tiles begin at the top and left of the
 * block, because the rows before it may be another's; those behind a panel's are zero. */
struct tiling tiling_of_block(const struct block *b, unsigned panel, unsigned rows, unsigned cols);

/* The number of rows of tiles. The place {tiling_down(t), 0} is behind the last tile. */
unsigned tiling_down(const struct tiling *t);

/* Writes the tiles from `begin` to before `end` to `out` and returns their number. If out is NULL,
 * it only counts them.
 *
 * If `down` is not a multiple of rows, and without from_top, the first tiles begin above it,
 * perhaps above the matrix. So partial tiles come first, and the last wave has whole tiles.
 *
 * If moreover tiles are square, all of a square on the diagonal is covered and its order is a
 * multiple of 4 (the kernel stores 16 bytes at a time), the first tiles also begin left of it. The
 * tiles that begin above it are then left out, except in the corner: C is symmetric, so the kernel
 * stores the tiles at its left edge a second time, mirrored. At N = 10000 and 256×256 this saves
 * one wave of 25.
 *
 * The order is bands of 8 rows of tiles, each column by column, so that the tiles that run at the
 * same time share a few rows and columns of A (support/portable/tile_order.cuh). */
size_t tile_list(const struct tiling *t, struct tile_place begin, struct tile_place end,
                 struct tensor_tile *out);

/* Where part `at` of `of` parts of a triangle that take the same time begins. That is the end of
 * the triangle for at = of. A row of tiles is never divided right of its first entry on the
 * diagonal, because what is before a cut could not be verified there (harness/parts/parts.h); so a
 * part begins at most one tile before or behind where it would begin otherwise, if a tile is not
 * narrower than half its height. */
struct tile_place tile_share(const struct tiling *t, uint32_t at, uint32_t of);

/* Where a share begins and ends; all tiles if share->of is 0. */
struct tile_span {
    struct tile_place begin, end;
};
struct tile_span tile_span(const struct tiling *t, const struct share *share);

/* The tiles from `begin` to before `end` of a triangle, for kernels that number them themselves.
 * Tiles are square, or twice as wide as high; rows of tiles begin at the top of C. */
struct triangle_part tile_part(const struct tiling *t, struct tile_place begin,
                               struct tile_place end);

/* How many tiles of one row of a triangle of square tiles are before a place. */
unsigned tile_before(struct tile_place place, unsigned row);

/* A place as rows and columns of C, for a triangle that begins at row and column 0; and how
 * many rows of A the tiles before it need. */
struct cut tile_cut(const struct tiling *t, struct tile_place at);
unsigned tile_rows(const struct tiling *t, struct tile_place end);

#endif

/* tile_list.h - the tiles of C that the wgmma kernels go through, in their order. */
#ifndef KERNELS_TILE_LIST_H
#define KERNELS_TILE_LIST_H

#include "kernels/interface/tensor_work.h"

#include <stdbool.h>
#include <stddef.h>

/* Writes the tiles of rows × cols entries that cover the n×n matrix, or only its lower triangle
 * with the diagonal, to `out` and returns their number; out NULL: only counts.
 *
 * If n is not a multiple of rows, the first tiles begin above the matrix: the partial ones come
 * first, and the last wave has whole ones. If tiles are square, the whole matrix is wanted and n is
 * a multiple of 4 (16 bytes, what the kernel stores), the first tiles also begin left of the
 * matrix, and those above it are left out: C is symmetric, so the kernel stores the tiles left of
 * it a second time, mirrored. At N = 10000 and 256×256 this saves one wave of 25. Bands of 8 tile
 * rows, each column by column, keep the tiles that run at the same time within a few rows and
 * columns of A (support/portable/tile_order.cuh). */
size_t tile_list(unsigned n, unsigned rows, unsigned cols, bool triangle, struct tensor_tile *out);

#endif

/* tile_list.h - the tiles of C in the order in which the wgmma kernels compute them. */
#ifndef KERNELS_TILE_LIST_H
#define KERNELS_TILE_LIST_H

#include "kernels/interface/tensor_work.h"

#include <stdbool.h>
#include <stddef.h>

/* Writes the tiles of rows × cols entries that cover the n×n matrix, or its lower triangle with the
 * diagonal, to `out` and returns their number. If out is NULL, it only counts them.
 *
 * If n is not a multiple of rows, the first tiles begin above the matrix. So partial tiles come
 * first, and the last wave has whole tiles.
 *
 * If moreover tiles are square, the whole matrix is covered and n is a multiple of 4 (the kernel
 * stores 16 bytes at a time), the first tiles also begin left of the matrix. The tiles that begin
 * above it are then left out, except in the corner: C is symmetric, so the kernel stores the tiles
 * at its left edge a second time, mirrored. At N = 10000 and 256×256 this saves one wave of 25.
 *
 * The order is bands of 8 tile rows, each column by column, so that the tiles that run at the same
 * time share a few rows and columns of A (support/portable/tile_order.cuh). */
size_t tile_list(unsigned n, unsigned rows, unsigned cols, bool triangle, struct tensor_tile *out);

#endif

/* tile_list.h - the tiles of C that the tensor-core kernels go through, in their order. */
#ifndef KERNELS_TILE_LIST_H
#define KERNELS_TILE_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* A tile of C by its first row and column; as the kernels read it (support/sm90/tensor_sm90.cuh).
 */
struct tile_at {
    int row, col;
};

/* Writes the tiles of rows × cols entries that cover the n×n matrix, or, for a triangle, its lower
 * one with the diagonal, to `out` and returns how many there are; out NULL: only counts.
 *
 * Where n is not a multiple of rows, the first tiles begin above the matrix: the partial ones come
 * first, and the last wave is of whole ones. Bands of 8 tile rows, each column by column, keep what
 * runs at the same time within a few rows and columns of A (support/portable/tile_order.cuh). */
size_t tile_list(unsigned n, unsigned rows, unsigned cols, bool triangle, struct tile_at *out);

#endif

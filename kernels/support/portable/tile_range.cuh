/* tile_range.cuh - the tile of a range that a block computes, and the slot for its partial sum. The
 * slot does not depend on how the triangle is cut into ranges, so neither do the bits of the sum.
 */
#ifndef KERNELS_SUPPORT_TILE_RANGE_CUH
#define KERNELS_SUPPORT_TILE_RANGE_CUH

#include "kernels/interface/tile_range.h"
#include "kernels/support/portable/tile_order.cuh"

struct range_tile {
    unsigned row, col; /* relative to the first rows of the range's panels */
    unsigned slot;     /* the tile's number in the whole triangle, in triangle_tile()'s order */
    bool is_diagonal;
};

static __device__ __forceinline__ struct range_tile tile_in_range(const struct tile_range &range,
                                                                  unsigned block)
{
    const unsigned t = range.first + block;
    const struct tile in_range = range.row == range.col ? triangle_tile(t, range.rows)
                                                        : grouped_tile(t, range.rows, range.cols);
    const struct tile tile = {range.row + in_range.row, range.col + in_range.col};
    const struct range_tile found = {in_range.row, in_range.col, triangle_number(tile, range.down),
                                     tile.row == tile.col};
    return found;
}

/* The number of slots of the whole triangle. */
static __device__ __forceinline__ unsigned range_slots(const struct tile_range &range)
{
    return (unsigned)tiles_above(range.down);
}

#endif

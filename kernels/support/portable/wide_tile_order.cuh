/* wide_tile_order.cuh - the triangle of tile_order.cuh for tiles twice as wide as high: row r has r
 * / 2 + 1 tiles, and the last one may reach beyond the diagonal. */
#ifndef KERNELS_SUPPORT_WIDE_TILE_ORDER_CUH
#define KERNELS_SUPPORT_WIDE_TILE_ORDER_CUH

#include "kernels/support/portable/tile_order.cuh"

/* The number of tiles in the rows above row `row`. */
static __device__ __forceinline__ unsigned long long wide_tiles_above(unsigned row)
{
    return 2 * tiles_above(row / 2) + row % 2 * (row / 2 + 1ull);
}

/* Tile t of such a triangle, numbered row by row. */
static __device__ __forceinline__ struct tile wide_triangle_place(unsigned t)
{
    const unsigned pair = triangle_row(t / 2); /* a pair of rows */
    const unsigned within = t - (unsigned)wide_tiles_above(2 * pair);
    const struct tile tile = {2 * pair + within / (pair + 1), within % (pair + 1)};
    return tile;
}

/* Tile number t of rows top … bottom - 1, top even, counted from the top of the triangle. */
static __device__ __forceinline__ struct tile wide_triangle_tile_of(unsigned t, unsigned top,
                                                                    unsigned bottom)
{
    const unsigned band = wide_triangle_place(t).row / BAND * BAND, first = top > band ? top : band;
    const unsigned width = first / 2, height = min(BAND - (first - band), bottom - first);
    const unsigned within = (unsigned)(t - wide_tiles_above(first));
    struct tile tile;
    if (within < width * height) {
        tile.row = first + within % height;
        tile.col = within / height;
    } else {
        tile = wide_triangle_place(within - width * height);
        tile.row += first;
        tile.col += width;
    }
    return tile;
}

/* part_tile() of such a triangle; part.top is even. */
static __device__ __forceinline__ struct tile wide_part_tile(const struct triangle_part &part,
                                                             unsigned i)
{
    const unsigned t = part.first + i;
    return t < wide_tiles_above(part.top) || t >= wide_tiles_above(part.bottom)
               ? wide_triangle_place(t)
               : wide_triangle_tile_of(t, part.top, part.bottom);
}

#endif

/* tile_order.cuh - which tile of C a block takes, so that blocks running at the same time share
 * rows of A in the L2 cache.
 *
 * Tiles are taken in bands of 16 tile rows, and within a band column by column: the next few
 * hundred blocks then cover about a square, which needs the fewest rows and columns of A,
 * instead of a long strip. Source: the "grouped ordering" of the Triton matmul tutorial. All
 * arithmetic that decides is in integers, so every tile is taken exactly once. */
#ifndef KERNELS_SUPPORT_TILE_ORDER_CUH
#define KERNELS_SUPPORT_TILE_ORDER_CUH

#include "kernels/support/portable.cuh"

static const unsigned BAND = 16; /* tile rows */

/* A tile of C, by its row and column of tiles. */
struct tile {
    unsigned row, col;
};

/* Tile number t of `down` × `across`. */
static __device__ __forceinline__ struct tile grouped_tile(unsigned t, unsigned down,
                                                           unsigned across)
{
    const unsigned first = t / (BAND * across) * BAND; /* tile row where the band begins */
    const unsigned height = min(BAND, down - first);
    const unsigned within = t - first * across;
    const struct tile tile = {first + within % height, within / height};
    return tile;
}

/* Tiles in the rows of a triangle above row `row`. */
static __device__ __forceinline__ unsigned long long tiles_above(unsigned row)
{
    return (unsigned long long)row * (row + 1ull) / 2;
}

/* The row of tile t of a triangle counted row by row: the largest with tiles_above(row) ≤ t. The
 * float root is off by one at most for any t below 2^32; the integers put it right. */
static __device__ __forceinline__ unsigned triangle_row(unsigned t)
{
    unsigned row = (unsigned)((__fsqrt_rn(8.0f * (float)t + 1.0f) - 1.0f) * 0.5f);
    while (tiles_above(row) > t)
        row--;
    while (tiles_above(row + 1) <= t)
        row++;
    return row;
}

/* Tile number t of the lower triangle, diagonal included, of down × down tiles. A band is a
 * rectangle, left of the diagonal, and a small triangle, taken row by row. */
static __device__ __forceinline__ struct tile triangle_tile(unsigned t, unsigned down)
{
    const unsigned first = triangle_row(t) / BAND * BAND;
    const unsigned height = min(BAND, down - first);
    const unsigned within = (unsigned)(t - tiles_above(first));
    struct tile tile;
    if (within < first * height) {
        tile.row = first + within % height;
        tile.col = within / height;
    } else {
        const unsigned corner = within - first * height;
        tile.row = first + triangle_row(corner);
        tile.col = first + corner - (unsigned)tiles_above(tile.row - first);
    }
    return tile;
}

/* The number of a tile of that triangle: triangle_tile() the other way round. */
static __device__ __forceinline__ unsigned triangle_number(struct tile tile, unsigned down)
{
    const unsigned first = tile.row / BAND * BAND;
    const unsigned height = min(BAND, down - first);
    const unsigned within =
        tile.col < first
            ? tile.col * height + (tile.row - first)
            : first * height + (unsigned)tiles_above(tile.row - first) + (tile.col - first);
    return (unsigned)tiles_above(first) + within;
}

#endif

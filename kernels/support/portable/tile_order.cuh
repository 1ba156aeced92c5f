/* tile_order.cuh - which tile of C a block computes, so that blocks running at the same time share
 * rows of A in the L2 cache.
 *
 * Tiles are numbered in bands of 16 tile rows, and column by column within a band. The next few
 * hundred blocks then cover roughly a square, which needs fewer rows and columns of A than a long
 * strip. All decisions use integer arithmetic, so every tile is taken exactly once. Source: the
 * "grouped ordering" of the Triton matmul tutorial. */
#ifndef KERNELS_SUPPORT_TILE_ORDER_CUH
#define KERNELS_SUPPORT_TILE_ORDER_CUH

#include "kernels/interface/triangle_part.h"
#include "kernels/support/portable.cuh"

static const unsigned BAND = 16; /* tile rows */

/* A tile of C, by its row and column of tiles. */
struct tile {
    unsigned row, col;
};

/* Tile number t of `down` × `across` tiles. */
static __device__ __forceinline__ struct tile grouped_tile(unsigned t, unsigned down,
                                                           unsigned across)
{
    const unsigned first = t / (BAND * across) * BAND; /* first tile row of the band */
    const unsigned height = min(BAND, down - first);
    const unsigned within = t - first * across;
    const struct tile tile = {first + within % height, within / height};
    return tile;
}

/* The number of tiles of a triangle in the rows above row `row`. */
static __device__ __forceinline__ unsigned long long tiles_above(unsigned row)
{
    return (unsigned long long)row * (row + 1ull) / 2;
}

/* The row of tile t of a triangle numbered row by row: the largest row with tiles_above(row) ≤ t.
 * The float32 root is off by at most one for any t below 2^32; the integer loops correct it. */
static __device__ __forceinline__ unsigned triangle_row(unsigned t)
{
    unsigned row = (unsigned)((__fsqrt_rn(8.0f * (float)t + 1.0f) - 1.0f) * 0.5f);
    while (tiles_above(row) > t)
        row--;
    while (tiles_above(row + 1) <= t)
        row++;
    return row;
}

/* Tile number t of rows top … bottom - 1 of the lower triangle, diagonal included, counted from the
 * top of the triangle. A band, which begins at a multiple of BAND rows or at the top, consists of a
 * rectangle left of the diagonal and a small triangle, which is numbered row by row. */
static __device__ __forceinline__ struct tile triangle_tile_of(unsigned t, unsigned top,
                                                               unsigned bottom)
{
    const unsigned band = triangle_row(t) / BAND * BAND, first = top > band ? top : band;
    const unsigned height = min(BAND - (first - band), bottom - first);
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

/* Tile number t of the lower triangle of down × down tiles. */
static __device__ __forceinline__ struct tile triangle_tile(unsigned t, unsigned down)
{
    return triangle_tile_of(t, 0, down);
}

/* The number of a tile of that triangle: the inverse of triangle_tile(). */
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

/* Tile i of a part of the triangle, which is all of it or the share of one of several ranks. Its
 * whole rows are numbered as above, those at its ends from left to right. */
static __device__ __forceinline__ struct tile part_tile(const struct triangle_part &part,
                                                        unsigned i)
{
    const unsigned t = part.first + i;
    const bool is_before = t < tiles_above(part.top), is_behind = t >= tiles_above(part.bottom);
    if (!is_before && !is_behind)
        return triangle_tile_of(t, part.top, part.bottom);
    const unsigned row = is_before ? part.top - 1 : part.bottom;
    const struct tile tile = {row, t - (unsigned)tiles_above(row)};
    return tile;
}

#endif

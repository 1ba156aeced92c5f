/* work_sm80.cuh - the work of a grid whose blocks live through a launch, cut into units: a tile of
 * C, or of its lower triangle, over a panel of k. Block b takes units b, b + gridDim.x, …
 *
 * A shape S says: triangle, rows, cols; the columns of a triangle's tiles are 1 or 2 times their
 * rows. */
#ifndef KERNELS_SUPPORT_WORK_SM80_CUH
#define KERNELS_SUPPORT_WORK_SM80_CUH

#include "kernels/support/sm90/wide_tile_order.cuh"

/* tiles × panels units. a: rows of `pitch` bytes, zero up to whole tiles and
 * stages. */
struct work {
    const unsigned char *a;
    unsigned pitch, stages, panels; /* stages of a whole row, cut into panels */
    unsigned down, tiles;
};

/* Unit u: a tile over stages [first, end). Panels are the outer order, so that what all blocks read
 * at a time fits the L2 cache. */
struct unit {
    struct tile tile;
    unsigned first, end;
};

template <class S>
static __device__ __forceinline__ struct work work_of(const void *a, unsigned n, unsigned pitch,
                                                      unsigned stages, unsigned panels)
{
    const unsigned down = (n + S::rows - 1) / S::rows, across = (n + S::cols - 1) / S::cols;
    const struct work work = {
        (const unsigned char *)a,
        pitch,
        stages,
        panels,
        down,
        !S::triangle ? down * across
                     : (unsigned)(S::cols == S::rows ? tiles_above(down) : wide_tiles_above(down))};
    return work;
}

/* grouped_tile(), the band looked for in a loop: a mere division the compiler would do in every
 * stage of the ring, under a predicate that is seldom true, and wait for it. */
static __device__ __forceinline__ struct tile tile_in_band(unsigned t, unsigned down,
                                                           unsigned across)
{
    unsigned first = 0;
    while (t >= BAND * across) {
        t -= BAND * across;
        first += BAND;
    }
    struct tile tile = grouped_tile(t, down - first, across);
    tile.row += first;
    return tile;
}

template <class S>
static __device__ __forceinline__ struct unit unit_of(const struct work &work, unsigned u)
{
    const unsigned panel = u / work.tiles, t = u % work.tiles;
    const unsigned base = work.stages / work.panels, extra = work.stages % work.panels;
    struct unit unit;
    unit.tile = !S::triangle         ? tile_in_band(t, work.down, work.tiles / work.down)
                : S::cols == S::rows ? triangle_tile(t, work.down)
                                     : wide_triangle_tile(t, work.down);
    unit.first = panel * base + min(panel, extra);
    unit.end = unit.first + base + (panel < extra ? 1 : 0);
    return unit;
}

#endif

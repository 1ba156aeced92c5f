/* work_sm80.cuh - the work of a persistent grid, cut into units: a tile of C, or of its lower
 * triangle, over a panel of k. Block b computes units b, b + gridDim.x, ….
 *
 * A shape S defines triangle, rows, cols and in_parts; in_parts: the host says which tiles of
 * the triangle they are; then cols is 1 or 2 times rows, in other triangles cols = rows. */
#ifndef KERNELS_SUPPORT_WORK_SM80_CUH
#define KERNELS_SUPPORT_WORK_SM80_CUH

#include "kernels/support/portable/wide_tile_order.cuh"

/* tiles × panels units. `a` has rows of `pitch` bytes, zero-padded to whole tiles and stages. */
struct work {
    const unsigned char *a;
    unsigned pitch, stages, panels; /* stages of a whole row; panels they are cut into */
    unsigned down, tiles;
    struct triangle_part part; /* if S::in_parts; ffma_shape also has rectangles */
};

/* One unit: a tile over stages [first, end). Panels are the outer loop, so that the data all blocks
 * read at a time fits the L2 cache. */
struct unit {
    struct tile tile;
    unsigned first, end;
};

template <class S>
static __device__ __forceinline__ struct work work_of(const void *a, unsigned n, unsigned pitch,
                                                      unsigned stages, unsigned panels)
{
    const unsigned down = (n + S::rows - 1) / S::rows, across = (n + S::cols - 1) / S::cols;
    const struct work work = {(const unsigned char *)a,
                              pitch,
                              stages,
                              panels,
                              down,
                              S::triangle ? (unsigned)tiles_above(down) : down * across,
                              {}};
    return work;
}
static __device__ __forceinline__ struct work work_of(const void *a,
                                                      const struct triangle_part &part,
                                                      unsigned pitch, unsigned stages,
                                                      unsigned panels)
{
    const struct work work = {
        (const unsigned char *)a, pitch, stages, panels, part.bottom, part.tiles, part};
    return work;
}

/* grouped_tile(), but the band is found in a loop: the compiler would move a division into every
 * stage of the ring under a rarely true predicate, and wait for it each time. */
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
    if constexpr (S::in_parts)
        unit.tile = S::cols == S::rows ? part_tile(work.part, t) : wide_part_tile(work.part, t);
    else
        unit.tile = S::triangle ? triangle_tile(t, work.down)
                                : tile_in_band(t, work.down, work.tiles / work.down);
    unit.first = panel * base + min(panel, extra);
    unit.end = unit.first + base + (panel < extra ? 1 : 0);
    return unit;
}

#endif

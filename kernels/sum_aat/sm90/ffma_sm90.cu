/* ffma_sm90.cu - the fused sum on Hopper's CUDA cores: tiles of the lower triangle, added in the
 * registers that hold them.
 *
 * The sum of a product may be cut anywhere along k. So each block computes as many whole tiles as
 * all blocks can have, and the remaining tiles are cut into panels of k, which leaves less of the
 * last wave idle. Where at most 16 rows remain for the last row of tiles, as at N = 10000, these
 * tiles are thin, an eighth of the work, and go to the blocks that are idle at the end. Splitting
 * the remaining k-steps evenly among all blocks is slower, because blocks at different k share
 * nothing in the L2 cache. Hot. */
#include "kernels/interface/ffma_work.h"
#include "kernels/support/portable/finish.cuh"
#include "kernels/support/sm90/ffma_sm90.cuh"

enum { COLS = 128, STAGES = 3 };
typedef ffma_shape<COLS, STAGES> shape;

/* A unit of work: a tile of the triangle over stages [first, end) of k. */
struct unit {
    struct tile tile;
    unsigned first, end;
};

/* The tiles of a launch by their number. */
static __device__ __forceinline__ struct tile tile_of(const struct ffma_work &work, unsigned i)
{
    return part_tile(work.wide, i);
}
static __device__ __forceinline__ struct tile tile_of(const struct ffma_rectangle &work, unsigned i)
{
    struct tile tile = grouped_tile(i, work.down, work.across);
    tile.col += work.col;
    return tile;
}

/* The units of a block: whole tiles, panels of the remaining tiles, and panels of thin tiles. */
template <class WORK> struct share {
    const WORK &work;
    unsigned whole; /* whole tiles per block */
    unsigned rest;  /* tiles that are cut into panels */

    /* The first block with one panel less than the blocks before it; thin tiles go to the blocks
     * from here on. */
    __device__ __forceinline__ unsigned idle_from() const { return rest * work.panels % gridDim.x; }
    __device__ __forceinline__ unsigned
    tiles() const /* the number of this block's units that are not thin */
    {
        return whole + (rest * work.panels + gridDim.x - 1 - blockIdx.x) / gridDim.x;
    }
    __device__ __forceinline__ unsigned thin_tiles() const
    {
        const unsigned from = idle_from(), idle = gridDim.x - from, all = work.thin * work.panels;
        return blockIdx.x < from ? 0 : (all + idle - 1 - (blockIdx.x - from)) / idle;
    }
    /* Unit u of the panels of `tiles` tiles; tile.col holds the tile's number. */
    __device__ __forceinline__ struct unit panel(unsigned u, unsigned tiles) const
    {
        const unsigned at = u / tiles, base = work.stages / work.panels,
                       extra = work.stages % work.panels;
        struct unit unit = {{0, u % tiles}, at * base + min(at, extra), 0};
        unit.end = unit.first + base + (at < extra ? 1 : 0);
        return unit;
    }
    __device__ __forceinline__ struct unit tile(unsigned i) const
    {
        struct unit unit = {{0, i * gridDim.x + blockIdx.x}, 0, work.stages};
        if (i >= whole) {
            unit = panel((i - whole) * gridDim.x + blockIdx.x, rest);
            unit.tile.col += whole * gridDim.x;
        }
        unit.tile = tile_of(work, unit.tile.col);
        return unit;
    }
    __device__ __forceinline__ struct unit thin_tile(unsigned i) const
    {
        const unsigned from = idle_from();
        struct unit unit = panel(i * (gridDim.x - from) + blockIdx.x - from, work.thin);
        unit.tile.row = work.thin_row;
        unit.tile.col += work.thin_col;
        return unit;
    }
};

static __device__ __forceinline__ double both_triangles(const struct unit &unit, double of_tile)
{
    return unit.tile.row == unit.tile.col ? of_tile : 2.0 * of_tile;
}

/* The body of a kernel, of `all` tiles that are not thin; THIN: and of thin ones. */
template <bool THIN, class WORK>
static __device__ __forceinline__ void
sum_tiles(const unsigned char *data, unsigned long long *barriers, const WORK &work, unsigned all,
          double *partials, double *sum, unsigned *ticket)
{
    struct ffma_ring ring = ring_make<COLS, STAGES>(data, barriers);
    const struct share<WORK> share = {
        work, all / gridDim.x, all % gridDim.x
    };
    const unsigned tiles = share.tiles();
    unsigned thin_tiles = 0;
    if constexpr (THIN)
        thin_tiles = share.thin_tiles();
    double total = 0.0; /* entries beyond n are zero */
    if (threadIdx.x >= COLS) {
        registers_less<40>();
        if (threadIdx.x == COLS)
            for (unsigned i = 0; i < tiles + thin_tiles; i++) {
                struct unit unit;
                if constexpr (THIN)
                    unit = i < tiles ? share.tile(i) : share.thin_tile(i - tiles);
                else
                    unit = share.tile(i);
                ffma_produce<COLS, STAGES>(ring, unit.tile.row * FFMA_ROWS, unit.tile.col * COLS,
                                           unit.first, unit.end);
            }
    } else {
        registers_more<216>();
        struct ffma_operands operands[2];
        if (tiles)
            ffma_begin<COLS, STAGES>(ring, data, operands);
        for (unsigned i = 0; i < tiles; i++) {
            const struct unit unit = share.tile(i);
            float acc[16][8];
            ffma_consume<COLS, STAGES, true>(ring, data, operands, unit.first, unit.end,
                                             i + 1 < tiles, acc);
            total += both_triangles(unit, ffma_sum(acc));
        }
        if constexpr (THIN)
            for (unsigned i = 0; i < thin_tiles; i++) {
                const struct unit unit = share.thin_tile(i);
                float acc[4][4];
                ffma_consume_thin<STAGES>(ring, data, unit.first, unit.end, acc);
                total += both_triangles(unit, ffma_sum_thin(acc));
            }
    }
    total = block_sum(total, threadIdx.x, shape::threads);
    finish_sum(total, partials, blockIdx.x, gridDim.x, sum, ticket, threadIdx.x, shape::threads);
}

/* A is read as Aᵀ through tensor_map.
 * - partials: one float64 per block.
 * - Grid: two blocks of 256 threads per SM: warps 0-3 multiply, thread 128 loads. 96 KiB of dynamic
 *   shared memory. */
extern "C" __global__ void __launch_bounds__(shape::threads, 2)
    sum_aat_ffma_sm90(double *partials, double *sum, unsigned *ticket, struct ffma_work work)
{
    DYNAMIC_SHARED(__align__(1024) unsigned char, data);
    __shared__ __align__(8) unsigned long long barriers[2 * STAGES];
    sum_tiles<true>(data, barriers, work, work.wide.tiles, partials, sum, ticket);
}

/* The same of a rectangle left or right of the diagonal, which the sum has twice. */
extern "C" __global__ void __launch_bounds__(shape::threads, 2)
    sum_aat_ffma_block_sm90(double *partials, double *sum, unsigned *ticket,
                            struct ffma_rectangle work)
{
    DYNAMIC_SHARED(__align__(1024) unsigned char, data);
    __shared__ __align__(8) unsigned long long barriers[2 * STAGES];
    sum_tiles<false>(data, barriers, work, work.down * work.across, partials, sum, ticket);
}

/* ffma_sm90.cu - the fused sum on Hopper's CUDA cores: lower-triangle tiles, added up where they
 * were made.
 *
 * The sum of a product may be cut anywhere along k. So where the tiles do not fill whole waves of
 * blocks, k is cut into panels, and the smaller units of work leave less of the last wave idle.
 * Hot. */
#include "kernels/support/ffma_sm90.cuh"
#include "kernels/support/finish.cuh"

enum { COLS = 128, STAGES = 3 };
typedef ffma_shape<COLS, STAGES> shape;

/* Unit u of the work: one tile of the triangle over one panel of k, stages [first, end). */
struct unit {
    struct tile tile;
    unsigned first, end;
};

static __device__ __forceinline__ struct unit unit_of(unsigned u, unsigned tiles, unsigned down,
                                                      unsigned stages, unsigned panels)
{
    const unsigned panel = u / tiles, base = stages / panels, extra = stages % panels;
    struct unit unit = {triangle_tile(u % tiles, down), panel * base + min(panel, extra), 0};
    unit.end = unit.first + base + (panel < extra ? 1 : 0);
    return unit;
}

/* A comes as Aᵀ through tensor_map. stages: ceil(n / FFMA_K), cut into `panels`. partials: one
 * float64 a block. Grid: two blocks of 256 threads an SM: warps 0-3 multiply, thread 128 loads. 96
 * KiB of dynamic shared memory. */
extern "C" __global__ void __launch_bounds__(shape::threads, 2)
    sum_aat_ffma_sm90(double *partials, double *sum, unsigned *ticket, unsigned n, unsigned stages,
                      unsigned panels)
{
    DYNAMIC_SHARED(__align__(1024) unsigned char, data);
    __shared__ __align__(8) unsigned long long barriers[2 * STAGES];
    struct ffma_ring ring = ring_make<COLS, STAGES>(data, barriers);
    const unsigned down = (n + FFMA_ROWS - 1) / FFMA_ROWS, tiles = (unsigned)tiles_above(down);
    const unsigned units = tiles * panels;
    double total = 0.0;
    if (threadIdx.x >= COLS) {
        registers_less<40>();
        if (threadIdx.x == COLS)
            for (unsigned u = blockIdx.x; u < units; u += gridDim.x) {
                const struct unit unit = unit_of(u, tiles, down, stages, panels);
                ffma_produce<COLS, STAGES>(ring, unit.tile.row * FFMA_ROWS, unit.tile.col * COLS,
                                           unit.first, unit.end);
            }
    } else {
        registers_more<216>();
        struct ffma_operands operands[2];
        if (blockIdx.x < units)
            ffma_begin<COLS, STAGES>(ring, data, operands);
        for (unsigned u = blockIdx.x; u < units; u += gridDim.x) {
            const struct unit unit = unit_of(u, tiles, down, stages, panels);
            float acc[16][8];
            ffma_consume<COLS, STAGES, true>(ring, data, operands, unit.first, unit.end,
                                             u + gridDim.x < units, acc);
            const double of_tile = ffma_sum(acc); /* past n there are zeros */
            total += unit.tile.row == unit.tile.col ? of_tile : 2.0 * of_tile;
        }
    }
    total = block_sum(total, threadIdx.x, shape::threads);
    finish_sum(total, partials, blockIdx.x, gridDim.x, sum, ticket, threadIdx.x, shape::threads);
}

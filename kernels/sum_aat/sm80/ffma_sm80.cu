/* ffma_sm80.cu - the fused sum on CUDA cores for compute capability 8.0 and later
 * (support/sm80/ffma_sm80.cuh).
 *
 * Tiles of the lower triangle are added in the registers that hold them. k is cut into panels so
 * that the units of work fill whole waves. */
#include "kernels/interface/ffma_work.h"
#include "kernels/support/portable/finish.cuh"
#include "kernels/support/sm80/ffma_sm80.cuh"

template <class S>
static __device__ __forceinline__ void sum_tiles(const ffma_row *data, const struct work &work,
                                                 double *partials, double *sum, unsigned *ticket)
{
    struct ffma_operands operands[2];
    struct ffma_ring ring = ffma_begin<S>(data, work, operands);
    double total = 0.0;
    for (unsigned u = blockIdx.x; u < work.tiles * work.panels; u += gridDim.x) {
        const struct unit unit = unit_of<S>(work, u);
        float acc[16][8];
        ffma_clear(acc);
        for (unsigned s = unit.first; s < unit.end; s++)
            ffma_stage<S>(ring, data, work, operands, acc);
        const double of_tile = ffma_sum(acc); /* entries beyond n are zero */
        total += S::triangle && unit.tile.row == unit.tile.col ? of_tile : 2.0 * of_tile;
    }
    copy_async_wait<0>();
    total = block_sum(total, threadIdx.x, FFMA_THREADS);
    finish_sum(total, partials, blockIdx.x, gridDim.x, sum, ticket, threadIdx.x, FFMA_THREADS);
}

/* - at: Aᵀ, `at_pitch` floats a row.
 * - stages: ceil(n / FFMA_K), cut into `panels`.
 * - partials: one float64 per block.
 * - Grid: two blocks of 128 threads per SM. 48 KiB of dynamic shared memory. */
extern "C" __global__ void __launch_bounds__(FFMA_THREADS, 2)
    sum_aat_ffma_sm80(const float *__restrict__ at, double *partials, double *sum, unsigned *ticket,
                      struct triangle_part part, unsigned at_pitch, unsigned stages,
                      unsigned panels)
{
    DYNAMIC_SHARED(ffma_row, data);
    const struct work work = work_of(at, part, at_pitch * 4, stages, panels);
    sum_tiles<ffma_shape<true, true>>(data, work, partials, sum, ticket);
}

/* The same of a rectangle left or right of the diagonal, which the sum has twice. */
extern "C" __global__ void __launch_bounds__(FFMA_THREADS, 2)
    sum_aat_ffma_block_sm80(const float *__restrict__ at, double *partials, double *sum,
                            unsigned *ticket, struct ffma_rectangle tiles, unsigned at_pitch)
{
    DYNAMIC_SHARED(ffma_row, data);
    const struct work work = {
        (const unsigned char *)at, at_pitch * 4,        tiles.stages, tiles.panels, tiles.down,
        tiles.down * tiles.across, {tiles.col, 0, 0, 0}};
    sum_tiles<ffma_shape<false, false, true>>(data, work, partials, sum, ticket);
}

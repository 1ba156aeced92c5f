/* triangle.cu - the sum of A·Aᵀ without storing the product, from half the work.
 *
 * C = A·Aᵀ is symmetric, so only tiles on and below the diagonal are computed, and those below it
 * count twice. A tile's entries are added in the registers that hold them, then over the block,
 * then over the grid (support/portable/finish.cuh). The product is that of
 * matmul/portable/register_tile.cu: readable rather than fast. */
#include "kernels/support/portable/finish.cuh"
#include "kernels/support/portable/register_tile.cuh"
#include "kernels/support/portable/tile_range.cuh"

/* - rows, cols: the panels of A of the range (kernels/interface/tile_range.h); both are A itself
 *   where the range is all of C.
 * - Grid: block b computes the range's tile range.first + b, 64×64, with 16×16 threads.
 * - partials: one float64 per tile of the triangle.
 * - 8.7 KiB of shared memory. */
extern "C" __global__ void __launch_bounds__(256)
    sum_aat_triangle(const float *__restrict__ rows, const float *__restrict__ cols,
                     double *partials, double *sum, unsigned *ticket, unsigned n, unsigned pitch,
                     struct tile_range range)
{
    const unsigned thread = threadIdx.y * 16 + threadIdx.x;
    __shared__ struct range_tile tile; /* shared, because the product needs every register */
    if (thread == 0)
        tile = tile_in_range(range, blockIdx.x);
    __syncthreads(); /* all threads read the tile that thread 0 found */
    float acc[4][4];
    register_tile_product(rows + (size_t)(tile.row * REGISTER_TILE) * pitch,
                          cols + (size_t)(tile.col * REGISTER_TILE) * pitch, n, pitch, acc);
    double total = 0.0; /* rows and columns past n are zero, and so are their products */
#pragma unroll
    for (unsigned i = 0; i < 4; i++) /* four in float32 first: float64 is slow on most GPUs */
        total += (double)((acc[i][0] + acc[i][1]) + (acc[i][2] + acc[i][3]));
    total = block_sum(total, thread, 256);
    finish_sum(tile.is_diagonal ? total : 2.0 * total, partials, tile.slot, range_slots(range), sum,
               ticket, thread, 256);
}

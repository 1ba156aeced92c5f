/* triangle_fp8.cu - sum_aat/portable/triangle.cu in e4m3, added in float32
 * (support/eight_bits.cuh): A is rounded on the way to shared memory. */
#include "kernels/support/eight_bits.cuh"
#include "kernels/support/portable/finish.cuh"
#include "kernels/support/portable/register_tile.cuh"
#include "kernels/support/portable/tile_range.cuh"

/* - rows, cols: the panels of A of the range (kernels/interface/tile_range.h).
 * - Grid: block b computes the range's tile range.first + b, 64×64, with 16×16 threads.
 * - partials: one float64 per tile of the triangle.
 * - 8.7 KiB of shared memory. */
extern "C" __global__ void __launch_bounds__(256)
    sum_aat_triangle_fp8(const float *__restrict__ rows, const float *__restrict__ cols,
                         double *partials, double *sum, unsigned *ticket, unsigned n,
                         unsigned pitch, struct tile_range range)
{
    const unsigned thread = threadIdx.y * 16 + threadIdx.x;
    __shared__ struct range_tile tile;
    if (thread == 0)
        tile = tile_in_range(range, blockIdx.x);
    __syncthreads(); /* all threads read the tile that thread 0 found */
    float acc[4][4];
    register_tile_product<e4m3_entries>(rows + (size_t)(tile.row * REGISTER_TILE) * pitch,
                                        cols + (size_t)(tile.col * REGISTER_TILE) * pitch, n, pitch,
                                        acc);
    double total = 0.0; /* rows and columns past n are zero, and so are their products */
#pragma unroll
    for (unsigned i = 0; i < 4; i++)
        total += (double)((acc[i][0] + acc[i][1]) + (acc[i][2] + acc[i][3]));
    total = block_sum(total, thread, 256);
    finish_sum(tile.is_diagonal ? total : 2.0 * total, partials, tile.slot, range_slots(range), sum,
               ticket, thread, 256, (double)(E4M3_SCALE * E4M3_SCALE));
}

/* warp_triangle.cu - the fused sum of triangle.cu with the product of matmul/portable/warp_tile.cu.
 *
 * matmul/portable/symmetric.cu stores 128 KiB per tile and needs a second pass over C for the sum;
 * this kernel stores one float64 per tile. Hot from cc 3.5: the fastest sum-aat of the portable
 * subset. */
#include "kernels/support/portable/finish.cuh"
#include "kernels/support/portable/tile_range.cuh"
#include "kernels/support/portable/warp_tile.cuh"

/* - rows, cols: the panels of A of the range (kernels/interface/tile_range.h); both are A itself
 *   where the range is all of C.
 * - Grid: block b computes the range's tile range.first + b, 128×128, with 256 threads.
 * - partials: one float64 per tile of the triangle.
 * - 17172 bytes of shared memory. */
extern "C" __global__ void __launch_bounds__(WARP_TILE_THREADS, 2)
    sum_aat_warp_triangle(const float *__restrict__ rows, const float *__restrict__ cols,
                          double *partials, double *sum, unsigned *ticket, unsigned n,
                          unsigned pitch, struct tile_range range)
{
    __shared__ struct range_tile tile; /* shared, because the product needs every register */
    if (threadIdx.x == 0)
        tile = tile_in_range(range, blockIdx.x);
    __syncthreads(); /* all threads read the tile that thread 0 found */
    float acc[8][8];
    warp_tile_product(rows + (size_t)(tile.row * WARP_TILE) * pitch,
                      cols + (size_t)(tile.col * WARP_TILE) * pitch, n, pitch, acc);
    double total = 0.0; /* rows and columns past n are zero, and so are their products */
#pragma unroll
    for (unsigned i = 0; i < 8; i++) /* eight in float32 first: float64 is slow on most GPUs */
        total += (double)(((acc[i][0] + acc[i][1]) + (acc[i][2] + acc[i][3])) +
                          ((acc[i][4] + acc[i][5]) + (acc[i][6] + acc[i][7])));
    total = block_sum(total, threadIdx.x, WARP_TILE_THREADS);
    finish_sum(tile.is_diagonal ? total : 2.0 * total, partials, tile.slot, range_slots(range), sum,
               ticket, threadIdx.x, WARP_TILE_THREADS);
}

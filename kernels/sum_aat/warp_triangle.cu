/* warp_triangle.cu - the fused sum of triangle.cu on the product of matmul/warp_tile.cu.
 *
 * Hot from cc 3.5: the fastest sum-aat of the portable subset. Compared with matmul/symmetric.cu it
 * stores one float64 a tile instead of 128 KiB, and needs no second pass over C for the sum. */
#include "kernels/support/finish.cuh"
#include "kernels/support/tile_order.cuh"
#include "kernels/support/warp_tile.cuh"

/* A: kernels/job.h. Grid: block b takes tile first_tile + b of the tile_count 128×128 tiles of
 * the triangle, with 256 threads. partials: tile_count float64. 17156 bytes of shared memory. */
extern "C" __global__ void __launch_bounds__(WARP_TILE_THREADS, 2)
    sum_aat_warp_triangle(const float *__restrict__ A, double *partials, double *sum,
                          unsigned *ticket, unsigned n, unsigned pitch, unsigned first_tile,
                          unsigned tile_count)
{
    const unsigned t = first_tile + blockIdx.x;
    const struct tile tile = triangle_tile(t, (n + WARP_TILE - 1) / WARP_TILE);
    float acc[8][8];
    warp_tile_product(A, n, pitch, tile.row * WARP_TILE, tile.col * WARP_TILE, acc);
    double total = 0.0; /* rows and columns past n are zero, and so are their products */
#pragma unroll
    for (unsigned i = 0; i < 8; i++) /* eight in float32 first: float64 is slow on most GPUs */
        total += (double)(((acc[i][0] + acc[i][1]) + (acc[i][2] + acc[i][3])) +
                          ((acc[i][4] + acc[i][5]) + (acc[i][6] + acc[i][7])));
    total = block_sum(total, threadIdx.x, WARP_TILE_THREADS);
    finish_sum(tile.row == tile.col ? total : 2.0 * total, partials, t, tile_count, sum, ticket,
               threadIdx.x, WARP_TILE_THREADS);
}

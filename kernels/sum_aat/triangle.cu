/* triangle.cu - the sum of A·Aᵀ without ever storing it, from half the work.
 *
 * C = A·Aᵀ is symmetric, so only tiles on and below the diagonal are computed and those below
 * count twice. A tile's entries are added up where they were made, in registers, then in the
 * block, then over the grid (support/finish.cuh). The product is the one of
 * matmul/register_tile.cu, readable rather than fast. */
#include "kernels/support/finish.cuh"
#include "kernels/support/register_tile.cuh"
#include "kernels/support/tile_order.cuh"

/* A: kernels/job.h. Grid: block b takes tile first_tile + b of the tile_count 64×64 tiles of the
 * triangle, with 16×16 threads. partials: tile_count float64. 8.7 KiB of shared memory. */
extern "C" __global__ void __launch_bounds__(256)
    sum_aat_triangle(const float *__restrict__ A, double *partials, double *sum, unsigned *ticket,
                     unsigned n, unsigned pitch, unsigned first_tile, unsigned tile_count)
{
    const unsigned t = first_tile + blockIdx.x, thread = threadIdx.y * 16 + threadIdx.x;
    const struct tile tile = triangle_tile(t, (n + REGISTER_TILE - 1) / REGISTER_TILE);
    float acc[4][4];
    register_tile_product(A, n, pitch, tile.row * REGISTER_TILE, tile.col * REGISTER_TILE, acc);
    double total = 0.0; /* rows and columns past n are zero, and so are their products */
#pragma unroll
    for (unsigned i = 0; i < 4; i++) /* four in float32 first: float64 is slow on most GPUs */
        total += (double)((acc[i][0] + acc[i][1]) + (acc[i][2] + acc[i][3]));
    total = block_sum(total, thread, 256);
    finish_sum(tile.row == tile.col ? total : 2.0 * total, partials, t, tile_count, sum, ticket,
               thread, 256);
}

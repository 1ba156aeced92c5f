/* kepler_triangle.cu - the fused sum of triangle.cu on the product of matmul/kepler.cu: 63
 * registers a thread.
 *
 * Hot on Kepler: what a GT 750M should run. A card that drives a display kills a kernel after
 * some seconds, so the host launches the triangle in pieces (first_tile); the last block of all
 * pieces finishes the sum. */
#include "kernels/support/finish.cuh"
#include "kernels/support/kepler_tile.cuh"
#include "kernels/support/tile_order.cuh"

/* A: kernels/job.h. Grid: block b takes tile first_tile + b of the tile_count 96×96 tiles of the
 * triangle, with 256 threads. partials: tile_count float64. 12804 bytes of shared memory. */
extern "C" __global__ void __launch_bounds__(KEPLER_TILE_THREADS)
    sum_aat_kepler_triangle(const float *__restrict__ A, double *partials, double *sum,
                            unsigned *ticket, unsigned n, unsigned pitch, unsigned first_tile,
                            unsigned tile_count)
{
    const unsigned t = first_tile + blockIdx.x;
    const struct tile tile = triangle_tile(t, (n + KEPLER_TILE - 1) / KEPLER_TILE);
    const unsigned row0 = kepler_first(tile.row, n), col0 = kepler_first(tile.col, n);
    float acc[6][6];
    kepler_tile_product(A, n, pitch, row0, col0, acc);
    const struct kepler_place at = kepler_place();
    double total = 0.0; /* past n there are zeros, but a neighbour's entries must not count twice */
#pragma unroll
    for (unsigned i = 0; i < 6; i++) {
        float of_row = 0.0f; /* six in float32 first: float64 is slow on most GPUs */
#pragma unroll
        for (unsigned j = 0; j < 6; j++)
            if (col0 + at.col + j / 2 * 32 + j % 2 >= tile.col * KEPLER_TILE)
                of_row += acc[i][j];
        if (row0 + at.row + i / 2 * 32 + i % 2 >= tile.row * KEPLER_TILE)
            total += (double)of_row;
    }
    total = block_sum(total, threadIdx.x, KEPLER_TILE_THREADS);
    finish_sum(tile.row == tile.col ? total : 2.0 * total, partials, t, tile_count, sum, ticket,
               threadIdx.x, KEPLER_TILE_THREADS);
}

/* kepler_triangle.cu - the fused sum of triangle.cu on the product of matmul/kepler.cu: 63
 * registers a thread.
 *
 * Hot on Kepler: what a GT 750M should run. A card that drives a display kills a kernel after
 * some seconds, so the host launches the triangle in pieces (first_tile); the last block of all
 * pieces finishes the sum. */
#include "kernels/support/finish.cuh"
#include "kernels/support/kepler_tile.cuh"

/* A: kernels/job.h. Grid: block b takes tile first_tile + b of the tile_count 96×96 tiles of the
 * triangle, with 256 threads. partials: tile_count float64. 14748 bytes of shared memory. */
extern "C" __global__ void __launch_bounds__(KEPLER_TILE_THREADS)
    sum_aat_kepler_triangle(const float *__restrict__ A, double *partials, double *sum,
                            unsigned *ticket, unsigned n, unsigned pitch, unsigned first_tile,
                            unsigned tile_count)
{
    const struct tile tile =
        triangle_tile(first_tile + blockIdx.x, (n + KEPLER_TILE - 1) / KEPLER_TILE);
    struct kepler_corner corner;
    float acc[6][6];
    const struct kepler_place at = kepler_tile_product(A, n, pitch, tile, &corner, acc);
    double total = 0.0; /* past n there are zeros, but a neighbour's entries must not count twice */
#pragma unroll
    for (unsigned i = 0; i < 6; i++) {
        float of_row = 0.0f; /* six in float32 first: float64 is slow on most GPUs */
#pragma unroll
        for (unsigned j = 0; j < 6; j++)
            if (at.col + j / 2 * 32 + j % 2 >= corner.skip_cols)
                of_row += acc[i][j];
        if (at.row + i / 2 * 32 + i % 2 >= corner.skip_rows)
            total += (double)of_row;
    }
    const unsigned thread = kepler_thread(at);
    total = block_sum(total, thread, KEPLER_TILE_THREADS);
    finish_sum(corner.row == corner.col ? total : 2.0 * total, partials, first_tile + blockIdx.x,
               tile_count, sum, ticket, thread, KEPLER_TILE_THREADS);
}

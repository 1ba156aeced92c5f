/* kepler_triangle.cu - the fused sum of triangle.cu with the product of matmul/portable/kepler.cu,
 * for 63 registers per thread.
 *
 * A card that drives a display kills a kernel after a few seconds, so the host launches the
 * triangle in pieces; the last block of all pieces finishes the sum. Hot on Kepler, such as a GT
 * 750M. */
#include "kernels/support/portable/finish.cuh"
#include "kernels/support/portable/kepler_tile.cuh"
#include "kernels/support/portable/tile_range.cuh"

/* - rows, cols: the panels of A of the range (kernels/interface/tile_range.h); both are A itself
 *   where the range is all of C.
 * - Grid: block b computes the range's tile range.first + b, 96×96, with 256 threads.
 * - partials: one float64 per tile of the triangle.
 * - 12820 bytes of shared memory. */
extern "C" __global__ void __launch_bounds__(KEPLER_TILE_THREADS)
    sum_aat_kepler_triangle(const float *__restrict__ rows, const float *__restrict__ cols,
                            double *partials, double *sum, unsigned *ticket, unsigned n,
                            unsigned pitch, struct tile_range range)
{
    __shared__ struct range_tile tile; /* shared, because the product needs every register */
    if (threadIdx.x == 0)
        tile = tile_in_range(range, blockIdx.x);
    __syncthreads(); /* all threads read the tile that thread 0 found */
    float acc[6][6];
    const struct kepler_place at = kepler_tile_product(
        (threadIdx.x / 128 ? cols : rows) +
            (size_t)((threadIdx.x / 128 ? tile.col : tile.row) * KEPLER_TILE) * pitch,
        n, pitch, acc);
    double total = 0.0; /* rows and columns past n are zero, and so are their products */
#pragma unroll
    for (unsigned i = 0; i < 6; i++) {
        float of_row = 0.0f; /* six in float32 first: float64 is slow on most GPUs */
#pragma unroll
        for (unsigned j = 0; j < 6; j++)
            of_row += acc[i][j];
        total += (double)of_row;
    }
    const unsigned thread = kepler_thread(at);
    total = block_sum(total, thread, KEPLER_TILE_THREADS);
    finish_sum(tile.is_diagonal ? total : 2.0 * total, partials, tile.slot, range_slots(range), sum,
               ticket, thread, KEPLER_TILE_THREADS);
}

/* triangle_int8.cu - sum_aat/portable/triangle.cu in int8 (support/eight_bits.cuh). The sum is an
 * integer, and exact: it is the same from every kernel, and divided once. */
#include "kernels/support/eight_bits.cuh"
#include "kernels/support/portable/finish.cuh"
#include "kernels/support/portable/register_tile.cuh"
#include "kernels/support/portable/tile_range.cuh"

/* - rows, cols: the panels of A of the range (kernels/interface/tile_range.h).
 * - Grid: block b computes the range's tile range.first + b, 64×64, with 16×16 threads.
 * - partials: one 8-byte integer per tile of the triangle.
 * - 8.7 KiB of shared memory. */
extern "C" __global__ void __launch_bounds__(256)
    sum_aat_triangle_int8(const float *__restrict__ rows, const float *__restrict__ cols,
                          long long *partials, double *sum, unsigned *ticket, unsigned n,
                          unsigned pitch, struct tile_range range)
{
    const unsigned thread = threadIdx.y * 16 + threadIdx.x;
    __shared__ struct range_tile tile;
    if (thread == 0)
        tile = tile_in_range(range, blockIdx.x);
    __syncthreads(); /* all threads read the tile that thread 0 found */
    int acc[4][4];
    register_tile_product<int8_entries>(rows + (size_t)(tile.row * REGISTER_TILE) * pitch,
                                        cols + (size_t)(tile.col * REGISTER_TILE) * pitch, n, pitch,
                                        acc);
    long long total = 0; /* rows and columns past n are zero, and so are their products */
#pragma unroll
    for (unsigned i = 0; i < 4; i++)
#pragma unroll
        for (unsigned j = 0; j < 4; j++)
            total += acc[i][j];
    total = block_sum(total, thread, 256);
    finish_sum(tile.is_diagonal ? total : 2 * total, partials, tile.slot, range_slots(range), sum,
               ticket, thread, 256, INT8_SCALE * INT8_SCALE);
}

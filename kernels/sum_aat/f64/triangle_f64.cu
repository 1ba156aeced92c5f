/* triangle_f64.cu - the sum of A·Aᵀ in float64 without ever storing it, from half the work:
 * sum_aat/portable/triangle.cu in the other type.
 *
 * Only tiles on and below the diagonal are computed, and those below count twice. */
#include "kernels/support/f64/register_tile_f64.cuh"
#include "kernels/support/portable/finish.cuh"
#include "kernels/support/portable/tile_range.cuh"

/* - rows, cols: the panels of A of the range (kernels/interface/tile_range.h), both A itself where
 *   the range is all of C.
 * - Grid: block b takes the range's tile range.first + b, 64×64, with 16×16 threads.
 * - partials: a float64 a tile of the triangle.
 * - 16920 bytes of shared memory. */
extern "C" __global__ void __launch_bounds__(256)
    sum_aat_triangle_f64(const double *__restrict__ rows, const double *__restrict__ cols,
                         double *partials, double *sum, unsigned *ticket, unsigned n,
                         unsigned pitch, struct tile_range range)
{
    const unsigned thread = threadIdx.y * 16 + threadIdx.x;
    __shared__ struct range_tile tile; /* not in registers, where the product needs every one */
    if (thread == 0)
        tile = tile_in_range(range, blockIdx.x);
    __syncthreads(); /* everyone reads what thread 0 found */
    double acc[4][4];
    register_tile_product(rows + (size_t)(tile.row * REGISTER_TILE) * pitch,
                          cols + (size_t)(tile.col * REGISTER_TILE) * pitch, n, pitch, acc);
    double total = 0.0; /* rows and columns past n are zero, and so are their products */
#pragma unroll
    for (unsigned i = 0; i < 4; i++)
        total += (acc[i][0] + acc[i][1]) + (acc[i][2] + acc[i][3]);
    total = block_sum(total, thread, 256);
    finish_sum(tile.is_diagonal ? total : 2.0 * total, partials, tile.slot, range_slots(range), sum,
               ticket, thread, 256);
}

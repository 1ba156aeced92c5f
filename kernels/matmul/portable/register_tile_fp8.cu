/* register_tile_fp8.cu - matmul/portable/register_tile.cu in e4m3, added in float32
 * (support/eight_bits.cuh): A is rounded on the way to shared memory. */
#include "kernels/support/eight_bits.cuh"
#include "kernels/support/portable/register_tile.cuh"

/* - A, C: kernels/job/job.h.
 * - Grid: one block of 16×16 threads per 64×64 tile of C, x over columns, y over rows starting at
 *   tile row first_row. 8448 bytes of shared memory. */
extern "C" __global__ void __launch_bounds__(256)
    matmul_register_tile_fp8(const float *__restrict__ A, float *__restrict__ C, unsigned n,
                             unsigned pitch, unsigned first_row)
{
    const unsigned row0 = (first_row + blockIdx.y) * REGISTER_TILE,
                   col0 = blockIdx.x * REGISTER_TILE;
    e4m3_entries::type acc[4][4];
    register_tile_product<e4m3_entries>(A + (size_t)row0 * pitch, A + (size_t)col0 * pitch, n,
                                        pitch, acc);
#pragma unroll
    for (unsigned i = 0; i < 4; i++) {
        const unsigned row = row0 + threadIdx.y + 16 * i;
#pragma unroll
        for (unsigned j = 0; j < 4; j++) {
            const unsigned col = col0 + threadIdx.x + 16 * j;
            if (row < n && col < n)
                C[(size_t)row * pitch + col] = entry_of_c(acc[i][j]);
        }
    }
}

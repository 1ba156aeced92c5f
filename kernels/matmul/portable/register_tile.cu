/* register_tile.cu - a thread computes 4×4 entries of C and keeps them and their operands in
 * registers.
 *
 * tile.cu reads two words of shared memory per multiply-add; here 8 words feed 16. The product is
 * in support/portable/register_tile.cuh, which sum_aat/portable/triangle.cu uses too. Source: V.
 * Volkov, "Better performance at lower occupancy", GTC 2010.
 *
 * Measured: 81.59 ms, 0.48 × cublas-sgemm, 37 % of peak, 2.82 × tile;
 * NVIDIA H200, N = 10000, results/reference/h200-matmul-10000.json. */
#include "kernels/support/portable/register_tile.cuh"

/* - A, C: kernels/job/job.h.
 * - Grid: one block of 16×16 threads per 64×64 tile of C, x over columns, y over rows starting at
 *   tile row first_row. 8448 bytes of shared memory. */
extern "C" __global__ void __launch_bounds__(256)
    matmul_register_tile(const float *__restrict__ A, float *__restrict__ C, unsigned n,
                         unsigned pitch, unsigned first_row)
{
    const unsigned row0 = (first_row + blockIdx.y) * REGISTER_TILE,
                   col0 = blockIdx.x * REGISTER_TILE;
    float acc[4][4];
    register_tile_product(A + (size_t)row0 * pitch, A + (size_t)col0 * pitch, n, pitch, acc);
#pragma unroll
    for (unsigned i = 0; i < 4; i++) {
        const unsigned row = row0 + threadIdx.y + 16 * i;
#pragma unroll
        for (unsigned j = 0; j < 4; j++) {
            const unsigned col = col0 + threadIdx.x + 16 * j;
            if (row < n && col < n)
                C[(size_t)row * pitch + col] = acc[i][j];
        }
    }
}

/* register_tile_f64.cu - a thread computes 4×4 entries of C in float64 and keeps them, and what
 * they need, in registers (support/f64/register_tile_f64.cuh).
 *
 * Most GPUs for displays have 1/24 to 1/64 of their FP32 rate in float64, which is then the limit
 * whatever the kernel does; 1/2 on the GPUs of data centres.
 * Source: V. Volkov, "Better performance at lower occupancy", GTC 2010. */
#include "kernels/support/f64/register_tile_f64.cuh"

/* - A, C: kernels/job/job.h, float64.
 * - Grid: one block of 16×16 threads a 64×64 tile of C, x over columns, y over rows from tile row
 *   first_row on. 16640 bytes of shared memory. */
extern "C" __global__ void __launch_bounds__(256)
    matmul_register_tile_f64(const double *__restrict__ A, double *__restrict__ C, unsigned n,
                             unsigned pitch, unsigned first_row)
{
    const unsigned row0 = (first_row + blockIdx.y) * REGISTER_TILE,
                   col0 = blockIdx.x * REGISTER_TILE;
    double acc[4][4];
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

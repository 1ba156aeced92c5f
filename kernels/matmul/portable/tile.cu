/* tile.cu - a block keeps tiles of A in shared memory: each word read from global memory serves 32
 * entries of C.
 *
 * The arithmetic still reads two words of shared memory per multiply-add, which is now the limit.
 * Source: CUDA C++ Programming Guide, "Shared Memory".
 *
 * Measured: 230.1 ms, 0.17 × cublas-sgemm, 13 % of peak, 6.43 × coalesced;
 * NVIDIA H200, N = 10000, results/reference/h200-matmul-10000.json. */
#include "kernels/support/portable.cuh"

enum { TILE = 32 };

/* - A, C: kernels/job/job.h.
 * - Grid: one 32×32 block per 32×32 tile of C, x over columns, y over rows starting at tile row
 *   first_row. Thread (x, y) computes entry (y, x) of the tile and loads word (y, x) of both
 *   operands, so a warp reads 128 adjacent bytes. 8320 bytes of shared memory. */
extern "C" __global__ void __launch_bounds__(1024)
    matmul_tile(const float *__restrict__ A, float *__restrict__ C, unsigned n, unsigned pitch,
                unsigned first_row)
{
    __shared__ float a[TILE][TILE];
    /* b is read down a column: the extra word puts the words of a column into 32 different banks */
    __shared__ float b[TILE][TILE + 1];
    const unsigned x = threadIdx.x, y = threadIdx.y;
    const unsigned row = (first_row + blockIdx.y) * TILE + y, col = blockIdx.x * TILE + x;
    const float *from_a = A + (size_t)row * pitch + x;
    const float *from_b = A + (size_t)(blockIdx.x * TILE + y) * pitch + x;
    float sum = 0.0f;
    for (unsigned k0 = 0; k0 < n; k0 += TILE) {
        a[y][x] = from_a[k0];
        b[y][x] = from_b[k0];
        __syncthreads(); /* the tiles are complete before any thread reads them */
#pragma unroll
        for (unsigned k = 0; k < TILE; k++)
            sum = __fmaf_rn(a[y][k], b[x][k], sum);
        __syncthreads(); /* all threads have read the tiles before they are overwritten */
    }
    if (row < n && col < n)
        C[(size_t)row * pitch + col] = sum;
}

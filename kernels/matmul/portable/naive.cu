/* naive.cu - one thread computes one entry of C directly from global memory.
 *
 * This is the obvious first version, and the baseline of all others. The lanes of a warp compute
 * neighbouring columns of C, which are rows of A. At each k they read 32 words that lie a whole row
 * apart: 32 sectors of memory for 128 useful bytes. Only the caches, which keep the rest of each
 * sector for the next seven k, prevent it from being far slower.
 *
 * Measured: 2.211 s, 0.02 × cublas-sgemm, 1.4 % of peak;
 * NVIDIA H200, N = 10000, results/reference/h200-matmul-10000.json. */
#include "kernels/support/portable.cuh"

/* - A, C: kernels/job/job.h.
 * - Grid: one 16×16 block per 16×16 tile, x over columns, y over rows starting at tile row
 *   first_row; thread (x, y) computes one entry. No shared memory, so no barrier. */
extern "C" __global__ void __launch_bounds__(256)
    matmul_naive(const float *__restrict__ A, float *__restrict__ C, unsigned n, unsigned pitch,
                 unsigned first_row)
{
    const unsigned row = (first_row + blockIdx.y) * 16 + threadIdx.y,
                   col = blockIdx.x * 16 + threadIdx.x;
    if (row >= n || col >= n)
        return;
    const float *a = A + (size_t)row * pitch, *b = A + (size_t)col * pitch;
    float sum = 0.0f;
    for (unsigned k = 0; k < n; k++)
        sum = __fmaf_rn(a[k], b[k], sum);
    C[(size_t)row * pitch + col] = sum;
}

/* naive.cu - one thread computes one entry of C, straight from global memory.
 *
 * What everybody writes first, and what everything else is measured against. The lanes of a warp
 * hold neighbouring columns of C, which are rows of A: at each k they read 32 words that lie a
 * whole row apart, 32 sectors of memory for 128 useful bytes. Only the caches, which keep the
 * rest of each sector for the next seven k, save it from being far worse. */
#include "kernels/support/portable.cuh"

/* A, C: kernels/job/job.h. Grid: one 16×16 block a 16×16 tile, x over columns, y over rows from
 * tile row first_row on; thread (x, y) owns one entry. No shared memory, so no barrier. */
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

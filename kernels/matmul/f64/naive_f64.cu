/* naive_f64.cu - one thread computes one entry of C in float64, straight from global memory:
 * matmul/portable/naive.cu in the other type. */
#include "kernels/support/portable.cuh"

/* - A, C: kernels/job/job.h, float64.
 * - Grid: one 16×16 block a 16×16 tile, x over columns, y over rows from tile row first_row on;
 *   thread (x, y) owns one entry. No shared memory, so no barrier. */
extern "C" __global__ void __launch_bounds__(256)
    matmul_naive_f64(const double *__restrict__ A, double *__restrict__ C, unsigned n,
                     unsigned pitch, unsigned first_row)
{
    const unsigned row = (first_row + blockIdx.y) * 16 + threadIdx.y,
                   col = blockIdx.x * 16 + threadIdx.x;
    if (row >= n || col >= n)
        return;
    const double *a = A + (size_t)row * pitch, *b = A + (size_t)col * pitch;
    double sum = 0.0;
    for (unsigned k = 0; k < n; k++)
        sum = __fma_rn(a[k], b[k], sum);
    C[(size_t)row * pitch + col] = sum;
}

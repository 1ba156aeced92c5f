/* sum_c.cu - the second step of the variants that store C: the sum of its entries. Where only the
 * lower triangle was computed, entries below the diagonal count twice. */
#include "kernels/support/eight_bits.cuh"
#include "kernels/support/portable/finish.cuh"

enum { THREADS = 256 };

/* - C: n rows of n floats, `pitch` floats apart (a multiple of 4).
 * - Grid: any; block b adds rows b, b + grid, …, and a thread every 256th group of four columns, in
 *   float32 and then in float64.
 * - partials: one float64 per block.
 * - 260 bytes of shared memory. */
extern "C" __global__ void __launch_bounds__(THREADS)
    sum_c(const float *__restrict__ C, unsigned n, unsigned pitch, unsigned lower_only,
          double *partials, double *sum, unsigned *ticket)
{
    double total = 0.0;
    for (unsigned row = blockIdx.x; row < n; row += gridDim.x) {
        const float *from = C + (size_t)row * pitch;
        const unsigned end = lower_only ? row : n; /* the diagonal entry is added separately */
        double part = 0.0;
#pragma unroll 4
        for (unsigned col = threadIdx.x * 4; col + 4 <= end; col += THREADS * 4) {
            const float4 v = *(const float4 *)(from + col);
            part += (double)((v.x + v.y) + (v.z + v.w));
        }
        if (threadIdx.x < end % 4)
            part += (double)from[end / 4 * 4 + threadIdx.x];
        total += lower_only ? 2.0 * part : part;
        if (lower_only && threadIdx.x == 0)
            total += (double)from[row];
    }
    total = block_sum(total, threadIdx.x, THREADS);
    finish_sum(total, partials, blockIdx.x, gridDim.x, sum, ticket, threadIdx.x, THREADS);
}

/* The same for C of int8 as a library leaves it, in int32, with the exact sum: C must be whole. */
extern "C" __global__ void __launch_bounds__(THREADS)
    sum_c_int8(const int *__restrict__ C, unsigned n, unsigned pitch, long long *partials,
               double *sum, unsigned *ticket)
{
    long long total = 0;
    for (unsigned row = blockIdx.x; row < n; row += gridDim.x) {
        const int *from = C + (size_t)row * pitch;
#pragma unroll 4
        for (unsigned col = threadIdx.x * 4; col + 4 <= n; col += THREADS * 4) {
            const uint4 v = *(const uint4 *)(from + col);
            total += ((long long)(int)v.x + (int)v.y) + ((long long)(int)v.z + (int)v.w);
        }
        if (threadIdx.x < n % 4)
            total += from[n / 4 * 4 + threadIdx.x];
    }
    total = block_sum(total, threadIdx.x, THREADS);
    finish_sum(total, partials, blockIdx.x, gridDim.x, sum, ticket, threadIdx.x, THREADS,
               INT8_SCALE * INT8_SCALE);
}

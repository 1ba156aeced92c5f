/* sum_c_f64.cu - the second half of the float64 variants that store C: the sum of its entries, of
 * all of them or, where only the lower triangle was computed, of the triangle with the entries
 * below the diagonal counted twice. */
#include "kernels/support/f64/double.cuh"
#include "kernels/support/portable/finish.cuh"

enum { THREADS = 256 };

/* - C: n rows of n float64, `pitch` of them apart (a multiple of 2).
 * - Grid: any; block b adds rows b, b + grid, …, and a thread every 256th pair of columns.
 * - partials: one float64 a block.
 * - 260 bytes of shared memory. */
extern "C" __global__ void __launch_bounds__(THREADS)
    sum_c_f64(const double *__restrict__ C, unsigned n, unsigned pitch, unsigned lower_only,
              double *partials, double *sum, unsigned *ticket)
{
    double total = 0.0;
    for (unsigned row = blockIdx.x; row < n; row += gridDim.x) {
        const double *from = C + (size_t)row * pitch;
        const unsigned end = lower_only ? row : n; /* the diagonal entry is added by itself */
        double part = 0.0;
#pragma unroll 4
        for (unsigned col = threadIdx.x * 2; col + 2 <= end; col += THREADS * 2) {
            const double2 v = *(const double2 *)(from + col);
            part += v.x + v.y;
        }
        if (threadIdx.x < end % 2)
            part += from[end - 1];
        total += lower_only ? 2.0 * part : part;
        if (lower_only && threadIdx.x == 0)
            total += from[row];
    }
    total = block_sum(total, threadIdx.x, THREADS);
    finish_sum(total, partials, blockIdx.x, gridDim.x, sum, ticket, threadIdx.x, THREADS);
}

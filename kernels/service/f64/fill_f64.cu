/* fill_f64.cu - makes A in float64 on the device: every entry a pure function of (seed, row,
 * column), the same bits as on the host (harness/contract/philox.h), with zeros around the n×n
 * corner so that kernels may load whole tiles. */
#include "kernels/support/f64/double.cuh"

#define PHILOX_FN static __device__ __forceinline__
#include "harness/contract/philox.h"

/* - A: rows × pitch float64, all written; entry (r, c) is that at (first_row + r, 4·first_quad + c)
 *   of the matrix of order n, 0 outside it.
 * - by_row: each row times philox_row_factor_f64().
 * - Any grid of any one-dimensional blocks: a block takes every gridDim.x-th row, a thread every
 *   blockDim.x-th group of four columns, which is two Philox blocks and, where rows are 16-byte
 *   aligned, two 16-byte stores. No shared memory. */
extern "C" __global__ void fill_philox_f64(double *__restrict__ A, unsigned n, unsigned rows,
                                           unsigned pitch, unsigned first_row, unsigned first_quad,
                                           unsigned long long seed, double scale, double offset,
                                           unsigned by_row)
{
    const bool aligned = pitch % 2 == 0;
    const unsigned quads = (pitch + 3) / 4;
    for (unsigned r = blockIdx.x; r < rows; r += gridDim.x) {
        const unsigned row = first_row + r;
        double *to = A + (size_t)r * pitch;
        const double factor = by_row ? philox_row_factor_f64(row) : 1.0;
        for (unsigned quad = threadIdx.x; quad < quads; quad += blockDim.x) {
            const unsigned col = quad * 4, in_a = first_quad * 4 + col;
            double x[4] = {0.0, 0.0, 0.0, 0.0};
            if (row < n && in_a < n) {
                const struct philox_block upper = philox_quad(seed, row, first_quad + quad);
                const struct philox_block lower = philox_quad_lower(seed, row, first_quad + quad);
#pragma unroll
                for (unsigned c = 0; c < 4; c++)
                    if (in_a + c < n)
                        x[c] =
                            philox_entry_f64(upper.word[c], lower.word[c], scale, offset) * factor;
            }
#pragma unroll
            for (unsigned c = 0; c < 4; c += 2) {
                if (aligned && col + c + 1 < pitch) {
                    *(double2 *)(to + col + c) = make_double2(x[c], x[c + 1]);
                } else {
                    if (col + c < pitch)
                        to[col + c] = x[c];
                    if (col + c + 1 < pitch)
                        to[col + c + 1] = x[c + 1];
                }
            }
        }
    }
}

/* scale_rows of fill.cu for float64 entries; the factors are powers of two, so it is exact. */
extern "C" __global__ void scale_rows_f64(double *__restrict__ A, unsigned n, unsigned rows,
                                          unsigned pitch, unsigned first_row,
                                          const float *__restrict__ factor)
{
    for (unsigned r = blockIdx.x; r < rows; r += gridDim.x) {
        if (first_row + r >= n)
            continue;
        const double by = (double)factor[first_row + r];
        for (unsigned k = threadIdx.x; k < pitch; k += blockDim.x)
            A[(size_t)r * pitch + k] *= by;
    }
}

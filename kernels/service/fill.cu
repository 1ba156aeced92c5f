/* fill.cu - makes A on the device: every entry is a pure function of (seed, row, column) and has
 * the same bits as on the host (harness/contract/philox.h). The n×n corner is padded with zeros so
 * that kernels may load whole tiles. */
#include "kernels/support/portable.cuh"

#define PHILOX_FN static __device__ __forceinline__
#include "harness/contract/philox.h"

/* - A: rows × pitch floats, all written. Entry (r, c) is that at (first_row + r, 4·first_quad + c)
 *   of the matrix of order n, and 0 outside it.
 * - by_row: multiplies each row by philox_row_factor().
 * - Any grid of any one-dimensional blocks: a block fills every gridDim.x-th row and a thread every
 *   blockDim.x-th group of four columns, which is one Philox block and, where rows are 16-byte
 *   aligned, one 16-byte store. No shared memory. */
extern "C" __global__ void fill_philox(float *__restrict__ A, unsigned n, unsigned rows,
                                       unsigned pitch, unsigned first_row, unsigned first_quad,
                                       unsigned long long seed, float scale, float offset,
                                       unsigned by_row)
{
    const bool aligned = pitch % 4 == 0;
    const unsigned quads = (pitch + 3) / 4;
    for (unsigned r = blockIdx.x; r < rows; r += gridDim.x) {
        const unsigned row = first_row + r;
        float *to = A + (size_t)r * pitch;
        const float factor = by_row ? philox_row_factor(row) : 1.0f;
        for (unsigned quad = threadIdx.x; quad < quads; quad += blockDim.x) {
            const unsigned col = quad * 4, in_a = first_quad * 4 + col;
            float x[4] = {0.0f, 0.0f, 0.0f, 0.0f};
            if (row < n && in_a < n) {
                const struct philox_block random = philox_quad(seed, row, first_quad + quad);
#pragma unroll
                for (unsigned c = 0; c < 4; c++)
                    if (in_a + c < n)
                        x[c] = philox_entry(random.word[c], scale, offset) * factor;
            }
            if (aligned) {
                *(float4 *)(to + col) = make_float4(x[0], x[1], x[2], x[3]);
            } else {
#pragma unroll
                for (unsigned c = 0; c < 4; c++)
                    if (col + c < pitch)
                        to[col + c] = x[c];
            }
        }
    }
}

/* Multiplies row r of A, rows × pitch floats, by factor[first_row + r]; rows past n are zero and
 * stay so. Any grid of any one-dimensional blocks, a row each. */
extern "C" __global__ void scale_rows(float *__restrict__ A, unsigned n, unsigned rows,
                                      unsigned pitch, unsigned first_row,
                                      const float *__restrict__ factor)
{
    for (unsigned r = blockIdx.x; r < rows; r += gridDim.x) {
        if (first_row + r >= n)
            continue;
        const float by = factor[first_row + r];
        for (unsigned k = threadIdx.x; k < pitch; k += blockDim.x)
            A[(size_t)r * pitch + k] *= by;
    }
}

/* oracle.cu - float64 references for the verification of variants, and kernels that read single
 * entries.
 *
 * Plain loops in float64 in a fixed order. They share no line with any variant on purpose, so that
 * one mistake cannot affect both sides. All read an n×n matrix of floats, row-major, `pitch` floats
 * a row; entries outside n×n are not read. If `levels` is not 0, A's entries are the integers
 * rint(levels·a), as int8 rounds them, and sums of them and of their products are exact. */
#include "kernels/support/oracle_entry.cuh"

enum { THREADS = 256 }; /* for the kernels with one block per output */

/* part[band * n + col] = the sum of column col over one band of ceil(rows / bands) rows. A thread
 * adds one column of one band: x counts columns, blockIdx.y bands, so a warp reads 128 adjacent
 * bytes. Eight loads are in flight before the first add. */
extern "C" __global__ void oracle_column_sums(const float *__restrict__ A, unsigned rows,
                                              unsigned n, unsigned pitch, double *__restrict__ part,
                                              unsigned bands, float levels)
{
    const unsigned col = blockIdx.x * blockDim.x + threadIdx.x;
    if (col >= n)
        return;
    const unsigned band_rows = (rows + bands - 1) / bands;
    const unsigned first = min(rows, blockIdx.y * band_rows), end = min(rows, first + band_rows);
    const float *from = A + (size_t)first * pitch + col;
    double sum = 0.0;
    unsigned row = first;
    for (; row + 8 <= end; row += 8, from += (size_t)8 * pitch) {
        float x[8];
#pragma unroll
        for (unsigned r = 0; r < 8; r++)
            x[r] = from[(size_t)r * pitch];
#pragma unroll
        for (unsigned r = 0; r < 8; r++)
            sum += oracle_entry(x[r], levels);
    }
    for (; row < end; row++, from += pitch)
        sum += oracle_entry(*from, levels);
    part[(size_t)blockIdx.y * n + col] = sum;
}

/* out[col] = the sum of the bands of oracle_column_sums, first to last; one thread per column. */
extern "C" __global__ void oracle_add_bands(const double *__restrict__ part, unsigned n,
                                            unsigned bands, double *__restrict__ out)
{
    const unsigned col = blockIdx.x * blockDim.x + threadIdx.x;
    if (col >= n)
        return;
    double sum = 0.0;
    for (unsigned band = 0; band < bands; band++)
        sum += part[(size_t)band * n + col];
    out[col] = sum;
}

/* Returns the sum of one value of each of THREADS threads, to all of them. 2 KiB of shared memory;
 * the last barrier allows another call. */
static __device__ double total(double x)
{
    __shared__ double value[THREADS];
    value[threadIdx.x] = x;
    __syncthreads();
    for (unsigned half = THREADS / 2; half > 0; half /= 2) {
        if (threadIdx.x < half)
            value[threadIdx.x] += value[threadIdx.x + half];
        __syncthreads(); /* the next level reads what this level wrote */
    }
    const double sum = value[0];
    __syncthreads();
    return sum;
}

/* out[row] = Σ_k A[row][k]·x[k]; block b computes row b, with THREADS threads. */
extern "C" __global__ void oracle_a_times(const float *__restrict__ A, unsigned n, unsigned pitch,
                                          const double *__restrict__ x, double *__restrict__ out,
                                          float levels)
{
    const float *row = A + (size_t)blockIdx.x * pitch;
    double sum = 0.0;
#pragma unroll 4
    for (unsigned k = threadIdx.x; k < n; k += THREADS)
        sum = __fma_rn(oracle_entry(row[k], levels), x[k], sum);
    sum = total(sum);
    if (threadIdx.x == 0)
        out[blockIdx.x] = sum;
}

/* out[e] = Σ_k A[row][k]·A[col][k] for the pair (row, col) = row_col[2e], row_col[2e + 1]; block e
 * computes entry e, with THREADS threads. The product of two floats is exact in float64. */
extern "C" __global__ void oracle_dots(const float *__restrict__ A, unsigned n, unsigned pitch,
                                       const unsigned *__restrict__ row_col, unsigned count,
                                       double *__restrict__ out, float levels)
{
    const unsigned e = blockIdx.x;
    if (e >= count)
        return;
    const float *row = A + (size_t)row_col[2 * (size_t)e] * pitch;
    const float *col = A + (size_t)row_col[2 * (size_t)e + 1] * pitch;
    double sum = 0.0;
#pragma unroll 4
    for (unsigned k = threadIdx.x; k < n; k += THREADS)
        sum = __fma_rn(oracle_entry(row[k], levels), oracle_entry(col[k], levels), sum);
    sum = total(sum);
    if (threadIdx.x == 0)
        out[e] = sum;
}

/* out[row] = Σ_col C[row][col]; block b computes row b, with THREADS threads. */
extern "C" __global__ void oracle_row_sums(const float *__restrict__ C, unsigned n, unsigned pitch,
                                           double *__restrict__ out)
{
    const float *row = C + (size_t)blockIdx.x * pitch;
    double sum = 0.0;
#pragma unroll 4
    for (unsigned k = threadIdx.x; k < n; k += THREADS)
        sum += (double)row[k];
    sum = total(sum);
    if (threadIdx.x == 0)
        out[blockIdx.x] = sum;
}

/* out[e] = M[row][col] for the pair (row, col) = row_col[2e], row_col[2e + 1]; one thread per
 * entry. */
extern "C" __global__ void gather(const float *__restrict__ M, unsigned pitch,
                                  const unsigned *__restrict__ row_col, unsigned count,
                                  float *__restrict__ out)
{
    const unsigned e = blockIdx.x * blockDim.x + threadIdx.x;
    if (e < count)
        out[e] = M[(size_t)row_col[2 * (size_t)e] * pitch + row_col[2 * (size_t)e + 1]];
}

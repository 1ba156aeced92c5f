/* oracle_f64.cu - the references that float64 contestants are verified against: sums and dot
 * products in double-double, whose error is 2^50 times smaller than that of any contestant.
 *
 * Every product is taken apart exactly (a fused multiply-add gives its rounding error) and every
 * addition keeps its rounding error in a second float64. On purpose no line is shared with any
 * contestant, so that one mistake cannot be on both sides. All read an n×n matrix of float64,
 * row-major, `pitch` of them a row; entries outside n×n are not read. */
#include "kernels/support/portable.cuh"

enum { THREADS = 256 }; /* of the kernels that give a block to each output */

/* The value is upper + lower; the host adds them (harness/measure). */
struct accurate {
    double upper, lower;
};

static __device__ __forceinline__ void add_one(struct accurate *sum, double x)
{
    const double s = sum->upper + x, from_x = s - sum->upper;
    sum->lower += (sum->upper - (s - from_x)) + (x - from_x);
    sum->upper = s;
}
static __device__ __forceinline__ void add_product(struct accurate *sum, double x, double y)
{
    const double p = x * y;
    add_one(sum, p);
    sum->lower += __fma_rn(x, y, -p);
}
static __device__ __forceinline__ void add_accurate(struct accurate *sum, struct accurate x)
{
    add_one(sum, x.upper);
    sum->lower += x.lower;
}
/* Upper and lower do not overlap afterwards. */
static __device__ __forceinline__ struct accurate settled(struct accurate x)
{
    struct accurate r;
    r.upper = x.upper + x.lower;
    r.lower = x.lower - (r.upper - x.upper);
    return r;
}

/* part[band * n + col] = the sum of column col over one band of rows, ceil(rows / bands) of them. A
 * thread owns one column of one band: x counts columns, blockIdx.y bands. */
extern "C" __global__ void oracle_column_sums_f64(const double *__restrict__ A, unsigned rows,
                                                  unsigned n, unsigned pitch,
                                                  struct accurate *__restrict__ part,
                                                  unsigned bands)
{
    const unsigned col = blockIdx.x * blockDim.x + threadIdx.x;
    if (col >= n)
        return;
    const unsigned band_rows = (rows + bands - 1) / bands;
    const unsigned first = min(rows, blockIdx.y * band_rows), end = min(rows, first + band_rows);
    struct accurate sum = {0.0, 0.0};
#pragma unroll 4
    for (unsigned row = first; row < end; row++)
        add_one(&sum, A[(size_t)row * pitch + col]);
    part[(size_t)blockIdx.y * n + col] = sum;
}

/* out[col] = the bands of oracle_column_sums_f64 added up, first to last; one thread a column. */
extern "C" __global__ void oracle_add_bands_f64(const struct accurate *__restrict__ part,
                                                unsigned n, unsigned bands,
                                                struct accurate *__restrict__ out)
{
    const unsigned col = blockIdx.x * blockDim.x + threadIdx.x;
    if (col >= n)
        return;
    struct accurate sum = {0.0, 0.0};
    for (unsigned band = 0; band < bands; band++)
        add_accurate(&sum, part[(size_t)band * n + col]);
    out[col] = settled(sum);
}

/* Adds one value from each of THREADS threads into *out. Uses 4 KiB of shared memory. */
static __device__ void leave_total(struct accurate x, struct accurate *out)
{
    __shared__ struct accurate value[THREADS];
    value[threadIdx.x] = settled(x);
    __syncthreads();
    for (unsigned half = THREADS / 2; half > 0; half /= 2) {
        if (threadIdx.x < half) {
            struct accurate sum = value[threadIdx.x];
            add_accurate(&sum, value[threadIdx.x + half]);
            value[threadIdx.x] = sum;
        }
        __syncthreads(); /* the next level reads what this one wrote */
    }
    if (threadIdx.x == 0)
        *out = settled(value[0]);
}

/* out[row] = Σ_k A[row][k]·x[k]; block b takes row b, with THREADS threads. */
extern "C" __global__ void oracle_a_times_f64(const double *__restrict__ A, unsigned n,
                                              unsigned pitch, const struct accurate *__restrict__ x,
                                              struct accurate *__restrict__ out)
{
    const double *row = A + (size_t)blockIdx.x * pitch;
    struct accurate sum = {0.0, 0.0};
    for (unsigned k = threadIdx.x; k < n; k += THREADS) {
        add_product(&sum, row[k], x[k].upper);
        sum.lower = __fma_rn(row[k], x[k].lower, sum.lower);
    }
    leave_total(sum, out + blockIdx.x);
}

/* out[e] = Σ_k A[row][k]·A[col][k] for the pair (row, col) = row_col[2e], row_col[2e + 1]; block
 * e takes entry e, with THREADS threads. */
extern "C" __global__ void oracle_dots_f64(const double *__restrict__ A, unsigned n, unsigned pitch,
                                           const unsigned *__restrict__ row_col, unsigned count,
                                           struct accurate *__restrict__ out)
{
    const unsigned e = blockIdx.x;
    if (e >= count)
        return;
    const double *row = A + (size_t)row_col[2 * (size_t)e] * pitch;
    const double *col = A + (size_t)row_col[2 * (size_t)e + 1] * pitch;
    struct accurate sum = {0.0, 0.0};
    for (unsigned k = threadIdx.x; k < n; k += THREADS)
        add_product(&sum, row[k], col[k]);
    leave_total(sum, out + e);
}

/* out[row] = Σ_col C[row][col]; block b takes row b, with THREADS threads. */
extern "C" __global__ void oracle_row_sums_f64(const double *__restrict__ C, unsigned n,
                                               unsigned pitch, struct accurate *__restrict__ out)
{
    const double *row = C + (size_t)blockIdx.x * pitch;
    struct accurate sum = {0.0, 0.0};
    for (unsigned k = threadIdx.x; k < n; k += THREADS)
        add_one(&sum, row[k]);
    leave_total(sum, out + blockIdx.x);
}

/* out[e] = M[row][col] for the pair (row, col) = row_col[2e], row_col[2e + 1]; one thread an
 * entry. */
extern "C" __global__ void gather_f64(const double *__restrict__ M, unsigned pitch,
                                      const unsigned *__restrict__ row_col, unsigned count,
                                      double *__restrict__ out)
{
    const unsigned e = blockIdx.x * blockDim.x + threadIdx.x;
    if (e < count)
        out[e] = M[(size_t)row_col[2 * (size_t)e] * pitch + row_col[2 * (size_t)e + 1]];
}

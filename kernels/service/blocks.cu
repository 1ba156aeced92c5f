/* blocks.cu - C compared with float64 in blocks of columns, for verification: every entry of C
 * contributes to one weighted sum, for only 2n³/width FLOP.
 *
 * Σ_j x[j]·(A·Aᵀ)[i][j] over the columns j of block b is row i of A times G[b], where G[b][k] = Σ_j
 * x[j]·A[j][k] (Freivalds 1977, one vector a block). Plain loops that share no line with a variant.
 * A and C are n×n, row-major, `pitch` entries a row; entries outside are not read.
 *
 * For float64 entries, 16 products at a time are added in one float64, and these sums in a pair of
 * them. The rounding errors of 16 products are small beside one rounding of the result. If `levels`
 * is not 0, A's entries are rint(levels·a) / levels, as int8 rounds them. */
#include "kernels/support/oracle_entry.cuh"

enum {
    TILE = 64,
    STEP = 16,
    SIDE = 4
}; /* rows and blocks a block; k at a time; a thread's share */

/* A sum and what its roundings lost. */
struct compensated {
    double sum, lost;
};

static __device__ __forceinline__ void add_to(struct compensated *to, double x)
{
    const double sum = to->sum + x, from_x = sum - to->sum;
    to->lost += (to->sum - (sum - from_x)) + (x - from_x);
    to->sum = sum;
}

/* G[b][k] = Σ_j x[j]·A[j][k] over the rows j of block first + b, `width` of them. blockIdx.y is b;
 * the threads of blockIdx.x, one for each k, cover all columns of A. */
template <typename Entry>
static __device__ __forceinline__ void
weigh(const Entry *__restrict__ A, unsigned n, unsigned pitch, const double *__restrict__ x,
      unsigned width, unsigned first, double *__restrict__ G, float levels)
{
    const unsigned k = blockIdx.x * blockDim.x + threadIdx.x;
    const size_t begin = (size_t)(first + blockIdx.y) * width;
    if (k >= n)
        return;
    double sum = 0.0;
    for (size_t j = begin; j < begin + width && j < n; j++)
        sum = __fma_rn(x[j], oracle_entry(A[j * pitch + k], levels), sum);
    G[(size_t)blockIdx.y * n + k] = sum;
}

/* The error of C in a row and the block of columns from `begin` on, without the entry on the
 * diagonal, of which diagonal[row] + diagonal[n + row] is the right value: rounded to one float64
 * it would be off by more than the other entries of a right float64 product. NaN counts as 1e300.
 */
template <typename Entry>
static __device__ double error_of(const Entry *C, unsigned n, unsigned pitch, const double *x,
                                  const double *diagonal, unsigned width, size_t begin,
                                  unsigned row, struct compensated want)
{
    struct compensated sum = {0.0, 0.0};
    for (size_t j = begin; j < begin + width && j < n; j++) {
        const double entry = j == row ? diagonal[row] : (double)C[(size_t)row * pitch + j];
        const double product = x[j] * entry;
        add_to(&sum, product);
        sum.lost += __fma_rn(x[j], entry, -product);
        if (j == row)
            sum.lost = __fma_rn(x[j], diagonal[n + row], sum.lost);
    }
    const double error = (sum.sum - want.sum) + (sum.lost - want.lost);
    const double size = error < 0.0 ? -error : error;
    return size <= 1e300 ? size : 1e300;
}

/* worst[blockIdx.y·n + i] = the largest error of row i, first_row ≤ i < end_row, in 64 blocks, and
 * col: where that block begins. C points to where its row 0 is or would be. 256 threads, 64 rows
 * and 64 blocks of columns, 4×4 of them a thread; 28 KiB of shared memory. */
template <typename Entry>
static __device__ void
compare(const Entry *__restrict__ A, const Entry *__restrict__ C, unsigned n, unsigned pitch,
        const double *__restrict__ x, const double *__restrict__ diagonal, unsigned width,
        unsigned first, unsigned blocks, const double *__restrict__ G, double *__restrict__ worst,
        unsigned *__restrict__ col, unsigned first_row, unsigned end_row, float levels)
{
    __shared__ double a[STEP][TILE];
    __shared__ double g[STEP][TILE];
    __shared__ double largest[TILE][TILE / SIDE];
    __shared__ unsigned at[TILE][TILE / SIDE];
    const bool is_f64 = sizeof(Entry) == sizeof(double);
    const double scale = levels > 0.0f ? 1.0 / ((double)levels * (double)levels) : 1.0;
    const unsigned across = threadIdx.x % (TILE / SIDE), down = threadIdx.x / (TILE / SIDE);
    const unsigned row0 = first_row + blockIdx.x * TILE, block0 = blockIdx.y * TILE;
    double sum[SIDE][SIDE] = {{0.0}};
    struct compensated want[SIDE][SIDE] = {{{0.0, 0.0}}};
    for (unsigned k0 = 0; k0 < n; k0 += STEP) {
        for (unsigned i = threadIdx.x; i < STEP * TILE; i += 256) {
            const unsigned k = k0 + i % STEP, line = i / STEP;
            const bool in_a = k < n && row0 + line < end_row,
                       in_g = k < n && block0 + line < blocks;
            a[i % STEP][line] =
                in_a ? oracle_entry(A[(size_t)(row0 + line) * pitch + k], levels) * scale : 0.0;
            g[i % STEP][line] = in_g ? G[(size_t)(block0 + line) * n + k] : 0.0;
        }
        __syncthreads(); /* the tiles are there */
#pragma unroll 4
        for (unsigned k = 0; k < STEP; k++)
#pragma unroll
            for (unsigned i = 0; i < SIDE; i++)
#pragma unroll
                for (unsigned b = 0; b < SIDE; b++)
                    sum[i][b] = __fma_rn(a[k][down * SIDE + i], g[k][across * SIDE + b], sum[i][b]);
#pragma unroll
        for (unsigned i = 0; is_f64 && i < SIDE; i++)
#pragma unroll
            for (unsigned b = 0; b < SIDE; b++) {
                add_to(&want[i][b], sum[i][b]);
                sum[i][b] = 0.0;
            }
        __syncthreads(); /* before the next step overwrites them */
    }
#pragma unroll
    for (unsigned i = 0; i < SIDE; i++) {
        const unsigned row = row0 + down * SIDE + i;
        double most = -1.0;
        unsigned where = 0;
#pragma unroll
        for (unsigned b = 0; b < SIDE; b++) {
            const unsigned block = block0 + across * SIDE + b;
            if (row >= end_row || block >= blocks)
                continue;
            const size_t begin = (size_t)(first + block) * width;
            add_to(&want[i][b], sum[i][b]);
            const double error = error_of(C, n, pitch, x, diagonal, width, begin, row, want[i][b]);
            if (error > most) {
                most = error;
                where = (unsigned)begin;
            }
        }
        largest[down * SIDE + i][across] = most;
        at[down * SIDE + i][across] = where;
    }
    __syncthreads(); /* one thread a row reads what 16 wrote */
    if (threadIdx.x < TILE && row0 + threadIdx.x < end_row) {
        unsigned best = 0;
        for (unsigned i = 1; i < TILE / SIDE; i++)
            if (largest[threadIdx.x][i] > largest[threadIdx.x][best])
                best = i;
        worst[(size_t)blockIdx.y * n + row0 + threadIdx.x] = largest[threadIdx.x][best];
        col[(size_t)blockIdx.y * n + row0 + threadIdx.x] = at[threadIdx.x][best];
    }
}

extern "C" __global__ void blocks_weigh(const float *__restrict__ A, unsigned n, unsigned pitch,
                                        const double *__restrict__ x, unsigned width,
                                        unsigned first, double *__restrict__ G, float levels)
{
    weigh(A, n, pitch, x, width, first, G, levels);
}

extern "C" __global__ void __launch_bounds__(256)
    blocks_compare(const float *__restrict__ A, const float *__restrict__ C, unsigned n,
                   unsigned pitch, const double *__restrict__ x,
                   const double *__restrict__ diagonal, unsigned width, unsigned first,
                   unsigned blocks, const double *__restrict__ G, double *__restrict__ worst,
                   unsigned *__restrict__ col, unsigned first_row, unsigned end_row, float levels)
{
    compare(A, C, n, pitch, x, diagonal, width, first, blocks, G, worst, col, first_row, end_row,
            levels);
}

extern "C" __global__ void blocks_weigh_f64(const double *__restrict__ A, unsigned n,
                                            unsigned pitch, const double *__restrict__ x,
                                            unsigned width, unsigned first, double *__restrict__ G)
{
    weigh(A, n, pitch, x, width, first, G, 0.0f);
}

extern "C" __global__ void __launch_bounds__(256)
    blocks_compare_f64(const double *__restrict__ A, const double *__restrict__ C, unsigned n,
                       unsigned pitch, const double *__restrict__ x,
                       const double *__restrict__ diagonal, unsigned width, unsigned first,
                       unsigned blocks, const double *__restrict__ G, double *__restrict__ worst,
                       unsigned *__restrict__ col, unsigned first_row, unsigned end_row)
{
    compare(A, C, n, pitch, x, diagonal, width, first, blocks, G, worst, col, first_row, end_row,
            0.0f);
}

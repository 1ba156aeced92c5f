/* crt_f64.cu - from residues back to numbers by the Chinese remainder theorem
 * (support/f64/moduli.cuh): a sum over groups of entries, or every entry of C.
 *
 * K may have been cut into panels, each with residues of its own; they are added before. */
#include "kernels/support/f64/dmma_store.cuh"
#include "kernels/support/f64/double_double.cuh"
#include "kernels/support/f64/moduli.cuh"

enum { SUM_THREADS = 128, STORE_THREADS = 256, TABLES = MODULI_MAX - MODULI_MIN + 1 };

__constant__ struct crt_table crt_tables[TABLES] = {crt_table_of(12), crt_table_of(13),
                                                    crt_table_of(14), crt_table_of(15)};

/* The residues of eight results modulo each modulus, added over the panels. A word holds two 16-bit
 * numbers: results 0 and 2, 1 and 3, 4 and 6, 5 and 7. Up to 257 panels fit. `from` points to the
 * residues of the first modulus and panel; those of the next panel follow after `plane` bytes. */
template <int COUNT> struct residue_sums {
    unsigned word[COUNT][4];

    __device__ __forceinline__ void load(const unsigned char *from, size_t plane, unsigned panels)
    {
#pragma unroll
        for (int m = 0; m < COUNT; m++)
            word[m][0] = word[m][1] = word[m][2] = word[m][3] = 0;
        for (unsigned panel = 0; panel < panels; panel++) {
            uint2 r[COUNT];
#pragma unroll
            for (int m = 0; m < COUNT; m++)
                r[m] = load_streamed((const uint2 *)(from + (m * panels + panel) * plane));
#pragma unroll
            for (int m = 0; m < COUNT; m++) {
                word[m][0] += r[m].x & 0x00ff00ffu;
                word[m][1] += r[m].x >> 8 & 0x00ff00ffu;
                word[m][2] += r[m].y & 0x00ff00ffu;
                word[m][3] += r[m].y >> 8 & 0x00ff00ffu;
            }
        }
    }
    /* Of modulus m and result b in 0 … 7. */
    __device__ __forceinline__ unsigned of(int m, int b) const
    {
        return word[m][b / 4 * 2 + b % 2] >> b / 2 % 2 * 16 & 0xffffu;
    }
};

/* x as double-double, exact to 106 bits. */
static __device__ __forceinline__ struct double_double dd_of_integer(int128 x)
{
    const double two44 = 17592186044416.0;
    const unsigned long long mask = 0xfffffffffffull;
    struct double_double r = dd_of((double)(long long)(x >> 88) * two44 * two44);
    r = dd_add(r, dd_of((double)((unsigned long long)(x >> 44) & mask) * two44));
    return dd_add(r, dd_of((double)((unsigned long long)x & mask)));
}

/* Adds x over the block's THREADS threads; the total is thread 0's. */
template <int THREADS> static __device__ struct double_double dd_block_sum(struct double_double x)
{
    __shared__ struct double_double value[THREADS];
    __syncthreads(); /* an earlier call's result has been read */
    value[threadIdx.x] = x;
    __syncthreads();
    for (unsigned half = THREADS / 2; half > 0; half /= 2) {
        if (threadIdx.x < half)
            value[threadIdx.x] = dd_add(value[threadIdx.x], value[threadIdx.x + half]);
        __syncthreads(); /* the next level reads what this one wrote */
    }
    return value[0];
}

/* *sum = the sum of all entries of C.
 * - Residues: a byte a group of 16 entries, [modulus][panel][tile][strip][thread][8 groups]. A
 *   thread takes 8 groups; each is an exact integer V of 128 bits, |V| < M / 2.
 * - partials: a double-double a block; *ticket is 0 before and after. */
template <int COUNT>
static __device__ __forceinline__ void
crt_sum(const struct crt_work &work, struct double_double *partials, double *sum, unsigned *ticket)
{
    const struct crt_table &table = crt_tables[COUNT - MODULI_MIN];
    const size_t at = ((size_t)blockIdx.x * SUM_THREADS + threadIdx.x) * 8;
    int128 total = 0;
    if (at < work.plane) {
        struct residue_sums<COUNT> r;
        r.load(work.residues + at, work.plane, work.panels);
        const unsigned strip = (unsigned)(at / (RESIDUE_STRIP / RESIDUE_GROUP));
        const struct tensor_tile tile = work.tiles[strip / 4];
        const bool diagonal = tile.row == tile.col;
#pragma unroll
        for (int b = 0; b < 8; b++) { /* group b has columns 32·b … 32·b + 31 of the tile */
            uint128 x = 0;
            double turns = 0.5; /* V / M + 1/2 and a whole number */
#pragma unroll
            for (int m = 0; m < COUNT; m++) {
                const unsigned residue = r.of(m, b);
                x += table.w[m] * residue;
                turns = __fma_rn(table.f[m], (double)residue, turns);
            }
            const int128 v =
                (int128)(x - table.M * (unsigned)(int)turns); /* turns > 0: its floor */
            total += !diagonal || (strip % 4 >= 2 && b < 4) ? 2 * v : v;
        }
    }
    struct double_double part = dd_block_sum<SUM_THREADS>(dd_of_integer(total));
    __shared__ unsigned drawn;
    if (threadIdx.x == 0) {
        partials[blockIdx.x] = part;
        __threadfence(); /* the partial is visible before the ticket that announces it */
        drawn = atomicAdd(ticket, 1u);
    }
    __syncthreads(); /* all threads read what thread 0 drew */
    if (drawn != gridDim.x - 1)
        return;
    __threadfence(); /* and no partial is read before the ticket was drawn */
    const volatile double *all = (const volatile double *)partials;
    part = dd_of(0.0);
    for (unsigned i = threadIdx.x; i < gridDim.x; i += SUM_THREADS) {
        const struct double_double x = {all[2 * (size_t)i], all[2 * (size_t)i + 1]};
        part = dd_add(part, x);
    }
    part = dd_block_sum<SUM_THREADS>(part);
    if (threadIdx.x == 0) {
        const struct double_double inverse = {work.scale->inverse_upper, work.scale->inverse_lower};
        *sum = dd_mul(part, inverse).hi;
        *ticket = 0;
    }
}

static __device__ __forceinline__ double double_of_small(unsigned x)
{
    return __longlong_as_double((long long)(0x4330000000000000ull | x)) - 4503599627370496.0;
}

/* - C: kernels/job/job.h, float64, both triangles.
 * - Residues: a byte an entry, [modulus][panel][tile][strip][16-entry part][thread][16]. A thread
 *   takes 8 entries: 2 rows × 2 pairs of columns.
 * - u: what centring took out of each row (scale_f64.cu). */
template <int COUNT>
static __device__ __forceinline__ void crt_store(const struct crt_work &work,
                                                 const struct double_double *__restrict__ u,
                                                 double *__restrict__ C, unsigned n, unsigned pitch)
{
    const struct crt_table &table = crt_tables[COUNT - MODULI_MIN];
    const size_t at = ((size_t)blockIdx.x * STORE_THREADS + threadIdx.x) * 8;
    if (at >= work.plane)
        return;
    const unsigned within = (unsigned)(at % RESIDUE_STRIP), strip = (unsigned)(at / RESIDUE_STRIP),
                   thread = within % 2048 / 16;
    const unsigned j = within / 2048 * 4 + within % 16 / 8 * 2; /* of the first pair of columns */
    const struct tensor_tile tile = work.tiles[strip / 4];
    const bool diagonal = tile.row == tile.col;
    if (diagonal && strip % 4 < 2 && j >= 16)
        return;
    const unsigned row = (unsigned)tile.row + strip % 4 * 64 + thread / 32 * 16 + thread % 32 / 4,
                   col = (unsigned)tile.col + j * 8 + thread % 4 * 2;
    const bool mirrors = !diagonal || (strip % 4 >= 2 && j < 16);
    struct residue_sums<COUNT> r;
    r.load(work.residues + at, work.plane, work.panels);
    const double upper = work.scale->inverse_upper, lower = work.scale->inverse_lower;
    double v[8];
#pragma unroll
    for (int b = 0; b < 8; b++) { /* entry 4·j + 2·h + e */
        double s1 = 0.0, s2 = 0.0;
#pragma unroll
        for (int m = 0; m < COUNT; m++) {
            const double x = double_of_small(r.of(m, b));
            s1 = __fma_rn(table.w_upper[m], x, s1); /* exact */
            s2 = __fma_rn(table.w_lower[m], x, s2);
        }
        const double turns = (double)(int)__fma_rn(s1, table.M_inverse, 0.5);
        const double hi = __fma_rn(-turns, table.M_upper, s1),
                     lo = __fma_rn(-turns, table.M_lower, s2), y = hi + lo;
        const unsigned at_row = row + b / 2 % 2 * 8, at_col = col + b / 4 * 8 + b % 2;
        const struct double_double none = {0.0, 0.0};
        const struct double_double of_row = at_row < n ? u[at_row] : none,
                                   of_col = at_col < n ? u[at_col] : none;
        const double w = of_row.hi + of_col.hi, t = w - of_row.hi;
        const double rest = ((of_row.hi - (w - t)) + (of_col.hi - t)) + (of_row.lo + of_col.lo);
        v[b] = w + __fma_rn(y, upper, __fma_rn(y, lower, (lo - (y - hi)) * upper + rest));
    }
#pragma unroll
    for (int b = 0; b < 8; b += 2) {
        const unsigned at_row = row + b / 2 % 2 * 8, at_col = col + b / 4 * 8;
        store_pair(C, n, pitch, at_row, at_col, v[b], v[b + 1]);
        if (mirrors)
            store_mirrored(C, n, pitch, at_row, at_col, v[b], v[b + 1]);
    }
}

extern "C" __global__ void __launch_bounds__(SUM_THREADS)
    crt_sum_12_f64(struct crt_work work, struct double_double *partials, double *sum,
                   unsigned *ticket)
{
    crt_sum<12>(work, partials, sum, ticket);
}
extern "C" __global__ void __launch_bounds__(SUM_THREADS)
    crt_sum_13_f64(struct crt_work work, struct double_double *partials, double *sum,
                   unsigned *ticket)
{
    crt_sum<13>(work, partials, sum, ticket);
}
extern "C" __global__ void __launch_bounds__(SUM_THREADS)
    crt_sum_14_f64(struct crt_work work, struct double_double *partials, double *sum,
                   unsigned *ticket)
{
    crt_sum<14>(work, partials, sum, ticket);
}
extern "C" __global__ void __launch_bounds__(SUM_THREADS)
    crt_sum_15_f64(struct crt_work work, struct double_double *partials, double *sum,
                   unsigned *ticket)
{
    crt_sum<15>(work, partials, sum, ticket);
}
extern "C" __global__ void __launch_bounds__(STORE_THREADS)
    crt_store_12_f64(struct crt_work work, const struct double_double *__restrict__ u,
                     double *__restrict__ C, unsigned n, unsigned pitch)
{
    crt_store<12>(work, u, C, n, pitch);
}
extern "C" __global__ void __launch_bounds__(STORE_THREADS)
    crt_store_13_f64(struct crt_work work, const struct double_double *__restrict__ u,
                     double *__restrict__ C, unsigned n, unsigned pitch)
{
    crt_store<13>(work, u, C, n, pitch);
}
extern "C" __global__ void __launch_bounds__(STORE_THREADS)
    crt_store_14_f64(struct crt_work work, const struct double_double *__restrict__ u,
                     double *__restrict__ C, unsigned n, unsigned pitch)
{
    crt_store<14>(work, u, C, n, pitch);
}
extern "C" __global__ void __launch_bounds__(STORE_THREADS)
    crt_store_15_f64(struct crt_work work, const struct double_double *__restrict__ u,
                     double *__restrict__ C, unsigned n, unsigned pitch)
{
    crt_store<15>(work, u, C, n, pitch);
}

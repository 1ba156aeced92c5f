/* scale_f64.cu - the scale s that turns A into integers for float64 products from int8
 * (support/f64/moduli.cuh): as large as the moduli allow, from the norms of A's rows.
 *
 * Each rounding makes q = s·(a - c) + e with |e| ≤ 1/2, or |e| ≤ 1 where the mean c is taken out. A
 * product of two rows is bounded by the product of their norms (Cauchy-Schwarz), and so it stays
 * below M / 2.
 *
 * - matmul: |q_i·q_j| ≤ (s·R + √K)², R the largest norm of a row less its mean.
 * - sum-aat: a thread adds 16 entries before the CRT, which is (q_r + q_{r+8})·(eight columns'
 *   sum): ≤ (s·P + √K)·(s·O + 4·√K), P and O the largest norms of *summed* rows: the pairs {16t +
 *   u, 16t + u + 8} and the octets {32t + 2v + {0, 1, 8, 9, 16, 17, 24, 25}}. Where rows are nearly
 *   orthogonal that is 4 times less than 16 times the bound of an entry.
 *
 * The block that ends last computes the scale. */
#include "kernels/support/f64/double_double.cuh"
#include "kernels/support/f64/moduli.cuh"

enum { THREADS = 256, WARPS = THREADS / 32, ROWS = 8, NORMS = 16 };

/* Block b takes 8 rows closed under pairs and octets, 32·(b / 4) + 2·(b % 4) + {0, 1, 8, 9, …}. */
static __device__ __forceinline__ unsigned norm_row(unsigned block, unsigned i)
{
    return block / 4 * 32 + block % 4 * 2 + i % 2 + i / 2 * 8;
}
static __device__ __forceinline__ unsigned most(unsigned a, unsigned b)
{
    return a > b ? a : b;
}
static __device__ __forceinline__ double most(double a, double b)
{
    return a > b ? a : b;
}

/* Adds `count` values of each thread over the block and leaves them at out; also the largest
 * magnitude in out[NORMS - 1], as a value not smaller; infinity also if there is a NaN. */
template <unsigned COUNT>
static __device__ __forceinline__ void leave_norms(double (&x)[COUNT], unsigned largest,
                                                   double *out)
{
    __shared__ double sums[WARPS][COUNT];
    __shared__ unsigned tops[WARPS];
    const unsigned t = threadIdx.x;
#pragma unroll
    for (int lanes = 16; lanes > 0; lanes /= 2) {
#pragma unroll
        for (unsigned i = 0; i < COUNT; i++)
            x[i] += __shfl_xor_sync(0xffffffffu, x[i], lanes);
        largest = most(largest, __shfl_xor_sync(0xffffffffu, largest, lanes));
    }
    if (t % 32 == 0) {
#pragma unroll
        for (unsigned i = 0; i < COUNT; i++)
            sums[t / 32][i] = x[i];
        tops[t / 32] = largest;
    }
    __syncthreads(); /* the first threads read what every warp wrote */
    if (t < COUNT) {
        double sum = 0.0;
        for (unsigned warp = 0; warp < WARPS; warp++)
            sum += sums[warp][t];
        out[t] = sum;
    }
    if (t == 32) {
        for (unsigned warp = 0; warp < WARPS; warp++)
            largest = most(largest, tops[warp]);
        const bool finite = largest < MAGNITUDE_INFINITE;
        out[NORMS - 1] = __longlong_as_double(
            finite ? (long long)((unsigned long long)largest << 32 | 0xffffffffull)
                   : (long long)((unsigned long long)MAGNITUDE_INFINITE << 32));
    }
}

/* The largest (or, ADD, the sum) of x over the block's threads, to all. 64 bytes. */
template <bool ADD> static __device__ double over_block(double x)
{
    __shared__ double value[WARPS];
#pragma unroll
    for (int lanes = 16; lanes > 0; lanes /= 2) {
        const double other = __shfl_xor_sync(0xffffffffu, x, lanes);
        x = ADD ? x + other : most(x, other);
    }
    __syncthreads(); /* an earlier call's values have been read */
    if (threadIdx.x % 32 == 0)
        value[threadIdx.x / 32] = x;
    __syncthreads(); /* everyone reads what every warp wrote */
    x = value[0];
    for (unsigned warp = 1; warp < WARPS; warp++)
        x = ADD ? x + value[warp] : most(x, value[warp]);
    return x;
}

/* Whether this block is the one that ends last: it may read what all have written. *ticket is 0
 * before and after. All threads call. */
static __device__ bool ends_last(unsigned *ticket)
{
    __shared__ unsigned drawn;
    __threadfence(); /* what this thread wrote is visible before the ticket that announces it */
    __syncthreads(); /* and so is what the others of the block wrote */
    if (threadIdx.x == 0)
        drawn = atomicAdd(ticket, 1u);
    __syncthreads(); /* all threads read what thread 0 drew */
    if (drawn != gridDim.x - 1)
        return false;
    __threadfence(); /* nothing is read before the ticket was taken */
    if (threadIdx.x == 0)
        *ticket = 0;
    return true;
}

/* s as it is used: of 20 bits so that products of two are exact, at most 2^50 / largest, so that
 * integers fit where they are rounded, and at most 2^400, for A = 0. */
static __device__ double usable_scale(double s, double largest)
{
    const double fits = 1125899906842624.0 / largest, highest = 2.58224987808690859e120;
    s = s < fits ? s : fits;
    s = s < highest ? s : highest;
    return __longlong_as_double(__double_as_longlong(s) & ~0x1ffffffffll);
}

/* 1 / product in double-double, of the scales of both factors. */
static __device__ void set_inverse(struct integer_scale &scale, double product, double largest)
{
    scale.inverse_upper = 1.0 / product;
    scale.inverse_lower = __fma_rn(-product, scale.inverse_upper, 1.0) / product;
    if (magnitude(largest) >= MAGNITUDE_INFINITE) /* there is no result then */
        scale.inverse_upper = __longlong_as_double(0x7ff8000000000000ll);
}

/* The largest s with (s·P + p)·(s·O + o) ≤ room. */
static __device__ struct integer_scale scale_of(double P, double p, double O, double o, double room,
                                                double largest, double c)
{
    const double a = P * O, b = P * o + O * p, free = room - p * o;
    struct integer_scale scale;
    scale.s =
        usable_scale(2.0 * free / (b + __dsqrt_rn(b * b + 4.0 * a * free)) * (1.0 - 1e-9), largest);
    scale.h = __double_as_longlong(c) == 0
                  ? 0.0
                  : (scale.s * c + 6755399441055744.0) - 6755399441055744.0;
    set_inverse(scale, scale.s * scale.s, largest);
    return scale;
}

/* The factor by which a rounded norm may be too small. */
#define NORM_SLACK (1.0 + 1e-12)

/* The part of M / 2 that is used: the CRT finds the multiple of M in float64. */
#define ROOM (1.0 - 1.0 / 262144.0)

/* For sum-aat: |pair|² of 4, |octet|², and in the last the largest magnitude of this block's rows;
 * whether it is the block that ends last. */
static __device__ __forceinline__ bool leave_sum_norms(const double *__restrict__ A, unsigned pitch,
                                                       double *norms, unsigned *ticket)
{
    double x[5] = {0.0, 0.0, 0.0, 0.0, 0.0};
    unsigned largest = 0;
    for (unsigned c = threadIdx.x * 2; c < pitch; c += THREADS * 2) {
        double2 v[ROWS];
#pragma unroll
        for (unsigned i = 0; i < ROWS; i++)
            v[i] =
                load_streamed((const double2 *)(A + (size_t)norm_row(blockIdx.x, i) * pitch + c));
        double octet[2] = {0.0, 0.0};
#pragma unroll
        for (unsigned i = 0; i < 4; i++) {
            const unsigned r = i % 2 + i / 2 * 4; /* its partner is 8 rows below */
            const double px = v[r].x + v[r + 2].x, py = v[r].y + v[r + 2].y;
            x[i] = __fma_rn(py, py, __fma_rn(px, px, x[i]));
            octet[0] += px;
            octet[1] += py;
        }
        x[4] = __fma_rn(octet[1], octet[1], __fma_rn(octet[0], octet[0], x[4]));
#pragma unroll
        for (unsigned i = 0; i < ROWS; i++)
            largest = most(largest, most(magnitude(v[i].x), magnitude(v[i].y)));
    }
    leave_norms(x, largest, norms + (size_t)blockIdx.x * NORMS);
    return ends_last(ticket);
}

/* The largest norms of a pair and of an octet, and magnitude, of those that `blocks` blocks left.
 * All threads call. */
struct sum_norms {
    double pair, octet, top;
};
static __device__ __forceinline__ struct sum_norms sum_norms_of(const volatile double *all,
                                                                unsigned blocks)
{
    double P = 0.0, O = 0.0, top = 0.0;
    for (size_t i = threadIdx.x; i < blocks; i += THREADS) {
        for (size_t j = 0; j < 4; j++)
            P = most(P, all[i * NORMS + j]);
        O = most(O, all[i * NORMS + 4]);
        top = most(top, all[i * NORMS + NORMS - 1]);
    }
    P = __dsqrt_rn(over_block<false>(P) * NORM_SLACK);
    O = __dsqrt_rn(over_block<false>(O) * NORM_SLACK);
    const struct sum_norms norms = {P, O, over_block<false>(top)};
    return norms;
}

/* For sum-aat.
 * - A: kernels/job/job.h, float64, k columns.
 * - M: the product of the moduli.
 * - norms: NORMS float64 a block.
 * - Grid: 4 blocks for each 32 rows. */
extern "C" __global__ void __launch_bounds__(THREADS, 2)
    sum_scale_f64(const double *__restrict__ A, unsigned k, unsigned pitch, double M, double *norms,
                  struct integer_scale *scale, unsigned *ticket)
{
    if (!leave_sum_norms(A, pitch, norms, ticket))
        return;
    const struct sum_norms of = sum_norms_of(norms, gridDim.x);
    if (threadIdx.x == 0) {
        const double root = __dsqrt_rn((double)k);
        *scale = scale_of(of.pair, root, of.octet, 4.0 * root, 0.5 * M * ROOM, of.top, 0.0);
    }
}

/* For sum-aat in a ring: the scale of another rank's panel A, whose rows are the columns of C, as
 * large as the moduli allow beside this rank's block, whose scale is known and whose rows are those
 * of C. own_norms is what sum_scale_f64 left of `own_blocks` blocks. The inverse is that of both
 * scales' product. */
extern "C" __global__ void __launch_bounds__(THREADS, 2)
    panel_scale_f64(const double *__restrict__ A, unsigned k, unsigned pitch, double M,
                    double *norms, const double *own_norms, unsigned own_blocks,
                    const struct integer_scale *own_scale, struct integer_scale *scale,
                    unsigned *ticket)
{
    if (!leave_sum_norms(A, pitch, norms, ticket))
        return;
    const struct sum_norms of = sum_norms_of(norms, gridDim.x),
                           own = sum_norms_of(own_norms, own_blocks);
    if (threadIdx.x == 0) {
        const double root = __dsqrt_rn((double)k), s = own_scale->s,
                     octet = 0.5 * M * ROOM / (s * own.pair + root) - 4.0 * root;
        struct integer_scale found;
        found.s = usable_scale(octet / of.octet * (1.0 - 1e-9), of.top);
        found.h = 0.0;
        set_inverse(found, s * found.s, most(of.top, own.top));
        *scale = found;
    }
}

/* For matmul.
 * - n: rows and columns of A.
 * - norms: |row|² of 8 rows, and in the last the largest magnitude.
 * - sums: a double-double a row.
 * - u: what of C_ij = (q·qᵀ)_ij / s² + u_i + u_j centring took out, u_i = c·(T_i - n·c / 2) with
 *   T_i the sum of row i and c = h / s.
 * - Grid: as sum_scale_f64. */
extern "C" __global__ void __launch_bounds__(THREADS, 2)
    matmul_scale_f64(const double *__restrict__ A, unsigned n, unsigned pitch, double M,
                     double *norms, struct double_double *sums, struct double_double *u,
                     struct integer_scale *scale, unsigned *ticket)
{
    double x[ROWS] = {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0};
    struct double_double sum[ROWS];
    unsigned largest = 0;
#pragma unroll
    for (unsigned i = 0; i < ROWS; i++)
        sum[i] = dd_of(0.0);
    for (unsigned c = threadIdx.x * 2; c < pitch; c += THREADS * 2) {
        double2 v[ROWS];
#pragma unroll
        for (unsigned i = 0; i < ROWS; i++)
            v[i] =
                load_streamed((const double2 *)(A + (size_t)norm_row(blockIdx.x, i) * pitch + c));
#pragma unroll
        for (unsigned i = 0; i < ROWS; i++) {
            x[i] = __fma_rn(v[i].y, v[i].y, __fma_rn(v[i].x, v[i].x, x[i]));
            largest = most(largest, most(magnitude(v[i].x), magnitude(v[i].y)));
            const double two = v[i].x + v[i].y, t = two - v[i].x;
            const double e = (v[i].x - (two - t)) + (v[i].y - t);
            const double hi = sum[i].hi + two, u = hi - sum[i].hi;
            sum[i].lo += ((sum[i].hi - (hi - u)) + (two - u)) + e;
            sum[i].hi = hi;
        }
    }
    __shared__ struct double_double of_warp[WARPS][ROWS];
#pragma unroll
    for (unsigned i = 0; i < ROWS; i++) {
#pragma unroll
        for (int lanes = 16; lanes > 0; lanes /= 2) {
            const struct double_double other = {__shfl_xor_sync(0xffffffffu, sum[i].hi, lanes),
                                                __shfl_xor_sync(0xffffffffu, sum[i].lo, lanes)};
            sum[i] = dd_add(sum[i], other);
        }
        if (threadIdx.x % 32 == 0)
            of_warp[threadIdx.x / 32][i] = sum[i];
    }
    leave_norms(x, largest,
                norms + (size_t)blockIdx.x * NORMS); /* has a barrier after the writes */
    if (threadIdx.x < ROWS) {
        struct double_double total = dd_of(0.0);
        for (unsigned warp = 0; warp < WARPS; warp++)
            total = dd_add(total, of_warp[warp][threadIdx.x]);
        sums[norm_row(blockIdx.x, threadIdx.x)] = total;
    }
    if (!ends_last(ticket))
        return;
    const volatile double *all = norms, *row_sums = (const volatile double *)sums;
    __shared__ struct integer_scale found;
    double total = 0.0, R = 0.0, top = 0.0;
    for (size_t i = threadIdx.x; i < n; i += THREADS)
        total += row_sums[2 * i];
    const double k = (double)n, c = over_block<true>(total) / (k * k), kcc = k * c * c;
    for (size_t i = threadIdx.x; i < gridDim.x; i += THREADS) {
        for (unsigned j = 0; j < ROWS; j++) {
            const unsigned row = norm_row((unsigned)i, j);
            const double square = all[i * NORMS + j];
            if (row < n) /* |a - c|² = |a|² - 2c·Σa + K·c², and what it may be rounded by */
                R = most(R, (square - 2.0 * c * row_sums[2 * (size_t)row] + kcc) +
                                1e-13 * (square + kcc));
        }
        top = most(top, all[i * NORMS + NORMS - 1]);
    }
    R = __dsqrt_rn(over_block<false>(R) * NORM_SLACK);
    top = over_block<false>(top);
    if (threadIdx.x == 0) {
        const double root = __dsqrt_rn(k), size = c < 0.0 ? -c : c;
        found = scale_of(R, root, R, root, 0.5 * M * ROOM, top + size, c);
        *scale = found;
    }
    __syncthreads(); /* everyone reads what thread 0 found */
    const double q = found.h / found.s;
    const struct double_double centre = {q, __fma_rn(-q, found.s, found.h) / found.s},
                               half = dd_mul(centre, dd_of(-0.5 * k));
    for (size_t i = threadIdx.x; i < n; i += THREADS) {
        const struct double_double sum_of_row = {row_sums[2 * i], row_sums[2 * i + 1]};
        u[i] = dd_mul(centre, dd_add(sum_of_row, half));
    }
}

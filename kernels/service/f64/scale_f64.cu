/* scale_f64.cu - the scale s that turns A into integers for float64 products from int8
 * (support/f64/moduli.cuh): as large as the moduli allow, from the norms of A's rows.
 *
 * Each rounding makes q = s·(a - c) + e with |e| ≤ 1/2, or |e| ≤ 1 where the mean c is taken out. A
 * product of two rows is bounded by the product of their norms (Cauchy-Schwarz), and so it stays
 * below M / 2.
 * matmul: |q_i·q_j| ≤ (s·R + √K)², R the largest norm of a row less its mean.
 * sum-aat: a thread adds 16 entries before the CRT, which is (q_r + q_{r+8})·(eight columns'
 * sum): ≤ (s·P + √K)·(s·O + 4·√K), P and O the largest norms of *summed* rows: the pairs
 * {16t + u, 16t + u + 8} and the octets {32t + 2v + {0, 1, 8, 9, 16, 17, 24, 25}}. Where rows are
 * nearly orthogonal that is 4 times less than 16 times the bound of an entry. */
#include "kernels/support/f64/double_double.cuh"
#include "kernels/support/f64/moduli.cuh"

enum { THREADS = 256, ROWS = 8, SCALE_THREADS = 1024, NORMS = 16 };

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
    __shared__ double sums[THREADS / 32][COUNT];
    __shared__ unsigned tops[THREADS / 32];
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
        for (unsigned warp = 0; warp < THREADS / 32; warp++)
            sum += sums[warp][t];
        out[t] = sum;
    }
    if (t == 32) {
        for (unsigned warp = 0; warp < THREADS / 32; warp++)
            largest = most(largest, tops[warp]);
        const bool finite = largest < MAGNITUDE_INFINITE;
        out[NORMS - 1] = __longlong_as_double(
            finite ? (long long)((unsigned long long)largest << 32 | 0xffffffffull)
                   : (long long)((unsigned long long)MAGNITUDE_INFINITE << 32));
    }
}

/* The norms of pairs and octets, for sum-aat. norms: NORMS float64 a block: |pair|² of 4, |octet|²,
 * and in the last the largest magnitude. Grid: 4 blocks for each 32 rows. */
extern "C" __global__ void __launch_bounds__(THREADS, 2)
    group_norms_f64(const double *__restrict__ A, unsigned pitch, double *__restrict__ norms)
{
    double x[5] = {0.0, 0.0, 0.0, 0.0, 0.0};
    unsigned largest = 0;
    for (unsigned c = threadIdx.x * 2; c < pitch; c += THREADS * 2) {
        double2 v[ROWS];
#pragma unroll
        for (unsigned i = 0; i < ROWS; i++)
            v[i] = load_streamed(
                (const double2 *)(A + (size_t)norm_row(blockIdx.x, i) * pitch + c));
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
}

/* The norms and sums of rows, for matmul. norms: |row|² of 8, the rows' sums, and the largest
 * magnitude; sums: a double-double a row. */
extern "C" __global__ void __launch_bounds__(THREADS, 2)
    row_norms_f64(const double *__restrict__ A, unsigned pitch, double *__restrict__ norms,
                  struct double_double *__restrict__ sums)
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
            v[i] = load_streamed(
                (const double2 *)(A + (size_t)norm_row(blockIdx.x, i) * pitch + c));
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
    __shared__ struct double_double of_warp[THREADS / 32][ROWS];
#pragma unroll
    for (unsigned i = 0; i < ROWS; i++) {
#pragma unroll
        for (int lanes = 16; lanes > 0; lanes /= 2) {
            const struct double_double other = {
                __shfl_xor_sync(0xffffffffu, sum[i].hi, lanes),
                __shfl_xor_sync(0xffffffffu, sum[i].lo, lanes)};
            sum[i] = dd_add(sum[i], other);
        }
        if (threadIdx.x % 32 == 0)
            of_warp[threadIdx.x / 32][i] = sum[i];
    }
    leave_norms(x, largest, norms + (size_t)blockIdx.x * NORMS); /* has a barrier after the writes */
    if (threadIdx.x < ROWS) {
        struct double_double total = dd_of(0.0);
        for (unsigned warp = 0; warp < THREADS / 32; warp++)
            total = dd_add(total, of_warp[warp][threadIdx.x]);
        sums[norm_row(blockIdx.x, threadIdx.x)] = total;
    }
}

/* The largest (or, ADD, the sum) of x over the block's SCALE_THREADS threads, to all. 8 KiB. */
template <bool ADD> static __device__ double over_block(double x)
{
    __shared__ double value[SCALE_THREADS];
    __syncthreads(); /* an earlier call's result has been read */
    value[threadIdx.x] = x;
    __syncthreads();
    for (unsigned half = SCALE_THREADS / 2; half > 0; half /= 2) {
        if (threadIdx.x < half) {
            const double other = value[threadIdx.x + half];
            value[threadIdx.x] =
                ADD ? value[threadIdx.x] + other : most(value[threadIdx.x], other);
        }
        __syncthreads(); /* the next level reads what this one wrote */
    }
    return value[0];
}

/* The largest s with (s·P + p)·(s·O + o) ≤ room, of 20 bits so that s² is exact; at most 2^50 /
 * largest, so that integers fit where they are rounded. A = 0 gives 2^400. */
static __device__ struct integer_scale scale_of(double P, double p, double O, double o, double room,
                                                double largest, double c)
{
    const double a = P * O, b = P * o + O * p, free = room - p * o;
    double s = 2.0 * free / (b + __dsqrt_rn(b * b + 4.0 * a * free)) * (1.0 - 1e-9);
    const double fits = 1125899906842624.0 / largest, highest = 2.58224987808690859e120;
    s = s < fits ? s : fits;
    s = s < highest ? s : highest;
    s = __longlong_as_double(__double_as_longlong(s) & ~0x1ffffffffll);
    struct integer_scale scale;
    const double square = s * s;
    scale.s = s;
    scale.h = __double_as_longlong(c) == 0 ? 0.0 : (s * c + 6755399441055744.0) - 6755399441055744.0;
    scale.inverse_upper = 1.0 / square;
    scale.inverse_lower = __fma_rn(-square, scale.inverse_upper, 1.0) / square;
    if (magnitude(largest) >= MAGNITUDE_INFINITE) /* there is no result then */
        scale.inverse_upper = __longlong_as_double(0x7ff8000000000000ll);
    return scale;
}

/* What a rounded norm may be too small by. */
#define NORM_SLACK (1.0 + 1e-12)

/* For sum-aat; one block. M: the product of the moduli; blocks: of group_norms_f64. */
extern "C" __global__ void __launch_bounds__(SCALE_THREADS)
    sum_scale_f64(const double *__restrict__ norms, unsigned blocks, unsigned k, double M,
                  struct integer_scale *scale)
{
    double P = 0.0, O = 0.0, largest = 0.0;
    for (unsigned i = threadIdx.x; i < blocks; i += SCALE_THREADS) {
        const double *of = norms + (size_t)i * NORMS;
        for (unsigned j = 0; j < 4; j++)
            P = most(P, of[j]);
        O = most(O, of[4]);
        largest = most(of[NORMS - 1], largest);
    }
    P = __dsqrt_rn(over_block<false>(P) * NORM_SLACK);
    O = __dsqrt_rn(over_block<false>(O) * NORM_SLACK);
    largest = over_block<false>(largest);
    if (threadIdx.x == 0) {
        const double root = __dsqrt_rn((double)k);
        *scale = scale_of(P, root, O, 4.0 * root, 0.5 * M * (1.0 - 1.0 / 262144.0), largest, 0.0);
    }
}

/* For matmul; one block. u: what of C_ij = (q·qᵀ)_ij / s² + u_i + u_j centring took out, u_i =
 * c·(T_i - K·c / 2) with T_i the sum of row i and c = h / s. */
extern "C" __global__ void __launch_bounds__(SCALE_THREADS)
    matmul_scale_f64(const double *__restrict__ norms, unsigned blocks, unsigned n, double M,
                     const struct double_double *__restrict__ sums, struct double_double *u,
                     struct integer_scale *scale)
{
    __shared__ struct integer_scale found;
    double total = 0.0, R = 0.0, largest = 0.0;
    for (unsigned i = threadIdx.x; i < n; i += SCALE_THREADS)
        total += sums[i].hi;
    const double k = (double)n, c = over_block<true>(total) / (k * k), kcc = k * c * c;
    for (unsigned i = threadIdx.x; i < blocks; i += SCALE_THREADS) {
        const double *of = norms + (size_t)i * NORMS;
        for (unsigned j = 0; j < ROWS; j++) {
            const unsigned row = norm_row(i, j);
            if (row < n) /* |a - c|² = |a|² - 2c·Σa + K·c², and what it may be rounded by */
                R = most(R, (of[j] - 2.0 * c * sums[row].hi + kcc) + 1e-13 * (of[j] + kcc));
        }
        largest = most(of[NORMS - 1], largest);
    }
    R = __dsqrt_rn(over_block<false>(R) * NORM_SLACK);
    largest = over_block<false>(largest);
    if (threadIdx.x == 0) {
        const double root = __dsqrt_rn(k), size = c < 0.0 ? -c : c;
        found = scale_of(R, root, R, root, 0.5 * M * (1.0 - 1.0 / 262144.0), largest + size, c);
        *scale = found;
    }
    __syncthreads(); /* everyone reads what thread 0 found */
    const double q = found.h / found.s;
    const struct double_double centre = {q, __fma_rn(-q, found.s, found.h) / found.s},
                               half = dd_mul(centre, dd_of(-0.5 * k));
    for (unsigned i = threadIdx.x; i < n; i += SCALE_THREADS)
        u[i] = dd_mul(centre, dd_add(sums[i], half));
}

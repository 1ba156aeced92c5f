/* split_sm90.cu - the planes that support/tensor_sm90.cuh multiplies: A in one or two pieces of a
 * smaller type, cut along k into chunks of 128 bytes, [chunk][row][128 bytes]. Columns past n are
 * zero.
 *
 * f16 has a small range, so each row is first multiplied by the power of two that brings its
 * largest entry to [2^14, 2^15): exact, and undone by scale[row] after the product. An entry 2^18
 * times smaller than its row's largest still keeps 22 bits in two pieces. hi = f16(a), lo = f16(a -
 * hi)                       three products hi = f16(a), q = f16(a + 64·(a - hi)) / 8           two:
 * (hi·hiᵀ + q·qᵀ) / (1 + 1/64) = A·Aᵀ, as q errs the other way than hi Bound by memory: 4 bytes in,
 * 2 to 8 out an entry. */
#include "kernels/support/hopper.cuh"

enum { THREADS = 256 };

static __device__ __forceinline__ unsigned bits_of(float x)
{
    unsigned bits;
    asm("mov.b32 %0, %1;" : "=r"(bits) : "f"(x));
    return bits;
}
static __device__ __forceinline__ float float_of(unsigned bits)
{
    float x;
    asm("mov.b32 %0, %1;" : "=f"(x) : "r"(bits));
    return x;
}

/* Two floats rounded to nearest in a 16-bit type, the first in the low half; and back. */
static __device__ __forceinline__ unsigned pack_f16(float low, float high)
{
    unsigned pair;
    asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
    return pair;
}
static __device__ __forceinline__ unsigned pack_bf16(float low, float high)
{
    unsigned pair;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
    return pair;
}
static __device__ __forceinline__ float2 unpack_f16(unsigned pair)
{
    float low, high;
    asm("{\n.reg .b16 l, h;\nmov.b32 {l, h}, %2;\ncvt.f32.f16 %0, l;\ncvt.f32.f16 %1, h;\n}"
        : "=f"(low), "=f"(high)
        : "r"(pair));
    return make_float2(low, high);
}
static __device__ __forceinline__ float round_tf32(float x)
{
    unsigned bits;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(x));
    return float_of(bits);
}

/* 8 entries of a row from column k on; zero past `pitch`. */
struct eight {
    float v[8];
};
static __device__ __forceinline__ struct eight eight_of(const float *row, unsigned k,
                                                        unsigned pitch)
{
    struct eight e = {{0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f}};
    if (k < pitch) {
        const float4 a = *(const float4 *)(row + k), b = *(const float4 *)(row + k + 4);
        e.v[0] = a.x, e.v[1] = a.y, e.v[2] = a.z, e.v[3] = a.w;
        e.v[4] = b.x, e.v[5] = b.y, e.v[6] = b.z, e.v[7] = b.w;
    }
    return e;
}

/* The larger of `most` and the magnitudes of e, as bits, which order as the values do; NaN is
 * larger than all. */
static __device__ __forceinline__ unsigned larger(unsigned most, const struct eight &e)
{
#pragma unroll
    for (int i = 0; i < 8; i++) {
        const unsigned magnitude = bits_of(e.v[i]) & 0x7fffffff;
        most = most > magnitude ? most : magnitude;
    }
    return most;
}

/* The largest `most` of all threads of the block, to each of them. */
static __device__ __forceinline__ unsigned largest_of_block(unsigned most)
{
    __shared__ unsigned of_warp[THREADS / 32];
    unsigned of_lanes;
    asm volatile("redux.sync.max.u32 %0, %1, 0xffffffff;" : "=r"(of_lanes) : "r"(most));
    if (threadIdx.x % 32 == 0)
        of_warp[threadIdx.x / 32] = of_lanes;
    __syncthreads(); /* all warps' are written */
    most = 0;
#pragma unroll
    for (unsigned w = 0; w < THREADS / 32; w++)
        most = most > of_warp[w] ? most : of_warp[w];
    return most;
}

/* The power of two that brings x to [2^14, 2^15), and what undoes it. Rows whose largest entry is
 * below 2^-111 are brought as far up as a float can express; one with an entry of 2^64 or more, an
 * infinity or a NaN is refused: its scale is NaN, and so is every entry of its products. */
struct scaling {
    float up, down;
};
static __device__ __forceinline__ struct scaling scaling_of(unsigned largest)
{
    unsigned exponent = largest >> 23; /* 127 + e for 2^e */
    exponent = exponent < 15 ? 15 : exponent;
    struct scaling s = {float_of((127 + 14 + 127 - exponent) << 23),
                        float_of((exponent - 14) << 23)};
    if (exponent >= 127 + 64)
        s.up = s.down = float_of(0x7fffffff);
    return s;
}

/* The pieces of 8 entries, 16 bytes each. PIECES: 3, hi and lo; 2, hi and q; 1, hi alone. */
template <int PIECES>
static __device__ __forceinline__ void store_pieces(const struct eight &e, float up,
                                                    unsigned char *hi, unsigned char *lo)
{
    unsigned h[4], l[4];
#pragma unroll
    for (int i = 0; i < 4; i++) {
        const float x = e.v[2 * i] * up, y = e.v[2 * i + 1] * up;
        h[i] = pack_f16(x, y);
        const float2 rounded = unpack_f16(h[i]);
        const float ex = x - rounded.x, ey = y - rounded.y; /* exact */
        if (PIECES == 3)
            l[i] = pack_f16(ex, ey);
        else if (PIECES == 2)
            l[i] = pack_f16(__fmaf_rn(ex, 64.0f, x) * 0.125f, __fmaf_rn(ey, 64.0f, y) * 0.125f);
    }
    *(uint4 *)hi = make_uint4(h[0], h[1], h[2], h[3]);
    if (PIECES > 1)
        *(uint4 *)lo = make_uint4(l[0], l[1], l[2], l[3]);
}

/* Grid: one block of 256 threads a row. The first HELD·2048 entries stay in registers between the
 * two times they are needed, for the scale and for the pieces; any further ones are read twice. */
template <int PIECES>
static __device__ __forceinline__ void split_f16(const float *A, unsigned char *hi,
                                                 unsigned char *lo, float *scale, unsigned n,
                                                 unsigned pitch)
{
    enum { HELD = 5, STEP = THREADS * 8 };
    let_next_kernel_start();
    const unsigned r = blockIdx.x, end = (n + 63) / 64 * 64, k0 = threadIdx.x * 8;
    const float *row = A + (size_t)r * pitch;
    struct eight held[HELD];
    unsigned most = 0;
#pragma unroll
    for (unsigned h = 0; h < HELD; h++)
        held[h] = eight_of(row, k0 + h * STEP, pitch);
#pragma unroll
    for (unsigned h = 0; h < HELD; h++)
        most = larger(most, held[h]);
    for (unsigned k = k0 + HELD * STEP; k < pitch; k += STEP)
        most = larger(most, eight_of(row, k, pitch));
    const struct scaling s = scaling_of(largest_of_block(most));
    if (threadIdx.x == 0)
        scale[r] = s.down;
    const size_t at = ((size_t)(k0 / 64) * n + r) * 128 + k0 % 64 * 2,
                 step = (size_t)STEP / 64 * n * 128;
#pragma unroll
    for (unsigned h = 0; h < HELD; h++)
        if (k0 + h * STEP < end)
            store_pieces<PIECES>(held[h], s.up, hi + at + h * step, lo + at + h * step);
    for (unsigned h = HELD; k0 + h * STEP < end; h++)
        store_pieces<PIECES>(eight_of(row, k0 + h * STEP, pitch), s.up, hi + at + h * step,
                             lo + at + h * step);
}

/* A: kernels/job.h. hi, lo: the planes. scale: n floats. */
extern "C" __global__ void __launch_bounds__(THREADS)
    split_f16_hi_lo(const float *__restrict__ A, unsigned char *hi, unsigned char *lo, float *scale,
                    unsigned n, unsigned pitch)
{
    split_f16<3>(A, hi, lo, scale, n, pitch);
}
extern "C" __global__ void __launch_bounds__(THREADS)
    split_f16_hi_q(const float *__restrict__ A, unsigned char *hi, unsigned char *lo, float *scale,
                   unsigned n, unsigned pitch)
{
    split_f16<2>(A, hi, lo, scale, n, pitch);
}
extern "C" __global__ void __launch_bounds__(THREADS)
    split_f16_hi(const float *__restrict__ A, unsigned char *hi, unsigned char *lo, float *scale,
                 unsigned n, unsigned pitch)
{
    split_f16<1>(A, hi, lo, scale, n, pitch);
}

/* bf16 has FP32's range, and needs no scale. */
extern "C" __global__ void __launch_bounds__(THREADS)
    split_bf16(const float *__restrict__ A, unsigned char *hi, unsigned char * /* no lo */,
               float * /* no scale */, unsigned n, unsigned pitch)
{
    let_next_kernel_start();
    const unsigned r = blockIdx.x;
    const float *row = A + (size_t)r * pitch;
    for (unsigned k = threadIdx.x * 8; k < (n + 63) / 64 * 64; k += THREADS * 8) {
        float4 a = make_float4(0.0f, 0.0f, 0.0f, 0.0f), b = a;
        if (k < pitch) {
            a = *(const float4 *)(row + k);
            b = *(const float4 *)(row + k + 4);
        }
        *(uint4 *)(hi + ((size_t)(k / 64) * n + r) * 128 + k % 64 * 2) = make_uint4(
            pack_bf16(a.x, a.y), pack_bf16(a.z, a.w), pack_bf16(b.x, b.y), pack_bf16(b.z, b.w));
    }
}

/* tf32 in two pieces: hi = tf32(a), lo = tf32(a - hi). */
extern "C" __global__ void __launch_bounds__(THREADS)
    split_tf32_hi_lo(const float *__restrict__ A, unsigned char *hi, unsigned char *lo,
                     float * /* no scale */, unsigned n, unsigned pitch)
{
    let_next_kernel_start();
    const unsigned r = blockIdx.x;
    const float *row = A + (size_t)r * pitch;
    for (unsigned k = threadIdx.x * 4; k < (n + 31) / 32 * 32; k += THREADS * 4) {
        const float4 a = *(const float4 *)(row + k);
        const float4 h =
            make_float4(round_tf32(a.x), round_tf32(a.y), round_tf32(a.z), round_tf32(a.w));
        const size_t at = ((size_t)(k / 32) * n + r) * 128 + k % 32 * 4;
        *(float4 *)(hi + at) = h;
        *(float4 *)(lo + at) = make_float4(round_tf32(a.x - h.x), round_tf32(a.y - h.y),
                                           round_tf32(a.z - h.z), round_tf32(a.w - h.w));
    }
}

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

/* The largest |entry| of a row as bits, which order as the values do; NaN is larger than all. Every
 * thread of the block gets it. */
static __device__ __forceinline__ unsigned largest_of_row(const float *row, unsigned pitch)
{
    __shared__ unsigned of_warp[THREADS / 32];
    unsigned most = 0;
    for (unsigned k = threadIdx.x * 4; k < pitch; k += THREADS * 4) {
        const float4 v = *(const float4 *)(row + k);
        const unsigned x = bits_of(v.x) & 0x7fffffff, y = bits_of(v.y) & 0x7fffffff,
                       z = bits_of(v.z) & 0x7fffffff, w = bits_of(v.w) & 0x7fffffff;
        const unsigned xy = x > y ? x : y, zw = z > w ? z : w, all = xy > zw ? xy : zw;
        most = most > all ? most : all;
    }
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

/* PIECES: 3, hi and lo; 2, hi and q; 1, hi alone. Grid: one block of 256 threads a row. */
template <int PIECES>
static __device__ __forceinline__ void split_f16(const float *A, unsigned char *hi,
                                                 unsigned char *lo, float *scale, unsigned n,
                                                 unsigned pitch)
{
    let_next_kernel_start();
    const unsigned r = blockIdx.x;
    const float *row = A + (size_t)r * pitch;
    const struct scaling s = scaling_of(largest_of_row(row, pitch));
    if (threadIdx.x == 0)
        scale[r] = s.down;
    for (unsigned k = threadIdx.x * 8; k < (n + 63) / 64 * 64; k += THREADS * 8) {
        float v[8] = {0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f};
        if (k < pitch) {
            const float4 a = *(const float4 *)(row + k), b = *(const float4 *)(row + k + 4);
            v[0] = a.x, v[1] = a.y, v[2] = a.z, v[3] = a.w;
            v[4] = b.x, v[5] = b.y, v[6] = b.z, v[7] = b.w;
        }
        unsigned h[4], l[4];
#pragma unroll
        for (int i = 0; i < 4; i++) {
            const float x = v[2 * i] * s.up, y = v[2 * i + 1] * s.up;
            h[i] = pack_f16(x, y);
            const float2 rounded = unpack_f16(h[i]);
            const float ex = x - rounded.x, ey = y - rounded.y; /* exact */
            if (PIECES == 3)
                l[i] = pack_f16(ex, ey);
            else if (PIECES == 2)
                l[i] = pack_f16(__fmaf_rn(ex, 64.0f, x) * 0.125f, __fmaf_rn(ey, 64.0f, y) * 0.125f);
        }
        const size_t at = ((size_t)(k / 64) * n + r) * 128 + k % 64 * 2;
        *(uint4 *)(hi + at) = make_uint4(h[0], h[1], h[2], h[3]);
        if (PIECES > 1)
            *(uint4 *)(lo + at) = make_uint4(l[0], l[1], l[2], l[3]);
    }
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

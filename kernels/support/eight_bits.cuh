/* eight_bits.cuh - how the arithmetics int8 and fp8 round an entry of A, whose magnitude is at most
 * 1, to 8 bits.
 *
 * - int8: q = 127·a, rounded to the nearest integer, ties to even. Sums of products are exact in
 *   int32 up to 133152 k, and C = q·qᵀ / 127².
 * - fp8: e4m3, 3 bits of fraction, from 2^-6 to 448, of 2^8·a, ties to even. The factor leaves
 *   entries from 2^-14 to 1 their 3 bits.
 *
 * Both are rounded once, so all kernels and libraries multiply the same bits. */
#ifndef KERNELS_SUPPORT_EIGHT_BITS_CUH
#define KERNELS_SUPPORT_EIGHT_BITS_CUH

#include "kernels/support/portable.cuh"

#define INT8_SCALE 127.0f
#define E4M3_SCALE 256.0f

#ifdef GPUBENCH_ON_CPU
static inline unsigned bits_of(float x)
{
    return cuda_cpu_bits<unsigned>(x);
}
static inline float float_of(unsigned bits)
{
    return cuda_cpu_bits<float>(bits);
}
#else
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
#endif

/* A float this large has no fraction, so adding it rounds to an integer, which is then in the
 * lowest bits, also if it is negative. */
static const float int8_shift = 12582912.0f; /* 1.5·2^23 */

static __device__ __forceinline__ int int8_of(float a)
{
    return (int)(__fmaf_rn(a, INT8_SCALE, int8_shift) - int8_shift);
}

/* Four entries of A as bytes, the first the lowest. */
static __device__ __forceinline__ unsigned four_int8(float4 a)
{
    return ((unsigned)int8_of(a.x) & 255) | ((unsigned)int8_of(a.y) & 255) << 8 |
           ((unsigned)int8_of(a.z) & 255) << 16 | (unsigned)int8_of(a.w) << 24;
}

/* Below 2^-6 e4m3 has steps of 2^-9, as floats have beside this one. */
static const float e4m3_shift = 24576.0f; /* 1.5·2^14 */

/* x rounded to e4m3, as a float. |x| is at most 448. */
static __device__ __forceinline__ float e4m3_value(float x)
{
    const unsigned bits = bits_of(x), magnitude = bits & 0x7fffffffu;
    if (magnitude < 0x3c800000u) /* 2^-6 */
        return x + e4m3_shift - e4m3_shift;
    return float_of((bits + 0x7ffffu + (bits >> 20 & 1u)) & ~0xfffffu);
}

/* x rounded to e4m3: sign, 4 bits of exponent, 3 of fraction. What is larger than 448 becomes 448,
 * as cvt.rn.satfinite does it. */
static __device__ __forceinline__ unsigned e4m3_of(float x)
{
    const unsigned bits = bits_of(x), magnitude = bits & 0x7fffffffu, sign = bits >> 24 & 0x80u;
    if (magnitude > 0x7f800000u)
        return 0x7f; /* NaN */
    if (magnitude >= 0x43e00000u)
        return sign | 0x7e; /* 448 */
    if (magnitude < 0x3c800000u)
        return sign | (bits_of(float_of(magnitude) + e4m3_shift) & 0xfu);
    return sign | (magnitude - (120u << 23) + 0x7ffffu + (magnitude >> 20 & 1u)) >> 20;
}

/* The entries that support/portable/register_tile.cuh multiplies. */
struct int8_entries {
    typedef int type;
    static __device__ __forceinline__ int of(float a) { return int8_of(a); }
    static __device__ __forceinline__ int multiply_add(int x, int y, int sum)
    {
        return x * y + sum;
    }
};
struct e4m3_entries {
    typedef float type;
    static __device__ __forceinline__ float of(float a) { return e4m3_value(a * E4M3_SCALE); }
    static __device__ __forceinline__ float multiply_add(float x, float y, float sum)
    {
        return __fmaf_rn(x, y, sum);
    }
};

/* An entry of C from the sum of its products. */
static __device__ __forceinline__ float entry_of_c(int sum)
{
    return (float)sum * (1.0f / (INT8_SCALE * INT8_SCALE));
}
static __device__ __forceinline__ float entry_of_c(float sum)
{
    return sum * (1.0f / (E4M3_SCALE * E4M3_SCALE));
}

#endif

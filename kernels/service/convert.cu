/* convert.cu - converts float32 to the formats of tensor cores with 16 and with 8 bits, rounded to
 * nearest, ties to even, with the same bits on every GPU; and C from integers.
 *
 * It is not optimised, because it is part of no measured time (kernels/libraries/convert.h). */
#include "kernels/support/eight_bits.cuh"

/* bfloat16 is the upper half of a float32. A carry out of the fraction correctly gives the next
 * exponent or infinity. A NaN stays a NaN. */
static __device__ __forceinline__ unsigned bf16_of(unsigned bits)
{
    if ((bits & 0x7fffffffu) > 0x7f800000u)
        return bits >> 16 | 0x40u;
    return (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
}

/* float16 has 10 bits of fraction; its least normal value is 2⁻¹⁴ and its least value 2⁻²⁴. */
static __device__ __forceinline__ unsigned f16_of(unsigned bits)
{
    const unsigned sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u)
        return sign | 0x7e00u; /* NaN */
    if (magnitude >= 0x477ff000u)
        return sign | 0x7c00u;    /* 65520, halfway past the largest value, or more: infinity */
    if (magnitude >= 0x38800000u) /* 2⁻¹⁴: normal; the exponent's bias is 15, not 127 */
        return sign | (magnitude - (112u << 23) + 0xfffu + (magnitude >> 13 & 1u)) >> 13;
    if (magnitude < 0x33000000u)
        return sign;                                 /* less than 2⁻²⁵ */
    const unsigned shift = 126u - (magnitude >> 23); /* shift to units of 2⁻²⁴: 14 to 24 bits */
    const unsigned fraction = (magnitude & 0x7fffffu) | 0x800000u, half = 1u << (shift - 1);
    const unsigned whole = fraction >> shift, rest = fraction & (2 * half - 1);
    return sign | (whole + (rest > half || (rest == half && (whole & 1u))));
}

/* - from: `pairs` pairs of float32, as bits.
 * - to: as many pairs, the first of each in the lower half.
 * - Any grid of any one-dimensional blocks; a thread converts every grid-th pair. */
extern "C" __global__ void convert_bf16(const unsigned *__restrict__ from,
                                        unsigned *__restrict__ to, size_t pairs)
{
    const size_t stride = (size_t)gridDim.x * blockDim.x;
    for (size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x; i < pairs; i += stride)
        to[i] = bf16_of(from[2 * i]) | bf16_of(from[2 * i + 1]) << 16;
}

extern "C" __global__ void convert_f16(const unsigned *__restrict__ from, unsigned *__restrict__ to,
                                       size_t pairs)
{
    const size_t stride = (size_t)gridDim.x * blockDim.x;
    for (size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x; i < pairs; i += stride)
        to[i] = f16_of(from[2 * i]) | f16_of(from[2 * i + 1]) << 16;
}

/* from: 4·`words` float32; to: as many bytes, four to a word, the first the lowest. */
extern "C" __global__ void convert_int8(const float4 *__restrict__ from, unsigned *__restrict__ to,
                                        size_t words)
{
    const size_t stride = (size_t)gridDim.x * blockDim.x;
    for (size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x; i < words; i += stride)
        to[i] = four_int8(from[i]);
}

extern "C" __global__ void convert_e4m3(const float4 *__restrict__ from, unsigned *__restrict__ to,
                                        size_t words)
{
    const size_t stride = (size_t)gridDim.x * blockDim.x;
    for (size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x; i < words; i += stride) {
        const float4 v = from[i];
        to[i] = e4m3_of(v.x * E4M3_SCALE) | e4m3_of(v.y * E4M3_SCALE) << 8 |
                e4m3_of(v.z * E4M3_SCALE) << 16 | e4m3_of(v.w * E4M3_SCALE) << 24;
    }
}

/* C in place: `count` sums of products of int8, to float32. */
extern "C" __global__ void convert_c_int8(int *c, size_t count)
{
    const size_t stride = (size_t)gridDim.x * blockDim.x;
    for (size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x; i < count; i += stride)
        c[i] = (int)bits_of(entry_of_c(c[i]));
}

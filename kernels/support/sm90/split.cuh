/* split.cuh - splits A into one or two planes of a smaller type for the tensor cores of
 * support/sm90/tensor_sm90.cuh. A plane is cut along k into chunks of 128 bytes: [chunk][row][128
 * bytes].
 *
 * f16 has a small range, so each row is first multiplied by the power of two that brings its
 * largest entry to [2^14, 2^15). This is exact, and a scale undoes it after the product. An entry
 * 2^18 times smaller than the largest still keeps 22 bits in two pieces. bf16 and tf32 have the
 * range of FP32 and need no scale. The two formats of 8 bits have a fixed one
 * (support/eight_bits.cuh).
 *
 * Three products: hi = f16(a), lo = f16(a - hi)
 * Two products:   hi = f16(a), q = f16(a + 64·(a - hi)) / 8;
 *                 (hi·hiᵀ + q·qᵀ) / (1 + 1/64) = A·Aᵀ, because the errors of q and hi cancel */
#ifndef KERNELS_SUPPORT_SPLIT_CUH
#define KERNELS_SUPPORT_SPLIT_CUH

#include "kernels/support/eight_bits.cuh"
#include "kernels/support/sm80/ampere.cuh"

/* The pieces of A. NONE means that the copy engine reads A itself. */
enum pieces {
    PIECES_NONE,
    PIECES_F16_HI,
    PIECES_F16_HI_Q,
    PIECES_F16_HI_LO,
    PIECES_BF16,
    PIECES_TF32_HI_LO,
    PIECES_E4M3,
    PIECES_INT8
};

template <enum pieces P> struct pieces_of {
    enum {
        scaled = P == PIECES_F16_HI || P == PIECES_F16_HI_Q || P == PIECES_F16_HI_LO,
        bytes = P == PIECES_TF32_HI_LO                 ? 4 /* bytes of an entry of a plane */
                : P == PIECES_E4M3 || P == PIECES_INT8 ? 1
                                                       : 2,
        chunk = 128 / bytes /* entries of a chunk */
    };
};

/* Converts a pair of f16 to float; round_f16() is the inverse. */
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

/* Rounds four entries of A to bytes, the first the lowest. */
static __device__ __forceinline__ unsigned four_e4m3(const float *a)
{
    unsigned four;
    asm("{\n.reg .b16 l, h;\n"
        "cvt.rn.satfinite.e4m3x2.f32 l, %2, %1;\n"
        "cvt.rn.satfinite.e4m3x2.f32 h, %4, %3;\n"
        "mov.b32 %0, {l, h};\n}"
        : "=r"(four)
        : "f"(a[0] * E4M3_SCALE), "f"(a[1] * E4M3_SCALE), "f"(a[2] * E4M3_SCALE),
          "f"(a[3] * E4M3_SCALE));
    return four;
}
static __device__ __forceinline__ unsigned four_int8(const float *a)
{
    unsigned q[4], four;
#pragma unroll
    for (int i = 0; i < 4; i++)
        q[i] = bits_of(__fmaf_rn(a[i], INT8_SCALE, int8_shift));
    asm("{\n.reg .b32 l, h;\n"
        "prmt.b32 l, %1, %2, 0x0040;\n"
        "prmt.b32 h, %3, %4, 0x0040;\n"
        "prmt.b32 %0, l, h, 0x5410;\n}"
        : "=r"(four)
        : "r"(q[0]), "r"(q[1]), "r"(q[2]), "r"(q[3]));
    return four;
}

/* Loads 8 entries of a row from column k on, zero from column `pitch` on. */
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

/* Returns the largest of `most` and the magnitudes of e, as bits, which are ordered like the
 * values; NaN counts as the largest. */
static __device__ __forceinline__ unsigned larger(unsigned most, const struct eight &e)
{
#pragma unroll
    for (int i = 0; i < 8; i++) {
        const unsigned magnitude = bits_of(e.v[i]) & 0x7fffffff;
        most = most > magnitude ? most : magnitude;
    }
    return most;
}

/* Returns the largest `most` of the warp's lanes to each lane. */
static __device__ __forceinline__ unsigned largest_of_warp(unsigned most)
{
    unsigned largest;
    asm volatile("redux.sync.max.u32 %0, %1, 0xffffffff;" : "=r"(largest) : "r"(most));
    return largest;
}

/* The power of two that brings the largest entry to [2^14, 2^15), and its inverse. If the largest
 * entry is below 2^-111, the row is scaled up as far as a float allows. A row with an entry of 2^64
 * or more, an infinity or a NaN is rejected: its scale is NaN, and so is every entry of its
 * products. */
struct scaling {
    float up, down;
};
static __device__ __forceinline__ struct scaling scaling_of(unsigned largest)
{
    unsigned exponent = largest >> 23; /* 127 + e for a value of magnitude 2^e */
    exponent = exponent < 15 ? 15 : exponent;
    struct scaling s = {float_of((127 + 14 + 127 - exponent) << 23),
                        float_of((exponent - 14) << 23)};
    if (exponent >= 127 + 64)
        s.up = s.down = float_of(0x7fffffff);
    return s;
}

/* Stores the pieces of 8 entries from column k of row r on; the planes have n rows. */
template <enum pieces P>
static __device__ __forceinline__ void store_pieces(const struct eight &e, float up,
                                                    unsigned char *hi, unsigned char *lo,
                                                    unsigned k, unsigned r, unsigned n)
{
    enum { CHUNK = pieces_of<P>::chunk, BYTES = pieces_of<P>::bytes };
    const size_t at = ((size_t)(k / CHUNK) * n + r) * 128 + k % CHUNK * BYTES;
    if constexpr (P == PIECES_TF32_HI_LO) {
#pragma unroll
        for (int i = 0; i < 8; i += 4) {
            const float4 h = make_float4(round_tf32(e.v[i]), round_tf32(e.v[i + 1]),
                                         round_tf32(e.v[i + 2]), round_tf32(e.v[i + 3]));
            *(float4 *)(hi + at + i * 4) = h;
            *(float4 *)(lo + at + i * 4) =
                make_float4(round_tf32(e.v[i] - h.x), round_tf32(e.v[i + 1] - h.y),
                            round_tf32(e.v[i + 2] - h.z), round_tf32(e.v[i + 3] - h.w));
        }
    } else if constexpr (BYTES == 1) {
        *(uint2 *)(hi + at) = P == PIECES_INT8 ? make_uint2(four_int8(e.v), four_int8(e.v + 4))
                                               : make_uint2(four_e4m3(e.v), four_e4m3(e.v + 4));
    } else {
        unsigned h[4], l[4] = {0, 0, 0, 0};
#pragma unroll
        for (int i = 0; i < 4; i++) {
            const float x = e.v[2 * i] * up, y = e.v[2 * i + 1] * up;
            h[i] = P == PIECES_BF16 ? round_bf16(x, y) : round_f16(x, y);
            const float2 rounded = unpack_f16(h[i]);
            const float ex = x - rounded.x, ey = y - rounded.y; /* exact */
            if (P == PIECES_F16_HI_LO)
                l[i] = round_f16(ex, ey);
            else if (P == PIECES_F16_HI_Q)
                l[i] =
                    round_f16(__fmaf_rn(ex, 64.0f, x) * 0.125f, __fmaf_rn(ey, 64.0f, y) * 0.125f);
        }
        *(uint4 *)(hi + at) = make_uint4(h[0], h[1], h[2], h[3]);
        if (P == PIECES_F16_HI_LO || P == PIECES_F16_HI_Q)
            *(uint4 *)(lo + at) = make_uint4(l[0], l[1], l[2], l[3]);
    }
}

/* Splits columns [first, end) of row r, whole chunks, with one warp. The columns share one scale;
 * *scale receives its inverse. The scale needs a first pass over the columns and the pieces a
 * second one: the first HELD·256 columns stay in registers in between, the others are read again,
 * from a cache. */
template <enum pieces P, int HELD>
static __device__ __forceinline__ void
split_segment(const float *A, unsigned pitch, unsigned char *hi, unsigned char *lo, float *scale,
              unsigned n, unsigned r, unsigned first, unsigned end)
{
    const float *row = A + (size_t)r * pitch;
    const unsigned k0 = first + threadIdx.x % 32 * 8, to = end < pitch ? end : pitch;
    struct eight held[HELD];
#pragma unroll
    for (int h = 0; h < HELD; h++)
        held[h] = eight_of(row, k0 + h * 256, to);
    float up = 1.0f;
    if (pieces_of<P>::scaled) {
        unsigned most = 0;
#pragma unroll
        for (int h = 0; h < HELD; h++)
            most = larger(most, held[h]);
        for (unsigned k = k0 + HELD * 256; k < to; k += 512) /* two loads in flight */
            most = larger(larger(most, eight_of(row, k, to)), eight_of(row, k + 256, to));
        const struct scaling s = scaling_of(largest_of_warp(most));
        up = s.up;
        if (threadIdx.x % 32 == 0)
            *scale = s.down;
    }
    for (unsigned k = k0;;) {
#pragma unroll
        for (int h = 0; h < HELD; h++)
            if (k + h * 256 < end)
                store_pieces<P>(held[h], up, hi, lo, k + h * 256, r, n);
        k += HELD * 256;
        if (k - threadIdx.x % 32 * 8 >= end) /* the same for all lanes */
            break;
#pragma unroll
        for (int h = 0; h < HELD; h++)
            held[h] = eight_of(row, k + h * 256, to);
    }
}

#endif

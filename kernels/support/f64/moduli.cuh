/* moduli.cuh - float64 products from 8-bit integer products: the moduli, and what the Chinese
 * remainder theorem (CRT) needs of them.
 *
 * A is scaled to integers q = rint(s·a) - h. A product of integers below M, the product of the
 * moduli, is known from its residues, and each residue is a product of 8-bit integers that tensor
 * cores make exactly in int32. Source: Ozaki, Uchino, Imamura, "Ozaki scheme II", 2025. */
#ifndef KERNELS_SUPPORT_MODULI_CUH
#define KERNELS_SUPPORT_MODULI_CUH

#include "kernels/interface/f64_work.h"
#include "kernels/support/f64/double.cuh"

typedef unsigned __int128 uint128;
typedef __int128 int128;

/* Pairwise coprime, the largest 16 up to 256. */
enum { MODULI = 16 };
#define MODULUS_LIST                                                                               \
    {256, 255, 253, 251, 247, 241, 239, 233, 229, 227, 223, 217, 211, 199, 197, 193}
static __host__ __device__ constexpr int modulus_of(int m)
{
    const int modulus[MODULI] = MODULUS_LIST;
    return modulus[m];
}

/* V mod M = Σ w[m]·r[m] - M·⌊Σ r[m]·f[m] + …⌋ with w[m] = (M/p)·((M/p)⁻¹ mod p) and f = w / M. In
 * float64 w and M are cut into an upper part of 40 bits, with which sums of products by bytes are
 * exact, and the rest. */
struct crt_table {
    uint128 w[MODULI], M;
    double f[MODULI], w_upper[MODULI], w_lower[MODULI], M_upper, M_lower, M_inverse;
};

/* Runs in the compiler. */
static __host__ __device__ constexpr double uint128_to_double(uint128 x)
{
    return (double)(unsigned long long)(x >> 64) * 18446744073709551616.0 +
           (double)(unsigned long long)x;
}
static __host__ __device__ constexpr struct crt_table crt_table_of(int count)
{
    struct crt_table t = {};
    t.M = 1;
    for (int m = 0; m < count; m++)
        t.M *= (uint128)modulus_of(m);
    int bits = 0;
    while (bits < 128 && t.M >> bits)
        bits++;
    const int cut = bits - 40;
    for (int m = 0; m < count; m++) {
        const uint128 p = (uint128)modulus_of(m), others = t.M / p;
        uint128 inverse = 1;
        while (others % p * inverse % p != 1)
            inverse++;
        t.w[m] = others * inverse;
        t.f[m] = (double)(int)inverse / modulus_of(m);
        t.w_upper[m] = uint128_to_double(t.w[m] >> cut << cut);
        t.w_lower[m] = uint128_to_double(t.w[m] - (t.w[m] >> cut << cut));
    }
    t.M_upper = uint128_to_double(t.M >> cut << cut);
    t.M_lower = uint128_to_double(t.M - (t.M >> cut << cut));
    t.M_inverse = 1 / uint128_to_double(t.M);
    return t;
}

/* The integer results lie in tiles of 256×256 entries of C: of each pair of mirrored tiles one,
 * given by the host. Of a tile on the diagonal the right half of the upper 128
 * rows is left out; the lower left quarter has the same entries and counts twice. A tile is four
 * strips of 64 rows, a strip 128 threads: thread t has rows 16·(t / 32) + t % 32 / 4 + 8·h and
 * columns 8·j + 2·(t % 4) + e as entries 4·j + 2·h + e, in 0 … 127. */
enum { RESIDUE_STRIP = 64 * RESIDUE_TILE };

/* Streaming loads: what is read once leaves the caches first. */
#ifdef GPUBENCH_ON_CPU
static inline double2 load_streamed(const double2 *p)
{
    return *p;
}
static inline uint2 load_streamed(const uint2 *p)
{
    return *p;
}
static inline unsigned pack_bytes(unsigned a, unsigned b, unsigned c, unsigned d)
{
    return (a & 255) | (b & 255) << 8 | (c & 255) << 16 | d << 24;
}
#else
static __device__ __forceinline__ double2 load_streamed(const double2 *p)
{
    double2 v;
    asm volatile("ld.global.cs.v2.f64 {%0, %1}, [%2];" : "=d"(v.x), "=d"(v.y) : "l"(p));
    return v;
}
static __device__ __forceinline__ uint2 load_streamed(const uint2 *p)
{
    uint2 v;
    asm volatile("ld.global.cs.v2.u32 {%0, %1}, [%2];" : "=r"(v.x), "=r"(v.y) : "l"(p));
    return v;
}
/* The lowest bytes of four words, a's the lowest. */
static __device__ __forceinline__ unsigned pack_bytes(unsigned a, unsigned b, unsigned c,
                                                      unsigned d)
{
    unsigned ab, cd, all;
    asm("prmt.b32 %0, %1, %2, 0x0040;" : "=r"(ab) : "r"(a), "r"(b));
    asm("prmt.b32 %0, %1, %2, 0x0040;" : "=r"(cd) : "r"(c), "r"(d));
    asm("prmt.b32 %0, %1, %2, 0x5410;" : "=r"(all) : "r"(ab), "r"(cd));
    return all;
}
#endif

#endif

/* wgmma.cuh - Hopper's matrix instruction. A warpgroup (4 warps) multiplies two tiles in shared
 * memory and adds the product to accumulators in its registers, asynchronously: FP32, or int32 for
 * signed bytes.
 *
 * Both operands are K-major: rows of 128 bytes as the TMA writes them with its 128-byte swizzle.
 * For row-major A·Aᵀ this is the layout in memory, so nothing is transposed. One instruction takes
 * 32 bytes of each row: 32 values of s8 or e4m3, 16 of f16 or bf16, or 8 of tf32. Source: PTX ISA,
 * "Asynchronous warpgroup level matrix instructions". */
#ifndef KERNELS_SUPPORT_WGMMA_CUH
#define KERNELS_SUPPORT_WGMMA_CUH

#include "kernels/support/portable.cuh"

enum operand_type { OPERAND_F16, OPERAND_BF16, OPERAND_TF32, OPERAND_E4M3, OPERAND_S8 };

template <enum operand_type TYPE> struct accumulator_of {
    typedef float type;
};
template <> struct accumulator_of<OPERAND_S8> {
    typedef int type;
};

/* Describes the operand tile at a shared address: address / 16 in bits 0-13, 1024 / 16 (the
 * distance of groups of 8 rows) in bits 32-45, the 128-byte swizzle in bits 62-63. The tile starts
 * at a multiple of 1024 bytes. The k-th step along its rows starts 32·k bytes later, which adds 2·k
 * to the descriptor. */
static __device__ __forceinline__ unsigned long long wgmma_operand(unsigned address)
{
    return (unsigned long long)((address & 0x3ffff) >> 4) | 1ull << 16 |
           (unsigned long long)(1024 >> 4) << 32 | 1ull << 62;
}

/* Required before the first wgmma, and before a wgmma that follows other accesses to its registers.
 */
static __device__ __forceinline__ void wgmma_fence()
{
    asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
}
/* Closes the group of all wgmmas issued after the previous group. */
static __device__ __forceinline__ void wgmma_commit()
{
    asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}
/* Waits until at most `pending` groups are still running. */
template <int pending> static __device__ __forceinline__ void wgmma_wait()
{
    asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(pending) : "memory");
}

/* Tells the compiler that the accumulators may have changed here, so that it moves no use of them
 * across a fence or wait whose meaning it does not know. */
template <int count> static __device__ __forceinline__ void wgmma_pin(float (&d)[count])
{
#pragma unroll
    for (int i = 0; i < count; i++)
        asm volatile("" : "+f"(d[i])::"memory");
}
template <int count> static __device__ __forceinline__ void wgmma_pin(int (&d)[count])
{
#pragma unroll
    for (int i = 0; i < count; i++)
        asm volatile("" : "+r"(d[i])::"memory");
}

/* clang-format off */
#define WGMMA_8(c, i)  c(d[i]), c(d[i + 1]), c(d[i + 2]), c(d[i + 3]), c(d[i + 4]), c(d[i + 5]), c(d[i + 6]), c(d[i + 7])
#define WGMMA_32(c, i) WGMMA_8(c, i), WGMMA_8(c, i + 8), WGMMA_8(c, i + 16), WGMMA_8(c, i + 24)
#define WGMMA_NAMES_64 \
    "%0,%1,%2,%3,%4,%5,%6,%7,%8,%9,%10,%11,%12,%13,%14,%15,%16,%17,%18,%19,%20,%21,%22,%23,%24,%25,%26,%27,%28,%29,%30,%31," \
    "%32,%33,%34,%35,%36,%37,%38,%39,%40,%41,%42,%43,%44,%45,%46,%47,%48,%49,%50,%51,%52,%53,%54,%55,%56,%57,%58,%59,%60,%61,%62,%63"
#define WGMMA_NAMES_96 WGMMA_NAMES_64 \
    ",%64,%65,%66,%67,%68,%69,%70,%71,%72,%73,%74,%75,%76,%77,%78,%79,%80,%81,%82,%83,%84,%85,%86,%87,%88,%89,%90,%91,%92,%93,%94,%95"
#define WGMMA_NAMES_128 WGMMA_NAMES_96 \
    ",%96,%97,%98,%99,%100,%101,%102,%103,%104,%105,%106,%107,%108,%109,%110,%111,%112,%113,%114,%115,%116,%117,%118,%119,%120,%121,%122,%123,%124,%125,%126,%127"
#define WGMMA(shape_and_types, names, a_at, b_at, keep_at, tail, ...) \
    asm volatile("{\n.reg .pred keep;\nsetp.ne.b32 keep, %" keep_at ", 0;\n" \
                 "wgmma.mma_async.sync.aligned." shape_and_types " {" names "}, %" a_at ", %" b_at ", keep" tail ";\n}" \
                 : __VA_ARGS__ : "l"(a), "l"(b), "r"(keep))
#define WGMMA_TYPES(n, count, names, a_at, b_at, keep_at, ...) \
    if constexpr (COUNT == count && TYPE == OPERAND_F16)  WGMMA("m64n" n "k16.f32.f16.f16",   names, a_at, b_at, keep_at, ", 1, 1, 0, 0", __VA_ARGS__); \
    if constexpr (COUNT == count && TYPE == OPERAND_BF16) WGMMA("m64n" n "k16.f32.bf16.bf16", names, a_at, b_at, keep_at, ", 1, 1, 0, 0", __VA_ARGS__); \
    if constexpr (COUNT == count && TYPE == OPERAND_TF32) WGMMA("m64n" n "k8.f32.tf32.tf32",  names, a_at, b_at, keep_at, ", 1, 1",       __VA_ARGS__); \
    if constexpr (COUNT == count && TYPE == OPERAND_E4M3) WGMMA("m64n" n "k32.f32.e4m3.e4m3", names, a_at, b_at, keep_at, ", 1, 1",       __VA_ARGS__)
/* clang-format on */

/* d = a·bᵀ + (keep ? d : 0), where a has 64 rows and b 2·COUNT rows of 32 bytes. Thread t of the
 * warpgroup holds, in d[4·j + 2·h + e], row 16·(t / 32) + t % 32 / 4 + 8·h and column 8·j + 2·(t %
 * 4) + e of the 64 × 2·COUNT product. */
template <enum operand_type TYPE, int COUNT>
static __device__ __forceinline__ void wgmma(float (&d)[COUNT], unsigned long long a,
                                             unsigned long long b, int keep)
{
    WGMMA_TYPES("128", 64, WGMMA_NAMES_64, "64", "65", "66", WGMMA_32("+f", 0), WGMMA_32("+f", 32));
    WGMMA_TYPES("192", 96, WGMMA_NAMES_96, "96", "97", "98", WGMMA_32("+f", 0), WGMMA_32("+f", 32),
                WGMMA_32("+f", 64));
    WGMMA_TYPES("256", 128, WGMMA_NAMES_128, "128", "129", "130", WGMMA_32("+f", 0),
                WGMMA_32("+f", 32), WGMMA_32("+f", 64), WGMMA_32("+f", 96));
}

/* The same of signed bytes. The sum is exact up to 2^31, beyond which it wraps. */
template <enum operand_type TYPE>
static __device__ __forceinline__ void wgmma(int (&d)[128], unsigned long long a,
                                             unsigned long long b, int keep)
{
    WGMMA("m64n256k32.s32.s8.s8", WGMMA_NAMES_128, "128", "129", "130", "", WGMMA_32("+r", 0),
          WGMMA_32("+r", 32), WGMMA_32("+r", 64), WGMMA_32("+r", 96));
}

#undef WGMMA
#undef WGMMA_8
#undef WGMMA_32
#undef WGMMA_NAMES_64
#undef WGMMA_NAMES_96
#undef WGMMA_NAMES_128
#undef WGMMA_TYPES

#endif

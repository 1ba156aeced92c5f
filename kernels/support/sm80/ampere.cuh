/* ampere.cuh - the instructions of compute capability 8.0 that portable CUDA C does not offer:
 * asynchronous copies from global to shared memory, loads of 8×8 matrices from shared memory to the
 * registers of a warp, and tensor-core products.
 *
 * The usual pattern is a ring of stages. Every thread starts its share of the copies of a stage and
 * commits them as one group. It then waits until all but its youngest few groups have arrived, and
 * a barrier makes the copies of the other threads visible too.
 *
 * Everything is PTX 7.0. On the CPU, tests/fakecuda/ampere_on_cpu.h provides the same functions.
 * Source: PTX ISA, "cp.async", "ldmatrix", "mma", "cvt". */
#ifndef KERNELS_SUPPORT_AMPERE_CUH
#define KERNELS_SUPPORT_AMPERE_CUH

#include "kernels/support/portable/shared_address.cuh"

#ifndef GPUBENCH_ON_CPU

/* Starts copying 16 bytes, bypassing the L1 cache. Both addresses are multiples of 16. */
static __device__ __forceinline__ void copy_async_16(unsigned to, const void *from)
{
    unsigned long long address;
    asm("cvta.to.global.u64 %0, %1;" : "=l"(address) : "l"(from));
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(to), "l"(address) : "memory");
}

/* Closes the group of the copies that this thread started after the previous call; the group may be
 * empty. */
static __device__ __forceinline__ void copy_async_commit()
{
    asm volatile("cp.async.commit_group;" ::: "memory");
}

/* Waits until all but the youngest `pending` groups of this thread have arrived. */
template <int pending> static __device__ __forceinline__ void copy_async_wait()
{
    asm volatile("cp.async.wait_group %0;" ::"n"(pending) : "memory");
}

/* Loads four matrices of 8 rows of 16 bytes. Lanes 8m … 8m + 7 give the addresses of the rows of
 * matrix m. Every lane gets, as v[m], word lane % 4 of row lane / 4. All lanes of a warp call it.
 */
static __device__ __forceinline__ void load_matrices(unsigned v[4], unsigned row)
{
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(v[0]), "=r"(v[1]), "=r"(v[2]), "=r"(v[3])
                 : "r"(row)
                 : "memory");
}

/* d += a·bᵀ for 16 rows of a, 8 rows of b and 32 bytes of k. With r = lane / 4 and c = lane % 4, a
 * lane holds: in a[0 … 3], words c, c, c + 4, c + 4 of rows r, r + 8, r, r + 8; in b[0, 1], words c
 * and c + 4 of row r; in d[0 … 3], entries (r, 2c), (r, 2c + 1), (r + 8, 2c), (r + 8, 2c + 1). The
 * hardware truncates the sum of the products. All lanes of a warp call it. */
#define TENSOR_PRODUCT(name, shape_and_types)                                                      \
    static __device__ __forceinline__ void name(float d[4], const unsigned a[4],                   \
                                                const unsigned b[2])                               \
    {                                                                                              \
        asm("mma.sync.aligned." shape_and_types " {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "  \
            "{%0, %1, %2, %3};"                                                                    \
            : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])                                       \
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));                   \
    }
TENSOR_PRODUCT(product_tf32, "m16n8k8.row.col.f32.tf32.tf32.f32")
TENSOR_PRODUCT(product_bf16, "m16n8k16.row.col.f32.bf16.bf16.f32")
TENSOR_PRODUCT(product_f16, "m16n8k16.row.col.f32.f16.f16.f32")
#undef TENSOR_PRODUCT

/* The same of signed bytes, four to a word, exact. */
static __device__ __forceinline__ void product_s8(int d[4], const unsigned a[4],
                                                  const unsigned b[2])
{
    asm("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
        "{%8, %9}, {%0, %1, %2, %3};"
        : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

/* Rounds a float32, given as its bits, to the 10 fraction bits of tf32, ties away from zero. Tensor
 * cores ignore the remaining bits, so values that are not rounded are truncated. */
static __device__ __forceinline__ unsigned round_tf32(unsigned bits)
{
    unsigned rounded;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(rounded) : "r"(bits));
    return rounded;
}

/* Rounds two float32 to two 16-bit values, to nearest, ties to even; `low` goes to the lower half.
 */
static __device__ __forceinline__ unsigned round_bf16(float low, float high)
{
    unsigned pair;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
    return pair;
}
static __device__ __forceinline__ unsigned round_f16(float low, float high)
{
    unsigned pair;
    asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
    return pair;
}

#endif
#endif

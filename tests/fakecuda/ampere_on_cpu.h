/* ampere_on_cpu.h - the words of kernels/support/sm80/ampere.cuh for the CPU: copies that go on by
 * themselves, matrices, tensor cores. Included after cuda_on_cpu.h.
 *
 * A shared address is a place in dynamic shared memory. A copy is modelled at its worst: from the
 * moment it is started there is poison where it goes to, and what it brings is there no sooner than
 * the thread waits for it. So a stage that is overwritten too early, or read before the wait, shows
 * in the result; both are writes of the copying thread, so TSan sees whether a barrier follows. */
#ifndef FAKECUDA_AMPERE_ON_CPU_H
#define FAKECUDA_AMPERE_ON_CPU_H

#include "tests/fakecuda/cuda_on_cpu.h"

/* What a lane brings to an operation of its whole warp, and takes away. */
struct cuda_cpu_matrices {
    unsigned row, word[4]; /* addresses */
};
struct cuda_cpu_product {
    float *d;
    const unsigned *a, *b;
};

struct cuda_cpu_doubles {
    double *d, a, b;
};

extern "C" {
void cuda_cpu_copy_start(unsigned to, const void *from);
void cuda_cpu_copy_commit(void);
/* The next copy of a group that is not among the youngest `pending`; false: none is left. */
bool cuda_cpu_copy_arrived(unsigned pending, unsigned *to, const void **from);
void cuda_cpu_load_matrices(struct cuda_cpu_matrices *lane, const char *file, int line);
void cuda_cpu_product_tf32(struct cuda_cpu_product *lane, const char *file, int line);
void cuda_cpu_product_bf16(struct cuda_cpu_product *lane, const char *file, int line);
void cuda_cpu_product_f16(struct cuda_cpu_product *lane, const char *file, int line);
void cuda_cpu_product_s8(struct cuda_cpu_product *lane, const char *file, int line);
void cuda_cpu_product_f64(struct cuda_cpu_doubles *lane, const char *file, int line);
unsigned cuda_cpu_round_f16(float x);
}

inline unsigned shared_address(const void *p)
{
    return (unsigned)((const char *)p - (const char *)cuda_cpu_dynamic_shared);
}
inline void *cuda_cpu_shared_at(unsigned address)
{
    return (char *)cuda_cpu_dynamic_shared + address;
}

inline void copy_async_16(unsigned to, const void *from)
{
    memset(__builtin_assume_aligned(cuda_cpu_shared_at(to), 16), 0xfb, 16);
    cuda_cpu_copy_start(to, __builtin_assume_aligned(from, 16));
}
inline void copy_async_commit()
{
    cuda_cpu_copy_commit();
}
template <int pending> void copy_async_wait()
{
    unsigned to;
    const void *from;
    while (cuda_cpu_copy_arrived(pending, &to, &from))
        memcpy(cuda_cpu_shared_at(to), from, 16);
}

inline void load_matrices(unsigned v[4], unsigned row, CUDA_CPU_HERE)
{
    struct cuda_cpu_matrices lane = {row, {}};
    (void)__builtin_assume_aligned(cuda_cpu_shared_at(row), 16);
    cuda_cpu_load_matrices(&lane, file, line);
    for (int m = 0; m < 4; m++)
        v[m] = *(const unsigned *)cuda_cpu_shared_at(lane.word[m]);
}

#define CUDA_CPU_PRODUCT(name)                                                                     \
    inline void name(float d[4], const unsigned a[4], const unsigned b[2], CUDA_CPU_HERE)          \
    {                                                                                              \
        struct cuda_cpu_product lane = {d, a, b};                                                  \
        cuda_cpu_##name(&lane, file, line);                                                        \
    }
CUDA_CPU_PRODUCT(product_tf32)
CUDA_CPU_PRODUCT(product_bf16)
CUDA_CPU_PRODUCT(product_f16)
inline void product_s8(int d[4], const unsigned a[4], const unsigned b[2], CUDA_CPU_HERE)
{
    struct cuda_cpu_product lane = {(float *)d, a, b};
    cuda_cpu_product_s8(&lane, file, line);
}

inline void product_f64(double d[2], double a, double b, CUDA_CPU_HERE)
{
    struct cuda_cpu_doubles lane = {d, a, b};
    cuda_cpu_product_f64(&lane, file, line);
}
inline double2 load_shared_pair(unsigned address)
{
    return *(const double2 *)__builtin_assume_aligned(cuda_cpu_shared_at(address), 16);
}

inline unsigned round_tf32(unsigned bits)
{
    return (bits & 0x7f800000u) == 0x7f800000u ? bits : (bits + 0x1000u) & ~0x1fffu;
}
inline unsigned cuda_cpu_round_bf16(float x)
{
    const unsigned bits = __float_as_uint(x);
    return x != x ? 0x7fffu : (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
}
inline unsigned round_bf16(float low, float high)
{
    return cuda_cpu_round_bf16(low) | cuda_cpu_round_bf16(high) << 16;
}
inline unsigned round_f16(float low, float high)
{
    return cuda_cpu_round_f16(low) | cuda_cpu_round_f16(high) << 16;
}

#endif

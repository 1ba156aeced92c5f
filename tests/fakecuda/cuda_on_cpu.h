/* cuda_on_cpu.h - the CUDA language for a plain C++17 compiler: kernels of the portable subset, run
 * on the CPU (and with ampere_on_cpu.h those of compute capability 8.0).
 *
 * Included before kernels/support/portable.cuh where GPUBENCH_ON_CPU is defined. Every thread of a
 * block becomes a fiber, blocks run one after another, and ASan, UBSan or TSan watch the kernel's
 * own loads and stores. The words are CUDA's, those of compute capability 3.0 only: a newer one
 * does not compile. No inline PTX. `extern __shared__` cannot be spelt here: dynamic shared memory
 * is declared with CUDA_DYNAMIC_SHARED(type, name). g++ must be given
 * -fsanitize-sections=.cuda_shared*, or ASan leaves __shared__ arrays without redzones. */
#ifndef FAKECUDA_CUDA_ON_CPU_H
#define FAKECUDA_CUDA_ON_CPU_H

#include "tests/fakecuda/cuda_arithmetic.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define __global__
#define __device__
#define __host__
#define __constant__    static const
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__    __attribute__((noinline))
#define __launch_bounds__(...)
#define __align__(n) __attribute__((aligned(n)))

/* Static, so that ASan puts redzones around it (it never does for thread_local): one block runs at
 * a time. The section, one for each file of kernels, lets shared_memory.cc find and poison all of
 * it; the dot in its name lets clang's ASan accept the section. */
#ifndef CUDA_CPU_SECTION
#define CUDA_CPU_SECTION ".cuda_shared"
#endif
#define __shared__                      static __attribute__((section(CUDA_CPU_SECTION)))
#define CUDA_DYNAMIC_SHARED(type, name) type *const name = (type *)cuda_cpu_dynamic_shared

/* Makes kernel f launchable by its name. One line a kernel, written by kernel_list.sh. */
#define CUDA_KERNEL(f)                                                                             \
    static struct cuda_cpu_kernel cuda_cpu_kernel_##f(#f, CUDA_CPU_SECTION, cuda_cpu_call<f>);

/* ---- what the runtime provides ---- */
#ifdef CUDA_ON_CPU_RUNTIME /* it writes what kernels may only read */
#define CUDA_CPU_CONST
#else
#define CUDA_CPU_CONST const
#endif
#define CUDA_CPU_HERE const char *file = __builtin_FILE(), int line = __builtin_LINE()

extern "C" {
extern CUDA_CPU_CONST uint3 threadIdx, blockIdx;
extern CUDA_CPU_CONST dim3 blockDim, gridDim;
extern CUDA_CPU_CONST unsigned cuda_cpu_lane;
extern void *CUDA_CPU_CONST cuda_cpu_dynamic_shared;
int cuda_cpu_barrier(int predicate, const char *file, int line);
uint64_t cuda_cpu_exchange(unsigned mask, uint64_t value, unsigned source, const char *what,
                           const char *file, int line);
void cuda_cpu_atomic(bool failed);
void cuda_cpu_fence(void);
long long cuda_cpu_clock(void);
unsigned cuda_cpu_sm(void);
}
static const int warpSize = 32;

/* ---- a kernel under its name, and a call that unpacks its parameters by their types ---- */
struct cuda_cpu_kernel {
    const char *name, *section; /* where its __shared__ arrays lie */
    void (*call)(void *const *parameters);
    cuda_cpu_kernel *next;
    cuda_cpu_kernel(const char *name, const char *section,
                    void (*call)(void *const *parameters)); /* registers it */
};

/* Checked by ASan: an int passed for a size_t is a stack-buffer-overflow. */
template <class A> A cuda_cpu_parameter(void *const **next)
{
    A a;
    memcpy(&a, *(*next)++, sizeof a);
    return a;
}
template <class... A> void cuda_cpu_unpack(void (*f)(A...), void *const *parameters)
{
    struct call {
        call(void (*f)(A...), A... a) { f(a...); }
    };
    call{f, cuda_cpu_parameter<A>(&parameters)...}; /* braces: from left to right */
}
template <auto F> void cuda_cpu_call(void *const *parameters)
{
    cuda_cpu_unpack(F, parameters);
}

/* ---- barriers and fences ---- */
inline void __syncthreads(CUDA_CPU_HERE)
{
    cuda_cpu_barrier(0, file, line);
}
inline int __syncthreads_count(int p, CUDA_CPU_HERE)
{
    return cuda_cpu_barrier(p != 0, file, line);
}
inline int __syncthreads_or(int p, CUDA_CPU_HERE)
{
    return cuda_cpu_barrier(p != 0, file, line) != 0;
}
inline int __syncthreads_and(int p, CUDA_CPU_HERE)
{
    return cuda_cpu_barrier(p == 0, file, line) == 0;
}
inline void __threadfence(void)
{
    cuda_cpu_fence();
}
inline void __threadfence_block(void)
{
    cuda_cpu_fence();
}
inline long long clock64(void)
{
    return cuda_cpu_clock();
} /* nanoseconds */

/* ---- warps; source 32 asks for the ballot ---- */
inline void __syncwarp(unsigned mask = 0xffffffffu, CUDA_CPU_HERE)
{
    cuda_cpu_exchange(mask, 0, 32, "__syncwarp", file, line);
}
inline unsigned __ballot_sync(unsigned mask, int p, CUDA_CPU_HERE)
{
    return (unsigned)cuda_cpu_exchange(mask, p != 0, 32, "__ballot_sync", file, line);
}
inline int __any_sync(unsigned mask, int p, CUDA_CPU_HERE)
{
    return cuda_cpu_exchange(mask, p != 0, 32, "__any_sync", file, line) != 0;
}
inline int __all_sync(unsigned mask, int p, CUDA_CPU_HERE)
{
    return cuda_cpu_exchange(mask, p == 0, 32, "__all_sync", file, line) == 0;
}

template <class T>
T cuda_cpu_shuffle(unsigned mask, T v, unsigned source, const char *what, const char *file,
                   int line)
{
    static_assert(sizeof(T) == 4 || sizeof(T) == 8, "shuffles move 32 or 64 bits");
    uint64_t bits = 0;
    memcpy(&bits, &v, sizeof v);
    bits = cuda_cpu_exchange(mask, bits, source, what, file, line);
    memcpy(&v, &bits, sizeof v);
    return v;
}
template <class T> T __shfl_sync(unsigned mask, T v, int source, int width = 32, CUDA_CPU_HERE)
{
    const unsigned in_group = (unsigned)width - 1, first = cuda_cpu_lane & ~in_group;
    return cuda_cpu_shuffle(mask, v, first | ((unsigned)source & in_group), "__shfl_sync", file,
                            line);
}
template <class T>
T __shfl_up_sync(unsigned mask, T v, unsigned delta, int width = 32, CUDA_CPU_HERE)
{
    const unsigned lane = cuda_cpu_lane, within = lane & ((unsigned)width - 1);
    return cuda_cpu_shuffle(mask, v, within >= delta ? lane - delta : lane, "__shfl_up_sync", file,
                            line);
}
template <class T>
T __shfl_down_sync(unsigned mask, T v, unsigned delta, int width = 32, CUDA_CPU_HERE)
{
    const unsigned lane = cuda_cpu_lane, within = lane & ((unsigned)width - 1);
    return cuda_cpu_shuffle(mask, v, within + delta < (unsigned)width ? lane + delta : lane,
                            "__shfl_down_sync", file, line);
}
template <class T> T __shfl_xor_sync(unsigned mask, T v, int bits, int width = 32, CUDA_CPU_HERE)
{
    const unsigned lane = cuda_cpu_lane, source = lane ^ (unsigned)bits,
                   last = lane | ((unsigned)width - 1);
    return cuda_cpu_shuffle(mask, v, source <= last ? source : lane, "__shfl_xor_sync", file, line);
}

/* ---- atomics: those of compute capability 3.0 ---- */
template <class T> struct cuda_cpu_same {
    typedef T type;
};
template <class T>
using cuda_cpu_value = typename cuda_cpu_same<T>::type; /* T follows from the pointer alone */

template <class T, class F> T cuda_cpu_update(T *p, F f)
{
    T old, now;
    __atomic_load(p, &old, __ATOMIC_RELAXED);
    do {
        now = f(old);
        cuda_cpu_atomic(false);
    } while (!__atomic_compare_exchange(p, &old, &now, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
    return old;
}
template <class T> T atomicAdd(T *p, cuda_cpu_value<T> v)
{
    static_assert(T(0.5) == T(0) || sizeof(T) == 4,
                  "atomicAdd(double) needs compute capability 6.0");
    return cuda_cpu_update(p, [v](T old) { return T(old + v); });
}
template <class T> T atomicSub(T *p, cuda_cpu_value<T> v)
{
    return cuda_cpu_update(p, [v](T old) { return T(old - v); });
}
template <class T> T atomicExch(T *p, cuda_cpu_value<T> v)
{
    return cuda_cpu_update(p, [v](T) { return v; });
}
template <class T> T atomicMin(T *p, cuda_cpu_value<T> v)
{
    return cuda_cpu_update(p, [v](T old) { return old < v ? old : v; });
}
template <class T> T atomicMax(T *p, cuda_cpu_value<T> v)
{
    return cuda_cpu_update(p, [v](T old) { return old > v ? old : v; });
}
inline unsigned atomicInc(unsigned *p, unsigned last)
{
    return cuda_cpu_update(p, [last](unsigned old) { return old >= last ? 0u : old + 1u; });
}
template <class T> T atomicCAS(T *p, cuda_cpu_value<T> expected, cuda_cpu_value<T> desired)
{
    T seen = expected;
    cuda_cpu_atomic(false);
    if (!__atomic_compare_exchange(p, &seen, &desired, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
        cuda_cpu_atomic(true); /* lets the thread that was faster go on: spin locks end */
    return seen;
}

#endif

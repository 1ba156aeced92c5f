/* double.cuh - the words for float64 that kernels/support/portable.cuh lacks: pairs for 16-byte
 * accesses, a rounded square root, shuffles of integers. */
#ifndef KERNELS_SUPPORT_DOUBLE_CUH
#define KERNELS_SUPPORT_DOUBLE_CUH

#include "kernels/support/portable.cuh"

#if defined(GPUBENCH_ON_CPU)

static inline double __dsqrt_rn(double x)
{
    return sqrt(x);
}

#elif !defined(__NVCC__) /* clang */

struct double2 {
    __align__(16) double x;
    double y;
};
static __device__ __forceinline__ double2 make_double2(double x, double y)
{
    return {x, y};
}
static __device__ __forceinline__ double __dsqrt_rn(double x)
{
    return __nvvm_sqrt_rn_d(x);
}
static __device__ __forceinline__ unsigned __shfl_xor_sync(unsigned mask, unsigned x, int lanes)
{
    return (unsigned)__nvvm_shfl_sync_bfly_i32(mask, (int)x, lanes, 0x1f);
}

#endif

/* The upper 32 bits of |x|; they order as the magnitudes do. Infinities and NaN have at least
 * MAGNITUDE_INFINITE. */
enum { MAGNITUDE_INFINITE = 0x7ff00000 };
static __device__ __forceinline__ unsigned magnitude(double x)
{
    return (unsigned)((unsigned long long)__double_as_longlong(x) >> 32) & 0x7fffffffu;
}

#endif

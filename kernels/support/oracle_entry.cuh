/* oracle_entry.cuh - an entry of A as references take it. */
#ifndef KERNELS_SUPPORT_ORACLE_ENTRY_CUH
#define KERNELS_SUPPORT_ORACLE_ENTRY_CUH

#include "kernels/support/portable.cuh"

/* A double this large has no fraction, so adding it rounds to the nearest integer, ties to even. */
static const double oracle_shift = 6755399441055744.0; /* 1.5·2^52 */

/* a, or the integer nearest to levels·a if levels is not 0. */
static __device__ __forceinline__ double oracle_entry(float a, float levels)
{
    return levels > 0.0f ? __fma_rn((double)a, (double)levels, oracle_shift) - oracle_shift
                         : (double)a;
}
static __device__ __forceinline__ double oracle_entry(double a, float levels)
{
    (void)levels; /* no variant rounds a float64 to 8 bits */
    return a;
}

#endif

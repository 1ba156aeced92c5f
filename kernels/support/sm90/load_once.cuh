/* load_once.cuh - a 16-byte load of data that is read once: it does not allocate in the L1 cache
 * and lets the L2 cache fetch 256 bytes. PTX 7.4. */
#ifndef KERNELS_SUPPORT_LOAD_ONCE_CUH
#define KERNELS_SUPPORT_LOAD_ONCE_CUH

#include "kernels/support/portable.cuh"

static __device__ __forceinline__ float4 load_once(const float4 *p)
{
    float4 v;
    asm volatile("ld.global.nc.L1::no_allocate.L2::256B.v4.f32 {%0, %1, %2, %3}, [%4];"
                 : "=f"(v.x), "=f"(v.y), "=f"(v.z), "=f"(v.w)
                 : "l"(p));
    return v;
}

/* The sum of LOADS quads, in two chains. */
template <int LOADS> static __device__ __forceinline__ float sum_of_quads(const float4 v[LOADS])
{
    float even = 0.0f, odd = 0.0f;
#pragma unroll
    for (unsigned i = 0; i < LOADS; i += 2) {
        even += (v[i].x + v[i].y) + (v[i].z + v[i].w);
        odd += (v[i + 1].x + v[i + 1].y) + (v[i + 1].z + v[i + 1].w);
    }
    return even + odd;
}

#endif

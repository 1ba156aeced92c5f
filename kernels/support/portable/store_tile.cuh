/* store_tile.cuh - stores four neighbouring entries of C at once, where all four lie inside n×n. */
#ifndef KERNELS_SUPPORT_STORE_TILE_CUH
#define KERNELS_SUPPORT_STORE_TILE_CUH

#include "kernels/support/portable.cuh"

/* Stores v to to[0 … 3], but at most the `left` entries that remain of the row of C. to is 16-byte
 * aligned. */
static __device__ __forceinline__ void store4(float *to, unsigned left, float4 v)
{
    if (left >= 4) {
        *(float4 *)to = v;
        return;
    }
    if (left > 0)
        to[0] = v.x;
    if (left > 1)
        to[1] = v.y;
    if (left > 2)
        to[2] = v.z;
}

/* The number of entries of a row or column of order n from index `from` on. */
static __device__ __forceinline__ unsigned left_of(unsigned n, unsigned from)
{
    return from < n ? n - from : 0;
}

#endif

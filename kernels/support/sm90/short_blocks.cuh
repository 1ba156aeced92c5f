/* short_blocks.cuh - a sum with one block per few KiB and no loop.
 *
 * A thread issues LOADS loads of 16 bytes that bypass the L1 cache and let the L2 cache fetch 256
 * bytes. As soon as one block ends the next one starts, and no block waits for the slowest. */
#ifndef KERNELS_SUPPORT_SHORT_BLOCKS_CUH
#define KERNELS_SUPPORT_SHORT_BLOCKS_CUH

#include "kernels/support/portable/finish.cuh"
#include "kernels/support/sm90/load_once.cuh"

/* - x: count floats, 16-byte aligned.
 * - partials: one float64 per block.
 * - Grid: a block of THREADS per THREADS·LOADS·4 floats. */
template <int THREADS, int LOADS>
static __device__ __forceinline__ void
sum_in_short_blocks(const float *x, size_t count, double *partials, double *sum, unsigned *ticket)
{
    const float4 *quads = (const float4 *)x;
    const size_t quad_count = count / 4;
    const size_t first = (size_t)blockIdx.x * THREADS * LOADS + threadIdx.x;
    float4 v[LOADS];
#pragma unroll
    for (unsigned i = 0; i < LOADS; i++)
        v[i] = first + i * THREADS < quad_count ? load_once(quads + first + i * THREADS)
                                                : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    double total = (double)sum_of_quads<LOADS>(v);
    if (blockIdx.x == 0 && threadIdx.x < count % 4) /* one to three floats after the last quad */
        total += (double)x[quad_count * 4 + threadIdx.x];
    total = block_sum(total, threadIdx.x, THREADS);
    finish_sum(total, partials, blockIdx.x, gridDim.x, sum, ticket, threadIdx.x, THREADS);
}

#endif

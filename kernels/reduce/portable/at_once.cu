/* at_once.cu - the sum of a matrix that fits the L2 cache, where a launch takes a few microseconds
 * and most of them are latency.
 *
 * A block per 16 KiB, so that even N = 512 occupies 64 SMs; four 16-byte loads per thread, all in
 * flight before the first addition; one atomic addition per block instead of three round trips to
 * memory (support/portable/finish_at_once.cuh). Hot: the choice of `auto` for small N. */
#include "kernels/support/portable/finish_at_once.cuh"

enum { THREADS = 256, LOADS = 4 };

/* - x: count floats, 16-byte aligned.
 * - bound, word: finish_at_once().
 * - Grid: a block of 256 threads per 4096 floats, at most 4095 blocks. 256 bytes of shared memory.
 */
extern "C" __global__ void __launch_bounds__(THREADS)
    reduce_at_once(const float *__restrict__ x, size_t count, int bound, double *sum,
                   unsigned long long *word)
{
    const float4 *quads = (const float4 *)x;
    const size_t quad_count = count / 4, first = (size_t)blockIdx.x * THREADS * LOADS + threadIdx.x;
    float4 v[LOADS];
#pragma unroll
    for (unsigned i = 0; i < LOADS; i++)
        v[i] = first + i * THREADS < quad_count ? quads[first + i * THREADS]
                                                : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    float part = 0.0f;
#pragma unroll
    for (unsigned i = 0; i < LOADS; i++)
        part += (v[i].x + v[i].y) + (v[i].z + v[i].w);
    double total = (double)part;
    if (blockIdx.x == 0 && threadIdx.x < count % 4) /* one to three floats after the last quad */
        total += (double)x[quad_count * 4 + threadIdx.x];
    total = block_sum(total, threadIdx.x, THREADS);
    if (threadIdx.x == 0)
        finish_at_once(total, bound, gridDim.x, sum, word);
}

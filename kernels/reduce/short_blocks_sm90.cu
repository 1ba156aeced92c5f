/* short_blocks_sm90.cu - one block for each 64 KiB, and no loop: eight 16-byte loads a thread, past
 * the first-level cache and 256 bytes at a time into the second.
 *
 * Sixteen thousand short blocks at N = 16384 keep the memory busier than a few long ones, since the
 * next block starts where one ends and none waits for the slowest. Hot: what `auto` takes on Hopper
 * for large N. */
#include "kernels/support/finish.cuh"

enum { THREADS = 512, LOADS = 8, CHUNK = THREADS * LOADS };

static __device__ __forceinline__ float4 load_once(const float4 *p)
{
    float4 v;
    asm volatile("ld.global.nc.L1::no_allocate.L2::256B.v4.f32 {%0, %1, %2, %3}, [%4];"
                 : "=f"(v.x), "=f"(v.y), "=f"(v.z), "=f"(v.w)
                 : "l"(p));
    return v;
}

/* x: count floats, 16-byte aligned. partials: one float64 a block. Grid: a block of 512 threads for
 * each 16384 floats. 260 bytes of shared memory. */
extern "C" __global__ void __launch_bounds__(THREADS)
    reduce_short_blocks_sm90(const float *__restrict__ x, size_t count, double *partials,
                             double *sum, unsigned *ticket)
{
    const float4 *quads = (const float4 *)x;
    const size_t quad_count = count / 4, first = (size_t)blockIdx.x * CHUNK + threadIdx.x;
    float4 v[LOADS];
#pragma unroll
    for (unsigned i = 0; i < LOADS; i++)
        v[i] = first + i * THREADS < quad_count ? load_once(quads + first + i * THREADS)
                                                : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    float part[LOADS];
#pragma unroll
    for (unsigned i = 0; i < LOADS; i++)
        part[i] = (v[i].x + v[i].y) + (v[i].z + v[i].w);
#pragma unroll
    for (unsigned half = LOADS / 2; half > 0; half /= 2)
#pragma unroll
        for (unsigned i = 0; i < half; i++)
            part[i] += part[i + half];
    double total = (double)part[0];
    if (blockIdx.x == 0 && threadIdx.x < count % 4) /* one to three floats after the last quad */
        total += (double)x[quad_count * 4 + threadIdx.x];
    total = block_sum(total, threadIdx.x, THREADS);
    finish_sum(total, partials, blockIdx.x, gridDim.x, sum, ticket, threadIdx.x, THREADS);
}

/* one_pass.cu - one launch at memory speed, with the same bits in every run.
 *
 * Each thread has eight 16-byte loads in flight: 32 KiB per block and 128 KiB per SM with four
 * blocks, several times what the latency of the memory requires. 32 floats at a time are added as a
 * tree in float32 and only then in float64, so GPUs with slow float64 reach memory speed too. The
 * blocks' partials are added in a fixed order (support/portable/finish.cuh). Hot: the choice of
 * `auto`.
 *
 * Measured: 239.0 µs, 1.01 × cub, 93 % of peak, 2.35 × vector-loads;
 * NVIDIA H200, N = 16384, results/reference/h200-reduce-16384.json. */
#include "kernels/support/portable/finish.cuh"

enum { THREADS = 256, LOADS = 8, CHUNK = THREADS * LOADS };

static __device__ __forceinline__ float add_up(const float4 v[LOADS])
{
    float part[LOADS];
#pragma unroll
    for (unsigned i = 0; i < LOADS; i++)
        part[i] = (v[i].x + v[i].y) + (v[i].z + v[i].w);
#pragma unroll
    for (unsigned half = LOADS / 2; half > 0; half /= 2)
#pragma unroll
        for (unsigned i = 0; i < half; i++)
            part[i] += part[i + half];
    return part[0];
}

/* - x: count floats, 16-byte aligned.
 * - partials: one float64 per block.
 * - Grid: as many blocks as fit at once (SMs × 4), of 256 threads. In each full round every block
 *   adds one chunk of 32 KiB, chunks in the order of blocks. The rest after the last full round is
 *   divided evenly among all threads of the grid, so all blocks end together. The result depends on
 *   the grid but on nothing else. 260 bytes of shared memory. */
extern "C" __global__ void __launch_bounds__(THREADS, 4)
    reduce_one_pass(const float *__restrict__ x, size_t count, double *partials, double *sum,
                    unsigned *ticket)
{
    const float4 *quads = (const float4 *)x;
    const size_t quad_count = count / 4, round = (size_t)gridDim.x * CHUNK;
    const size_t rounds = quad_count / round;
    const float4 *from = quads + (size_t)blockIdx.x * CHUNK + threadIdx.x;
    float4 v[LOADS];
    double total = 0.0;
    for (size_t r = 0; r < rounds; r++, from += round) {
#pragma unroll
        for (unsigned i = 0; i < LOADS; i++)
            v[i] = from[i * THREADS];
        total += (double)add_up(v);
    }
    const size_t thread = (size_t)blockIdx.x * THREADS + threadIdx.x;
#pragma unroll
    for (unsigned i = 0; i < LOADS; i++) {
        const size_t q = rounds * round + i * (round / LOADS) + thread;
        v[i] = q < quad_count ? quads[q] : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    }
    total += (double)add_up(v);
    if (thread < count % 4) /* one to three floats after the last quad */
        total += (double)x[quad_count * 4 + thread];
    total = block_sum(total, threadIdx.x, THREADS);
    finish_sum(total, partials, blockIdx.x, gridDim.x, sum, ticket, threadIdx.x, THREADS);
}

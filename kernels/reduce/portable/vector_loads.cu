/* vector_loads.cu - 16 bytes per load and four loads in flight per thread keep the memory busy.
 *
 * A memory that delivers 3 TB/s after 600 ns needs 2 MB in flight at all times. Four independent
 * 16-byte loads are 16 times as much as one float. They are added in float32, 16 numbers at a time,
 * before float64 takes over. Sources: CUDA Best Practices Guide, "Vectorized memory access";
 * Little's law.
 *
 * Measured: 561.3 µs, 0.43 × cub, 40 % of peak, 1.32 × warp-shuffle;
 * NVIDIA H200, N = 16384, results/reference/h200-reduce-16384.json. */
#include "kernels/support/portable/add_double.cuh"

enum { THREADS = 256, WARPS = THREADS / 32, LOADS = 4 };

static __device__ __forceinline__ float add4(float4 v)
{
    return (v.x + v.y) + (v.z + v.w);
}

/* - x: count floats, 16-byte aligned.
 * - *sum is zero before the launch.
 * - partials and ticket are unused.
 * - Grid: a one-dimensional grid of blocks of 256 threads; thread g reads quads g, g + G, g + 2G, …
 *   for G threads in total. 64 bytes of shared memory. */
extern "C" __global__ void __launch_bounds__(THREADS)
    reduce_vector_loads(const float *__restrict__ x, size_t count, double *partials, double *sum,
                        unsigned *ticket)
{
    (void)partials, (void)ticket;
    __shared__ double warp_sum[WARPS];
    const float4 *quads = (const float4 *)x;
    const size_t quad_count = count / 4, stride = (size_t)gridDim.x * THREADS;
    const size_t thread = (size_t)blockIdx.x * THREADS + threadIdx.x;
    double total = 0.0;
    size_t q = thread;
    for (; q + (LOADS - 1) * stride < quad_count; q += LOADS * stride) {
        float4 v[LOADS];
#pragma unroll
        for (unsigned i = 0; i < LOADS; i++)
            v[i] = quads[q + i * stride];
        total += (double)((add4(v[0]) + add4(v[1])) + (add4(v[2]) + add4(v[3])));
    }
    for (; q < quad_count; q += stride)
        total += (double)add4(quads[q]);
    if (thread < count % 4) /* one to three floats after the last quad */
        total += (double)x[quad_count * 4 + thread];
#pragma unroll
    for (int lanes = 16; lanes > 0; lanes /= 2)
        total += __shfl_xor_sync(0xffffffffu, total, lanes);
    if (threadIdx.x % 32 == 0)
        warp_sum[threadIdx.x / 32] = total;
    __syncthreads(); /* thread 0 reads what every warp wrote */
    if (threadIdx.x == 0) {
        for (unsigned warp = 1; warp < WARPS; warp++)
            total += warp_sum[warp];
        add_double(sum, total);
    }
}

/* warp_shuffle.cu - the lanes of a warp exchange registers, so five of the eight levels need no
 * shared memory and no barrier.
 *
 * A warp adds its 32 values in five shuffles and writes one word to shared memory; thread 0 adds
 * the eight words. This takes one barrier instead of nine. The limit is now memory: one 4-byte load
 * in flight per thread is too little. Source: J. Luitjens, "Faster parallel reductions on Kepler",
 * NVIDIA developer blog, 2014.
 *
 * Measured: 742.0 µs, 0.33 × cub, 30 % of peak, 1.00 × shared-tree;
 * NVIDIA H200, N = 16384, results/reference/h200-reduce-16384.json. */
#include "kernels/support/portable/add_double.cuh"

enum { THREADS = 256, WARPS = THREADS / 32 };

/* - x: count floats.
 * - *sum is zero before the launch.
 * - partials and ticket are unused.
 * - Grid: a one-dimensional grid of blocks of 256 threads; thread g reads floats g, g + G, g + 2G,
 *   … for G threads in total. 64 bytes of shared memory. */
extern "C" __global__ void __launch_bounds__(THREADS)
    reduce_warp_shuffle(const float *__restrict__ x, size_t count, double *partials, double *sum,
                        unsigned *ticket)
{
    (void)partials, (void)ticket;
    __shared__ double warp_sum[WARPS];
    const size_t stride = (size_t)gridDim.x * THREADS;
    double total = 0.0;
    for (size_t i = (size_t)blockIdx.x * THREADS + threadIdx.x; i < count; i += stride)
        total += (double)x[i];
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

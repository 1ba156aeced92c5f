/* atomic.cu - every thread adds its share to the same word, so all threads wait for each other.
 *
 * Neighbouring threads read neighbouring floats, as in the other kernels. But then tens of
 * thousands of adds to one word run one after another, each with a trip to the L2 cache, and in an
 * order that differs from run to run, as do the last bits of the sum. The next kernels remove this.
 *
 * Measured: 1.437 s, 0.00 × cub, 0.0 % of peak;
 * NVIDIA H200, N = 16384, results/reference/h200-reduce-16384.json. */
#include "kernels/support/portable/add_double.cuh"

/* - x: count floats.
 * - *sum is zero before the launch.
 * - partials and ticket are unused.
 * - Grid: any one-dimensional grid; thread g reads floats g, g + G, g + 2G, … for G threads in
 *   total. No shared memory, so no barrier. */
extern "C" __global__ void __launch_bounds__(256)
    reduce_atomic(const float *__restrict__ x, size_t count, double *partials, double *sum,
                  unsigned *ticket)
{
    (void)partials, (void)ticket;
    const size_t stride = (size_t)gridDim.x * blockDim.x;
    double total = 0.0;
    for (size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x; i < count; i += stride)
        total += (double)x[i];
    add_double(sum, total);
}

/* atomic.cu - every thread adds its share to one word, and all wait for each other.
 *
 * The shares themselves are read as everywhere else, neighbouring threads neighbouring floats;
 * but then tens of thousands of adds to the same word are done one after another, a trip to the
 * L2 cache each, and in an order that differs from run to run, and with it the last bits of the
 * sum. That is what the next rungs take away. */
#include "kernels/support/portable/add_double.cuh"

/* x: count floats. *sum is zero before the launch. Any one-dimensional grid; thread g reads
 * floats g, g + G, g + 2G, … of all G threads. partials and ticket are not used. No shared
 * memory, so no barrier. */
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

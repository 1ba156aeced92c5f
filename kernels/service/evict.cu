/* evict.cu - evicts everything from the L2 cache by reading more than it holds. It does not write,
 * because written lines would be written back during the launch that is timed next. */
#include "kernels/support/portable.cuh"

/* - buffer: `quads` times four zeros, and one more quad that is not read.
 * - Any grid of any one-dimensional blocks; a thread reads every grid-th quad. The sum is zero, but
 *   the compiler cannot know that. */
extern "C" __global__ void evict(float4 *buffer, size_t quads)
{
    const size_t stride = (size_t)gridDim.x * blockDim.x;
    float sum = 0.0f;
#pragma unroll 4
    for (size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x; i < quads; i += stride) {
        const float4 v = buffer[i];
        sum += (v.x + v.y) + (v.z + v.w);
    }
    if (sum != 0.0f)
        buffer[quads].x = sum;
}

/* small_32_sm80.cu - the product for small N in tiles of 32×32, for compute capability 8.0 and
 * later (support/sm80/small_sm80.cuh). */
#include "kernels/support/sm80/small_sm80.cuh"

/* - A, C: kernels/job/job.h.
 * - Grid: one block of 256 threads per 32×32 tile of the lower triangle, in one dimension
 *   (triangle_tile()). 32 KiB of dynamic shared memory. */
extern "C" __global__ void __launch_bounds__(SMALL_THREADS, 4)
    matmul_small_32_sm80(const float *__restrict__ A, float *__restrict__ C, unsigned n,
                         unsigned pitch)
{
    DYNAMIC_SHARED(small_row, data);
    small_matmul<32>(data, A, C, n, pitch);
}

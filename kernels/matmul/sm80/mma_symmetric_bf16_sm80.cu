/* mma_symmetric_bf16_sm80.cu - the lower triangle of the product in bf16 on tensor cores, each tile
 * stored twice, for compute capability 8.0 and later: tiles of 128×128, 8 warps of 64×32
 * (support/sm80/mma_store_sm80.cuh). */
#include "kernels/support/sm80/mma_store_sm80.cuh"

typedef mma_shape<in_bf16, true, 128, 128, 64, 32, 3> shape;

/* - a: A in bf16, `a_pitch` bytes a row, which are `stages` stages of 128 bytes.
 * - C: kernels/job/job.h.
 * - Grid: one block of 256 threads per SM. 96 KiB of dynamic shared memory. */
extern "C" __global__ void __launch_bounds__(shape::threads, 1)
    matmul_mma_symmetric_bf16_sm80(const void *a, float *C, unsigned n, unsigned pitch,
                                   unsigned a_pitch, unsigned stages)
{
    DYNAMIC_SHARED(mma_row, data);
    mma_matmul<shape>(data, a, C, n, pitch, a_pitch, stages);
}

/* mma_bf16_sm80.cu - the fused sum in bf16 on tensor cores, for compute capability 8.0 and later:
 * tiles of 128×256 of the lower triangle, 8 warps of 64×64 (support/sm80/mma_sum_sm80.cuh). */
#include "kernels/support/sm80/mma_sum_sm80.cuh"

typedef mma_shape<in_bf16, true, 128, 256, 64, 64, 3> shape;

/* - a: A in bf16, `pitch` bytes a row, which are `stages` stages of 128 bytes, cut into `panels`.
 * - bound, word: finish_at_once().
 * - Grid: one block of 256 threads per SM. 144 KiB of dynamic shared memory. */
extern "C" __global__ void __launch_bounds__(shape::threads, 1)
    sum_aat_mma_bf16_sm80(const void *a, int bound, double *sum, unsigned long long *word,
                          struct triangle_part part, unsigned pitch, unsigned stages,
                          unsigned panels)
{
    DYNAMIC_SHARED(mma_row, data);
    mma_sum_aat<shape>(data, a, bound, sum, word, part, pitch, stages, panels);
}

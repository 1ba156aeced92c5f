/* mma_f16_square_sm80.cu - the fused sum in f16 on tensor cores, for compute capability 8.0 and
 * later: tiles of 128×128 of the lower triangle, 4 warps of 64×64 (support/sm80/mma_sum_sm80.cuh).
 */
#include "kernels/support/sm80/mma_sum_sm80.cuh"

typedef mma_shape<in_f16, true, 128, 128, 64, 64, 3> shape;

/* - a: A in f16, `pitch` bytes a row, which are `stages` stages of 128 bytes, cut into `panels`.
 * - bound, word: finish_at_once().
 * - Grid: two blocks of 128 threads per SM. 96 KiB of dynamic shared memory. */
extern "C" __global__ void __launch_bounds__(shape::threads, 2)
    sum_aat_mma_f16_square_sm80(const void *a, int bound, double *sum, unsigned long long *word,
                                struct triangle_part part, unsigned pitch, unsigned stages,
                                unsigned panels)
{
    DYNAMIC_SHARED(mma_row, data);
    mma_sum_aat<shape>(data, a, bound, sum, word, part, pitch, stages, panels);
}

/* mma_tf32_copy_sm80.cu - the fused sum in tf32 on tensor cores, as mma_tf32_sm80.cu, but from a
 * copy of A that is rounded beforehand (support/sm80/mma_sum_sm80.cuh). */
#include "kernels/support/sm80/mma_sum_sm80.cuh"

typedef mma_shape<in_rounded_tf32, true, 128, 256, 64, 64, 3> shape;

/* - a: A rounded to tf32, `pitch` bytes a row, which are `stages` stages of 128 bytes, cut into
 *   `panels`.
 * - bound, word: finish_at_once().
 * - Grid: one block of 256 threads per SM. 144 KiB of dynamic shared memory. */
extern "C" __global__ void __launch_bounds__(shape::threads, 1)
    sum_aat_mma_tf32_copy_sm80(const void *a, int bound, double *sum, unsigned long long *word,
                               struct triangle_part part, unsigned pitch, unsigned stages,
                               unsigned panels)
{
    DYNAMIC_SHARED(mma_row, data);
    mma_sum_aat<shape>(data, a, bound, sum, word, part, pitch, stages, panels);
}

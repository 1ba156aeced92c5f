/* mma_direct_sm80.cu - the fused sum on tensor cores for small N, where a launch more costs more
 * than the product, for compute capability 8.0 and later: tiles of 128×128, 8 warps of 64×32.
 *
 * A is read as it is, in float32, and rounded on its way into the product, so that no kernel has to
 * convert it before; k is cut into so many panels that every SM has work; one atomic addition per
 * block ends the sum (support/portable/finish_at_once.cuh). */
#include "kernels/support/sm80/mma_sum_sm80.cuh"

template <class ARITHMETIC> struct direct : mma_shape<ARITHMETIC, true, 128, 128, 64, 32, 4> {
};

/* - a: A, float32, `pitch` bytes a row, which are `stages` stages of 128 bytes, cut into `panels`.
 * - bound, word: finish_at_once().
 * - Grid: one block of 256 threads per SM. 128 KiB of dynamic shared memory. */
extern "C" __global__ void __launch_bounds__(256, 1)
    sum_aat_mma_direct_tf32_sm80(const void *a, int bound, double *sum, unsigned long long *word,
                                 struct triangle_part part, unsigned pitch, unsigned stages,
                                 unsigned panels)
{
    DYNAMIC_SHARED(mma_row, data);
    mma_sum_aat<direct<in_tf32>>(data, a, bound, sum, word, part, pitch, stages, panels);
}

extern "C" __global__ void __launch_bounds__(256, 1)
    sum_aat_mma_direct_bf16_sm80(const void *a, int bound, double *sum, unsigned long long *word,
                                 struct triangle_part part, unsigned pitch, unsigned stages,
                                 unsigned panels)
{
    DYNAMIC_SHARED(mma_row, data);
    mma_sum_aat<direct<in_bf16_of_f32>>(data, a, bound, sum, word, part, pitch, stages, panels);
}

extern "C" __global__ void __launch_bounds__(256, 1)
    sum_aat_mma_direct_f16_sm80(const void *a, int bound, double *sum, unsigned long long *word,
                                struct triangle_part part, unsigned pitch, unsigned stages,
                                unsigned panels)
{
    DYNAMIC_SHARED(mma_row, data);
    mma_sum_aat<direct<in_f16_of_f32>>(data, a, bound, sum, word, part, pitch, stages, panels);
}

/* f32_3xtf32_sm90.cu - the fused sum with the accuracy of FP32 from three tf32 products, promoted
 * every 32 k (support/sm90/tensor_sum_sm90.cuh). Hot. */
#include "kernels/support/sm90/tensor_sum_sm90.cuh"

typedef tensor_shape<OPERAND_TF32, 3, 192, true> shape;

extern "C" __global__ void __launch_bounds__(TENSOR_THREADS, 1)
    sum_aat_f32_3xtf32_sm90(struct tensor_work work, struct tensor_source source, double factor,
                            int bound, double *sum, unsigned long long *word)
{
    tensor_sum_kernel<shape, PIECES_TF32_HI_LO>(work, source, factor, bound, sum, word);
}

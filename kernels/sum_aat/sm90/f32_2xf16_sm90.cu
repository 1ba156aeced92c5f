/* f32_2xf16_sm90.cu - the fused sum from two symmetric f16 products, promoted every 64 k
 * (support/sm90/tensor_sum_sm90.cuh). The accuracy is that of FP32 only on data of one sign. Hot.
 */
#include "kernels/support/sm90/tensor_sum_sm90.cuh"

typedef tensor_shape<OPERAND_F16, 2, 192, true> shape;

extern "C" __global__ void __launch_bounds__(TENSOR_THREADS, 1)
    sum_aat_f32_2xf16_sm90(struct tensor_work work, struct tensor_source source, double factor,
                           int bound, double *sum, unsigned long long *word)
{
    tensor_sum_kernel<shape, PIECES_F16_HI_Q>(work, source, factor, bound, sum, word);
}

/* f32_3xf16_sm90.cu - the fused sum with the accuracy of FP32 from three f16 products, promoted
 * every 64 k (support/sm90/tensor_sum_sm90.cuh). A = hi + lo has 22 bits in two f16, and A·Aᵀ ≈
 * lo·hiᵀ + hi·loᵀ + hi·hiᵀ. Hot. */
#include "kernels/support/sm90/tensor_sum_sm90.cuh"

typedef tensor_shape<OPERAND_F16, 3, 192, true> shape;

extern "C" __global__ void __launch_bounds__(TENSOR_THREADS, 1)
    sum_aat_f32_3xf16_sm90(struct tensor_work work, struct tensor_source source, double factor,
                           int bound, double *sum, unsigned long long *word)
{
    tensor_sum_kernel<shape, PIECES_F16_HI_LO>(work, source, factor, bound, sum, word);
}

/* bf16_sm90.cu - the fused sum in bf16 on Hopper's tensor cores, promoted every 128 k
 * (support/sm90/tensor_sum_sm90.cuh). Hot. */
#include "kernels/support/sm90/tensor_sum_sm90.cuh"

typedef tensor_shape<OPERAND_BF16, 1, 192, true> shape;

extern "C" __global__ void __launch_bounds__(TENSOR_THREADS, 1)
    sum_aat_bf16_sm90(struct tensor_work work, struct tensor_source source, double factor,
                      int bound, double *sum, unsigned long long *word)
{
    tensor_sum_kernel<shape, PIECES_BF16>(work, source, factor, bound, sum, word);
}

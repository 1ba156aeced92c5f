/* tf32_sm90.cu - the fused sum in tf32 on Hopper's tensor cores, promoted every 64 k
 * (support/sm90/tensor_sum_sm90.cuh). The copy engine rounds A while loading it. Hot. */
#include "kernels/support/sm90/tensor_sum_sm90.cuh"

typedef tensor_shape<OPERAND_TF32, 1, 192, true> shape;

extern "C" __global__ void __launch_bounds__(TENSOR_THREADS, 1)
    sum_aat_tf32_sm90(struct tensor_work work, struct tensor_source source, double factor,
                      int bound, double *sum, unsigned long long *word)
{
    tensor_sum_kernel<shape, PIECES_NONE>(work, source, factor, bound, sum, word);
}

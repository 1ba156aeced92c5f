/* fp8_sm90.cu - the fused sum in e4m3 on Hopper's tensor cores, promoted every 128 k
 * (support/sm90/tensor_sum_sm90.cuh), because their accumulators keep 14 bits here. Hot. */
#include "kernels/support/sm90/tensor_sum_sm90.cuh"

typedef tensor_shape<OPERAND_E4M3, 1, 192, true> shape;

extern "C" __global__ void __launch_bounds__(TENSOR_THREADS, 1)
    sum_aat_fp8_sm90(struct tensor_work work, struct tensor_source source, double factor, int bound,
                     double *sum, unsigned long long *word)
{
    tensor_sum_kernel<shape, PIECES_E4M3>(work, source, factor, bound, sum, word);
}

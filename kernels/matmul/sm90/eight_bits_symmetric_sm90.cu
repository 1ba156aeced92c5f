/* eight_bits_symmetric_sm90.cu - the lower triangle of the product in int8, exact, and in e4m3,
 * promoted every 128 k, on Hopper's tensor cores, each tile stored twice
 * (support/sm90/tensor_store_sm90.cuh). Hot. */
#include "kernels/support/sm90/tensor_store_sm90.cuh"

extern "C" __global__ void __launch_bounds__(TENSOR_THREADS, 1)
    matmul_int8_symmetric_sm90(struct tensor_work work, float factor, float *C, unsigned pitch)
{
    tensor_store_kernel<tensor_shape<OPERAND_S8, 1, 256, false>, true>(work, factor, C, pitch);
}

extern "C" __global__ void __launch_bounds__(TENSOR_THREADS, 1)
    matmul_fp8_symmetric_sm90(struct tensor_work work, float factor, float *C, unsigned pitch)
{
    tensor_store_kernel<tensor_shape<OPERAND_E4M3, 1, 192, true>, true>(work, factor, C, pitch);
}

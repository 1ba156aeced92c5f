/* tf32_symmetric_sm90.cu - the lower triangle of the product in tf32 on Hopper's tensor cores,
 * promoted every 64 k, each tile stored twice (support/sm90/tensor_store_sm90.cuh). Hot. */
#include "kernels/support/sm90/tensor_store_sm90.cuh"

typedef tensor_shape<OPERAND_TF32, 1, 192, true> shape;

extern "C" __global__ void __launch_bounds__(TENSOR_THREADS, 1)
    matmul_tf32_symmetric_sm90(struct tensor_work work, float factor, float *C, unsigned pitch)
{
    tensor_store_kernel<shape, true>(work, factor, C, pitch);
}

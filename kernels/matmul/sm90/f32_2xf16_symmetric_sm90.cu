/* f32_2xf16_symmetric_sm90.cu - the lower triangle of the product from two symmetric f16 products,
 * promoted every 64 k, each tile stored twice (support/sm90/tensor_store_sm90.cuh). The accuracy is
 * that of FP32 only on data of one sign. Hot. */
#include "kernels/support/sm90/tensor_store_sm90.cuh"

typedef tensor_shape<OPERAND_F16, 2, 192, true> shape;

extern "C" __global__ void __launch_bounds__(TENSOR_THREADS, 1)
    matmul_f32_2xf16_symmetric_sm90(struct tensor_work work, float factor, float *C, unsigned pitch)
{
    tensor_store_kernel<shape, true>(work, factor, C, pitch);
}

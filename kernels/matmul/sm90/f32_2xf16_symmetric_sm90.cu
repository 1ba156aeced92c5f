/* f32_2xf16_symmetric_sm90.cu - A·Aᵀ from two symmetric f16 products, promoted every 64 k:
 * FP32-class on data of one sign only; the lower triangle, each tile stored twice. Hot. */
#include "kernels/support/sm90/tensor_store_sm90.cuh"

typedef tensor_shape<OPERAND_F16, 2, 192, true> shape;

extern "C" __global__ void __launch_bounds__(TENSOR_THREADS, 1)
    matmul_f32_2xf16_symmetric_sm90(struct tensor_work work, float factor, float *C, unsigned pitch)
{
    tensor_store_kernel<shape, true>(work, factor, C, pitch);
}

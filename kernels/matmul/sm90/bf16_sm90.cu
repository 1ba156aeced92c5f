/* bf16_sm90.cu - the full product in bf16 on Hopper's tensor cores, not promoted, as a library
 * computes the product of any two matrices: 128×256 entries of C per block
 * (support/sm90/tensor_store_sm90.cuh). Hot. */
#include "kernels/support/sm90/tensor_store_sm90.cuh"

typedef tensor_shape<OPERAND_BF16, 1, 256, false> shape;

extern "C" __global__ void __launch_bounds__(TENSOR_THREADS, 1)
    matmul_bf16_sm90(struct tensor_work work, float factor, float *C, unsigned pitch)
{
    tensor_store_kernel<shape, false>(work, factor, C, pitch);
}

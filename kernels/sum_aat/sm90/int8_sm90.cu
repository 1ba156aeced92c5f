/* int8_sm90.cu - the fused sum in int8 on Hopper's tensor cores, exact
 * (support/sm90/tensor_sum_sm90.cuh): 128×256 entries of C per block. Hot. */
#include "kernels/support/sm90/tensor_sum_sm90.cuh"

typedef tensor_shape<OPERAND_S8, 1, 256, false> shape;

extern "C" __global__ void __launch_bounds__(TENSOR_THREADS, 1)
    sum_aat_int8_sm90(struct tensor_work work, struct tensor_source source, double *sum,
                      unsigned *ticket)
{
    tensor_sum_kernel_of_integers<shape, PIECES_INT8>(work, source, sum, ticket);
}

/* ffma_symmetric_sm80.cu - matmul/sm80/ffma_sm80.cu for the lower triangle, each tile stored twice.
 */
#include "kernels/support/sm80/ffma_sm80.cuh"

/* As matmul_ffma_sm80. */
extern "C" __global__ void __launch_bounds__(FFMA_THREADS, 2)
    matmul_ffma_symmetric_sm80(const float *__restrict__ at, float *__restrict__ C, unsigned n,
                               unsigned pitch, unsigned at_pitch, unsigned stages)
{
    DYNAMIC_SHARED(ffma_row, data);
    ffma_matmul<true>(data, at, C, n, pitch, at_pitch, stages);
}

/* ffma_symmetric_sm80.cu - the lower triangle of the product on CUDA cores, each tile stored twice,
 * for compute capability 8.0 and later (support/sm80/ffma_sm80.cuh). */
#include "kernels/support/sm80/ffma_sm80.cuh"

/* Parameters and grid: as matmul_ffma_sm80. */
extern "C" __global__ void __launch_bounds__(FFMA_THREADS, 2)
    matmul_ffma_symmetric_sm80(const float *__restrict__ at, float *__restrict__ C, unsigned n,
                               unsigned pitch, unsigned at_pitch, unsigned stages)
{
    DYNAMIC_SHARED(ffma_row, data);
    ffma_matmul<true>(data, at, C, n, pitch, at_pitch, stages);
}

/* ffma_sm80.cu - the product on CUDA cores for compute capability 8.0 and later
 * (support/sm80/ffma_sm80.cuh).
 *
 * Measured: 40.95 ms, 0.95 × cublas-sgemm, 73 % of peak, 1.07 × warp-tile;
 * NVIDIA H200, N = 10000, results/reference/h200-matmul-10000.json. */
#include "kernels/support/sm80/ffma_sm80.cuh"

/* - at: Aᵀ, `at_pitch` floats a row.
 * - C: kernels/job/job.h.
 * - stages: ceil(n / FFMA_K).
 * - Grid: two blocks of 128 threads per SM. 48 KiB of dynamic shared memory. */
extern "C" __global__ void __launch_bounds__(FFMA_THREADS, 2)
    matmul_ffma_sm80(const float *__restrict__ at, float *__restrict__ C, unsigned n,
                     unsigned pitch, unsigned at_pitch, unsigned stages)
{
    DYNAMIC_SHARED(ffma_row, data);
    ffma_matmul<false>(data, at, C, n, pitch, at_pitch, stages);
}

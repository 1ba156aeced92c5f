/* ffma_sm90.cu - the full product on Hopper's CUDA cores, with 128×256 entries per block
 * (support/sm90/ffma_sm90.cuh).
 *
 * One block per SM runs for the whole launch and takes every gridDim.x-th tile, so the ring never
 * drains between tiles. Hot.
 *
 * Measured: 37.86 ms, 1.03 × cublas-sgemm, 79 % of peak, 1.08 × ffma-sm80;
 * NVIDIA H200, N = 10000, results/reference/h200-matmul-10000.json. */
#include "kernels/support/sm90/ffma_sm90.cuh"

enum { COLS = 256, STAGES = 4 };
typedef ffma_shape<COLS, STAGES> shape;

/* - C: kernels/job/job.h.
 * - A is read as Aᵀ through tensor_map.
 * - stages: ceil(n / FFMA_K).
 * - Grid: one block of 384 threads per SM: warps 0-7 multiply, thread 256 loads. 192 KiB of dynamic
 *   shared memory. */
extern "C" __global__ void __launch_bounds__(shape::threads, 1)
    matmul_ffma_sm90(float *__restrict__ C, unsigned n, unsigned pitch, unsigned stages)
{
    DYNAMIC_SHARED(__align__(1024) unsigned char, data);
    __shared__ __align__(8) unsigned long long barriers[2 * STAGES];
    ffma_matmul<COLS, STAGES, false, 232>(data, barriers, C, n, pitch, stages);
}

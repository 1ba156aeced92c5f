/* ffma_symmetric_sm90.cu - the lower triangle of the product on Hopper's CUDA cores, each tile
 * stored twice.
 *
 * There are 128×128 entries per block and two blocks per SM. The triangle then has waves that fill
 * the chip better, and while one block stores, the other multiplies. Hot. */
#include "kernels/support/sm90/ffma_sm90.cuh"

enum { COLS = 128, STAGES = 3 };
typedef ffma_shape<COLS, STAGES> shape;

/* - C: kernels/job/job.h.
 * - A is read as Aᵀ through tensor_map.
 * - stages: ceil(n / FFMA_K).
 * - Grid: two blocks of 256 threads per SM: warps 0-3 multiply, thread 128 loads. 96 KiB of dynamic
 *   shared memory. */
extern "C" __global__ void __launch_bounds__(shape::threads, 2)
    matmul_ffma_symmetric_sm90(float *__restrict__ C, unsigned n, unsigned pitch, unsigned stages)
{
    DYNAMIC_SHARED(__align__(1024) unsigned char, data);
    __shared__ __align__(8) unsigned long long barriers[2 * STAGES];
    ffma_matmul<COLS, STAGES, true, 216>(data, barriers, C, n, pitch, stages);
}

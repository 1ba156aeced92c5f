/* dmma_symmetric_f64_sm80.cu - C in float64 on tensor cores from its lower triangle, each tile
 * stored twice; compute capability 8.0 and up (support/f64/dmma_sm80.cuh). */
#include "kernels/support/f64/dmma_sm80.cuh"
#include "kernels/support/f64/dmma_store.cuh"

typedef dmma_shape<true> shape;

struct store_tile {
    double *C;
    unsigned n, pitch;
    __device__ __forceinline__ void operator()(struct tile tile, const double acc[8][4][2]) const
    {
#pragma unroll
        for (unsigned i = 0; i < 8; i++)
#pragma unroll
            for (unsigned j = 0; j < 4; j++) {
                const unsigned row = tile.row * shape::rows + dmma_row() + 8 * i,
                               col = tile.col * shape::cols + dmma_col() + 8 * j;
                store_pair(C, n, pitch, row, col, acc[i][j][0], acc[i][j][1]);
                if (tile.row != tile.col)
                    store_mirrored(C, n, pitch, row, col, acc[i][j][0], acc[i][j][1]);
            }
    }
};

/* - a: A in float64, `a_pitch` bytes a row.
 * - stages: of 128 bytes, of a row.
 * - C: kernels/job/job.h, float64.
 * - Grid: 1 block of 256 threads an SM, 96 KiB of dynamic shared memory. */
extern "C" __global__ void __launch_bounds__(shape::threads, 1)
    matmul_dmma_symmetric_f64_sm80(const void *a, double *C, unsigned n, unsigned pitch,
                                   unsigned a_pitch, unsigned stages)
{
    DYNAMIC_SHARED(mma_row, data);
    struct store_tile use = {C, n, pitch};
    dmma_run<shape>(data, work_of<shape>(a, n, a_pitch, stages, 1), use);
}

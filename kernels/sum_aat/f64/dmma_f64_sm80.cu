/* dmma_f64_sm80.cu - the fused sum in float64 on tensor cores, compute capability 8.0 and up
 * (support/f64/dmma_sm80.cuh): tiles of the lower triangle, those off the diagonal twice. */
#include "kernels/support/f64/dmma_sm80.cuh"
#include "kernels/support/portable/finish.cuh"

typedef dmma_shape<true> shape;

struct add_tile {
    double total;
    __device__ __forceinline__ void operator()(struct tile tile, const double acc[8][4][2])
    {
        double sum = 0.0;
#pragma unroll
        for (unsigned i = 0; i < 8; i++)
            sum += ((acc[i][0][0] + acc[i][0][1]) + (acc[i][1][0] + acc[i][1][1])) +
                   ((acc[i][2][0] + acc[i][2][1]) + (acc[i][3][0] + acc[i][3][1]));
        total += tile.row == tile.col ? sum : 2.0 * sum;
    }
};

/* - a: A in float64, `pitch` bytes a row.
 * - stages: of 128 bytes, of a row, cut into `panels`.
 * - partials: one float64 a block.
 * - Grid: 1 block of 256 threads an SM, 96 KiB of dynamic shared memory. */
extern "C" __global__ void __launch_bounds__(shape::threads, 1)
    sum_aat_dmma_f64_sm80(const void *a, double *partials, double *sum, unsigned *ticket,
                          unsigned n, unsigned pitch, unsigned stages, unsigned panels)
{
    DYNAMIC_SHARED(mma_row, data);
    struct add_tile use = {0.0};
    dmma_run<shape>(data, work_of<shape>(a, n, pitch, stages, panels), use);
    const double total = block_sum(use.total, threadIdx.x, shape::threads);
    finish_sum(total, partials, blockIdx.x, gridDim.x, sum, ticket, threadIdx.x, shape::threads);
}

/* dmma_f64_sm90.cu - the fused sum in float64 on Hopper's tensor cores: tiles of the lower triangle
 * (support/f64/dmma_sm90.cuh), those off the diagonal counted twice. Hot: 1.15 times the speed of
 * cublasDsyrk and a sum on an H200 at N = 10000. */
#include "kernels/support/f64/dmma_sm90.cuh"
#include "kernels/support/portable/finish.cuh"

/* - pairs: a cluster of two blocks each; the tiles are those of the lower triangle.
 * - k: columns of A.
 * - partials: one float64 a block. */
extern "C" __global__ void __launch_bounds__(DMMA_THREADS, 1)
    sum_aat_dmma_f64_sm90(const struct dmma_pair *pairs, unsigned k, double *partials, double *sum,
                          unsigned *ticket)
{
    DYNAMIC_SHARED(unsigned char, data);
    __shared__ __align__(8) unsigned long long barriers[2 * DMMA_STAGES];
    double acc[4][4][4];
    const struct dmma_place at = dmma_product(pairs, k, data, barriers, acc);
    double total = 0.0;
#pragma unroll
    for (int i = 0; i < 4; i++)
#pragma unroll
        for (int j = 0; j < 4; j++)
            total += (acc[i][j][0] + acc[i][j][1]) + (acc[i][j][2] + acc[i][j][3]);
    total = at.is_empty ? 0.0 : at.is_diagonal ? total : 2.0 * total;
    total = block_sum(total, threadIdx.x, DMMA_THREADS);
    finish_sum(total, partials, blockIdx.x, gridDim.x, sum, ticket, threadIdx.x, DMMA_THREADS);
    cluster_barrier();
}

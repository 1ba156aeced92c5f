/* dmma_f64_sm90.cu - C in full in float64 on Hopper's tensor cores (support/f64/dmma_sm90.cuh).
 * Hot. */
#include "kernels/support/f64/dmma_sm90.cuh"
#include "kernels/support/f64/dmma_store.cuh"

/* - pairs: a cluster of two blocks each; the tiles are of all of C.
 * - k: columns of A.
 * - C: kernels/job/job.h, float64. */
extern "C" __global__ void __launch_bounds__(DMMA_THREADS, 1)
    matmul_dmma_f64_sm90(const struct dmma_pair *pairs, unsigned k, double *C, unsigned n,
                         unsigned pitch)
{
    DYNAMIC_SHARED(unsigned char, data);
    __shared__ __align__(8) unsigned long long barriers[2 * DMMA_STAGES];
    double acc[4][4][4];
    const struct dmma_place at = dmma_product(pairs, k, data, barriers, acc);
    if (!at.is_empty)
#pragma unroll
        for (int i = 0; i < 4; i++)
#pragma unroll
            for (int h = 0; h < 2; h++)
#pragma unroll
                for (int j = 0; j < 4; j++) {
                    const unsigned row = at.row + 16 * i + 8 * h, col = at.col + 8 * j;
                    store_pair(C, n, pitch, row, col, acc[i][j][2 * h], acc[i][j][2 * h + 1]);
                }
    cluster_barrier();
}

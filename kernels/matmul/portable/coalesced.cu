/* coalesced.cu - a warp computes one entry of C: its lanes read 32 neighbouring words of both rows
 * at once.
 *
 * The multiply-adds are those of naive.cu, but every read is 128 adjacent bytes, all of which are
 * used. The price: each lane ends with a partial sum, and five shuffles add the 32 of them. Each
 * word is still read from the caches once for every entry that needs it: 2N³ words in total.
 *
 * Measured: 1.479 s, 0.03 × cublas-sgemm, 2.0 % of peak, 1.49 × naive;
 * NVIDIA H200, N = 10000, results/reference/h200-matmul-10000.json. */
#include "kernels/support/portable.cuh"

/* - A, C: kernels/job/job.h.
 * - Grid: one block per tile of 4 rows × 8 columns of C, x over columns, y over rows starting at
 *   tile row first_row. Block of 32×32 threads: warp threadIdx.y computes one entry, lane
 *   threadIdx.x takes every 32nd k. No shared memory, so no barrier. */
extern "C" __global__ void __launch_bounds__(1024)
    matmul_coalesced(const float *__restrict__ A, float *__restrict__ C, unsigned n, unsigned pitch,
                     unsigned first_row)
{
    const unsigned lane = threadIdx.x, warp = threadIdx.y;
    const unsigned row = (first_row + blockIdx.y) * 4 + warp / 8, col = blockIdx.x * 8 + warp % 8;
    if (row >= n || col >= n) /* whole warps exit, so the shuffles below miss no lane */
        return;
    const float *a = A + (size_t)row * pitch, *b = A + (size_t)col * pitch;
    float sum = 0.0f;
#pragma unroll 4
    for (unsigned k = lane; k < n; k += 32)
        sum = __fmaf_rn(a[k], b[k], sum);
#pragma unroll
    for (int lanes = 16; lanes > 0; lanes /= 2)
        sum += __shfl_xor_sync(0xffffffffu, sum, lanes);
    if (lane == 0)
        C[(size_t)row * pitch + col] = sum;
}

/* wgmma_sm90.cu - Hopper's matrix instruction: four warps together, a warpgroup, multiply 64×16 by
 * 16×128 values, and read both operands from shared memory.
 *
 * There is no ldmatrix and no operand in a register any more: a descriptor says where a tile lies.
 * The ring of copies is that of cp_async_sm80.cu, whose exclusive or is exactly the layout that the
 * instruction calls the 128-byte swizzle. The instruction is asynchronous; here it is waited for at
 * once.
 *
 *   tile of a block, 128 x 128     warpgroup: two products     thread
 *   +-----------------+            of 64 x 128, one below      of a row of 64 x 128: rows
 *   | acc[0], 64 rows |            the other; warp w has       16 w + lane / 4 and + 8,
 *   +-----------------+     ->     rows 16 w ... 16 w + 15  -> columns 8 j + 2 (lane % 4) and + 1:
 *   | acc[1], 64 rows |            of each                     64 entries each, 128 in total
 *   +-----------------+
 *
 * Before: cp_async_sm80.cu spends six ldmatrix on 16 products and reads shared memory once per
 * warp; mma.sync uses only part of the tensor cores' rate.
 *
 * Next: every thread still computes addresses for 16 copies per stage, and the warps that multiply
 * issue them: tma_ring_sm90.cu has them done by hardware.
 *
 * Prediction: H200, N = 10000: 4 ms; two blocks per SM, so one multiplies while the other waits.
 *
 * Measured: 4.973 ms, 0.57 × cublas-gemm, 38 % of peak, 1.19 × cp-async;
 * NVIDIA H200, N = 10000, results/reference/h200-matmul-10000.json. */
#include "kernels/support/portable/tile_order.cuh"
#include "kernels/support/sm80/ampere.cuh"
#include "kernels/support/sm90/hopper.cuh"
#include "kernels/support/sm90/wgmma.cuh"

enum {
    TILE = 128, /* rows and columns of C per block */
    THREADS = 128,
    STAGES = 3,            /* in the ring */
    ROW = 128,             /* bytes of k per row of a stage: 64 values */
    STAGE = 2 * TILE * ROW /* the rows of the tile, then its columns */
};

/* Starts this thread's copies of one stage: chunk t % 8 of rows t / 8, t / 8 + 16, … of both
 * operands. The swizzle: chunk c of row r lies at chunk c ^ (r % 8). */
static __device__ __forceinline__ void copy_stage(unsigned to, const unsigned char *rows,
                                                  const unsigned char *cols, unsigned a_pitch)
{
    const unsigned first = threadIdx.x / 8, chunk = threadIdx.x % 8;
#pragma unroll
    for (unsigned i = 0; i < TILE; i += THREADS / 8) {
        const size_t from = (size_t)(first + i) * a_pitch + chunk * 16;
        const unsigned offset = (first + i) * ROW + (chunk ^ first % 8) * 16;
        copy_async_16(to + offset, rows + from);
        copy_async_16(to + TILE * ROW + offset, cols + from);
    }
}

/* - Parameters: as matmul_mma_sm80().
 * - Grid: two blocks of 128 threads per SM. 97 KiB of dynamic shared memory: the ring, from the
 *   first multiple of 1024 bytes on, as the swizzle requires. */
extern "C" __global__ void __launch_bounds__(THREADS, 2)
    matmul_wgmma_sm90(const unsigned char *a, float *C, unsigned n, unsigned pitch,
                      unsigned a_pitch, unsigned stages)
{
    DYNAMIC_SHARED(__align__(1024) unsigned char, data);
    const unsigned ring = (shared_address(data) + 1023) & ~1023u;
    const unsigned across = (n + TILE - 1) / TILE;

    for (unsigned t = blockIdx.x; t < across * across; t += gridDim.x) {
        const struct tile tile = grouped_tile(t, across, across);
        const unsigned char *rows = a + (size_t)(tile.row * TILE) * a_pitch;
        const unsigned char *cols = a + (size_t)(tile.col * TILE) * a_pitch;
        float acc[2][64];

        for (unsigned s = 0; s < STAGES - 1; s++) { /* fill the ring but for one stage */
            if (s < stages)
                copy_stage(ring + s * STAGE, rows + s * ROW, cols + s * ROW, a_pitch);
            copy_async_commit();
        }
        for (unsigned s = 0; s < stages; s++) {
            const unsigned now = ring + s % STAGES * STAGE, ahead = s + STAGES - 1;
            copy_async_wait<STAGES - 2>();
            fence_async_proxy(); /* wgmma reads shared memory by a path of its own */
            __syncthreads();     /* stage s has arrived, and stage s - 1 has been read */
            if (ahead < stages)
                copy_stage(ring + ahead % STAGES * STAGE, rows + (size_t)ahead * ROW,
                           cols + (size_t)ahead * ROW, a_pitch);
            copy_async_commit();

            const unsigned long long upper = wgmma_operand(now),
                                     lower = wgmma_operand(now + 64 * ROW),
                                     right = wgmma_operand(now + TILE * ROW);
            wgmma_pin(acc[0]);
            wgmma_pin(acc[1]);
            wgmma_fence();
#pragma unroll
            for (unsigned k = 0; k < 4; k++) { /* 32 bytes, the 16 k of a product, are + 2 */
                wgmma<OPERAND_BF16>(acc[0], upper + 2 * k, right + 2 * k, s + k > 0);
                wgmma<OPERAND_BF16>(acc[1], lower + 2 * k, right + 2 * k, s + k > 0);
            }
            wgmma_commit();
            wgmma_wait<0>();
            wgmma_pin(acc[0]);
            wgmma_pin(acc[1]);
        }
        __syncthreads(); /* the last stages have been read before the next tile's arrive */

        const unsigned row = tile.row * TILE + threadIdx.x / 32 * 16 + threadIdx.x % 32 / 4;
        const unsigned col = tile.col * TILE + threadIdx.x % 4 * 2;
#pragma unroll
        for (unsigned h = 0; h < 2; h++)
#pragma unroll
            for (unsigned e = 0; e < 64; e++) {
                const unsigned r = row + 64 * h + e / 2 % 2 * 8, c = col + e / 4 * 8 + e % 2;
                if (r < n && c < n)
                    C[(size_t)r * pitch + c] = acc[h][e];
            }
    }
}

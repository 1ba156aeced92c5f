/* cp_async_sm80.cu - a ring of asynchronous copies: cp.async moves 16 bytes from global to shared
 * memory without a register, and the thread goes on.
 *
 * While one stage of the ring is multiplied, the copies of the next two are under way. Each thread
 * commits its copies of a stage as one group and waits until all but the youngest group has
 * arrived. One barrier per stage is enough, where mma_sm80.cu needs two.
 *
 *   global memory         ring in shared memory              warps, as in mma_sm80.cu
 *                  cp.async                        ldmatrix
 *   stage s + 2  ----------->  [ s ] [s + 1] [s + 2]  -----> mma.sync on stage s
 *                               |       |       |
 *                               read  arrived?  being copied
 *
 * Before: mma_sm80.cu waits for memory in every stage, some 800 clocks for 800 of products.
 *
 * Next: the operands of every product pass through registers, six ldmatrix for 16 products, and
 * mma.sync reaches about 63 % of the rate of Hopper's own instruction: wgmma_sm90.cu.
 *
 * Prediction: H200, N = 10000: 5.5 ms.
 *
 * Measured: 5.914 ms, 0.48 × cublas-gemm, 32 % of peak, 1.16 × mma;
 * NVIDIA H200, N = 10000, results/reference/h200-matmul-10000.json. */
#include "kernels/support/portable/tile_order.cuh"
#include "kernels/support/sm80/ampere.cuh"

enum {
    TILE = 128, /* rows and columns of C per block */
    THREADS = 256,
    STAGES = 3,            /* in the ring */
    ROW = 128,             /* bytes of k per row of a stage: 64 values */
    STAGE = 2 * TILE * ROW /* the rows of the tile, then its columns */
};

struct __align__(128) stage_row {
    unsigned char bytes[ROW];
};

/* The offset of 16-byte chunk `chunk` of row `row` in a stage. The exclusive or puts the same chunk
 * of eight rows into eight different groups of four banks, without padding. */
static __device__ __forceinline__ unsigned offset_of(unsigned row, unsigned chunk)
{
    return row * ROW + (chunk ^ row % 8) * 16;
}

/* Starts this thread's copies of one stage: chunk t % 8 of rows t / 8, t / 8 + 32, … of both
 * operands. `rows` and `cols` point to the first byte of the stage in the first row of either. */
static __device__ __forceinline__ void copy_stage(unsigned to, const unsigned char *rows,
                                                  const unsigned char *cols, unsigned a_pitch)
{
    const unsigned first = threadIdx.x / 8, chunk = threadIdx.x % 8;
#pragma unroll
    for (unsigned i = 0; i < TILE; i += THREADS / 8) {
        const size_t from = (size_t)(first + i) * a_pitch + chunk * 16;
        copy_async_16(to + offset_of(first + i, chunk), rows + from);
        copy_async_16(to + offset_of(TILE + first + i, chunk), cols + from);
    }
}

/* Parameters and grid: as matmul_mma_sm80(). 96 KiB of dynamic shared memory. */
extern "C" __global__ void __launch_bounds__(THREADS, 2)
    matmul_cp_async_sm80(const unsigned char *a, float *C, unsigned n, unsigned pitch,
                         unsigned a_pitch, unsigned stages)
{
    DYNAMIC_SHARED(stage_row, data);
    const unsigned ring = shared_address(data);
    const unsigned warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const unsigned warp_row = warp % 2 * 64, warp_col = warp / 2 * 32;
    const unsigned across = (n + TILE - 1) / TILE;

    for (unsigned t = blockIdx.x; t < across * across; t += gridDim.x) {
        const struct tile tile = grouped_tile(t, across, across);
        const unsigned char *rows = a + (size_t)(tile.row * TILE) * a_pitch;
        const unsigned char *cols = a + (size_t)(tile.col * TILE) * a_pitch;
        float acc[4][4][4]; /* [row of products][column][entry of a product] */
#pragma unroll
        for (unsigned i = 0; i < 4; i++)
#pragma unroll
            for (unsigned j = 0; j < 4; j++)
#pragma unroll
                for (unsigned e = 0; e < 4; e++)
                    acc[i][j][e] = 0.0f;

        for (unsigned s = 0; s < STAGES - 1; s++) { /* fill the ring but for one stage */
            if (s < stages)
                copy_stage(ring + s * STAGE, rows + s * ROW, cols + s * ROW, a_pitch);
            copy_async_commit(); /* also an empty group, so that the count below holds */
        }
        for (unsigned s = 0; s < stages; s++) {
            const unsigned now = ring + s % STAGES * STAGE, ahead = s + STAGES - 1;
            copy_async_wait<STAGES - 2>();
            __syncthreads();    /* stage s has arrived, and all threads have read stage s - 1 */
            if (ahead < stages) /* over stage s - 1 */
                copy_stage(ring + ahead % STAGES * STAGE, rows + (size_t)ahead * ROW,
                           cols + (size_t)ahead * ROW, a_pitch);
            copy_async_commit();
#pragma unroll
            for (unsigned k = 0; k < 4; k++) { /* two chunks are the 16 k of a product */
                unsigned u[4][4], v[2][4];
#pragma unroll
                for (unsigned i = 0; i < 4; i++)
                    load_matrices(
                        u[i], now + offset_of(warp_row + i * 16 + lane % 16, 2 * k + lane / 16));
#pragma unroll
                for (unsigned j = 0; j < 2; j++)
                    load_matrices(
                        v[j], now + offset_of(TILE + warp_col + j * 16 + lane / 16 * 8 + lane % 8,
                                              2 * k + lane / 8 % 2));
#pragma unroll
                for (unsigned i = 0; i < 4; i++)
#pragma unroll
                    for (unsigned j = 0; j < 4; j++)
                        product_bf16(acc[i][j], u[i], &v[j / 2][j % 2 * 2]);
            }
        }
        __syncthreads(); /* all threads have read the last stages before the next tile's arrive */

        const unsigned row = tile.row * TILE + warp_row + lane / 4;
        const unsigned col = tile.col * TILE + warp_col + lane % 4 * 2;
#pragma unroll
        for (unsigned i = 0; i < 4; i++)
#pragma unroll
            for (unsigned j = 0; j < 4; j++)
#pragma unroll
                for (unsigned e = 0; e < 4; e++) {
                    const unsigned r = row + 16 * i + e / 2 * 8, c = col + 8 * j + e % 2;
                    if (r < n && c < n)
                        C[(size_t)r * pitch + c] = acc[i][j][e];
                }
    }
}

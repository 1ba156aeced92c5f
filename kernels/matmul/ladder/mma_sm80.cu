/* mma_sm80.cu - the first kernel on tensor cores: a warp multiplies 16×16 by 16×8 values in one
 * instruction, mma.sync, instead of one value per thread.
 *
 * A in bf16 goes from global memory through registers to shared memory, 64 k at a time; ldmatrix
 * hands out the fragments that the instruction expects, and mma.sync adds 2048 products to the
 * accumulators, which stay in the registers of the warp.
 *
 *   tile of a block, 128 x 128    warp, 64 x 32           thread
 *   +----+----+----+----+         +--+--+--+--+           of each 16 x 8 product 4 entries:
 *   | w0 | w2 | w4 | w6 |         |  |  |  |  |           rows lane / 4 and + 8,
 *   +----+----+----+----+   ->    +--+--+--+--+   ->      columns 2 (lane % 4) and + 1;
 *   | w1 | w3 | w5 | w7 |         |  |  |  |  | ...       64 in total
 *   +----+----+----+----+         4 x 4 products of 16 x 8
 *
 * Before: on CUDA cores (warp_tile.cu, ffma_sm90.cu) every multiply-add is an instruction of a
 * thread, and 67 TFLOP/s is all that an H200 can issue. Tensor cores have 15 times as much.
 *
 * Next: nothing is multiplied while a stage is loaded; cp_async_sm80.cu overlaps the two.
 *
 * Prediction: H200, N = 10000: 8 ms with the conversion of A, five times as fast as FP32.
 *
 * Measured: 6.832 ms, 0.41 × cublas-gemm, 27 % of peak, 3.23 × symmetric;
 * NVIDIA H200, N = 10000, results/reference/h200-matmul-10000.json. */
#include "kernels/support/portable/tile_order.cuh"
#include "kernels/support/sm80/ampere.cuh"

enum {
    TILE = 128, /* rows and columns of C per block */
    THREADS = 256,
    STAGE = 128, /* bytes of k per row in shared memory: 64 values */
    CHUNKS = STAGE / 16,
    ROW = STAGE + 16 /* padded, so that 8 rows start in 8 different groups of four banks */
};

struct __align__(16) stage_row {
    unsigned char bytes[ROW];
};

/* - a: A in bf16, rows of `a_pitch` bytes, which are `stages` stages; zero up to whole tiles.
 * - C: kernels/job/job.h.
 * - Grid: any number of blocks of 256 threads; block b computes tiles b, b + gridDim.x, …. 36 KiB
 *   of dynamic shared memory: the rows of the tile, then its columns. */
extern "C" __global__ void __launch_bounds__(THREADS, 2)
    matmul_mma_sm80(const unsigned char *a, float *C, unsigned n, unsigned pitch, unsigned a_pitch,
                    unsigned stages)
{
    DYNAMIC_SHARED(stage_row, data);
    const unsigned warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const unsigned warp_row = warp % 2 * 64, warp_col = warp / 2 * 32;
    /* where this lane's matrices begin: rows 0-15 of 16 bytes, then the next 16 bytes, for the
     * first operand; both halves of rows 0-7, then of rows 8-15, for the second */
    const unsigned from_rows = shared_address(data) + (warp_row + lane % 16) * ROW + lane / 16 * 16;
    const unsigned from_cols = shared_address(data) +
                               (TILE + warp_col + lane / 16 * 8 + lane % 8) * ROW +
                               lane / 8 % 2 * 16;
    const unsigned across = (n + TILE - 1) / TILE;

    for (unsigned t = blockIdx.x; t < across * across; t += gridDim.x) {
        const struct tile tile = grouped_tile(t, across, across);
        float acc[4][4][4]; /* [row of products][column][entry of a product] */
#pragma unroll
        for (unsigned i = 0; i < 4; i++)
#pragma unroll
            for (unsigned j = 0; j < 4; j++)
#pragma unroll
                for (unsigned e = 0; e < 4; e++)
                    acc[i][j][e] = 0.0f;

        for (unsigned s = 0; s < stages; s++) {
            /* thread t loads chunk t % 8 of rows t / 8, t / 8 + 32, … of both operands */
            const unsigned first = threadIdx.x / CHUNKS, at = threadIdx.x % CHUNKS * 16;
            const unsigned char *from_k = a + (size_t)s * STAGE + at;
#pragma unroll
            for (unsigned i = 0; i < TILE; i += THREADS / CHUNKS) {
                const unsigned r = first + i;
                *(uint4 *)&data[r].bytes[at] =
                    *(const uint4 *)(from_k + (size_t)(tile.row * TILE + r) * a_pitch);
                *(uint4 *)&data[TILE + r].bytes[at] =
                    *(const uint4 *)(from_k + (size_t)(tile.col * TILE + r) * a_pitch);
            }
            __syncthreads(); /* the stage is complete */
#pragma unroll
            for (unsigned k = 0; k < STAGE; k += 32) { /* 32 bytes are the 16 k of a product */
                unsigned u[4][4], v[2][4];
#pragma unroll
                for (unsigned i = 0; i < 4; i++)
                    load_matrices(u[i], from_rows + i * 16 * ROW + k);
#pragma unroll
                for (unsigned j = 0; j < 2; j++) /* operands of two products at once */
                    load_matrices(v[j], from_cols + j * 16 * ROW + k);
#pragma unroll
                for (unsigned i = 0; i < 4; i++)
#pragma unroll
                    for (unsigned j = 0; j < 4; j++)
                        product_bf16(acc[i][j], u[i], &v[j / 2][j % 2 * 2]);
            }
            __syncthreads(); /* all threads have read the stage before it is overwritten */
        }

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

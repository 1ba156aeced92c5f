/* ffma_sm90.cu - the full product on Hopper's CUDA cores, with 128×256 entries per block
 * (support/sm90/ffma_sm90.cuh).
 *
 * One block per SM runs for the whole launch and takes every gridDim.x-th tile, so the ring never
 * drains between tiles. Hot. */
#include "kernels/support/portable/store_tile.cuh"
#include "kernels/support/sm90/ffma_sm90.cuh"

enum { COLS = 256, STAGES = 4 };
typedef ffma_shape<COLS, STAGES> shape;

/* C: kernels/job/job.h. A is read as Aᵀ through tensor_map. stages: ceil(n / FFMA_K). Grid: one
 * block of 384 threads per SM: warps 0-7 multiply, thread 256 loads. 192 KiB of dynamic shared
 * memory. */
extern "C" __global__ void __launch_bounds__(shape::threads, 1)
    matmul_ffma_sm90(float *__restrict__ C, unsigned n, unsigned pitch, unsigned stages)
{
    DYNAMIC_SHARED(__align__(1024) unsigned char, data);
    __shared__ __align__(8) unsigned long long barriers[2 * STAGES];
    struct ffma_ring ring = ring_make<COLS, STAGES>(data, barriers);
    const unsigned down = (n + FFMA_ROWS - 1) / FFMA_ROWS, across = (n + COLS - 1) / COLS;
    const unsigned tiles = down * across;
    if (threadIdx.x >= COLS) {
        registers_less<40>();
        if (threadIdx.x == COLS)
            for (unsigned t = blockIdx.x; t < tiles; t += gridDim.x) {
                const struct tile tile = grouped_tile(t, down, across);
                ffma_produce<COLS, STAGES>(ring, tile.row * FFMA_ROWS, tile.col * COLS, 0, stages);
            }
        return;
    }
    registers_more<232>();
    const struct ffma_place at = ffma_place();
    struct ffma_operands operands[2];
    if (blockIdx.x < tiles)
        ffma_begin<COLS, STAGES>(ring, data, operands);
    for (unsigned t = blockIdx.x; t < tiles; t += gridDim.x) {
        float acc[16][8];
        ffma_consume<COLS, STAGES, false>(ring, data, operands, 0, stages, t + gridDim.x < tiles,
                                          acc);
        const struct tile tile = grouped_tile(t, down, across);
        const unsigned row = tile.row * FFMA_ROWS + at.row, col = tile.col * COLS + at.col;
        ffma_store(C, n, pitch, row, col, acc);
    }
}

/* ffma_symmetric_sm90.cu - the lower triangle of the product on Hopper's CUDA cores, each tile
 * stored twice.
 *
 * There are 128×128 entries per block and two blocks per SM. The triangle then has waves that fill
 * the chip better, and while one block stores, the other multiplies. Hot. */
#include "kernels/support/sm90/ffma_sm90.cuh"

enum { COLS = 128, STAGES = 3 };
typedef ffma_shape<COLS, STAGES> shape;

/* C: kernels/job/job.h. A is read as Aᵀ through tensor_map. stages: ceil(n / FFMA_K). Grid: two
 * blocks of 256 threads per SM: warps 0-3 multiply, thread 128 loads. 96 KiB of dynamic shared
 * memory. */
extern "C" __global__ void __launch_bounds__(shape::threads, 2)
    matmul_ffma_symmetric_sm90(float *__restrict__ C, unsigned n, unsigned pitch, unsigned stages)
{
    DYNAMIC_SHARED(__align__(1024) unsigned char, data);
    __shared__ __align__(8) unsigned long long barriers[2 * STAGES];
    struct ffma_ring ring = ring_make<COLS, STAGES>(data, barriers);
    const unsigned down = (n + FFMA_ROWS - 1) / FFMA_ROWS, tiles = (unsigned)tiles_above(down);
    if (threadIdx.x >= COLS) {
        registers_less<40>();
        if (threadIdx.x == COLS)
            for (unsigned t = blockIdx.x; t < tiles; t += gridDim.x) {
                const struct tile tile = triangle_tile(t, down);
                ffma_produce<COLS, STAGES>(ring, tile.row * FFMA_ROWS, tile.col * COLS, 0, stages);
            }
        return;
    }
    registers_more<216>();
    const struct ffma_place at = ffma_place();
    struct ffma_operands operands[2];
    if (blockIdx.x < tiles)
        ffma_begin<COLS, STAGES>(ring, data, operands);
    for (unsigned t = blockIdx.x; t < tiles; t += gridDim.x) {
        float acc[16][8];
        ffma_consume<COLS, STAGES, false>(ring, data, operands, 0, stages, t + gridDim.x < tiles,
                                          acc);
        const struct tile tile = triangle_tile(t, down);
        const unsigned row = tile.row * FFMA_ROWS + at.row, col = tile.col * COLS + at.col;
        ffma_store(C, n, pitch, row, col, acc);
        if (tile.row != tile.col)
            ffma_store_mirror(C, n, pitch, row, col, acc);
    }
}

/* kepler.cu - the full product for compute capability 3.0, where a thread has 63 registers: 6×6
 * entries per thread.
 *
 * This is warp_tile.cu reduced to fit Kepler (support/portable/kepler_tile.cuh). Expect 40 to 50 %
 * of the card's peak: Kepler cannot issue enough instructions for the rest (CGO 2013, cited there).
 * Hot on Kepler, such as a GT 750M. */
#include "kernels/support/portable/kepler_tile.cuh"
#include "kernels/support/portable/tile_order.cuh"

/* - A, C: kernels/job/job.h.
 * - Grid: one block of 256 threads per 96×96 tile of C, x over columns, y over rows starting at
 *   tile row first_row; grouped_tile() orders the tiles. A warp's stores fill 128 adjacent bytes of
 *   two rows. 14476 bytes of shared memory. */
extern "C" __global__ void __launch_bounds__(KEPLER_TILE_THREADS)
    matmul_kepler(const float *__restrict__ A, float *__restrict__ C, unsigned n, unsigned pitch,
                  unsigned first_row)
{
    __shared__ struct tile corner; /* shared, because the product needs every register */
    struct tile tile = grouped_tile(blockIdx.y * gridDim.x + blockIdx.x, gridDim.y, gridDim.x);
    tile.row = (tile.row + first_row) * KEPLER_TILE;
    tile.col *= KEPLER_TILE;
    if (threadIdx.x == 0)
        corner = tile;
    float acc[6][6];
    const struct kepler_place at = kepler_tile_product(
        A + (size_t)(threadIdx.x / 128 ? tile.col : tile.row) * pitch, n, pitch, acc);
#pragma unroll
    for (unsigned i = 0; i < 6; i++) {
        const unsigned row = corner.row + at.row + i / 2 * 32 + i % 2;
        if (row >= n)
            continue;
#pragma unroll
        for (unsigned j = 0; j < 6; j += 2) {
            const unsigned col = corner.col + at.col + j / 2 * 32; /* even, as a float2 requires */
            float *to = C + (size_t)row * pitch + col;
            if (col + 1 < n)
                *(float2 *)to = make_float2(acc[i][j], acc[i][j + 1]);
            else if (col < n)
                *to = acc[i][j];
        }
    }
}

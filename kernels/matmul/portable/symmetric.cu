/* symmetric.cu - uses the symmetry of A·Aᵀ: computes the lower triangle, stores it twice, and so
 * halves the work.
 *
 * Tiles below the diagonal are stored mirrored too. A thread's entries form 4×4 blocks, so choosing
 * other registers transposes them: a column of four is a row of four in the mirror, and four lanes
 * together fill 64 adjacent bytes, which are whole sectors of memory. No exchange through shared
 * memory is needed. Hot from cc 3.5: the fastest matmul of the portable subset.
 *
 * Measured: 22.06 ms, 1.76 × cublas-sgemm, 68 % of peak, 1.72 × ffma-sm90;
 * NVIDIA H200, N = 10000, results/reference/h200-matmul-10000.json. */
#include "kernels/support/portable/store_tile.cuh"
#include "kernels/support/portable/tile_order.cuh"
#include "kernels/support/portable/warp_tile.cuh"

/* - A, C: kernels/job/job.h.
 * - Grid: one block of 256 threads per 128×128 tile of the lower triangle, in one dimension
 *   starting at tile number first_tile (triangle_tile()). 16904 bytes of shared memory. */
extern "C" __global__ void __launch_bounds__(WARP_TILE_THREADS, 2)
    matmul_symmetric(const float *__restrict__ A, float *__restrict__ C, unsigned n, unsigned pitch,
                     unsigned first_tile)
{
    __shared__ struct tile tile; /* shared, because the product needs every register */
    if (threadIdx.x == 0)
        tile = triangle_tile(first_tile + blockIdx.x, (n + WARP_TILE - 1) / WARP_TILE);
    __syncthreads(); /* all threads read the tile that thread 0 found */
    float acc[8][8];
    warp_tile_product(A + (size_t)(tile.row * WARP_TILE) * pitch,
                      A + (size_t)(tile.col * WARP_TILE) * pitch, n, pitch, acc);
    warp_tile_store(C, n, pitch, tile.row * WARP_TILE, tile.col * WARP_TILE, acc);
    if (tile.row == tile.col)
        return;
    const struct warp_place at = warp_place(); /* in the mirror, rows are columns */
    const unsigned row = tile.col * WARP_TILE + at.col;
    const unsigned col = tile.row * WARP_TILE + at.row;
    float *to = C + (size_t)row * pitch + col;
#pragma unroll
    for (unsigned j = 0; j < 8; j++) {
        if (row + j / 4 * 32 + j % 4 < n)
#pragma unroll
            for (unsigned i = 0; i < 8; i += 4)
                store4(to + i * 4, left_of(n, col + i * 4),
                       make_float4(acc[i][j], acc[i + 1][j], acc[i + 2][j], acc[i + 3][j]));
        to += (size_t)(j == 3 ? 29 : 1) * pitch;
    }
}

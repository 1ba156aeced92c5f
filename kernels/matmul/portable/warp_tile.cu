/* warp_tile.cu - adds warp tiles to vector_tile.cu, and loads that run ahead of the arithmetic.
 *
 * Each warp computes a compact 32×64 tile, with its lanes ordered so that shared memory answers in
 * half the passes. Two shared buffers and a register stage overlap loads and arithmetic with one
 * barrier per step. Tiles of C are taken in an order that suits the L2 cache
 * (support/portable/tile_order.cuh). The product is in support/portable/warp_tile.cuh. Hot from cc
 * 3.5: the fastest full product of the portable subset.
 *
 * Measured: 44.02 ms, 0.88 × cublas-sgemm, 68 % of peak, 1.16 × vector-tile;
 * NVIDIA H200, N = 10000, results/reference/h200-matmul-10000.json. */
#include "kernels/support/portable/tile_order.cuh"
#include "kernels/support/portable/warp_tile.cuh"

/* - A, C: kernels/job/job.h.
 * - Grid: one block of 256 threads per 128×128 tile of C, x over columns, y over rows starting at
 *   tile row first_row; grouped_tile() orders the tiles. 16904 bytes of shared memory. */
extern "C" __global__ void __launch_bounds__(WARP_TILE_THREADS, 2)
    matmul_warp_tile(const float *__restrict__ A, float *__restrict__ C, unsigned n, unsigned pitch,
                     unsigned first_row)
{
    __shared__ struct tile tile; /* shared, because the product needs every register */
    if (threadIdx.x == 0) {
        tile = grouped_tile(blockIdx.y * gridDim.x + blockIdx.x, gridDim.y, gridDim.x);
        tile.row += first_row;
    }
    __syncthreads(); /* all threads read the tile that thread 0 found */
    float acc[8][8];
    warp_tile_product(A + (size_t)(tile.row * WARP_TILE) * pitch,
                      A + (size_t)(tile.col * WARP_TILE) * pitch, n, pitch, acc);
    warp_tile_store(C, n, pitch, tile.row * WARP_TILE, tile.col * WARP_TILE, acc);
}

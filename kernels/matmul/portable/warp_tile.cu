/* warp_tile.cu - warps as a level of their own, and loads that run ahead of the arithmetic.
 *
 * To vector_tile.cu this adds: a compact 32×64 tile for each warp, with lanes ordered so that
 * shared memory answers in half the passes; two shared buffers and a register stage, so that
 * memory and arithmetic overlap with one barrier a step; tiles of C taken in an order that suits
 * the L2 cache (support/portable/tile_order.cuh). The product is in support/portable/warp_tile.cuh.
 * Hot from cc 3.5: the fastest full product of the portable subset. */
#include "kernels/support/portable/tile_order.cuh"
#include "kernels/support/portable/warp_tile.cuh"

/* A, C: kernels/job/job.h. Grid: one block of 256 threads a 128×128 tile of C, x over columns, y
 * over rows from tile row first_row on; which tile is up to grouped_tile(). 16904 bytes of shared
 * memory. */
extern "C" __global__ void __launch_bounds__(WARP_TILE_THREADS, 2)
    matmul_warp_tile(const float *__restrict__ A, float *__restrict__ C, unsigned n, unsigned pitch,
                     unsigned first_row)
{
    __shared__ struct tile tile; /* not in registers, where the product needs every one */
    if (threadIdx.x == 0) {
        tile = grouped_tile(blockIdx.y * gridDim.x + blockIdx.x, gridDim.y, gridDim.x);
        tile.row += first_row;
    }
    __syncthreads(); /* everyone reads what thread 0 found */
    float acc[8][8];
    warp_tile_product(A + (size_t)(tile.row * WARP_TILE) * pitch,
                      A + (size_t)(tile.col * WARP_TILE) * pitch, n, pitch, acc);
    warp_tile_store(C, n, pitch, tile.row * WARP_TILE, tile.col * WARP_TILE, acc);
}

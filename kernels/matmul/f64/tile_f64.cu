/* tile_f64.cu - a block stages tiles of A in shared memory: each number read from global memory
 * serves 32 entries of C. matmul/portable/tile.cu in float64.
 * Source: CUDA C++ Programming Guide, "Shared Memory". */
#include "kernels/support/portable.cuh"

enum { TILE = 32 };

/* - A, C: kernels/job/job.h, float64.
 * - Grid: one 32×32 block a 32×32 tile of C, x over columns, y over rows from tile row first_row
 *   on; thread (x, y) owns entry (y, x) of it and loads number (y, x) of both tiles, so that a warp
 *   reads 256 adjacent bytes. 16640 bytes of shared memory. */
extern "C" __global__ void __launch_bounds__(1024)
    matmul_tile_f64(const double *__restrict__ A, double *__restrict__ C, unsigned n,
                    unsigned pitch, unsigned first_row)
{
    __shared__ double a[TILE][TILE];
    /* b is read down a column: + 1 puts the numbers of one into different banks */
    __shared__ double b[TILE][TILE + 1];
    const unsigned x = threadIdx.x, y = threadIdx.y;
    const unsigned row = (first_row + blockIdx.y) * TILE + y, col = blockIdx.x * TILE + x;
    const double *from_a = A + (size_t)row * pitch + x;
    const double *from_b = A + (size_t)(blockIdx.x * TILE + y) * pitch + x;
    double sum = 0.0;
    for (unsigned k0 = 0; k0 < n; k0 += TILE) {
        a[y][x] = from_a[k0];
        b[y][x] = from_b[k0];
        __syncthreads(); /* the tiles are complete before anyone reads them */
#pragma unroll
        for (unsigned k = 0; k < TILE; k++)
            sum = __fma_rn(a[y][k], b[x][k], sum);
        __syncthreads(); /* everyone has read them before they are overwritten */
    }
    if (row < n && col < n)
        C[(size_t)row * pitch + col] = sum;
}

/* transpose.cu - computes Aᵀ, for kernels that need the rows of a k-step contiguous. The
 * transposition goes through shared memory, so that both reads and writes are coalesced. Source: M.
 * Harris, "An efficient matrix transpose in CUDA C/C++". */
#include "kernels/support/portable.cuh"

enum { TILE = 32, ROWS = 8 };

/* At[c][r] = A[r][c] for `rows` × `pitch` floats, both multiples of 32; At has `rows` floats a row.
 * Grid: pitch / 32 × rows / 32 blocks of 32×8 threads, one 32×32 tile each. 4224 bytes of shared
 * memory; the extra column puts the words of a column into 32 different banks. */
extern "C" __global__ void __launch_bounds__(TILE *ROWS)
    transpose(const float *__restrict__ A, float *__restrict__ At, unsigned rows, unsigned pitch)
{
    __shared__ float tile[TILE][TILE + 1];
    const unsigned x = threadIdx.x, y = threadIdx.y;
    const unsigned row0 = blockIdx.y * TILE, col0 = blockIdx.x * TILE;
#pragma unroll
    for (unsigned r = 0; r < TILE; r += ROWS)
        tile[y + r][x] = A[(size_t)(row0 + y + r) * pitch + col0 + x];
    __syncthreads(); /* the tile is complete before any thread reads it */
#pragma unroll
    for (unsigned r = 0; r < TILE; r += ROWS)
        At[(size_t)(col0 + y + r) * rows + row0 + x] = tile[x][y + r];
}

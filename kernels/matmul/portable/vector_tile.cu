/* vector_tile.cu - 8×8 entries per thread, and all loads and stores are 16 bytes wide.
 *
 * Both operands are k-major in shared memory, so the 8 rows and 8 columns that a thread needs for
 * one k are four reads of 16 bytes, which feed 64 multiply-adds. With one load per 16
 * multiply-adds, issue slots are no longer the limit. Source: S. Boehm, "How to optimize a CUDA
 * matmul kernel for cuBLAS-like performance", kernel 6.
 *
 * Measured: 50.86 ms, 0.76 × cublas-sgemm, 59 % of peak, 1.60 × register-tile;
 * NVIDIA H200, N = 10000, results/reference/h200-matmul-10000.json. */
#include "kernels/support/portable/store_tile.cuh"

/* 4·LD ≡ 16 (mod 32), so that the transposing stores of a warp use 32 different banks. */
enum { TILE = 128, TILE_K = 8, LD = TILE + 4 };

/* - A, C: kernels/job/job.h.
 * - Grid: one block of 16×16 threads per 128×128 tile of C, x over columns, y over rows starting at
 *   tile row first_row. Thread (x, y) computes rows 4y … 4y + 3 and the same + 64, columns 4x … 4x
 *   + 3 and the same + 64; per step it loads 4 columns of one row of each operand. 8448 bytes of
 *   shared memory. */
extern "C" __global__ void __launch_bounds__(256, 2)
    matmul_vector_tile(const float *__restrict__ A, float *__restrict__ C, unsigned n,
                       unsigned pitch, unsigned first_row)
{
    __shared__ __align__(16) float a[TILE_K][LD]; /* a[k][row] */
    __shared__ __align__(16) float b[TILE_K][LD];
    const unsigned row0 = (first_row + blockIdx.y) * TILE, col0 = blockIdx.x * TILE;
    const unsigned y4 = threadIdx.y * 4, x4 = threadIdx.x * 4;
    const unsigned thread = threadIdx.y * 16 + threadIdx.x, row = thread / 2, k4 = thread % 2 * 4;
    const float *from_a = A + (size_t)(row0 + row) * pitch + k4;
    const float *from_b = A + (size_t)(col0 + row) * pitch + k4;
    float acc[8][8];
#pragma unroll
    for (unsigned i = 0; i < 8; i++)
#pragma unroll
        for (unsigned j = 0; j < 8; j++)
            acc[i][j] = 0.0f;
    for (unsigned k0 = 0; k0 < n; k0 += TILE_K) {
        const float4 p = *(const float4 *)(from_a + k0), q = *(const float4 *)(from_b + k0);
        const float four_a[4] = {p.x, p.y, p.z, p.w}, four_b[4] = {q.x, q.y, q.z, q.w};
#pragma unroll
        for (unsigned k = 0; k < 4; k++) {
            a[k4 + k][row] = four_a[k];
            b[k4 + k][row] = four_b[k];
        }
        __syncthreads(); /* the tiles are complete before any thread reads them */
#pragma unroll
        for (unsigned k = 0; k < TILE_K; k++) {
            const float4 u0 = *(const float4 *)&a[k][y4], u1 = *(const float4 *)&a[k][y4 + 64];
            const float4 v0 = *(const float4 *)&b[k][x4], v1 = *(const float4 *)&b[k][x4 + 64];
            const float u[8] = {u0.x, u0.y, u0.z, u0.w, u1.x, u1.y, u1.z, u1.w};
            const float v[8] = {v0.x, v0.y, v0.z, v0.w, v1.x, v1.y, v1.z, v1.w};
#pragma unroll
            for (unsigned i = 0; i < 8; i++)
#pragma unroll
                for (unsigned j = 0; j < 8; j++)
                    acc[i][j] = __fmaf_rn(u[i], v[j], acc[i][j]);
        }
        __syncthreads(); /* all threads have read the tiles before they are overwritten */
    }
    const unsigned own_row = row0 + y4, own_col = col0 + x4;
    float *to = C + (size_t)own_row * pitch + own_col;
#pragma unroll
    for (unsigned i = 0; i < 8; i++) {
        if (own_row + i / 4 * 64 + i % 4 < n)
#pragma unroll
            for (unsigned j = 0; j < 8; j += 4)
                store4(to + j * 16, left_of(n, own_col + j * 16),
                       make_float4(acc[i][j], acc[i][j + 1], acc[i][j + 2], acc[i][j + 3]));
        to += (size_t)(i == 3 ? 61 : 1) * pitch;
    }
}

/* register_tile_f64.cuh - the product behind matmul/f64/register_tile_f64.cu and
 * sum_aat/f64/triangle_f64.cu: support/portable/register_tile.cuh in float64. A thread keeps 4×4
 * entries of C in registers, so that 8 numbers read from shared memory feed 16 multiply-adds. */
#ifndef KERNELS_SUPPORT_REGISTER_TILE_F64_CUH
#define KERNELS_SUPPORT_REGISTER_TILE_F64_CUH

#include "kernels/support/portable.cuh"

/* LD: odd, so that the 16 k that half a warp stores fall into different banks. */
enum {
    REGISTER_TILE = 64,   /* rows and columns of C a block owns */
    REGISTER_TILE_K = 16, /* columns of A in shared memory at a time */
    REGISTER_TILE_LD = REGISTER_TILE + 1
};

/* acc[i][j] = entry (threadIdx.y + 16·i, threadIdx.x + 16·j) of the product of two strips of A, 64
 * rows each: the first makes the tile's rows, the second its columns. 16×16 threads. Entries of one
 * thread lie 16 apart, so that neighbouring threads read neighbouring words of shared memory, and
 * later store neighbouring entries. A as described in kernels/job/job.h, in float64; 16640 bytes of
 * shared memory. */
static __device__ __forceinline__ void register_tile_product(const double *__restrict__ rows,
                                                             const double *__restrict__ cols,
                                                             unsigned n, unsigned pitch,
                                                             double acc[4][4])
{
    __shared__ double a[REGISTER_TILE_K][REGISTER_TILE_LD]; /* a[k][row]: transposed on the way */
    __shared__ double b[REGISTER_TILE_K][REGISTER_TILE_LD];
    const unsigned x = threadIdx.x, y = threadIdx.y;
#pragma unroll
    for (unsigned i = 0; i < 4; i++)
#pragma unroll
        for (unsigned j = 0; j < 4; j++)
            acc[i][j] = 0.0;
    for (unsigned k0 = 0; k0 < n; k0 += REGISTER_TILE_K) {
        /* 16 threads side by side read 16 columns of a row: 128 bytes */
#pragma unroll
        for (unsigned r = 0; r < REGISTER_TILE; r += 16) {
            a[x][r + y] = rows[(size_t)(r + y) * pitch + k0 + x];
            b[x][r + y] = cols[(size_t)(r + y) * pitch + k0 + x];
        }
        __syncthreads(); /* the tiles are complete before anyone reads them */
#pragma unroll 4
        for (unsigned k = 0; k < REGISTER_TILE_K; k++) {
            double u[4], v[4];
#pragma unroll
            for (unsigned i = 0; i < 4; i++) {
                u[i] = a[k][y + 16 * i];
                v[i] = b[k][x + 16 * i];
            }
#pragma unroll
            for (unsigned i = 0; i < 4; i++)
#pragma unroll
                for (unsigned j = 0; j < 4; j++)
                    acc[i][j] = __fma_rn(u[i], v[j], acc[i][j]);
        }
        __syncthreads(); /* everyone has read them before they are overwritten */
    }
}

#endif

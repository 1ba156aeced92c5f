/* register_tile.cuh - the product of a tile, used by matmul/portable/register_tile.cu and
 * sum_aat/portable/triangle.cu.
 *
 * A thread keeps 4×4 entries of C in registers, so 8 numbers read from shared memory feed 16
 * multiply-adds. In matmul/portable/tile.cu 2 numbers feed 1. */
#ifndef KERNELS_SUPPORT_REGISTER_TILE_CUH
#define KERNELS_SUPPORT_REGISTER_TILE_CUH

#include "kernels/support/portable.cuh"

/* What is multiplied: A as it is, or rounded (support/eight_bits.cuh). */
struct f32_entries {
    typedef float type;
    static __device__ __forceinline__ float of(float a) { return a; }
    static __device__ __forceinline__ float multiply_add(float x, float y, float sum)
    {
        return __fmaf_rn(x, y, sum);
    }
};

/* LD is even, so that the 16 k × 2 rows that a warp stores use 32 different banks. */
enum {
    REGISTER_TILE = 64,   /* rows and columns of C a block owns */
    REGISTER_TILE_K = 16, /* columns of A in shared memory at a time */
    REGISTER_TILE_LD = REGISTER_TILE + 2
};

/* acc[i][j] = entry (threadIdx.y + 16·i, threadIdx.x + 16·j) of the product of two strips of A, 64
 * rows each: the first gives the tile's rows, the second its columns. Blocks of 16×16 threads. The
 * entries of a thread lie 16 apart, so neighbouring threads read neighbouring words of shared
 * memory and store neighbouring entries. A is that of kernels/job/job.h. 8448 bytes of shared
 * memory. */
template <class Entries = f32_entries>
static __device__ __forceinline__ void
register_tile_product(const float *__restrict__ rows, const float *__restrict__ cols, unsigned n,
                      unsigned pitch, typename Entries::type acc[4][4])
{
    typedef typename Entries::type entry;
    __shared__ entry a[REGISTER_TILE_K][REGISTER_TILE_LD]; /* a[k][row]: transposed while loading */
    __shared__ entry b[REGISTER_TILE_K][REGISTER_TILE_LD];
    const unsigned x = threadIdx.x, y = threadIdx.y;
#pragma unroll
    for (unsigned i = 0; i < 4; i++)
#pragma unroll
        for (unsigned j = 0; j < 4; j++)
            acc[i][j] = 0;
    for (unsigned k0 = 0; k0 < n; k0 += REGISTER_TILE_K) {
        /* 16 neighbouring threads read 16 columns of a row: 64 bytes */
#pragma unroll
        for (unsigned r = 0; r < REGISTER_TILE; r += 16) {
            a[x][r + y] = Entries::of(rows[(size_t)(r + y) * pitch + k0 + x]);
            b[x][r + y] = Entries::of(cols[(size_t)(r + y) * pitch + k0 + x]);
        }
        __syncthreads(); /* the tiles are complete before any thread reads them */
#pragma unroll
        for (unsigned k = 0; k < REGISTER_TILE_K; k++) {
            entry u[4], v[4];
#pragma unroll
            for (unsigned i = 0; i < 4; i++) {
                u[i] = a[k][y + 16 * i];
                v[i] = b[k][x + 16 * i];
            }
#pragma unroll
            for (unsigned i = 0; i < 4; i++)
#pragma unroll
                for (unsigned j = 0; j < 4; j++)
                    acc[i][j] = Entries::multiply_add(u[i], v[j], acc[i][j]);
        }
        __syncthreads(); /* all threads have read the tiles before they are overwritten */
    }
}

#endif

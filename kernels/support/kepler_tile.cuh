/* kepler_tile.cuh - the product behind matmul/kepler.cu and sum_aat/kepler_triangle.cu, for
 * compute capability 3.0.
 *
 * A thread may hold 63 registers there, so 8×8 entries do not fit: 6×6 do, with 12 for the
 * operands and 6 for the loads under way. Reads of shared memory are 8 bytes wide, which is the
 * width of Kepler's banks: 6 of them feed 36 multiply-adds, what the two units do in the same
 * time.
 * Source: J. Lai, A. Seznec, "Performance upper bound analysis and optimization of SGEMM on
 * Fermi and Kepler GPUs", CGO 2013. */
#ifndef KERNELS_SUPPORT_KEPLER_TILE_CUH
#define KERNELS_SUPPORT_KEPLER_TILE_CUH

#include "kernels/portable.cuh"

/* LD: 2·LD ≡ 8 (mod 32), so that a warp's transposing stores hit 32 different banks. */
enum {
    KEPLER_TILE = 96,  /* rows and columns of C a block owns */
    KEPLER_TILE_K = 8, /* columns of A in shared memory at a time */
    KEPLER_TILE_THREADS = 256,
    KEPLER_TILE_LD = 2 * KEPLER_TILE + 4
};

/* Where a thread's entries lie in the block's tile: acc[2·i + p][2·j + q] is entry (row + 32·i +
 * p, col + 32·j + q), for i, j in 0 … 2 and p, q in 0, 1. */
struct kepler_place {
    unsigned row, col;
};

static __device__ __forceinline__ struct kepler_place kepler_place()
{
    const struct kepler_place place = {threadIdx.x / 16 * 2, threadIdx.x % 16 * 2};
    return place;
}

/* Two columns of three rows into a buffer. */
static __device__ __forceinline__ void kepler_tile_put(float words[][KEPLER_TILE_LD], unsigned k,
                                                       unsigned word, const float2 v[3])
{
#pragma unroll
    for (unsigned r = 0; r < 3; r++) {
        words[k][word + 32 * r] = v[r].x;
        words[k + 1][word + 32 * r] = v[r].y;
    }
}

/* acc += the product of 8 columns in shared memory; words 0 … 95 of each k are rows of the left
 * operand, 96 … 191 of the right. */
static __device__ __forceinline__ void kepler_tile_step(const float words[][KEPLER_TILE_LD],
                                                        struct kepler_place at, float acc[6][6])
{
#pragma unroll
    for (unsigned k = 0; k < KEPLER_TILE_K; k++) {
        float2 u[3], v[3];
#pragma unroll
        for (unsigned i = 0; i < 3; i++) {
            u[i] = *(const float2 *)&words[k][at.row + 32 * i];
            v[i] = *(const float2 *)&words[k][KEPLER_TILE + at.col + 32 * i];
        }
#pragma unroll
        for (unsigned i = 0; i < 3; i++)
#pragma unroll
            for (unsigned j = 0; j < 3; j++) {
                float *r0 = &acc[2 * i][2 * j], *r1 = &acc[2 * i + 1][2 * j];
                r0[0] = __fmaf_rn(u[i].x, v[j].x, r0[0]);
                r0[1] = __fmaf_rn(u[i].x, v[j].y, r0[1]);
                r1[0] = __fmaf_rn(u[i].y, v[j].x, r1[0]);
                r1[1] = __fmaf_rn(u[i].y, v[j].y, r1[1]);
            }
    }
}

/* acc = this thread's entries (struct kepler_place) of the product of two strips of A, 96 rows
 * each: the first makes the tile's rows, the second its columns; A as described in kernels/job.h.
 * Threads 0 … 127 load the first, the others the second: thread t the columns 2·(t % 4), + 1 of
 * rows t % 128 / 4, + 32, + 64, so that one pointer serves all three. Two buffers, as in
 * warp_tile.cuh: 12544 bytes of shared memory, three blocks an SM. */
static __device__ __forceinline__ void kepler_tile_product(const float *__restrict__ rows,
                                                           const float *__restrict__ cols,
                                                           unsigned n, unsigned pitch,
                                                           float acc[6][6])
{
    __shared__ __align__(16) float words[2][KEPLER_TILE_K][KEPLER_TILE_LD];
    const struct kepler_place at = kepler_place();
    const unsigned right = threadIdx.x / 128, row = threadIdx.x % 128 / 4, k = threadIdx.x % 4 * 2;
    const unsigned word = right * KEPLER_TILE + row;
    const float *from = (right ? cols : rows) + (size_t)row * pitch + k;
    float2 v[3];
#pragma unroll
    for (unsigned i = 0; i < 6; i++)
#pragma unroll
        for (unsigned j = 0; j < 6; j++)
            acc[i][j] = 0.0f;
#pragma unroll
    for (unsigned r = 0; r < 3; r++)
        v[r] = *(const float2 *)(from + (size_t)(32 * r) * pitch);
    kepler_tile_put(words[0], k, word, v);
    __syncthreads(); /* the first buffer is complete */
    for (unsigned k0 = 0; k0 < n; k0 += KEPLER_TILE_K) {
        const unsigned now = k0 / KEPLER_TILE_K % 2;
        /* without a branch: warp_tile.cuh says why */
        from += k0 + KEPLER_TILE_K < n ? KEPLER_TILE_K : 0;
#pragma unroll
        for (unsigned r = 0; r < 3; r++)
            v[r] = *(const float2 *)(from + (size_t)(32 * r) * pitch);
        kepler_tile_step(words[now], at, acc);
        kepler_tile_put(words[now ^ 1], k, word, v);
        /* what was written is complete, and everyone has read the buffer the next round will
         * write */
        __syncthreads();
    }
}

#endif

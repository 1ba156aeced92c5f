/* kepler_tile.cuh - the product of a tile for compute capability 3.0, used by
 * matmul/portable/kepler.cu and sum_aat/portable/kepler_triangle.cu.
 *
 * A thread has at most 63 registers there, so 8×8 entries do not fit. 6×6 do, with 12 registers for
 * the operands, 6 for the loads in flight and at most 9 for everything else. So values needed only
 * before or after the loop are kept in shared memory, and the statements of the loop are in one of
 * the orders that the drivers of these cards compile without spills (docs/machine-code-418.txt,
 * -470.txt). Reads of shared memory are 8 bytes wide, the width of Kepler's banks: 6 reads feed 36
 * multiply-adds, which takes both units the same time. Source: J. Lai, A. Seznec, "Performance
 * upper bound analysis and optimization of SGEMM on Fermi and Kepler GPUs", CGO 2013. */
#ifndef KERNELS_SUPPORT_KEPLER_TILE_CUH
#define KERNELS_SUPPORT_KEPLER_TILE_CUH

#include "kernels/support/portable.cuh"

enum {
    KEPLER_TILE = 96,  /* rows and columns of C a block owns */
    KEPLER_TILE_K = 8, /* columns of A in shared memory at a time */
    KEPLER_TILE_THREADS = 256,
    /* words from one column to the next: 2·LD ≡ 8 (mod 32), so the transposing stores of a warp use
     * 32 different banks */
    KEPLER_TILE_LD = 2 * KEPLER_TILE + 4,
    /* words from one buffer to the other: a power of two beyond any offset within a buffer, so that
     * XOR switches between them */
    KEPLER_TILE_OTHER = 2048
};

/* The entries of the block's tile that a thread computes: acc[2·i + p][2·j + q] is entry (row +
 * 32·i + p, col + 32·j + q), for i, j in 0 … 2 and p, q in 0, 1. */
struct kepler_place {
    unsigned row, col;
};

/* The index of the thread at that place. */
static __device__ __forceinline__ unsigned kepler_thread(struct kepler_place at)
{
    return at.row * 8 + at.col / 2;
}

/* Stores two columns of three rows to a buffer; `to` points to the first word. */
static __device__ __forceinline__ void kepler_tile_put(float *to, const float2 v[3])
{
#pragma unroll
    for (unsigned r = 0; r < 3; r++) {
        to[32 * r] = v[r].x;
        to[KEPLER_TILE_LD + 32 * r] = v[r].y;
    }
}

/* acc += the product of 8 columns in shared memory. left and right point to this thread's first row
 * of each operand. */
static __device__ __forceinline__ void kepler_tile_step(const float *left, const float *right,
                                                        float acc[6][6])
{
#pragma unroll
    for (unsigned k = 0; k < KEPLER_TILE_K; k++) {
        float2 u[3], v[3];
#pragma unroll
        for (unsigned i = 0; i < 3; i++) {
            v[i] = *(const float2 *)&right[k * KEPLER_TILE_LD + 32 * i];
            u[i] = *(const float2 *)&left[k * KEPLER_TILE_LD + 32 * i];
        }
#pragma unroll
        for (unsigned i = 0; i < 3; i++)
#pragma unroll
            for (unsigned j = 0; j < 3; j++) {
                float *r0 = &acc[2 * i][2 * j], *r1 = &acc[2 * i + 1][2 * j];
                r0[1] = __fmaf_rn(u[i].x, v[j].y, r0[1]);
                r1[1] = __fmaf_rn(u[i].y, v[j].y, r1[1]);
                r0[0] = __fmaf_rn(u[i].x, v[j].x, r0[0]);
                r1[0] = __fmaf_rn(u[i].y, v[j].x, r1[0]);
            }
    }
}

/* acc = this thread's entries of the product of two strips of A, 96 rows each: the first gives the
 * tile's rows, the second its columns. A: kernels/job/job.h. Returns their place in the tile.
 *
 * A buffer holds 8 columns; each column has the 96 rows of the left operand, then those of the
 * right. Threads 0 … 127 load the left operand, the others the right: thread t loads columns 2·(t %
 * 4) and + 1 of rows t % 128 / 4, + 32 and + 64, so one pointer serves all three rows. Two buffers,
 * as in warp_tile.cuh: 14468 bytes of shared memory, three blocks per SM. Whatever the caller's
 * threads wrote to shared memory before is visible to all threads after. */
static __device__ __forceinline__ struct kepler_place
kepler_tile_product(const float *__restrict__ strip, unsigned n, unsigned pitch, float acc[6][6])
{
    __shared__ __align__(16) float words[KEPLER_TILE_OTHER + KEPLER_TILE_K * KEPLER_TILE_LD];
    __shared__ unsigned stride; /* 32 rows; in a register it would become three pointers */
    if (threadIdx.x == 0)
        stride = 32 * pitch;
    const unsigned is_right = threadIdx.x / 128, row = threadIdx.x % 128 / 4;
    const unsigned k = threadIdx.x % 4 * 2;
    const float *from = strip + (size_t)row * pitch + k;
    float2 v[3];
#pragma unroll
    for (unsigned r = 0; r < 3; r++)
        v[r] = *(const float2 *)(from + (size_t)(32 * r) * pitch);
    /* offsets into `words`; each alternates between the buffers */
    unsigned put = k * KEPLER_TILE_LD + is_right * KEPLER_TILE + row;
    unsigned left = threadIdx.x / 16 * 2, right = KEPLER_TILE + threadIdx.x % 16 * 2;
    kepler_tile_put(words + put, v);
    __syncthreads(); /* the first buffer is complete, and so are the caller's writes */
#pragma unroll
    for (unsigned i = 0; i < 6; i++)
#pragma unroll
        for (unsigned j = 0; j < 6; j++)
            acc[i][j] = 0.0f;
    for (unsigned k0 = 0; k0 < n; k0 += KEPLER_TILE_K) {
        /* no branch, for the reason given in warp_tile.cuh */
        from += n - k0 > KEPLER_TILE_K ? KEPLER_TILE_K : 0;
        v[2] = *(const float2 *)(from + 2 * stride);
        v[1] = *(const float2 *)(from + stride);
        v[0] = *(const float2 *)from;
        kepler_tile_step(words + left, words + right, acc);
        left ^= KEPLER_TILE_OTHER;
        put ^= KEPLER_TILE_OTHER;
        kepler_tile_put(words + put, v);
        right ^= KEPLER_TILE_OTHER;
        /* the written buffer is complete, and all threads have read the one that the next iteration
         * overwrites */
        __syncthreads();
    }
    const struct kepler_place at = {left % KEPLER_TILE_OTHER,
                                    right % KEPLER_TILE_OTHER - KEPLER_TILE};
    return at;
}

#endif

/* warp_tile.cuh - the product of a tile, used by matmul/portable/warp_tile.cu,
 * matmul/portable/symmetric.cu and sum_aat/portable/warp_triangle.cu.
 *
 * A block of 8 warps computes 128×128 entries of C, a warp 32×64 and a thread 8×8. While 8 columns
 * of A are multiplied from one shared buffer, the next 8 are loaded from global memory to registers
 * and then stored to the other buffer. This takes one barrier per step instead of two and hides the
 * latency of the loads. Sources: CUTLASS, "Efficient GEMM in CUDA"; the lane order is from
 * Yinghan-Li/YHs_Sample. */
#ifndef KERNELS_SUPPORT_WARP_TILE_CUH
#define KERNELS_SUPPORT_WARP_TILE_CUH

#include "kernels/support/portable.cuh"
#include "kernels/support/portable/store_tile.cuh"

/* 4·LD ≡ 16 (mod 32), so that the transposing stores of a warp use 32 different banks. */
enum {
    WARP_TILE = 128, /* rows and columns of C a block owns */
    WARP_TILE_K = 8, /* columns of A in shared memory at a time */
    WARP_TILE_THREADS = 256,
    WARP_TILE_LD = WARP_TILE + 4
};

/* The entries of the block's tile that a thread computes: acc[4·i + p][4·j + q] is entry (row +
 * 16·i + p, col + 32·j + q), for i, j in 0, 1 and p, q in 0 … 3. The 32 lanes form 4 rows × 8
 * columns, ordered so that the hardware serves a 16-byte read of shared memory in two passes
 * instead of four: lanes 2m and 2m + 1 share their columns, lanes m and m + 2 their rows. */
struct warp_place {
    unsigned row, col;
};

static __device__ __forceinline__ struct warp_place warp_place()
{
    const unsigned warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const struct warp_place place = {warp / 2 * 32 + (lane / 16 * 2 + lane % 2) * 4,
                                     warp % 2 * 64 + lane / 2 % 8 * 4};
    return place;
}

/* Stores four columns of one row of A to the k-major buffer. */
static __device__ __forceinline__ void warp_tile_put(float buffer[][WARP_TILE_LD], unsigned k,
                                                     unsigned row, float4 v)
{
    buffer[k][row] = v.x;
    buffer[k + 1][row] = v.y;
    buffer[k + 2][row] = v.z;
    buffer[k + 3][row] = v.w;
}

/* acc += the product of 8 columns in shared memory. For each k, 4 reads of 16 bytes feed 64
 * multiply-adds. */
static __device__ __forceinline__ void warp_tile_step(const float a[][WARP_TILE_LD],
                                                      const float b[][WARP_TILE_LD],
                                                      struct warp_place at, float acc[8][8])
{
#pragma unroll
    for (unsigned k = 0; k < WARP_TILE_K; k++) {
        const float4 u0 = *(const float4 *)&a[k][at.row];
        const float4 u1 = *(const float4 *)&a[k][at.row + 16];
        const float4 v0 = *(const float4 *)&b[k][at.col];
        const float4 v1 = *(const float4 *)&b[k][at.col + 32];
        const float u[8] = {u0.x, u0.y, u0.z, u0.w, u1.x, u1.y, u1.z, u1.w};
        const float v[8] = {v0.x, v0.y, v0.z, v0.w, v1.x, v1.y, v1.z, v1.w};
#pragma unroll
        for (unsigned i = 0; i < 8; i++)
#pragma unroll
            for (unsigned j = 0; j < 8; j++)
                acc[i][j] = __fmaf_rn(u[i], v[j], acc[i][j]);
    }
}

/* acc = this thread's entries (struct warp_place) of the product of two strips of A, 128 rows each:
 * the first gives the tile's rows, the second its columns. A is that of kernels/job/job.h. Thread t
 * loads columns 4·(t % 2) … + 3 of row t / 2 of both. 16896 bytes of shared memory. */
static __device__ __forceinline__ void warp_tile_product(const float *__restrict__ rows,
                                                         const float *__restrict__ cols, unsigned n,
                                                         unsigned pitch, float acc[8][8])
{
    /* words[buffer][operand][k][row] */
    __shared__ __align__(16) float words[2][2][WARP_TILE_K][WARP_TILE_LD];
    const struct warp_place at = warp_place();
    const unsigned row = threadIdx.x / 2, k = threadIdx.x % 2 * 4;
    const float *from_a = rows + (size_t)row * pitch + k;
    const float *from_b = cols + (size_t)row * pitch + k;
#pragma unroll
    for (unsigned i = 0; i < 8; i++)
#pragma unroll
        for (unsigned j = 0; j < 8; j++)
            acc[i][j] = 0.0f;

    warp_tile_put(words[0][0], k, row, *(const float4 *)from_a);
    warp_tile_put(words[0][1], k, row, *(const float4 *)from_b);
    __syncthreads(); /* the first buffer is complete */
    for (unsigned k0 = 0; k0 < n; k0 += WARP_TILE_K) {
        /* The last iteration loads its own columns again, unused: with a branch around the loads,
         * the compiler could move them after the arithmetic that they should overlap. */
        const unsigned ahead = k0 + WARP_TILE_K < n ? WARP_TILE_K : 0;
        const unsigned now = k0 / WARP_TILE_K % 2, other = now ^ 1;
        from_a += ahead;
        from_b += ahead;
        const float4 next_a = *(const float4 *)from_a, next_b = *(const float4 *)from_b;
        warp_tile_step(words[now][0], words[now][1], at, acc);
        warp_tile_put(words[other][0], k, row, next_a);
        warp_tile_put(words[other][1], k, row, next_b);
        /* One barrier serves two purposes: the written buffer is complete, and all threads have
         * read the buffer that the next iteration overwrites. */
        __syncthreads();
    }
}

/* Stores this thread's entries of the tile at (row0, col0). A warp's store fills 128 adjacent bytes
 * of four rows. */
static __device__ __forceinline__ void warp_tile_store(float *__restrict__ C, unsigned n,
                                                       unsigned pitch, unsigned row0, unsigned col0,
                                                       const float acc[8][8])
{
    const struct warp_place at = warp_place();
    const unsigned row = row0 + at.row, col = col0 + at.col;
    float *to = C + (size_t)row * pitch + col;
#pragma unroll
    for (unsigned i = 0; i < 8; i++) {
        if (row + i / 4 * 16 + i % 4 < n)
#pragma unroll
            for (unsigned j = 0; j < 8; j += 4)
                store4(to + j * 8, left_of(n, col + j * 8),
                       make_float4(acc[i][j], acc[i][j + 1], acc[i][j + 2], acc[i][j + 3]));
        to += (size_t)(i == 3 ? 13 : 1) * pitch;
    }
}

#endif

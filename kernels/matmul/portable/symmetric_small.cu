/* symmetric_small.cu - matmul/portable/symmetric.cu for small N, with tiles of 64×64 so that there
 * are enough of them.
 *
 * At N = 1024 the triangle has 36 tiles of 128×128, a quarter of the SMs of a large GPU, but 136
 * tiles of 64×64. A thread then computes 4×4 entries, so two reads of shared memory feed only 16
 * multiply-adds; using all SMs gains more than that costs. The rest is as in
 * support/portable/warp_tile.cuh: two shared buffers, the next columns loaded while the current
 * ones are multiplied, one barrier per step. */
#include "kernels/support/portable/tile_order.cuh"

enum {
    TILE = 64,
    TILE_K = 16,
    THREADS = 256,
    LD = TILE + 4 /* keeps rows 16-byte aligned; a warp's transposing stores have two-way bank
                     conflicts at most */
};

/* The place of a thread's 4×4 entries in the tile; lanes are ordered as in warp_place(). */
struct place {
    unsigned row, col;
};

static __device__ __forceinline__ struct place place_of_thread()
{
    const unsigned warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const struct place place = {warp / 2 * 16 + (lane / 16 * 2 + lane % 2) * 4,
                                warp % 2 * 32 + lane / 2 % 8 * 4};
    return place;
}

static __device__ __forceinline__ void put(float buffer[][LD], unsigned k, unsigned row, float4 v)
{
    buffer[k][row] = v.x;
    buffer[k + 1][row] = v.y;
    buffer[k + 2][row] = v.z;
    buffer[k + 3][row] = v.w;
}

static __device__ __forceinline__ void step(const float a[][LD], const float b[][LD],
                                            struct place at, float acc[4][4])
{
#pragma unroll
    for (unsigned k = 0; k < TILE_K; k++) {
        const float4 p = *(const float4 *)&a[k][at.row], q = *(const float4 *)&b[k][at.col];
        const float u[4] = {p.x, p.y, p.z, p.w}, v[4] = {q.x, q.y, q.z, q.w};
#pragma unroll
        for (unsigned i = 0; i < 4; i++)
#pragma unroll
            for (unsigned j = 0; j < 4; j++)
                acc[i][j] = __fmaf_rn(u[i], v[j], acc[i][j]);
    }
}

/* - A, C: kernels/job/job.h.
 * - Grid: one block of 256 threads per 64×64 tile of the lower triangle, in one dimension starting
 *   at tile number first_tile (triangle_tile()). Thread t loads columns 4·(t % 4) … + 3 of row t /
 *   4 of both operands. 17408 bytes of shared memory. */
extern "C" __global__ void __launch_bounds__(THREADS, 3)
    matmul_symmetric_small(const float *__restrict__ A, float *__restrict__ C, unsigned n,
                           unsigned pitch, unsigned first_tile)
{
    __shared__ __align__(16) float words[2][2][TILE_K][LD]; /* [buffer][operand][k][row] */
    const struct tile tile = triangle_tile(first_tile + blockIdx.x, (n + TILE - 1) / TILE);
    const struct place at = place_of_thread();
    const unsigned row = threadIdx.x / 4, k = threadIdx.x % 4 * 4;
    const float *from_a = A + (size_t)(tile.row * TILE + row) * pitch + k;
    const float *from_b = A + (size_t)(tile.col * TILE + row) * pitch + k;
    float acc[4][4];
#pragma unroll
    for (unsigned i = 0; i < 4; i++)
#pragma unroll
        for (unsigned j = 0; j < 4; j++)
            acc[i][j] = 0.0f;

    put(words[0][0], k, row, *(const float4 *)from_a);
    put(words[0][1], k, row, *(const float4 *)from_b);
    __syncthreads(); /* the first buffer is complete */
    for (unsigned k0 = 0; k0 < n; k0 += TILE_K) {
        /* no branch around the loads, for the reason given in support/portable/warp_tile.cuh */
        const unsigned ahead = k0 + TILE_K < n ? TILE_K : 0;
        const unsigned now = k0 / TILE_K % 2, other = now ^ 1;
        from_a += ahead;
        from_b += ahead;
        const float4 next_a = *(const float4 *)from_a, next_b = *(const float4 *)from_b;
        step(words[now][0], words[now][1], at, acc);
        put(words[other][0], k, row, next_a);
        put(words[other][1], k, row, next_b);
        /* the written buffer is complete, and the one that the next iteration overwrites has been
         * read */
        __syncthreads();
    }

    const unsigned row0 = tile.row * TILE + at.row, col0 = tile.col * TILE + at.col;
#pragma unroll
    for (unsigned i = 0; i < 4; i++)
#pragma unroll
        for (unsigned j = 0; j < 4; j++)
            if (row0 + i < n && col0 + j < n) {
                C[(size_t)(row0 + i) * pitch + col0 + j] = acc[i][j];
                if (tile.row != tile.col)
                    C[(size_t)(col0 + j) * pitch + row0 + i] = acc[i][j];
            }
}

/* small_sm80.cuh - the lower triangle of a small product, each tile stored twice. At small N
 * latency dominates, so there are many small tiles, fed by a ring of asynchronous copies.
 *
 * To give a small tile enough warps, the 256 threads of a block form four slices of 64. Each slice
 * computes the whole tile, (TILE / 8)² entries per thread, over a quarter of the k of every stage.
 * Shared memory holds rows of A unchanged, 32 k in 128 bytes, and is read 4 k at a time. Chunk c of
 * row r is stored at chunk c ^ (r % 8), so eight rows use eight different groups of banks. At the
 * end the slices are added in order in shared memory, and the tile and its mirror are both stored
 * coalesced. */
#ifndef KERNELS_SUPPORT_SMALL_SM80_CUH
#define KERNELS_SUPPORT_SMALL_SM80_CUH

#include "kernels/support/portable/ffma.cuh"
#include "kernels/support/portable/tile_order.cuh"
#include "kernels/support/sm80/ampere.cuh"

enum {
    SMALL_THREADS = 256,
    SMALL_SLICES = 4,
    SMALL_K = 32,                 /* k per stage */
    SMALL_ROW = SMALL_K * 4,      /* bytes */
    SMALL_CHUNKS = SMALL_ROW / 16 /* chunks of 4 k; each slice has two per stage */
};

template <int TILE> struct small_shape {
    enum {
        stages = 4,
        each = TILE / 8,              /* rows and columns per thread, 8 apart */
        stage = 2 * TILE * SMALL_ROW, /* bytes: the tile's rows, then its columns */
        ld = TILE + 8,     /* row length of a slice's sums: a warp's stores have no bank conflict */
        slice = TILE * ld, /* words */
        ring = stages * stage,
        sums = SMALL_SLICES * slice * 4,
        shared = ring > sums ? ring : sums
    };
};

struct __align__(128) small_row {
    unsigned char bytes[SMALL_ROW];
};

/* The place of a thread in the 8×8 threads of its slice. Its entries are (row + 8·i, col + 8·j).
 * Lanes are ordered as in warp_place() (support/portable/warp_tile.cuh). */
struct small_place {
    unsigned slice, row, col;
};

static __device__ __forceinline__ struct small_place small_place()
{
    const unsigned warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const struct small_place place = {warp / 2, warp % 2 * 4 + lane / 16 * 2 + lane % 2,
                                      lane / 2 % 8};
    return place;
}

template <int TILE> static __device__ __forceinline__ unsigned small_next(unsigned stage)
{
    typedef small_shape<TILE> shape;
    return stage + shape::stage == shape::ring ? 0 : stage + shape::stage;
}

/* Starts the copies of the next stage, if one is left, and commits them. Thread t copies chunk t %
 * 8 of rows t / 8, t / 8 + 32, …. `from_a` and `from_b` point to its next first copies, `to` is
 * their shared address in stage 0. */
template <int TILE>
static __device__ __forceinline__ void small_copy(unsigned to, const float *&from_a,
                                                  const float *&from_b, unsigned pitch,
                                                  unsigned &left, unsigned &write)
{
    if (left > 0) {
#pragma unroll
        for (unsigned i = 0; i < TILE; i += 32) {
            copy_async_16(to + write + i * SMALL_ROW, from_a + (size_t)i * pitch);
            copy_async_16(to + write + (TILE + i) * SMALL_ROW, from_b + (size_t)i * pitch);
        }
        from_a += SMALL_K;
        from_b += SMALL_K;
        left--;
        write = small_next<TILE>(write);
    }
    copy_async_commit();
}

/* acc += the product over the 4 k of chunk `chunk` of the stage at `data`. */
template <int TILE>
static __device__ __forceinline__ void
small_step(const unsigned char *data, struct small_place at, unsigned chunk,
           float acc[small_shape<TILE>::each][small_shape<TILE>::each])
{
    enum { each = small_shape<TILE>::each };
    const unsigned char *a = data + at.row * SMALL_ROW + (chunk ^ at.row) * 16,
                        *b = data + (TILE + at.col) * SMALL_ROW + (chunk ^ at.col) * 16;
    float4 u[each];
#pragma unroll
    for (unsigned i = 0; i < each; i++)
        u[i] = *(const float4 *)(a + i * 8 * SMALL_ROW);
#pragma unroll
    for (unsigned j = 0; j < each; j++) {
        const float4 v = *(const float4 *)(b + j * 8 * SMALL_ROW);
#pragma unroll
        for (unsigned k = 0; k < 4; k++)
#pragma unroll
            for (unsigned i = 0; i < each; i++)
                acc[i][j] = __fmaf_rn(part(u[i], k), part(v, k), acc[i][j]);
    }
}

/* Adds the slices and stores the tile and its mirror. `words` is the shared memory, which is no
 * longer needed for the ring. */
template <int TILE>
static __device__ __forceinline__ void
small_store(float *words, struct small_place at, float *__restrict__ C, unsigned n, unsigned pitch,
            const float acc[small_shape<TILE>::each][small_shape<TILE>::each])
{
    typedef small_shape<TILE> shape;
    enum { mine = TILE * TILE / SMALL_THREADS, step = SMALL_THREADS / TILE, mirror_ld = TILE + 1 };
    /* recomputed to save registers during the product */
    const struct tile tile = triangle_tile(blockIdx.x, (n + TILE - 1) / TILE);
    float sum[mine];
#pragma unroll
    for (unsigned i = 0; i < shape::each; i++)
#pragma unroll
        for (unsigned j = 0; j < shape::each; j++)
            words[at.slice * shape::slice + (at.row + 8 * i) * shape::ld + at.col + 8 * j] =
                acc[i][j];
    __syncthreads(); /* the slices are complete */
    const unsigned x = threadIdx.x % TILE, y = threadIdx.x / TILE;
#pragma unroll
    for (unsigned i = 0; i < mine; i++) {
        const float *from = words + (y + i * step) * shape::ld + x;
        sum[i] = (from[0] + from[shape::slice]) + (from[2 * shape::slice] + from[3 * shape::slice]);
        const unsigned row = tile.row * TILE + y + i * step, col = tile.col * TILE + x;
        if (row < n && col < n)
            C[(size_t)row * pitch + col] = sum[i];
    }
    if (tile.row == tile.col)
        return;
    __syncthreads(); /* all threads have read the slices */
#pragma unroll
    for (unsigned i = 0; i < mine; i++)
        words[(y + i * step) * mirror_ld + x] = sum[i];
    __syncthreads(); /* the tile is complete */
#pragma unroll
    for (unsigned i = 0; i < mine; i++) {
        const unsigned row = tile.col * TILE + y + i * step, col = tile.row * TILE + x;
        if (row < n && col < n)
            C[(size_t)row * pitch + col] = words[x * mirror_ld + y + i * step];
    }
}

/* The kernel body.
 * - A, C: kernels/job/job.h.
 * - Grid: a block of 256 threads per tile of the lower triangle.
 * - data: small_shape<TILE>::shared bytes. */
template <int TILE>
static __device__ __forceinline__ void small_matmul(small_row *data, const float *A, float *C,
                                                    unsigned n, unsigned pitch)
{
    typedef small_shape<TILE> shape;
    const struct tile tile = triangle_tile(blockIdx.x, (n + TILE - 1) / TILE);
    const struct small_place at = small_place();
    const unsigned row = threadIdx.x / SMALL_CHUNKS, chunk = threadIdx.x % SMALL_CHUNKS;
    const float *from_a = A + (size_t)(tile.row * TILE + row) * pitch + chunk * 4;
    const float *from_b = A + (size_t)(tile.col * TILE + row) * pitch + chunk * 4;
    const unsigned to = shared_address(data) + row * SMALL_ROW + (chunk ^ row % 8) * 16;
    const unsigned stages = (n + SMALL_K - 1) / SMALL_K;
    float acc[shape::each][shape::each];
#pragma unroll
    for (unsigned i = 0; i < shape::each; i++)
#pragma unroll
        for (unsigned j = 0; j < shape::each; j++)
            acc[i][j] = 0.0f;

    unsigned left = stages, write = 0, read = 0; /* stages left to copy; offsets in the ring */
#pragma unroll 1
    for (unsigned s = 0; s + 1 < shape::stages; s++)
        small_copy<TILE>(to, from_a, from_b, pitch, left, write);
#pragma unroll 1
    for (unsigned s = 0; s < stages; s++) {
        copy_async_wait<shape::stages - 2>();
        /* the stage is complete, and all threads have read the one before, which is overwritten now
         */
        __syncthreads();
        small_copy<TILE>(to, from_a, from_b, pitch, left, write);
#pragma unroll 1 /* unrolling would load the next chunk's operands early, and registers are few */
        for (unsigned c = 0; c < SMALL_CHUNKS / SMALL_SLICES; c++)
            small_step<TILE>((const unsigned char *)data + read, at,
                             at.slice * (SMALL_CHUNKS / SMALL_SLICES) + c, acc);
        read = small_next<TILE>(read);
    }
    copy_async_wait<0>();
    __syncthreads(); /* all threads have read the ring */
    small_store<TILE>((float *)data, at, C, n, pitch, acc);
}

#endif

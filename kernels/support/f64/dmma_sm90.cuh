/* dmma_sm90.cuh - A·Aᵀ in float64 on Hopper's tensor cores: mma.sync m16n8k4, operands brought by
 * the copy engine, no __syncthreads() in the loop.
 *
 * A cluster of two blocks takes two tiles of 128×128 that share their columns: each block loads its
 * own rows and half of the columns, the half for both (multicast), which saves a quarter of the
 * traffic from the L2 cache. A stage is 32 k as two boxes of 16; three stages form the ring. Eight
 * warps have 64×32 entries each and fetch the operands of the next 8 k while they multiply the
 * present ones. The instructions alone reach 66.7 TFLOP/s; this kernel is bound by them, by waiting
 * at the barriers (7 %), and by power (docs/kernel-notebook.md). */
#ifndef KERNELS_SUPPORT_DMMA_SM90_CUH
#define KERNELS_SUPPORT_DMMA_SM90_CUH

#include "kernels/interface/f64_work.h"
#include "kernels/support/f64/double.cuh"
#include "kernels/support/sm90/hopper.cuh"

enum {
    DMMA_TILE = 128,
    DMMA_THREADS = 256,
    DMMA_WARPS = DMMA_THREADS / 32,
    DMMA_K = 32,                       /* columns of A a stage */
    DMMA_ROW = 128,                    /* bytes: 16 columns */
    DMMA_STRIP = DMMA_TILE * DMMA_ROW, /* 16 columns of 128 rows */
    DMMA_HALF = DMMA_STRIP / 2,        /* 64 rows: what one copy brings */
    DMMA_BLOCK = 2 * DMMA_STRIP,       /* 16 columns of the tile's rows, then of its columns */
    DMMA_STAGE = DMMA_K / 16 * DMMA_BLOCK,
    DMMA_STAGES = 3,
    DMMA_AHEAD = 2, /* stages asked for before they are used */
    DMMA_SHARED = DMMA_STAGES * DMMA_STAGE + 1024
};

/* A as {columns, rows, 1} of float64 in boxes of 16 × 64 with the 128-byte swizzle; the host fills
 * it in before the first launch. */
__constant__ struct tensor_map dmma_map;

/* d += a·b for 16 rows and 4 k of a, 4 k and 8 columns of b. Lane (g, q) = (lane / 4, lane % 4)
 * brings rows g and g + 8 of column q of a, and entry (q, g) of b; it has rows g and g + 8 of
 * columns 2q and 2q + 1 of d. */
static __device__ __forceinline__ void product_f64(double d[4], double a0, double a1, double b)
{
    asm volatile("mma.sync.aligned.m16n8k4.row.col.f64.f64.f64.f64 {%0,%1,%2,%3}, {%4,%5}, {%6}, "
                 "{%0,%1,%2,%3};"
                 : "+d"(d[0]), "+d"(d[1]), "+d"(d[2]), "+d"(d[3])
                 : "d"(a0), "d"(a1), "d"(b));
}

static __device__ __forceinline__ double2 load_shared_pair(unsigned address)
{
    double2 v;
    asm volatile("ld.shared.v2.f64 {%0, %1}, [%2];"
                 : "=d"(v.x), "=d"(v.y)
                 : "r"(address)
                 : "memory");
    return v;
}

struct dmma_ring {
    unsigned data, full, empty; /* shared addresses */
};

/* One thread starts the copy of stage s, after every warp of both blocks has released its slot. */
static __device__ __forceinline__ void dmma_ask(const struct dmma_ring &ring, unsigned s, int row,
                                                int col, unsigned rank)
{
    const unsigned slot = s % DMMA_STAGES, use = s / DMMA_STAGES;
    const unsigned to = ring.data + slot * DMMA_STAGE, full = ring.full + 8 * slot;
    if (use)
        barrier_wait(ring.empty + 8 * slot, (use - 1) & 1);
    barrier_expect(full, DMMA_STAGE);
#pragma unroll
    for (int box = 0; box < DMMA_K / 16; box++) { /* zeros past the last column of A */
        const unsigned at = to + box * DMMA_BLOCK;
        const int k = (int)s * DMMA_K + box * 16;
        tma_load_3d(at, &dmma_map, full, k, row, 0);
        tma_load_3d(at + DMMA_HALF, &dmma_map, full, k, row + 64, 0);
        tma_multicast_3d(at + DMMA_STRIP + rank * DMMA_HALF, &dmma_map, full, k,
                         col + (int)rank * 64, 0, 3);
    }
}

/* The operands of 8 k: of each row two 16-byte chunks, one k-step each of its two numbers. */
struct dmma_operands {
    double2 a[4][2], b[4];
};

static __device__ __forceinline__ void dmma_fetch(struct dmma_operands &o, unsigned rows,
                                                  unsigned cols)
{
#pragma unroll
    for (int j = 0; j < 4; j++)
        o.b[j] = load_shared_pair(cols + j * 8 * DMMA_ROW);
#pragma unroll
    for (int i = 0; i < 4; i++)
#pragma unroll
        for (int h = 0; h < 2; h++)
            o.a[i][h] = load_shared_pair(rows + (2 * i + h) * 8 * DMMA_ROW);
}

static __device__ __forceinline__ void dmma_multiply(double acc[4][4][4],
                                                     const struct dmma_operands &o)
{
#pragma unroll
    for (int k = 0; k < 2; k++)
#pragma unroll
        for (int i = 0; i < 4; i++)
#pragma unroll
            for (int j = 0; j < 4; j++)
                product_f64(acc[i][j], k ? o.a[i][0].y : o.a[i][0].x, k ? o.a[i][1].y : o.a[i][1].x,
                            k ? o.b[j].y : o.b[j].x);
}

/* Where this thread's entries lie: acc[i][j][2·h + e] is entry (row + 16·i + 8·h, col + 8·j + e) of
 * C. If is_empty, the block has no tile, and acc means nothing. */
struct dmma_place {
    unsigned row, col;
    bool is_empty, is_diagonal;
};

/* acc = this thread's entries of the tile of its block over k columns.
 * - data: DMMA_SHARED bytes.
 * - barriers: 2·DMMA_STAGES.
 * - All threads call, and cluster_barrier() before the block ends: the other one may still be
 *   writing to it. */
static __device__ __forceinline__ struct dmma_place
dmma_product(const struct dmma_pair *pairs, unsigned k, const unsigned char *data,
             unsigned long long *barriers, double acc[4][4][4])
{
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32, rank = cluster_rank();
    const struct dmma_pair pair = pairs[blockIdx.x / 2];
    const int own = rank ? pair.rows[1] : pair.rows[0],
              row = (own < 0 ? pair.cols : own) * DMMA_TILE, col = pair.cols * DMMA_TILE;
    const unsigned steps = (k + DMMA_K - 1) / DMMA_K;
    struct dmma_ring ring = {(shared_address(data) + 1023) & ~1023u, shared_address(barriers),
                             shared_address(barriers) + 8 * DMMA_STAGES};
    if (threadIdx.x == 0) {
        tma_prefetch(&dmma_map);
        for (unsigned s = 0; s < DMMA_STAGES; s++) {
            barrier_init(ring.full + 8 * s, 1);
            barrier_init(ring.empty + 8 * s, 2 * DMMA_WARPS);
        }
        barrier_init_fence();
    }
    cluster_barrier(); /* nobody uses a barrier of either block before it is made */
    if (threadIdx.x == 0)
        for (unsigned s = 0; s < DMMA_AHEAD && s < steps; s++)
            dmma_ask(ring, s, row, col, rank);
    __syncwarp();
    /* Lane (g, q) takes chunks 2q and 2q + 1 of row g. The copy engine has put chunk c of row r at
     * c ^ r % 8, so that a quarter of a warp meets every bank once. k is permuted alike in both
     * operands, which changes no sum. */
    const unsigned g = lane / 4, q = lane % 4;
    const unsigned rows = ring.data + (warp % 2 * 64 + g) * DMMA_ROW,
                   cols = ring.data + DMMA_STRIP + (warp / 2 * 32 + g) * DMMA_ROW;
    const unsigned chunk[2] = {(2 * q ^ g) * 16, ((2 * q + 1) ^ g) * 16};
#pragma unroll
    for (int i = 0; i < 4; i++)
#pragma unroll
        for (int j = 0; j < 4; j++)
#pragma unroll
            for (int e = 0; e < 4; e++)
                acc[i][j][e] = 0.0;
    enum { PARTS = DMMA_K / 8 };
    struct dmma_operands operands[2];
    unsigned slot = 0, phase = 0;
    barrier_wait(ring.full, 0);
    dmma_fetch(operands[0], rows + chunk[0], cols + chunk[0]);
    for (unsigned s = 0; s < steps; s++) {
        const unsigned here = slot * DMMA_STAGE, old = slot;
#pragma unroll
        for (int part = 0; part < PARTS; part++) { /* 8 k */
            if (part == PARTS / 2 - 1) {           /* the warps take turns at asking */
                if (lane == 0 && s % DMMA_WARPS == warp && s + DMMA_AHEAD < steps)
                    dmma_ask(ring, s + DMMA_AHEAD, row, col, rank);
                __syncwarp();
            }
            struct dmma_operands &next = operands[(part + 1) % 2];
            if (part + 1 < PARTS) {
                const unsigned at = here + (part + 1) / 2 * DMMA_BLOCK + chunk[(part + 1) % 2];
                dmma_fetch(next, rows + at, cols + at);
            } else {
                if (++slot == DMMA_STAGES)
                    slot = 0, phase ^= 1;
                if (s + 1 < steps) {
                    barrier_wait(ring.full + 8 * slot, phase);
                    const unsigned at = slot * DMMA_STAGE + chunk[0];
                    dmma_fetch(next, rows + at, cols + at);
                }
            }
            dmma_multiply(acc, operands[part % 2]);
            if (part == PARTS - 2) { /* the last operands of the stage have arrived */
                __syncwarp();
                if (lane < 2)
                    barrier_arrive_at(ring.empty + 8 * old, lane);
            }
        }
    }
    const struct dmma_place place = {(unsigned)row + warp % 2 * 64 + g,
                                     (unsigned)col + warp / 2 * 32 + 2 * q, own < 0,
                                     own == pair.cols};
    return place;
}

#endif

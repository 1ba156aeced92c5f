/* fused_sum_sm90.cu - the sum of A·Aᵀ without storing it: each thread adds up its entries where
 * they are, in registers.
 *
 * The tiles are those of matmul/ladder/triangle_sm90.cu. Entries below the diagonal count twice and
 * those above it not at all. 16 entries at a time are added in float32, then in float64; the
 * blocks' sums are added in a fixed order by the block that finishes last, so the bits do not
 * depend on timing.
 *
 *   thread: 96 entries      block                      grid
 *   6 x 16 in float32,  ->  shuffles, then shared  ->  a float64 per block; the last one adds them
 *   then float64            memory (finish.cuh)        in order
 *
 * Before: triangle_sm90.cu writes 400 MB of C, and a second kernel would read them: 0.2 ms.
 *
 * Next: A is rounded to bf16 by a kernel of its own, bound by memory, 0.2 ms. The product kernel
 * does it in its three idle warps while it multiplies (support/sm90/tensor_feed_sm90.cuh), and
 * cuts k into panels that stay in the L2 cache (support/sm90/tensor_sum_sm90.cuh).
 *
 * Prediction: H200, N = 10000: 1.7 ms.
 *
 * Measured: 1.711 ms, 1.68 × cublas-gemm, 55 % of peak;
 * NVIDIA H200, N = 10000, results/reference/h200-sum-aat-10000.json. */
#include "kernels/support/portable/finish.cuh"
#include "kernels/support/sm90/hopper.cuh"
#include "kernels/support/sm90/wgmma.cuh"

enum {
    ROWS = 128, /* of C per block; a cluster has twice as many */
    COLS = 192,
    HALF = COLS / 2, /* columns that a block loads */
    THREADS = 384,   /* the producer's warpgroup, then two consumers' */
    BAND = 8,        /* tile rows */
    SLOTS = 5,
    STAGE_K = 64, /* values of k per stage: rows of 128 bytes */
    ROWS_BYTES = ROWS * 128,
    STAGE = ROWS_BYTES + COLS * 128
};

/* A in bf16, n rows, in boxes of 128 or 96 rows × 64 values; the host writes both maps. */
__constant__ struct tensor_map tensor_map_rows, tensor_map_cols;

/* A position in the ring: a slot, and the parity of its current phase. */
struct position {
    unsigned slot, phase;
};
static __device__ __forceinline__ void advance(struct position &at)
{
    if (++at.slot == SLOTS) {
        at.slot = 0;
        at.phase ^= 1;
    }
}

/* The lower triangle's tiles, one after the other: bands of BAND tile rows, column by column within
 * a band. */
struct walk {
    unsigned first, col; /* the band's first tile row; the column */
    unsigned skip;       /* tiles of that column to skip */
};

/* Takes the tile that `walk` stands at, and moves on by `step` tiles; false after the last one.
 * - `down`: the number of tile rows.
 * - row, col: the first entry of the tile. */
static __device__ __forceinline__ bool next_tile(struct walk &walk, unsigned down, unsigned step,
                                                 unsigned &row, unsigned &col)
{
    for (; walk.first < down; walk.first += BAND, walk.col = 0) {
        const unsigned end = min(walk.first + BAND, down);
        for (; walk.col * COLS < end * 2 * ROWS; walk.col++) {
            const unsigned diagonal = walk.col * COLS / (2 * ROWS); /* first row that reaches it */
            const unsigned top = diagonal > walk.first ? diagonal : walk.first;
            if (walk.skip < end - top) {
                row = (top + walk.skip) * 2 * ROWS;
                col = walk.col * COLS;
                walk.skip += step;
                return true;
            }
            walk.skip -= end - top;
        }
    }
    return false;
}

/* A comes through the tensor maps; its rows are `stages` stages.
 * - partials: one float64 per block. *ticket is 0 before and after.
 * - Grid: clusters of two blocks of 384 threads, one block per SM. 201 KiB of dynamic shared
 *   memory, used from the first multiple of 1024 bytes on. */
extern "C" __global__ void __launch_bounds__(THREADS, 1)
    sum_aat_fused_sum_sm90(double *partials, double *sum, unsigned *ticket, unsigned n,
                           unsigned stages)
{
    DYNAMIC_SHARED(__align__(1024) unsigned char, data);
    __shared__ __align__(8) unsigned long long barriers[2 * SLOTS];
    const unsigned ring = (shared_address(data) + 1023) & ~1023u;
    const unsigned full = shared_address(barriers), empty = full + 8 * SLOTS;
    if (threadIdx.x == 0) {
        for (unsigned slot = 0; slot < SLOTS; slot++) {
            barrier_init(full + 8 * slot, 1);
            barrier_init(empty + 8 * slot, 2 * 8); /* each consuming warp of both */
        }
        barrier_init_fence();
    }
    cluster_barrier(); /* the barriers of both blocks are initialised before they are used */

    const unsigned rank = cluster_rank(), clusters = gridDim.x / 2;
    const unsigned down = (n + 2 * ROWS - 1) / (2 * ROWS);
    struct walk walk = {0, 0, blockIdx.x / 2};
    unsigned row, col;
    double total = 0.0; /* entries beyond n are zero */
    struct position at = {0, 0};
    if (threadIdx.x < 128) {
        registers_less<40>();
        if (threadIdx.x == 0)
            while (next_tile(walk, down, clusters, row, col))
                for (unsigned s = 0; s < stages; s++, advance(at)) {
                    const unsigned to = ring + at.slot * STAGE, barrier = full + 8 * at.slot;
                    barrier_wait(empty + 8 * at.slot, at.phase ^ 1); /* passes on the first round */
                    barrier_expect(barrier, STAGE); /* with the half that the other block loads */
                    tma_load(to, &tensor_map_rows, barrier, s * STAGE_K, row + rank * ROWS);
                    tma_multicast(to + ROWS_BYTES + rank * HALF * 128, &tensor_map_cols, barrier,
                                  s * STAGE_K, col + rank * HALF, 3);
                }
    } else {
        registers_more<232>();
        const unsigned warpgroup = threadIdx.x / 128 - 1, lane = threadIdx.x % 32;
        while (next_tile(walk, down, clusters, row, col)) {
            float acc[96], result[96];
#pragma unroll
            for (unsigned e = 0; e < 96; e++)
                result[e] = 0.0f;
            for (unsigned s = 0; s < stages; s++, advance(at)) {
                barrier_wait(full + 8 * at.slot, at.phase);
                const unsigned now = ring + at.slot * STAGE;
                const unsigned long long rows = wgmma_operand(now + warpgroup * 64 * 128),
                                         cols = wgmma_operand(now + ROWS_BYTES);
                wgmma_pin(acc);
                wgmma_fence();
#pragma unroll
                for (unsigned k = 0; k < 4; k++) /* an even stage starts from zero */
                    wgmma<OPERAND_BF16>(acc, rows + 2 * k, cols + 2 * k, s % 2 + k > 0);
                wgmma_commit();
                wgmma_wait<0>(); /* the other warpgroup's products keep the tensor cores busy */
                wgmma_pin(acc);
                if (lane < 2) /* one lane for each block of the cluster */
                    barrier_arrive_at(empty + 8 * at.slot, lane);
                if (s % 2 == 1 || s + 1 == stages)
#pragma unroll
                    for (unsigned e = 0; e < 96; e++)
                        result[e] += acc[e];
            }

            row += rank * ROWS + threadIdx.x / 32 * 16 - 64 + lane / 4;
            col += lane % 4 * 2;
#pragma unroll
            for (unsigned group = 0; group < 96; group += 16) {
                float of_group = 0.0f;
#pragma unroll
                for (unsigned e = group; e < group + 16; e++) {
                    const unsigned r = row + e / 2 % 2 * 8, c = col + e / 4 * 8 + e % 2;
                    of_group = __fmaf_rn(c < r ? 2.0f : c == r ? 1.0f : 0.0f, result[e], of_group);
                }
                total += (double)of_group;
            }
        }
    }
    cluster_barrier(); /* no block exits while the other may still write to its shared memory */
    total = block_sum(total, threadIdx.x, THREADS);
    finish_sum(total, partials, blockIdx.x, gridDim.x, sum, ticket, threadIdx.x, THREADS);
}

/* promotion_sm90.cu - empties the accumulator every 128 k into registers that are added to with
 * rounding, because tensor cores truncate.
 *
 * Each time a tensor core adds to an accumulator it cuts off what does not fit into 24 bits. On
 * data of one sign every cut is in the same direction, so the error is a bias that grows with k. A
 * short sum loses little: after every second stage the accumulator is added to the result in FP32,
 * rounded to nearest, and starts at zero again.
 *
 *   stage    0  1 | 2  3 | 4  5 | ...      tensor cores: acc = products of two stages
 *            acc  | acc  | acc  |          CUDA cores:   result += acc, 96 additions per thread
 *             |      |      |
 *             v      v      v              tile of a block, 128 x 192: 64 x 192 per warpgroup are
 *   result ---+------+------+-->           96 accumulators and 96 results per thread
 *
 * Before: the bias of the sum in cluster_sm90.cu is -4.4e-5 at N = 10000 for entries in [0,1), on
 * an H100; with promotion it is +2e-8 (docs/accuracy.md, wgmma-sm90 and wgmma-symmetric-sm90 in
 * bf16).
 *
 * Next: half of C is the mirror image of the other half: triangle_sm90.cu.
 *
 * Prediction: H200, N = 10000: 3.3 ms. The tile is narrower, and while one warpgroup adds, only
 * the other one multiplies.
 *
 * Measured: 3.427 ms, 0.82 × cublas-gemm, 55 % of peak, 0.95 × cluster;
 * NVIDIA H200, N = 10000, results/reference/h200-matmul-10000.json. */
#include "kernels/support/portable/tile_order.cuh"
#include "kernels/support/sm90/hopper.cuh"
#include "kernels/support/sm90/wgmma.cuh"

enum {
    ROWS = 128, /* of C per block; a cluster has twice as many */
    COLS = 192,
    HALF = COLS / 2, /* columns that a block loads */
    THREADS = 384,   /* the producer's warpgroup, then two consumers' */
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

/* - Parameters: as matmul_tma_ring_sm90().
 * - Grid: clusters of two blocks of 384 threads, one block per SM. 201 KiB of dynamic shared
 *   memory, used from the first multiple of 1024 bytes on. */
extern "C" __global__ void __launch_bounds__(THREADS, 1)
    matmul_promotion_sm90(float *C, unsigned n, unsigned pitch, unsigned stages)
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
    const unsigned down = (n + 2 * ROWS - 1) / (2 * ROWS), across = (n + COLS - 1) / COLS;
    const unsigned tiles = down * across;
    struct position at = {0, 0};
    if (threadIdx.x < 128) {
        registers_less<40>();
        if (threadIdx.x == 0)
            for (unsigned t = blockIdx.x / 2; t < tiles; t += clusters) {
                const struct tile tile = grouped_tile(t, down, across);
                const unsigned row = (2 * tile.row + rank) * ROWS, col = tile.col * COLS;
                for (unsigned s = 0; s < stages; s++, advance(at)) {
                    const unsigned to = ring + at.slot * STAGE, barrier = full + 8 * at.slot;
                    barrier_wait(empty + 8 * at.slot, at.phase ^ 1); /* passes on the first round */
                    barrier_expect(barrier, STAGE); /* with the half that the other block loads */
                    tma_load(to, &tensor_map_rows, barrier, s * STAGE_K, row);
                    tma_multicast(to + ROWS_BYTES + rank * HALF * 128, &tensor_map_cols, barrier,
                                  s * STAGE_K, col + rank * HALF, 3);
                }
            }
    } else {
        registers_more<232>();
        const unsigned warpgroup = threadIdx.x / 128 - 1, lane = threadIdx.x % 32;
        for (unsigned t = blockIdx.x / 2; t < tiles; t += clusters) {
            const struct tile tile = grouped_tile(t, down, across);
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

            const unsigned row =
                (2 * tile.row + rank) * ROWS + threadIdx.x / 32 * 16 - 64 + lane / 4;
            const unsigned col = tile.col * COLS + lane % 4 * 2;
#pragma unroll
            for (unsigned e = 0; e < 96; e++) {
                const unsigned r = row + e / 2 % 2 * 8, c = col + e / 4 * 8 + e % 2;
                if (r < n && c < n)
                    C[(size_t)r * pitch + c] = result[e];
            }
        }
    }
    cluster_barrier(); /* no block exits while the other may still write to its shared memory */
}

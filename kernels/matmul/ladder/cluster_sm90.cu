/* cluster_sm90.cu - two blocks form a cluster and share what they load: each fetches half of the
 * columns, and the copy engine writes them to both (multicast).
 *
 * The blocks of a cluster run at the same time and can reach each other's shared memory. Each loads
 * its own 128 rows and one half of the 256 columns, for both. So a slot is free only when the
 * warps of both blocks have read it: they arrive at the `empty` barriers of both.
 *
 *   tile of a cluster, 256 x 256     a slot of either block        loaded by
 *   +---------------------+          +--------+------+-------+
 *   | block 0, 128 x 256  |          | rows 0 | left | right |    rows 0 and left: block 0
 *   +---------------------+          +--------+------+-------+
 *   | block 1, 128 x 256  |          | rows 1 | left | right |    rows 1 and right: block 1
 *   +---------------------+          +--------+------+-------+    left and right go to both
 *
 * Before: in warp_specialised_sm90.cu each block reads 48 KiB per stage from the L2 cache, 6 TB/s
 * in total at 550 TFLOP/s. Here it is 32 KiB.
 *
 * Next: speed is near the limit, accuracy is not: promotion_sm90.cu.
 *
 * Prediction: H200, N = 10000: 3.0 ms.
 *
 * Measured: 3.264 ms, 0.86 × cublas-gemm, 57 % of peak, 1.05 × warp-specialised;
 * NVIDIA H200, N = 10000, results/reference/h200-matmul-10000.json. */
#include "kernels/support/portable/tile_order.cuh"
#include "kernels/support/sm90/hopper.cuh"
#include "kernels/support/sm90/wgmma.cuh"

enum {
    ROWS = 128, /* of C per block; a cluster has twice as many */
    COLS = 256,
    HALF = COLS / 2, /* columns that a block loads */
    THREADS = 384,   /* the producer's warpgroup, then two consumers' */
    SLOTS = 4,
    STAGE_K = 64, /* values of k per stage: rows of 128 bytes */
    ROWS_BYTES = ROWS * 128,
    STAGE = ROWS_BYTES + COLS * 128
};

/* A in bf16, n rows, in boxes of 128 rows × 64 values; the host writes both maps. */
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
 * - Grid: clusters of two blocks of 384 threads, one block per SM. 193 KiB of dynamic shared
 *   memory, used from the first multiple of 1024 bytes on. */
extern "C" __global__ void __launch_bounds__(THREADS, 1)
    matmul_cluster_sm90(float *C, unsigned n, unsigned pitch, unsigned stages)
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
            float acc[128];
            unsigned before = 0; /* the slot of the stage before */
            for (unsigned s = 0; s < stages; s++, advance(at)) {
                barrier_wait(full + 8 * at.slot, at.phase);
                const unsigned now = ring + at.slot * STAGE;
                const unsigned long long rows = wgmma_operand(now + warpgroup * 64 * 128),
                                         cols = wgmma_operand(now + ROWS_BYTES);
                wgmma_pin(acc);
                wgmma_fence();
#pragma unroll
                for (unsigned k = 0; k < 4; k++) /* 32 bytes, the 16 k of a product, are + 2 */
                    wgmma<OPERAND_BF16>(acc, rows + 2 * k, cols + 2 * k, s + k > 0);
                wgmma_commit();
                if (s > 0) {
                    wgmma_wait<1>(); /* the stage before has ended, this one is still running */
                    if (lane < 2)    /* one lane for each block of the cluster */
                        barrier_arrive_at(empty + 8 * before, lane);
                }
                before = at.slot;
            }
            wgmma_wait<0>();
            wgmma_pin(acc);
            if (lane < 2)
                barrier_arrive_at(empty + 8 * before, lane);

            const unsigned row =
                (2 * tile.row + rank) * ROWS + threadIdx.x / 32 * 16 - 64 + lane / 4;
            const unsigned col = tile.col * COLS + lane % 4 * 2;
#pragma unroll
            for (unsigned e = 0; e < 128; e++) {
                const unsigned r = row + e / 2 % 2 * 8, c = col + e / 4 * 8 + e % 2;
                if (r < n && c < n)
                    C[(size_t)r * pitch + c] = acc[e];
            }
        }
    }
    cluster_barrier(); /* no block exits while the other may still write to its shared memory */
}

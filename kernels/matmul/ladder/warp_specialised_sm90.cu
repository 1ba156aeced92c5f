/* warp_specialised_sm90.cu - a producer warpgroup loads, two consumer warpgroups multiply, and they
 * meet at barriers in shared memory, not at __syncthreads().
 *
 * A slot of the ring has two barriers: `full`, on which the bytes of its boxes arrive, and `empty`,
 * on which each consuming warp arrives when it has read the slot. The producer runs ahead as far as
 * the ring allows, also into the next tile. It gives up registers and the consumers take them
 * (setmaxnreg): 64×256 entries per warpgroup are 128 accumulators per thread. One group of products
 * is always in flight.
 *
 *   warpgroup 0, thread 0      ring of 4 x 48 KiB         warpgroups 1 and 2
 *   wait(empty[slot])          +--------+-----------+     wait(full[slot])
 *   expect(full[slot])  TMA    | 128    | 256       |     4 wgmma of 64 x 256 x 16, commit
 *   2 boxes           ------>  | rows   | columns   | --> wait for the group before,
 *                              +--------+-----------+     arrive(empty[slot before])
 *   tile of a block, 128 x 256: warpgroup 1 has the upper 64 rows, warpgroup 2 the lower
 *
 * Before: in tma_ring_sm90.cu all warps wait for each product and each other in every stage, and
 * for memory at the start of each tile.
 *
 * Next: per stage a block reads 48 KiB from the L2 cache for 4.2 MFLOP: cluster_sm90.cu shares the
 * columns between two blocks.
 *
 * Prediction: H200, N = 10000: 3.1 ms.
 *
 * Measured: 3.414 ms, 0.83 × cublas-gemm, 55 % of peak, 1.27 × tma-ring;
 * NVIDIA H200, N = 10000, results/reference/h200-matmul-10000.json. */
#include "kernels/support/portable/tile_order.cuh"
#include "kernels/support/sm90/hopper.cuh"
#include "kernels/support/sm90/wgmma.cuh"

enum {
    ROWS = 128, /* of C per block */
    COLS = 256,
    THREADS = 384, /* the producer's warpgroup, then two consumers' */
    SLOTS = 4,
    STAGE_K = 64, /* values of k per stage: rows of 128 bytes */
    ROWS_BYTES = ROWS * 128,
    STAGE = ROWS_BYTES + COLS * 128
};

/* A in bf16, n rows, in boxes of 128 or 256 rows × 64 values; the host writes both maps. */
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
 * - Grid: one block of 384 threads per SM. 193 KiB of dynamic shared memory, used from the first
 *   multiple of 1024 bytes on. */
extern "C" __global__ void __launch_bounds__(THREADS, 1)
    matmul_warp_specialised_sm90(float *C, unsigned n, unsigned pitch, unsigned stages)
{
    DYNAMIC_SHARED(__align__(1024) unsigned char, data);
    __shared__ __align__(8) unsigned long long barriers[2 * SLOTS];
    const unsigned ring = (shared_address(data) + 1023) & ~1023u;
    const unsigned full = shared_address(barriers), empty = full + 8 * SLOTS;
    if (threadIdx.x == 0) {
        for (unsigned slot = 0; slot < SLOTS; slot++) {
            barrier_init(full + 8 * slot, 1);
            barrier_init(empty + 8 * slot, 8); /* each consuming warp */
        }
        barrier_init_fence();
    }
    __syncthreads(); /* all barriers are initialised before they are used */

    const unsigned down = (n + ROWS - 1) / ROWS, across = (n + COLS - 1) / COLS;
    const unsigned tiles = down * across;
    struct position at = {0, 0};
    if (threadIdx.x < 128) {
        registers_less<40>();
        if (threadIdx.x != 0)
            return;
        for (unsigned t = blockIdx.x; t < tiles; t += gridDim.x) {
            const struct tile tile = grouped_tile(t, down, across);
            for (unsigned s = 0; s < stages; s++, advance(at)) {
                const unsigned to = ring + at.slot * STAGE, barrier = full + 8 * at.slot;
                barrier_wait(empty + 8 * at.slot, at.phase ^ 1); /* passes on the first round */
                barrier_expect(barrier, STAGE);
                tma_load(to, &tensor_map_rows, barrier, s * STAGE_K, tile.row * ROWS);
                tma_load(to + ROWS_BYTES, &tensor_map_cols, barrier, s * STAGE_K, tile.col * COLS);
            }
        }
        return;
    }

    registers_more<232>();
    const unsigned warpgroup = threadIdx.x / 128 - 1, lane = threadIdx.x % 32;
    for (unsigned t = blockIdx.x; t < tiles; t += gridDim.x) {
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
                if (lane == 0)
                    barrier_arrive(empty + 8 * before);
            }
            before = at.slot;
        }
        wgmma_wait<0>();
        wgmma_pin(acc);
        if (lane == 0)
            barrier_arrive(empty + 8 * before);

        const unsigned row = tile.row * ROWS + threadIdx.x / 32 * 16 - 64 + lane / 4;
        const unsigned col = tile.col * COLS + lane % 4 * 2;
#pragma unroll
        for (unsigned e = 0; e < 128; e++) {
            const unsigned r = row + e / 2 % 2 * 8, c = col + e / 4 * 8 + e % 2;
            if (r < n && c < n)
                C[(size_t)r * pitch + c] = acc[e];
        }
    }
}

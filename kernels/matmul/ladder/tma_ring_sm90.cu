/* tma_ring_sm90.cu - the copy engine (TMA) fills the ring: one instruction of one thread copies a
 * box of 128 rows × 64 k, swizzles it, and counts its bytes on a barrier.
 *
 * Thread 0 announces 32 KiB on the barrier of a stage and starts two boxes. Everybody waits for the
 * barrier, whose phase completes when all bytes have arrived. A tensor map in constant memory
 * describes A; what a box has beyond the last row is filled with zeros.
 *
 *   A in bf16               ring                        warpgroup, as in wgmma_sm90.cu
 *   +-----------+   TMA    +-----------+-----------+
 *   | 128 x 64  | -------> | rows 16 K | cols 16 K |   wait(full[slot]) -> 8 wgmma -> __syncthreads
 *   +-----------+          +-----------+-----------+   -> thread 0 refills the slot
 *        2 boxes per stage   slot 0, 1, 2: full[slot]
 *
 * Before: in wgmma_sm90.cu each of 128 threads computes 16 addresses and issues 16 copies per
 * stage, between two products.
 *
 * Next: the warps still wait for each product, for each other, and for the first stages of each
 * tile: warp_specialised_sm90.cu gives loading to a warp of its own.
 *
 * Prediction: H200, N = 10000: 3.6 ms.
 *
 * Measured: 4.324 ms, 0.65 × cublas-gemm, 43 % of peak, 1.15 × wgmma;
 * NVIDIA H200, N = 10000, results/reference/h200-matmul-10000.json. */
#include "kernels/support/portable/tile_order.cuh"
#include "kernels/support/sm90/hopper.cuh"
#include "kernels/support/sm90/wgmma.cuh"

enum {
    TILE = 128, /* rows and columns of C per block */
    THREADS = 128,
    STAGES = 3,       /* slots of the ring */
    STAGE_K = 64,     /* values of k per stage: rows of 128 bytes */
    BOX = TILE * 128, /* bytes of one operand */
    STAGE = 2 * BOX   /* the rows of the tile, then its columns */
};

/* A in bf16, n rows, in boxes of 128 rows × 64 values; the host writes both maps. */
__constant__ struct tensor_map tensor_map_rows, tensor_map_cols;

/* Starts the copies of stage s of a tile to the slot of load number `load`; one thread calls it. */
static __device__ __forceinline__ void load_stage(unsigned ring, unsigned full, unsigned load,
                                                  struct tile tile, unsigned s)
{
    const unsigned to = ring + load % STAGES * STAGE, barrier = full + load % STAGES * 8;
    barrier_expect(barrier, STAGE);
    tma_load(to, &tensor_map_rows, barrier, s * STAGE_K, tile.row * TILE);
    tma_load(to + BOX, &tensor_map_cols, barrier, s * STAGE_K, tile.col * TILE);
}

/* A comes through the tensor maps; its rows are `stages` stages.
 * - C: kernels/job/job.h.
 * - Grid: two blocks of 128 threads per SM. 97 KiB of dynamic shared memory, used from the first
 *   multiple of 1024 bytes on. */
extern "C" __global__ void __launch_bounds__(THREADS, 2)
    matmul_tma_ring_sm90(float *C, unsigned n, unsigned pitch, unsigned stages)
{
    DYNAMIC_SHARED(__align__(1024) unsigned char, data);
    __shared__ __align__(8) unsigned long long barriers[STAGES];
    const unsigned ring = (shared_address(data) + 1023) & ~1023u, full = shared_address(barriers);
    if (threadIdx.x == 0) {
        for (unsigned slot = 0; slot < STAGES; slot++)
            barrier_init(full + 8 * slot, 1);
        barrier_init_fence();
    }
    __syncthreads(); /* all barriers are initialised before they are used */

    const unsigned across = (n + TILE - 1) / TILE;
    unsigned done = 0; /* stages of the tiles before */
    for (unsigned t = blockIdx.x; t < across * across; t += gridDim.x, done += stages) {
        const struct tile tile = grouped_tile(t, across, across);
        float acc[2][64];
        if (threadIdx.x == 0)
            for (unsigned s = 0; s < STAGES && s < stages; s++)
                load_stage(ring, full, done + s, tile, s);

        for (unsigned s = 0; s < stages; s++) {
            const unsigned load = done + s, now = ring + load % STAGES * STAGE;
            barrier_wait(full + load % STAGES * 8, load / STAGES % 2);

            const unsigned long long upper = wgmma_operand(now),
                                     lower = wgmma_operand(now + 64 * 128),
                                     right = wgmma_operand(now + BOX);
            wgmma_pin(acc[0]);
            wgmma_pin(acc[1]);
            wgmma_fence();
#pragma unroll
            for (unsigned k = 0; k < 4; k++) { /* 32 bytes, the 16 k of a product, are + 2 */
                wgmma<OPERAND_BF16>(acc[0], upper + 2 * k, right + 2 * k, s + k > 0);
                wgmma<OPERAND_BF16>(acc[1], lower + 2 * k, right + 2 * k, s + k > 0);
            }
            wgmma_commit();
            wgmma_wait<0>();
            wgmma_pin(acc[0]);
            wgmma_pin(acc[1]);

            __syncthreads(); /* all warps have read the slot before it is filled again */
            if (threadIdx.x == 0 && s + STAGES < stages)
                load_stage(ring, full, load + STAGES, tile, s + STAGES);
        }

        const unsigned row = tile.row * TILE + threadIdx.x / 32 * 16 + threadIdx.x % 32 / 4;
        const unsigned col = tile.col * TILE + threadIdx.x % 4 * 2;
#pragma unroll
        for (unsigned h = 0; h < 2; h++)
#pragma unroll
            for (unsigned e = 0; e < 64; e++) {
                const unsigned r = row + 64 * h + e / 2 % 2 * 8, c = col + e / 4 * 8 + e % 2;
                if (r < n && c < n)
                    C[(size_t)r * pitch + c] = acc[h][e];
            }
    }
}

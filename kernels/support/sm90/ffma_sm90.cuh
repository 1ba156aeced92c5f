/* ffma_sm90.cuh - FP32 multiply-adds on Hopper's CUDA cores, with as few other instructions as
 * possible.
 *
 * A scheduler of this chip issues one instruction per clock and has 32 FP32 lanes, so every other
 * instruction costs an FFMA. Therefore one thread fills a ring of stages through the copy engine,
 * and no other thread needs loads, addresses or guards. The source is Aᵀ, where the rows of a
 * k-step are contiguous. A consuming thread computes 16×8 entries: per k-step, 6 loads of 16 bytes
 * feed 128 FFMAs, and the operands of the next k-step are loaded meanwhile. The order of the FFMAs
 * decides how often three operands come from one register bank (docs/kernel-notebook.md). The full
 * product reaches 1.02× cublasSgemm on an H200 (results/reference/h200-matmul-10000.json). */
#ifndef KERNELS_SUPPORT_FFMA_SM90_CUH
#define KERNELS_SUPPORT_FFMA_SM90_CUH

#include "kernels/support/portable/ffma.cuh"
#include "kernels/support/portable/tile_order.cuh"
#include "kernels/support/sm90/hopper.cuh"

enum {
    FFMA_ROWS = 128, /* rows of C per block */
    FFMA_K = 32,     /* k-steps per stage */
    FFMA_PRODUCERS = 128,
    FFMA_STRIP = FFMA_K * 128 * 4, /* bytes of a strip: 128 rows of A for one stage, [k][row] */
    FFMA_UNROLL = 8
};

/* Describes Aᵀ in boxes of 128 columns × FFMA_K rows; the host writes it before the first launch.
 */
__constant__ struct tensor_map tensor_map;

/* The shape of a block: 128 rows × COLS columns of C, COLS consuming threads in warps of 64×64, and
 * STAGES stages in the ring. */
template <int COLS, int STAGES> struct ffma_shape {
    enum {
        strips = 1 + COLS / 128,
        stage = strips * FFMA_STRIP,
        warps = COLS / 32,
        threads = COLS + FFMA_PRODUCERS,
        shared = STAGES * stage
    };
};

struct ffma_ring {
    unsigned data, full, empty; /* shared addresses */
    unsigned stage, phase;
};

template <int STAGES> static __device__ __forceinline__ void ring_next(struct ffma_ring &ring)
{
    if (++ring.stage == STAGES) {
        ring.stage = 0;
        ring.phase ^= 1;
    }
}

/* Initialises the ring. `barriers` has 2·STAGES words of 8 bytes. All threads call it. */
template <int COLS, int STAGES>
static __device__ __forceinline__ struct ffma_ring ring_make(const unsigned char *data,
                                                             unsigned long long *barriers)
{
    struct ffma_ring ring = {shared_address(data), shared_address(barriers),
                             shared_address(barriers) + 8 * STAGES, 0, 0};
    if (threadIdx.x == 0) {
        for (unsigned s = 0; s < STAGES; s++) {
            barrier_init(ring.full + 8 * s, 1);
            barrier_init(ring.empty + 8 * s, ffma_shape<COLS, STAGES>::warps);
        }
        barrier_init_fence();
    }
    __syncthreads(); /* all barriers are initialised before they are used */
    return ring;
}

/* Loads stages [first, end) of the tile that starts at row row0 and column col0. One thread calls
 * it. */
template <int COLS, int STAGES>
static __device__ __forceinline__ void ffma_produce(struct ffma_ring &ring, unsigned row0,
                                                    unsigned col0, unsigned first, unsigned end)
{
    typedef ffma_shape<COLS, STAGES> shape;
    for (unsigned s = first; s < end; s++) {
        const unsigned to = ring.data + ring.stage * shape::stage,
                       full = ring.full + 8 * ring.stage;
        barrier_wait(ring.empty + 8 * ring.stage, ring.phase ^ 1);
        barrier_expect(full, shape::stage);
        tma_load(to, &tensor_map, full, row0, s * FFMA_K);
#pragma unroll
        for (unsigned strip = 1; strip < shape::strips; strip++)
            tma_load(to + strip * FFMA_STRIP, &tensor_map, full, col0 + (strip - 1) * 128,
                     s * FFMA_K);
        ring_next<STAGES>(ring);
    }
}

/* acc = this thread's entries of the product over stages [first, end). On entry, `operands` holds
 * the first k-step; on return, that of the next call, unless this is the last (`more` is false). */
template <int COLS, int STAGES, bool FROM_LAST>
static __device__ __forceinline__ void
ffma_consume(struct ffma_ring &ring, const unsigned char *data, struct ffma_operands operands[2],
             unsigned first, unsigned end, bool more, float acc[16][8])
{
    typedef ffma_shape<COLS, STAGES> shape;
    const struct ffma_place at = ffma_place();
    const unsigned row_offset = at.row * 4;
    const unsigned col_offset = FFMA_STRIP * (1 + at.col / 128) + at.col % 128 * 4;
    ffma_clear(acc);
    for (unsigned s = first; s < end; s++) {
        const unsigned next = ring.stage + 1 == STAGES ? 0 : ring.stage + 1;
        unsigned offset = ring.stage * shape::stage;
#pragma unroll 1
        for (unsigned k = 0; k < FFMA_K; k += FFMA_UNROLL) {
#pragma unroll
            for (unsigned kk = 0; kk < FFMA_UNROLL; kk++) {
                if (kk + 1 < FFMA_UNROLL) {
                    ffma_load(operands[(kk + 1) % 2], data + offset + row_offset,
                              data + offset + col_offset, kk + 1);
                } else {
                    offset += FFMA_UNROLL * 512;
                    if (k + FFMA_UNROLL == FFMA_K) { /* the next k-step is in the next stage */
                        offset = next * shape::stage;
                        if (more || s + 1 < end)
                            barrier_wait(ring.full + 8 * next, next ? ring.phase : ring.phase ^ 1);
                    }
                    ffma_load(operands[0], data + offset + row_offset, data + offset + col_offset,
                              0);
                }
                ffma_step<FROM_LAST>(operands[kk % 2], acc);
            }
        }
        __syncwarp(); /* all lanes have read the stage before one gives it back */
        if (threadIdx.x % 32 == 0)
            barrier_arrive(ring.empty + 8 * ring.stage);
        ring_next<STAGES>(ring);
    }
}

/* Waits for the first stage and loads the operands of its first k-step; called once, before the
 * first ffma_consume(). */
template <int COLS, int STAGES>
static __device__ __forceinline__ void ffma_begin(const struct ffma_ring &ring,
                                                  const unsigned char *data,
                                                  struct ffma_operands operands[2])
{
    const struct ffma_place at = ffma_place();
    barrier_wait(ring.full, 0);
    ffma_load(operands[0], data + at.row * 4,
              data + FFMA_STRIP * (1 + at.col / 128) + at.col % 128 * 4, 0);
}

/* The product of a tile of which only the first 16 rows lie in the matrix, over stages [first,
 * end): 4×4 entries per thread, each warp's 32 columns next to those of the warp before. This is an
 * eighth of the FFMAs. */
template <int STAGES>
static __device__ __forceinline__ void ffma_consume_thin(struct ffma_ring &ring,
                                                         const unsigned char *data, unsigned first,
                                                         unsigned end, float acc[4][4])
{
    typedef ffma_shape<128, STAGES> shape;
    const unsigned warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const unsigned row_offset = lane / 8 * 16,
                   col_offset = FFMA_STRIP + (warp * 32 + lane % 8 * 4) * 4;
#pragma unroll
    for (unsigned i = 0; i < 4; i++)
#pragma unroll
        for (unsigned j = 0; j < 4; j++)
            acc[i][j] = 0.0f;
    for (unsigned s = first; s < end; s++) {
        const unsigned char *stage = data + ring.stage * shape::stage;
        barrier_wait(ring.full + 8 * ring.stage, ring.phase);
#pragma unroll 8
        for (unsigned k = 0; k < FFMA_K; k++) {
            const float4 row = *(const float4 *)(stage + row_offset + k * 512),
                         col = *(const float4 *)(stage + col_offset + k * 512);
#pragma unroll
            for (unsigned i = 0; i < 4; i++)
#pragma unroll
                for (unsigned j = 0; j < 4; j++)
                    acc[i][j] = __fmaf_rn(part(row, i), part(col, j), acc[i][j]);
        }
        __syncwarp(); /* all lanes have read the stage before one gives it back */
        if (lane == 0)
            barrier_arrive(ring.empty + 8 * ring.stage);
        ring_next<STAGES>(ring);
    }
}

/* Computes C, or its lower triangle and stores it twice, in tiles of 128 × COLS.
 * - Parameters: as the kernels of matmul/sm90/ffma*_sm90.cu.
 * - REGISTERS: of a consuming thread. */
template <int COLS, int STAGES, bool TRIANGLE, int REGISTERS>
static __device__ __forceinline__ void ffma_matmul(const unsigned char *data,
                                                   unsigned long long *barriers, float *C,
                                                   unsigned n, unsigned pitch, unsigned stages)
{
    struct ffma_ring ring = ring_make<COLS, STAGES>(data, barriers);
    const unsigned down = (n + FFMA_ROWS - 1) / FFMA_ROWS, across = (n + COLS - 1) / COLS;
    const unsigned tiles = TRIANGLE ? (unsigned)tiles_above(down) : down * across;
    if (threadIdx.x >= COLS) {
        registers_less<40>();
        if (threadIdx.x == COLS)
            for (unsigned t = blockIdx.x; t < tiles; t += gridDim.x) {
                const struct tile tile =
                    TRIANGLE ? triangle_tile(t, down) : grouped_tile(t, down, across);
                ffma_produce<COLS, STAGES>(ring, tile.row * FFMA_ROWS, tile.col * COLS, 0, stages);
            }
        return;
    }
    registers_more<REGISTERS>();
    const struct ffma_place at = ffma_place();
    struct ffma_operands operands[2];
    if (blockIdx.x < tiles)
        ffma_begin<COLS, STAGES>(ring, data, operands);
    for (unsigned t = blockIdx.x; t < tiles; t += gridDim.x) {
        float acc[16][8];
        ffma_consume<COLS, STAGES, false>(ring, data, operands, 0, stages, t + gridDim.x < tiles,
                                          acc);
        const struct tile tile = TRIANGLE ? triangle_tile(t, down) : grouped_tile(t, down, across);
        const unsigned row = tile.row * FFMA_ROWS + at.row, col = tile.col * COLS + at.col;
        ffma_store(C, n, pitch, row, col, acc);
        if (TRIANGLE && tile.row != tile.col)
            ffma_store_mirror(C, n, pitch, row, col, acc);
    }
}

#endif

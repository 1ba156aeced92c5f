/* ffma_sm80.cuh - FP32 multiply-adds on CUDA cores for compute capability 8.0 and later, from a
 * ring of asynchronous copies; support/sm90/ffma_sm90.cuh does the same with the copy engine.
 *
 * Tiles are 128×128, with 128 threads and two blocks per SM: while one block waits at its barrier
 * or stores, the other multiplies. A stage is 16 k-steps of Aᵀ. Per stage a thread issues 2048
 * FFMAs, 96 loads of operands, 8 copies and little else. A block treats its units of work as one
 * stream of stages, as in mma_sm80.cuh. */
#ifndef KERNELS_SUPPORT_FFMA_SM80_CUH
#define KERNELS_SUPPORT_FFMA_SM80_CUH

#include "kernels/support/portable/ffma.cuh"
#include "kernels/support/sm80/ampere.cuh"
#include "kernels/support/sm80/work_sm80.cuh"

enum {
    FFMA_K = 16,                 /* k-steps a stage */
    FFMA_STRIP = FFMA_K * 512,   /* bytes for 128 rows of A */
    FFMA_STAGE = 2 * FFMA_STRIP, /* the tile's rows, then its columns */
    FFMA_STAGES = 3,
    FFMA_SHARED = FFMA_STAGES * FFMA_STAGE,
    FFMA_THREADS = 128,
    FFMA_UNROLL = 8
};

/* With RECTANGLE the columns of tiles begin with number work.part.first. */
template <bool TRIANGLE, bool IN_PARTS = false, bool RECTANGLE = false> struct ffma_shape {
    enum {
        triangle = TRIANGLE,
        in_parts = IN_PARTS,
        rectangle = RECTANGLE,
        rows = 128,
        cols = 128
    };
};

/* The unit of shared memory: one k-step of a strip. */
struct __align__(128) ffma_row {
    unsigned char bytes[512];
};

/* A thread's view of the ring. Thread t copies rows t % 32 · 4 … + 3 of k-steps t / 32, t / 32 + 4,
 * … of both strips. */
struct ffma_ring {
    unsigned read, write;           /* offsets of stages in bytes */
    unsigned to;                    /* shared address of this thread's first copy in stage 0 */
    const unsigned char *row, *col; /* source of this thread's next copy */
    unsigned left, unit;            /* stages left to copy of the current unit; the next unit */
};

static __device__ __forceinline__ unsigned ffma_next(unsigned stage)
{
    return stage + FFMA_STAGE == FFMA_SHARED ? 0 : stage + FFMA_STAGE;
}

/* Starts the copies of the next stage and commits them; after the last unit, commits an empty
 * group. work.a: Aᵀ. */
template <class S>
static __device__ __forceinline__ void ffma_copy(struct ffma_ring &ring, const struct work &work)
{
    enum { step = FFMA_THREADS / 32 };
    const size_t pitch = work.pitch;
    if (ring.left == 0 && ring.unit < work.tiles * work.panels) {
        const struct unit unit = unit_of<S>(work, ring.unit);
        const size_t k = (size_t)unit.first * FFMA_K + threadIdx.x / 32;
        const unsigned col = unit.tile.col + (S::rectangle ? work.part.first : 0);
        ring.row = work.a + k * pitch + (unit.tile.row * 128 + threadIdx.x % 32 * 4) * 4;
        ring.col = work.a + k * pitch + (col * 128 + threadIdx.x % 32 * 4) * 4;
        ring.left = unit.end - unit.first;
        ring.unit += gridDim.x;
    }
    if (ring.left > 0) {
        const unsigned to = ring.to + ring.write;
#pragma unroll
        for (unsigned k = 0; k < FFMA_K; k += step) {
            copy_async_16(to + k * 512, ring.row + k * pitch);
            copy_async_16(to + FFMA_STRIP + k * 512, ring.col + k * pitch);
        }
        ring.row += FFMA_K * pitch;
        ring.col += FFMA_K * pitch;
        ring.left--;
        ring.write = ffma_next(ring.write);
    }
    copy_async_commit();
}

/* Fills the ring and loads the first operands. All threads call it. */
template <class S>
static __device__ __forceinline__ struct ffma_ring
ffma_begin(const ffma_row *data, const struct work &work, struct ffma_operands operands[2])
{
    const struct ffma_place at = ffma_place();
    struct ffma_ring ring = {
        0,         0,      shared_address(data) + threadIdx.x / 32 * 512 + threadIdx.x % 32 * 16,
        work.a,    work.a, 0,
        blockIdx.x};
#pragma unroll 1
    for (unsigned s = 0; s + 1 < FFMA_STAGES; s++)
        ffma_copy<S>(ring, work);
    copy_async_wait<FFMA_STAGES - 2>();
    __syncthreads(); /* the first stage is complete */
    const unsigned char *bytes = (const unsigned char *)data;
    ffma_load(operands[0], bytes + at.row * 4, bytes + FFMA_STRIP + at.col * 4, 0);
    return ring;
}

/* acc += the product of the next stage. On entry, operands[0] holds its first k-step; on return,
 * that of the stage after it, or unused values after the last stage. */
template <class S>
static __device__ __forceinline__ void
ffma_stage(struct ffma_ring &ring, const ffma_row *data, const struct work &work,
           struct ffma_operands operands[2], float acc[16][8])
{
    const struct ffma_place at = ffma_place();
    const unsigned char *rows = (const unsigned char *)data + at.row * 4,
                        *cols = (const unsigned char *)data + FFMA_STRIP + at.col * 4;
    unsigned offset = ring.read;
    ffma_copy<S>(ring, work);
#pragma unroll 1
    for (unsigned k = 0; k < FFMA_K; k += FFMA_UNROLL) {
#pragma unroll
        for (unsigned kk = 0; kk < FFMA_UNROLL; kk++) {
            if (kk + 1 < FFMA_UNROLL) {
                ffma_load(operands[(kk + 1) % 2], rows + offset, cols + offset, kk + 1);
            } else {
                offset += FFMA_UNROLL * 512;
                if (k + FFMA_UNROLL == FFMA_K) { /* the next k-step is in the next stage */
                    copy_async_wait<FFMA_STAGES - 2>();
                    /* the next stage is complete, and all threads have read this one, which the
                     * copies of the next iteration overwrite */
                    __syncthreads();
                    offset = ring.read = ffma_next(ring.read);
                }
                ffma_load(operands[0], rows + offset, cols + offset, 0);
            }
            ffma_step<false>(operands[kk % 2], acc);
        }
    }
}

/* Computes C, or its lower triangle and stores it twice.
 * - at: Aᵀ, `at_pitch` floats a row.
 * - stages: ceil(n / FFMA_K). */
template <bool TRIANGLE>
static __device__ __forceinline__ void ffma_matmul(const ffma_row *data, const float *at, float *C,
                                                   unsigned n, unsigned pitch, unsigned at_pitch,
                                                   unsigned stages)
{
    typedef ffma_shape<TRIANGLE> shape;
    const struct work work = work_of<shape>(at, n, at_pitch * 4, stages, 1);
    const struct ffma_place place = ffma_place();
    struct ffma_operands operands[2];
    struct ffma_ring ring = ffma_begin<shape>(data, work, operands);
    for (unsigned u = blockIdx.x; u < work.tiles; u += gridDim.x) {
        float acc[16][8];
        ffma_clear(acc);
        for (unsigned s = 0; s < stages; s++)
            ffma_stage<shape>(ring, data, work, operands, acc);
        const struct tile tile = unit_of<shape>(work, u).tile;
        const unsigned row = tile.row * 128 + place.row, col = tile.col * 128 + place.col;
        ffma_store(C, n, pitch, row, col, acc);
        if (TRIANGLE && tile.row != tile.col)
            ffma_store_mirror(C, n, pitch, row, col, acc);
    }
    copy_async_wait<0>();
}

#endif

/* ffma.cuh - the multiply-adds of one thread for the FP32 kernels that keep Aᵀ in shared memory.
 *
 * A thread computes 16×8 entries of C: per k-step, 6 reads of 16 bytes feed 128 FFMAs. A strip of
 * shared memory holds 128 rows of A for some k-steps as [k][row], 512 bytes per k-step. How the
 * strips get there is up to the kernel (support/sm80/ffma_sm80.cuh, support/sm90/ffma_sm90.cuh). */
#ifndef KERNELS_SUPPORT_FFMA_CUH
#define KERNELS_SUPPORT_FFMA_CUH

#include "kernels/support/portable.cuh"

/* The entries of the block's tile that a thread computes: acc[i][j] is entry (row + 16·(i / 4) + i
 * % 4, col + 32·(j / 4) + j % 4). */
struct ffma_place {
    unsigned row, col;
};

static __device__ __forceinline__ struct ffma_place ffma_place()
{
    const unsigned warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const struct ffma_place place = {warp % 2 * 64 + lane / 8 * 4, warp / 2 * 64 + lane % 8 * 4};
    return place;
}

/* The operands of one k-step: 16 rows and 8 columns. Eight lanes read the same rows and four lanes
 * the same columns, so a warp reads 64 and 128 adjacent bytes of shared memory without bank
 * conflicts. */
struct ffma_operands {
    float4 row[4], col[2];
};

static __device__ __forceinline__ float part(const float4 &v, unsigned i)
{
    return i == 0 ? v.x : i == 1 ? v.y : i == 2 ? v.z : v.w;
}

static __device__ __forceinline__ void ffma_load(struct ffma_operands &o, const unsigned char *rows,
                                                 const unsigned char *cols, unsigned k)
{
#pragma unroll
    for (unsigned h = 0; h < 2; h++)
        o.col[h] = *(const float4 *)(cols + k * 512 + h * 128);
#pragma unroll
    for (unsigned g = 0; g < 4; g++)
        o.row[g] = *(const float4 *)(rows + k * 512 + g * 64);
}

/* 128 FFMAs, along each row and back, so that each shares an operand with the one before. FROM_LAST
 * starts at the last row. Which direction is faster depends on how the compiler schedules the
 * surrounding kernel: measure both (docs/kernel-notebook.md). */
template <bool FROM_LAST>
static __device__ __forceinline__ void ffma_step(const struct ffma_operands &o, float acc[16][8])
{
#pragma unroll
    for (unsigned outer = 0; outer < 16; outer++)
#pragma unroll
        for (unsigned inner = 0; inner < 8; inner++) {
            const unsigned i = FROM_LAST ? 15 - outer : outer,
                           j = (outer % 2 == 1) == FROM_LAST ? inner : 7 - inner;
            acc[i][j] = __fmaf_rn(part(o.row[i / 4], i % 4), part(o.col[j / 4], j % 4), acc[i][j]);
        }
}

static __device__ __forceinline__ void ffma_clear(float acc[16][8])
{
#pragma unroll
    for (unsigned i = 0; i < 16; i++)
#pragma unroll
        for (unsigned j = 0; j < 8; j++)
            acc[i][j] = 0.0f;
}

/* Stores a thread's entries, the first at (row, col), one word at a time: 16-byte stores would
 * force accumulators into the register banks of their operands (docs/kernel-notebook.md). */
static __device__ __forceinline__ void
ffma_store(float *C, unsigned n, unsigned pitch, unsigned row, unsigned col, const float acc[16][8])
{
#pragma unroll
    for (unsigned i = 0; i < 16; i++) {
        const unsigned r = row + i / 4 * 16 + i % 4;
        if (r < n)
#pragma unroll
            for (unsigned j = 0; j < 8; j++) {
                const unsigned c = col + j / 4 * 32 + j % 4;
                if (c < n)
                    C[(size_t)r * pitch + c] = acc[i][j];
            }
    }
}

/* Stores the same entries transposed: four rows of a column become four columns of a row. */
static __device__ __forceinline__ void ffma_store_mirror(float *C, unsigned n, unsigned pitch,
                                                         unsigned row, unsigned col,
                                                         const float acc[16][8])
{
#pragma unroll
    for (unsigned j = 0; j < 8; j++) {
        const unsigned r = col + j / 4 * 32 + j % 4;
        if (r < n)
#pragma unroll
            for (unsigned i = 0; i < 16; i++) {
                const unsigned c = row + i / 4 * 16 + i % 4;
                if (c < n)
                    C[(size_t)r * pitch + c] = acc[i][j];
            }
    }
}

/* The sum of a thread's entries. */
static __device__ __forceinline__ double ffma_sum(const float acc[16][8])
{
    double sum = 0.0;
#pragma unroll
    for (unsigned i = 0; i < 16; i++)
        sum += (double)(((acc[i][0] + acc[i][1]) + (acc[i][2] + acc[i][3])) +
                        ((acc[i][4] + acc[i][5]) + (acc[i][6] + acc[i][7])));
    return sum;
}

/* The sum of a thread's entries of a thin tile. */
static __device__ __forceinline__ double ffma_sum_thin(const float acc[4][4])
{
    double sum = 0.0;
#pragma unroll
    for (unsigned i = 0; i < 4; i++)
        sum += (double)((acc[i][0] + acc[i][1]) + (acc[i][2] + acc[i][3]));
    return sum;
}

#endif

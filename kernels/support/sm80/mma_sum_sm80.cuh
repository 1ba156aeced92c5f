/* mma_sum_sm80.cuh - the fused sum on tensor cores, for sum_aat/sm80/mma_*_sm80.cu.
 *
 * Tensor cores truncate when they add, which biases long sums of positive products. So the
 * accumulator is flushed at least every 128 k. The sum may be cut anywhere along k, so a flush adds
 * the accumulators to the total at once and needs no registers of its own; C never exists as a
 * whole. */
#ifndef KERNELS_SUPPORT_MMA_SUM_SM80_CUH
#define KERNELS_SUPPORT_MMA_SUM_SM80_CUH

#include "kernels/support/eight_bits.cuh"
#include "kernels/support/portable/finish_at_once.cuh"
#include "kernels/support/sm80/mma_sm80.cuh"

template <class S> struct mma_in_parts : S {
    enum { in_parts = true };
};

/* The weight of this warp's entries: 2 below the diagonal, 0 above it. A warp's entries lie within
 * a block of 64×64; on the diagonal such a block contains both symmetric halves and weighs 1. */
template <class S> static __device__ __forceinline__ double mma_weight(struct tile tile)
{
    const struct mma_place at = mma_place<S>();
    const unsigned row = (tile.row * S::rows + at.row) / 64,
                   col = (tile.col * S::cols + at.col) / 64;
    return col < row ? 2.0 : col == row ? 1.0 : 0.0;
}

template <class S>
static __device__ __forceinline__ float mma_sum(const float acc[S::down][S::across][4])
{
    float sum = 0.0f;
#pragma unroll
    for (unsigned i = 0; i < S::down; i++) {
        float row = 0.0f;
#pragma unroll
        for (unsigned j = 0; j < S::across; j++)
            row += (acc[i][j][0] + acc[i][j][1]) + (acc[i][j][2] + acc[i][j][3]);
        sum += row;
    }
    return sum;
}

/* total += weight · the sum of acc, which is exact in integers. */
template <class S>
static __device__ __forceinline__ void mma_add(double &total, double weight,
                                               const float acc[S::down][S::across][4])
{
    total = __fma_rn(weight, (double)mma_sum<S>(acc), total);
}
template <class S>
static __device__ __forceinline__ void mma_add(long long &total, double weight,
                                               const int acc[S::down][S::across][4])
{
    long long sum = 0;
#pragma unroll
    for (unsigned i = 0; i < S::down; i++)
#pragma unroll
        for (unsigned j = 0; j < S::across; j++)
#pragma unroll
            for (unsigned e = 0; e < 4; e++)
                sum += acc[i][j][e];
    total += (long long)weight * sum;
}

/* This block's part of the sum, a T, in thread 0. `a` is A in S's arithmetic, `pitch` bytes a row,
 * `stages` stages of 128 bytes each, cut into `panels`. Any number of blocks of S::threads;
 * S::shared bytes at `data`. */
template <class S, class T>
static __device__ __forceinline__ T mma_block_sum(mma_row *data, const void *a,
                                                  const struct triangle_part &part, unsigned pitch,
                                                  unsigned stages, unsigned panels)
{
    const struct work work = work_of(a, part, pitch, stages, panels);
    struct mma_operands<S> operands[2];
    struct mma_ring ring = mma_begin<S>(data, work, operands[0]);
    typename S::accumulator acc[S::down][S::across][4];
    mma_clear<S>(acc);
    T total = 0;
    for (unsigned u = blockIdx.x; u < work.tiles * work.panels; u += gridDim.x) {
        const struct unit unit = unit_of<S>(work, u);
        const double weight = mma_weight<S>(unit.tile);
        unsigned unflushed = 0;
#pragma unroll 1
        for (unsigned s = unit.first; s < unit.end; s++) {
            mma_stage<S>(ring, work, operands, acc);
            if (++unflushed == S::flush || s + 1 == unit.end) {
                mma_add<S>(total, weight, acc);
                mma_clear<S>(acc);
                unflushed = 0;
            }
        }
    }
    copy_async_wait<0>();
    return block_sum(total, threadIdx.x, S::threads);
}

/* The kernel body. `bound` and `word` are those of finish_at_once(). */
template <class S>
static __device__ __forceinline__ void
mma_sum_aat(mma_row *data, const void *a, int bound, double *sum, unsigned long long *word,
            const struct triangle_part &part, unsigned pitch, unsigned stages, unsigned panels)
{
    const double total =
        mma_block_sum<mma_in_parts<S>, double>(data, a, part, pitch, stages, panels);
    if (threadIdx.x == 0)
        finish_at_once(total, bound, gridDim.x, sum, word);
}

/* The same of int8. `partials` has one 8-byte integer a block. */
template <class S>
static __device__ __forceinline__ void
mma_sum_of_integers(mma_row *data, const void *a, long long *partials, double *sum,
                    unsigned *ticket, const struct triangle_part &part, unsigned pitch,
                    unsigned stages, unsigned panels)
{
    const long long total =
        mma_block_sum<mma_in_parts<S>, long long>(data, a, part, pitch, stages, panels);
    finish_sum(total, partials, blockIdx.x, gridDim.x, sum, ticket, threadIdx.x, S::threads,
               INT8_SCALE * INT8_SCALE);
}

#endif

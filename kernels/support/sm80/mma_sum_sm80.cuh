/* mma_sum_sm80.cuh - the fused sum on tensor cores, for sum_aat/mma_*_sm80.cu.
 *
 * Tensor cores truncate when they add, which in a long sum of positive products is a bias. So after
 * 128 k at most the accumulator is flushed. A sum may be cut anywhere along k: what is flushed
 * needs no registers of its own, it is added up on the spot, and C is never whole anywhere. */
#ifndef KERNELS_SUPPORT_MMA_SUM_SM80_CUH
#define KERNELS_SUPPORT_MMA_SUM_SM80_CUH

#include "kernels/support/portable/finish.cuh"
#include "kernels/support/sm80/mma_sm80.cuh"

/* How often the entries of this warp count: those below the diagonal twice, those above not at all.
 * A warp lies within a block of 64×64, which has its symmetric half within itself on the diagonal.
 */
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

/* a: A in S's arithmetic, `pitch` bytes a row. stages: of a row, cut into `panels`. partials: one
 * float64 a block. Any number of blocks of S::threads; S::shared bytes at `data`. */
template <class S>
static __device__ __forceinline__ void mma_sum_aat(mma_row *data, const void *a, double *partials,
                                                   double *sum, unsigned *ticket, unsigned n,
                                                   unsigned pitch, unsigned stages, unsigned panels)
{
    const struct work work = work_of<S>(a, n, pitch, stages, panels);
    struct mma_operands<S> operands[2];
    struct mma_ring ring = mma_begin<S>(data, work, operands[0]);
    float acc[S::down][S::across][4];
    mma_clear<S>(acc);
    double total = 0.0;
    for (unsigned u = blockIdx.x; u < work.tiles * work.panels; u += gridDim.x) {
        const struct unit unit = unit_of<S>(work, u);
        const double weight = mma_weight<S>(unit.tile);
        unsigned unflushed = 0;
#pragma unroll 1
        for (unsigned s = unit.first; s < unit.end; s++) {
            mma_stage<S>(ring, work, operands, acc);
            if (++unflushed == S::flush || s + 1 == unit.end) {
                total = __fma_rn(weight, (double)mma_sum<S>(acc), total);
                mma_clear<S>(acc);
                unflushed = 0;
            }
        }
    }
    copy_async_wait<0>();
    total = block_sum(total, threadIdx.x, S::threads);
    finish_sum(total, partials, blockIdx.x, gridDim.x, sum, ticket, threadIdx.x, S::threads);
}

#endif

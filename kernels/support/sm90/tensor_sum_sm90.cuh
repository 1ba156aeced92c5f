/* tensor_sum_sm90.cuh - the fused sum of support/sm90/tensor_sm90.cuh: tiles of the lower triangle,
 * added in the registers that hold them; entries off the diagonal count twice.
 *
 * The sum of a product may be cut anywhere along k. All tiles are processed panel by panel of k,
 * and a panel fits the L2 cache: A is read from memory once, and many small units of work leave
 * little of the last wave idle. */
#ifndef KERNELS_SUPPORT_TENSOR_SUM_SM90_CUH
#define KERNELS_SUPPORT_TENSOR_SUM_SM90_CUH

#include "kernels/support/portable/finish_at_once.cuh"
#include "kernels/support/sm90/tensor_feed_sm90.cuh"

template <class S>
static __device__ __forceinline__ bool touches_diagonal(const struct tensor_unit &unit,
                                                        const struct tensor_place &at)
{
    const int first = at.row - (int)(threadIdx.x % 128 / 32 * 16 + threadIdx.x % 32 / 4);
    return first < unit.tile.col + S::cols;
}

/* Adds the entries of one unit: groups of 8 in float32, then in float64. */
template <class S> struct tensor_sum {
    const struct tensor_source &source;
    double total;

    __device__ __forceinline__ void operator()(const struct tensor_unit &unit,
                                               const struct tensor_place &at,
                                               float (&v)[S::accumulators])
    {
        const float *scale =
            source.scale + (size_t)group_of(source, unit.panel) * source.scale_stride;
        if (touches_diagonal<S>(unit, at)) /* entries on it count half, those above it not at all */
#pragma unroll
            for (int i = 0; i < S::accumulators; i++) {
                const int r = at.row + i / 2 % 2 * 8, c = at.col + i / 4 * 8 + i % 2;
                v[i] = c < r ? v[i] : c == r ? 0.5f * v[i] : 0.0f;
            }
        double of_row[2] = {0.0, 0.0};
#pragma unroll
        for (int j = 0; j < S::accumulators / 4; j += 4) {
            float group[2] = {0.0f, 0.0f};
#pragma unroll
            for (int i = j; i < j + 4; i++) {
                float2 of_col = make_float2(1.0f, 1.0f);
                if (S::scaled)
                    of_col = *(const float2 *)(scale + at.col + i * 8);
#pragma unroll
                for (int h = 0; h < 2; h++)
                    group[h] = __fmaf_rn(v[4 * i + 2 * h + 1], of_col.y,
                                         __fmaf_rn(v[4 * i + 2 * h], of_col.x, group[h]));
            }
#pragma unroll
            for (int h = 0; h < 2; h++)
                of_row[h] += (double)group[h];
        }
#pragma unroll
        for (int h = 0; h < 2; h++) { /* rows above the matrix are zero and have no scale */
            const int r = at.row + 8 * h;
            const double of = S::scaled && r >= 0 ? (double)scale[r] : 1.0;
            total = __fma_rn(of_row[h], 2.0 * of, total);
        }
    }
};

/* The same for int8, exact. */
template <class S> struct tensor_sum_of_integers {
    const struct tensor_source &source;
    long long total;

    __device__ __forceinline__ void operator()(const struct tensor_unit &unit,
                                               const struct tensor_place &at,
                                               int (&v)[S::accumulators])
    {
        long long below = 0, on_diagonal = 0;
        if (touches_diagonal<S>(unit, at)) {
#pragma unroll
            for (int i = 0; i < S::accumulators; i++) {
                const int r = at.row + i / 2 % 2 * 8, c = at.col + i / 4 * 8 + i % 2;
                below += c < r ? v[i] : 0;
                on_diagonal += c == r ? v[i] : 0;
            }
        } else {
#pragma unroll
            for (int i = 0; i < S::accumulators; i++)
                below += v[i];
        }
        total += 2 * below + on_diagonal;
    }
};

/* Adds the units' entries with `use`. P are the pieces that the kernel makes of A, or PIECES_NONE.
 */
template <class S, enum pieces P, class Use>
static __device__ __forceinline__ void
tensor_sum_units(const struct tensor_work &work, const struct tensor_source &source, Use &use)
{
    DYNAMIC_SHARED(__align__(1024) unsigned char, data);
    __shared__ __align__(8) unsigned long long barriers[S::barriers];
    __shared__ unsigned at_panel;
    if constexpr (P == PIECES_NONE) {
        struct tensor_planes_ahead feed;
        tensor_run<S, true>(work, data, barriers, feed, use);
    } else {
        struct tensor_feed<S, P> feed = {work, source, &at_panel, 0};
        tensor_run<S, true>(work, data, barriers, feed, use);
    }
}

template <enum pieces P>
static __device__ __forceinline__ void reset_panels(const struct tensor_work &work,
                                                    const struct tensor_source &source)
{
    if (P != PIECES_NONE)
        for (unsigned panel = 0; panel < work.panels; panel++)
            source.ready[panel] = 0; /* for the next launch; all waits are over */
}

/* The body of a kernel.
 * - factor: the inverse of the factor by which the products are too large.
 * - bound, word: finish_at_once().
 * - Grid: clusters of two blocks of 384 threads, all running at the same time. */
template <class S, enum pieces P>
static __device__ __forceinline__ void
tensor_sum_kernel(const struct tensor_work &work, const struct tensor_source &source, double factor,
                  int bound, double *sum, unsigned long long *word)
{
    struct tensor_sum<S> use = {source, 0.0};
    tensor_sum_units<S, P>(work, source, use);
    double total = block_sum(use.total * factor, threadIdx.x, TENSOR_THREADS);
    if (threadIdx.x != 0)
        return;
    if (source.goes_on && blockIdx.x == 0)
        total += *sum; /* the last block replaces *sum after this block's addition */
    if (finish_at_once(total, bound, gridDim.x, sum, word))
        reset_panels<P>(work, source);
}

/* The same for int8: the sum of all entries is an integer, which is divided once. */
template <class S, enum pieces P>
static __device__ __forceinline__ void
tensor_sum_kernel_of_integers(const struct tensor_work &work, const struct tensor_source &source,
                              double *sum, unsigned *ticket)
{
    struct tensor_sum_of_integers<S> use = {source, 0};
    tensor_sum_units<S, P>(work, source, use);
    const double before = source.goes_on ? *sum : 0.0; /* the last block replaces it */
    const long long total = block_sum(use.total, threadIdx.x, TENSOR_THREADS);
    if (!finish_sum(total, (long long *)source.partials, blockIdx.x, gridDim.x, sum, ticket,
                    threadIdx.x, TENSOR_THREADS, INT8_SCALE * INT8_SCALE))
        return;
    if (threadIdx.x == 0) {
        *sum += before;
        reset_panels<P>(work, source);
    }
}

#endif

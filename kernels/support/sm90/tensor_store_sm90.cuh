/* tensor_store_sm90.cuh - stores C from support/sm90/tensor_sm90.cuh: all of it once, or the lower
 * triangle twice.
 *
 * C is stored directly from registers. Neighbouring lanes hold neighbouring columns of 8 rows, and
 * in the other direction neighbouring rows of 4 columns, so a tile and its mirror image are both
 * written in whole sectors of 32 bytes. */
#ifndef KERNELS_SUPPORT_TENSOR_STORE_SM90_CUH
#define KERNELS_SUPPORT_TENSOR_STORE_SM90_CUH

#include "kernels/support/sm90/tensor_sm90.cuh"

/* C: kernels/job/job.h. MIRROR: the tiles are those of the lower triangle, and each is stored
 * twice. */
template <class S, bool MIRROR> struct tensor_store {
    float *C;
    unsigned n, pitch;
    const float *scale;
    float factor;

    __device__ __forceinline__ void operator()(const struct tensor_unit &,
                                               const struct tensor_place &at,
                                               float (&v)[S::accumulators])
    {
        float of_row[2] = {factor, factor};
        if (S::scaled)
#pragma unroll
            for (int h = 0; h < 2; h++)
                if (at.row + 8 * h >= 0)
                    of_row[h] = factor * scale[at.row + 8 * h];
#pragma unroll
        for (int j = 0; j < S::accumulators / 4; j++) {
            const int c = at.col + 8 * j;
            float2 of_col = make_float2(1.0f, 1.0f);
            if (S::scaled)
                of_col = *(const float2 *)(scale + c);
#pragma unroll
            for (int h = 0; h < 2; h++) {
                const int r = at.row + 8 * h;
                const float x = v[4 * j + 2 * h] * of_row[h] * of_col.x,
                            y = v[4 * j + 2 * h + 1] * of_row[h] * of_col.y;
                if (!MIRROR) {
                    /* c and pitch are even, and the second of a pair at the edge is a zero in the
                     * padding */
                    if (r >= 0 && c < (int)n)
                        *(float2 *)(C + (size_t)r * pitch + c) = make_float2(x, y);
                    continue;
                }
                if (r >= 0 && c <= r) {
                    C[(size_t)r * pitch + c] = x;
                    C[(size_t)c * pitch + r] = x;
                }
                if (r >= 0 && c + 1 <= r) {
                    C[(size_t)r * pitch + c + 1] = y;
                    C[(size_t)(c + 1) * pitch + r] = y;
                }
            }
        }
    }
};

/* The body of a kernel: the counterpart of tensor_sum_kernel() that stores C. */
template <class S, bool MIRROR>
static __device__ __forceinline__ void tensor_store_kernel(const struct tensor_work &work,
                                                           float factor, float *C, unsigned pitch)
{
    DYNAMIC_SHARED(__align__(1024) unsigned char, data);
    __shared__ __align__(8) unsigned long long barriers[S::barriers];
    struct tensor_store<S, MIRROR> use = {
        C, work.n, pitch, work.scale, factor
    };
    struct tensor_planes_ahead feed;
    tensor_run<S, MIRROR>(work, data, barriers, feed, use);
}

#endif

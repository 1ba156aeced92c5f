/* tensor_store_sm90.cuh - stores C from support/sm90/tensor_sm90.cuh: all of it once, or the lower
 * triangle twice.
 *
 * C is stored directly from registers. Neighbouring lanes hold neighbouring columns of 8 rows, and
 * in the other direction neighbouring rows of 4 columns, so a tile and its mirror image are both
 * written in whole sectors of 32 bytes. A tile inside the matrix that is stored once is written 16
 * bytes at a time, after neighbouring lanes have exchanged halves. */
#ifndef KERNELS_SUPPORT_TENSOR_STORE_SM90_CUH
#define KERNELS_SUPPORT_TENSOR_STORE_SM90_CUH

#include "kernels/support/sm90/tensor_sm90.cuh"

/* Four neighbouring entries of a read-only array, 16-byte aligned. Unlike an ordinary load it may
 * move ahead of the stores to C, so that a tile waits for its scales once. */
static __device__ __forceinline__ float4 load_constant(const float *p)
{
    float4 v;
    asm("ld.global.nc.v4.f32 {%0, %1, %2, %3}, [%4];"
        : "=f"(v.x), "=f"(v.y), "=f"(v.z), "=f"(v.w)
        : "l"(p));
    return v;
}

/* - C: kernels/job/job.h.
 * - MIRROR: the tiles are those of the lower triangle, and each is stored twice. Otherwise only
 *   those that begin left of the matrix are (tiling/tile_list.h). */
template <class S, bool MIRROR> struct tensor_store {
    float *C;
    unsigned n, pitch;
    const float *scale;
    float factor;

    __device__ __forceinline__ void operator()(const struct tensor_unit &unit,
                                               const struct tensor_place &at,
                                               typename S::accumulator (&v)[S::accumulators])
    {
        float of_row[2] = {factor, factor};
        if (S::scaled)
#pragma unroll
            for (int h = 0; h < 2; h++)
                if (at.row + 8 * h >= 0)
                    of_row[h] = factor * scale[at.row + 8 * h];
        const struct tensor_tile tile = unit.tile;
        if (!MIRROR && tile.row >= 0 && tile.col >= 0 && tile.col + S::cols <= (int)n)
            store_whole(at, of_row, v);
        else
            store_pairs(at, of_row, v, tile.col < 0);
    }

    /* Of two neighbouring lanes, the even one stores the four columns that both hold in one group
     * of 8 columns, the odd one those in the next group. */
    __device__ __forceinline__ void store_whole(const struct tensor_place &at,
                                                const float (&of_row)[2],
                                                typename S::accumulator (&v)[S::accumulators])
    {
        const bool odd = threadIdx.x % 2;
        const int col = at.col + (odd ? 6 : 0);
        float *to = C + (size_t)at.row * pitch + col;
#pragma unroll
        for (int j = 0; j < S::accumulators / 4; j += 2) {
            float4 of_col = make_float4(1.0f, 1.0f, 1.0f, 1.0f);
            if (S::scaled)
                of_col = load_constant(scale + col + 8 * j);
#pragma unroll
            for (int h = 0; h < 2; h++) {
                float a = (float)v[4 * j + 2 * h], b = (float)v[4 * j + 2 * h + 1],
                      c = (float)v[4 * j + 4 + 2 * h], d = (float)v[4 * j + 5 + 2 * h];
                const float x = __shfl_xor_sync(0xffffffffu, odd ? a : c, 1),
                            y = __shfl_xor_sync(0xffffffffu, odd ? b : d, 1);
                if (odd)
                    a = x, b = y;
                else
                    c = x, d = y;
                *(float4 *)(to + 8 * h * pitch + 8 * j) =
                    make_float4(a * of_row[h] * of_col.x, b * of_row[h] * of_col.y,
                                c * of_row[h] * of_col.z, d * of_row[h] * of_col.w);
            }
        }
    }

    /* Any tile; if `twice`, with its mirror image, always so if MIRROR. */
    __device__ __forceinline__ void store_pairs(const struct tensor_place &at,
                                                const float (&of_row)[2],
                                                typename S::accumulator (&v)[S::accumulators],
                                                bool twice)
    {
#pragma unroll
        for (int j = 0; j < S::accumulators / 4; j++) {
            const int c = at.col + 8 * j;
            if (!MIRROR && (c < 0 || c >= (int)n))
                continue;
            float2 of_col = make_float2(1.0f, 1.0f);
            if (S::scaled)
                of_col = *(const float2 *)(scale + c);
#pragma unroll
            for (int h = 0; h < 2; h++) {
                const int r = at.row + 8 * h;
                const float x = (float)v[4 * j + 2 * h] * of_row[h] * of_col.x,
                            y = (float)v[4 * j + 2 * h + 1] * of_row[h] * of_col.y;
                if (!MIRROR && r >= 0) {
                    /* c and pitch are even, and the second of a pair at the edge is a zero in the
                     * padding */
                    *(float2 *)(C + (size_t)r * pitch + c) = make_float2(x, y);
                    if (twice) {
                        C[(size_t)c * pitch + r] = x;
                        C[(size_t)(c + 1) * pitch + r] = y;
                    }
                }
                if (MIRROR && r >= 0 && c <= r) {
                    C[(size_t)r * pitch + c] = x;
                    C[(size_t)c * pitch + r] = x;
                }
                if (MIRROR && r >= 0 && c + 1 <= r) {
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

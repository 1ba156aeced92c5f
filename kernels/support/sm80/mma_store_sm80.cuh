/* mma_store_sm80.cuh - computes and stores C on tensor cores, for matmul/sm80/mma_*_sm80.cu.
 *
 * As in mma_sum_sm80.cuh the accumulator is flushed every 128 k, here into registers. Therefore a
 * warp computes 64×32 entries and not 64×64. The four lanes that hold eight neighbours in a row
 * fill a 32-byte sector of memory, and so do the eight lanes that hold eight neighbours in a
 * column, so the mirrored tile is stored directly from registers too. */
#ifndef KERNELS_SUPPORT_MMA_STORE_SM80_CUH
#define KERNELS_SUPPORT_MMA_STORE_SM80_CUH

#include "kernels/support/eight_bits.cuh"
#include "kernels/support/sm80/mma_sm80.cuh"

/* An entry of C from its accumulator. */
static __device__ __forceinline__ float mma_entry(float sum)
{
    return sum;
}
static __device__ __forceinline__ float mma_entry(int sum)
{
    return entry_of_c(sum);
}

/* Stores x and y to C[row][col … col + 1], where inside n×n. col and the pitch are even. */
static __device__ __forceinline__ void mma_store2(float *C, unsigned n, unsigned pitch,
                                                  unsigned row, unsigned col, float x, float y)
{
    float *to = C + (size_t)row * pitch + col;
    if (row >= n || col >= n)
        return;
    if (col + 1 < n)
        *(float2 *)to = make_float2(x, y);
    else
        *to = x;
}

template <class S>
static __device__ __forceinline__ void
mma_store(float *C, unsigned n, unsigned pitch, struct tile tile,
          const typename S::accumulator c[S::down][S::across][4])
{
    const struct mma_place at = mma_place<S>();
    const unsigned row = tile.row * S::rows + at.row, col = tile.col * S::cols + at.col;
#pragma unroll
    for (unsigned i = 0; i < S::down; i++)
#pragma unroll
        for (unsigned j = 0; j < S::across; j++) {
            mma_store2(C, n, pitch, row + 16 * i, col + 8 * j, mma_entry(c[i][j][0]),
                       mma_entry(c[i][j][1]));
            mma_store2(C, n, pitch, row + 16 * i + 8, col + 8 * j, mma_entry(c[i][j][2]),
                       mma_entry(c[i][j][3]));
        }
}

/* Stores the same entries mirrored at the diagonal. */
template <class S>
static __device__ __forceinline__ void
mma_store_mirror(float *C, unsigned n, unsigned pitch, struct tile tile,
                 const typename S::accumulator c[S::down][S::across][4])
{
    const struct mma_place at = mma_place<S>();
    const unsigned row = tile.row * S::rows + at.row, col = tile.col * S::cols + at.col;
#pragma unroll
    for (unsigned j = 0; j < S::across; j++)
#pragma unroll
        for (unsigned i = 0; i < S::down; i++)
#pragma unroll
            for (unsigned e = 0; e < 4; e++) {
                const unsigned r = col + 8 * j + e % 2, to = row + 16 * i + e / 2 * 8;
                if (r < n && to < n)
                    C[(size_t)r * pitch + to] = mma_entry(c[i][j][e]);
            }
}

/* The kernel body.
 * - a: A in S's arithmetic, `a_pitch` bytes a row, `stages` stages of 128 bytes each.
 * - C: kernels/job/job.h.
 * - Any number of blocks of S::threads; S::shared bytes at `data`. */
template <class S>
static __device__ __forceinline__ void mma_matmul(mma_row *data, const void *a, float *C,
                                                  unsigned n, unsigned pitch, unsigned a_pitch,
                                                  unsigned stages)
{
    const struct work work = work_of<S>(a, n, a_pitch, stages, 1);
    struct mma_operands<S> operands[2];
    struct mma_ring ring = mma_begin<S>(data, work, operands[0]);
    typename S::accumulator acc[S::down][S::across][4], c[S::down][S::across][4];
    mma_clear<S>(acc);
    for (unsigned u = blockIdx.x; u < work.tiles; u += gridDim.x) {
        mma_clear<S>(c);
        unsigned unflushed = 0;
#pragma unroll 1
        for (unsigned s = 0; s < stages; s++) {
            mma_stage<S>(ring, work, operands, S::is_exact ? c : acc);
            if (!S::is_exact && (++unflushed == S::flush || s + 1 == stages)) {
#pragma unroll
                for (unsigned i = 0; i < S::down; i++)
#pragma unroll
                    for (unsigned j = 0; j < S::across; j++)
#pragma unroll
                        for (unsigned e = 0; e < 4; e++)
                            c[i][j][e] += acc[i][j][e];
                mma_clear<S>(acc);
                unflushed = 0;
            }
        }
        const struct tile tile = unit_of<S>(work, u).tile;
        mma_store<S>(C, n, pitch, tile, c);
        if (S::triangle && tile.row != tile.col)
            mma_store_mirror<S>(C, n, pitch, tile, c);
    }
    copy_async_wait<0>();
}

#endif

/* split_sm90.cu - splits A into pieces (support/sm90/split.cuh), whole rows at a time and before
 * the product begins. It serves the kernels that store C, because each of their tiles needs all of
 * k.
 *
 * It is bound by memory: per entry, 4 bytes are read and 1 to 8 written. The first HELD·2048
 * entries of a row stay in registers between their two uses, for the scale and for the pieces. */
#include "kernels/support/sm90/hopper.cuh"
#include "kernels/support/sm90/split.cuh"

enum { THREADS = 256, HELD = 5, STEP = THREADS * 8 };

/* Returns the largest `most` of the block's threads to each of them. */
static __device__ __forceinline__ unsigned largest_of_block(unsigned most)
{
    __shared__ unsigned of_warp[THREADS / 32];
    const unsigned of_lanes = largest_of_warp(most);
    if (threadIdx.x % 32 == 0)
        of_warp[threadIdx.x / 32] = of_lanes;
    __syncthreads(); /* every warp has written its largest */
    most = 0;
#pragma unroll
    for (unsigned w = 0; w < THREADS / 32; w++)
        most = most > of_warp[w] ? most : of_warp[w];
    return most;
}

/* Splits row blockIdx.x. */
template <enum pieces P>
static __device__ __forceinline__ void split_row(const float *A, unsigned char *hi,
                                                 unsigned char *lo, float *scale, unsigned n,
                                                 unsigned pitch)
{
    let_next_kernel_start();
    const unsigned r = blockIdx.x, k0 = threadIdx.x * 8;
    const unsigned end = (n + pieces_of<P>::chunk - 1) / pieces_of<P>::chunk * pieces_of<P>::chunk;
    const float *row = A + (size_t)r * pitch;
    struct eight held[HELD];
#pragma unroll
    for (unsigned h = 0; h < HELD; h++)
        held[h] = eight_of(row, k0 + h * STEP, pitch);
    float up = 1.0f;
    if (pieces_of<P>::scaled) {
        unsigned most = 0;
#pragma unroll
        for (unsigned h = 0; h < HELD; h++)
            most = larger(most, held[h]);
        for (unsigned k = k0 + HELD * STEP; k < pitch; k += STEP)
            most = larger(most, eight_of(row, k, pitch));
        const struct scaling s = scaling_of(largest_of_block(most));
        up = s.up;
        if (threadIdx.x == 0)
            scale[r] = s.down;
    }
#pragma unroll
    for (unsigned h = 0; h < HELD; h++)
        if (k0 + h * STEP < end)
            store_pieces<P>(held[h], up, hi, lo, k0 + h * STEP, r, n);
    for (unsigned k = k0 + HELD * STEP; k < end; k += STEP)
        store_pieces<P>(eight_of(row, k, pitch), up, hi, lo, k, r, n);
}

/* - A: kernels/job/job.h.
 * - hi, lo: the planes; lo is unused where there is one plane.
 * - scale: n floats, for f16.
 * - Grid: one block of 256 threads per row. */
#define SPLIT(name, pieces)                                                                        \
    extern "C" __global__ void __launch_bounds__(THREADS)                                          \
        name(const float *__restrict__ A, unsigned char *hi, unsigned char *lo, float *scale,      \
             unsigned n, unsigned pitch)                                                           \
    {                                                                                              \
        split_row<pieces>(A, hi, lo, scale, n, pitch);                                             \
    }
SPLIT(split_f16_hi, PIECES_F16_HI)
SPLIT(split_f16_hi_q, PIECES_F16_HI_Q)
SPLIT(split_f16_hi_lo, PIECES_F16_HI_LO)
SPLIT(split_bf16, PIECES_BF16)
SPLIT(split_tf32_hi_lo, PIECES_TF32_HI_LO)
SPLIT(split_e4m3, PIECES_E4M3)
SPLIT(split_int8, PIECES_INT8)

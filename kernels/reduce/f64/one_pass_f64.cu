/* one_pass_f64.cu - the sum of a float64 array in one launch, at memory speed, the same bits every
 * run: reduce/portable/one_pass.cu in the other type.
 *
 * Eight 16-byte loads a thread are in flight at once. Each thread adds its numbers as a tree of 16
 * and then one tree after the other; the blocks' partials are added in a fixed order
 * (support/portable/finish.cuh). Hot: what `auto` takes. */
#include "kernels/support/f64/double.cuh"
#include "kernels/support/portable/finish.cuh"

enum { THREADS = 256, LOADS = 8, CHUNK = THREADS * LOADS };

static __device__ __forceinline__ double add_up(const double2 v[LOADS])
{
    double part[LOADS];
#pragma unroll
    for (unsigned i = 0; i < LOADS; i++)
        part[i] = v[i].x + v[i].y;
#pragma unroll
    for (unsigned half = LOADS / 2; half > 0; half /= 2)
#pragma unroll
        for (unsigned i = 0; i < half; i++)
            part[i] += part[i + half];
    return part[0];
}

/* - x: count float64, 16-byte aligned.
 * - partials: one float64 a block.
 * - Grid: as many blocks as fit at once (SMs × 4), all of 256 threads. In each full round every
 *   block adds one chunk of 32 KiB, chunks in the order of blocks; what is left after the last full
 *   round is dealt out to all threads of the grid alike. The result depends on the grid but on
 *   nothing else. 260 bytes of shared memory. */
extern "C" __global__ void __launch_bounds__(THREADS, 4)
    reduce_one_pass_f64(const double *__restrict__ x, size_t count, double *partials, double *sum,
                        unsigned *ticket)
{
    const double2 *pairs = (const double2 *)x;
    const size_t pair_count = count / 2, round = (size_t)gridDim.x * CHUNK;
    const size_t rounds = pair_count / round;
    const double2 *from = pairs + (size_t)blockIdx.x * CHUNK + threadIdx.x;
    double2 v[LOADS];
    double total = 0.0;
    for (size_t r = 0; r < rounds; r++, from += round) {
#pragma unroll
        for (unsigned i = 0; i < LOADS; i++)
            v[i] = from[i * THREADS];
        total += add_up(v);
    }
    const size_t thread = (size_t)blockIdx.x * THREADS + threadIdx.x;
#pragma unroll
    for (unsigned i = 0; i < LOADS; i++) {
        const size_t p = rounds * round + i * (round / LOADS) + thread;
        v[i] = p < pair_count ? pairs[p] : make_double2(0.0, 0.0);
    }
    total += add_up(v);
    if (thread < count % 2) /* an odd last one */
        total += x[count - 1];
    total = block_sum(total, threadIdx.x, THREADS);
    finish_sum(total, partials, blockIdx.x, gridDim.x, sum, ticket, threadIdx.x, THREADS);
}

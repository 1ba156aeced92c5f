/* finish_at_once.cuh - one number per block to one number per grid in a single atomic addition.
 *
 * finish_sum() stores a partial, fences, draws a ticket, and the last block reads all partials
 * back: three round trips to the L2 cache, some 2 µs, of a launch that may need no more itself.
 * Here one 64-bit addition carries both: bits 0-11 count the blocks, bits 12-63 hold the sum as a
 * fixed-point number. Integer sums do not depend on their order, so the result has the same bits in
 * every run.
 */
#ifndef KERNELS_SUPPORT_FINISH_AT_ONCE_CUH
#define KERNELS_SUPPORT_FINISH_AT_ONCE_CUH

#include "kernels/support/portable/finish.cuh"

static __device__ __forceinline__ double power_of_two(int exponent)
{
    return __longlong_as_double((long long)(exponent + 1023) << 52);
}

/* - x: this block's partial; one thread of each block calls.
 * - bound: no sum of partials exceeds 2^bound in magnitude.
 * - blocks: at most 4095.
 * - *word is 0 before the first launch; the last block writes *sum, sets *word back to 0 and
 *   returns true.
 * - Error: at most 2^(bound - 50) per block. NaN, or a partial beyond the bound, adds 2^bound, so
 *   the sum is visibly wrong. */
static __device__ __forceinline__ bool finish_at_once(double x, int bound, unsigned blocks,
                                                      double *sum, unsigned long long *word)
{
    const double scaled = x * power_of_two(50 - bound), most = power_of_two(50);
    const long long fixed = scaled <= most && scaled >= -most ? (long long)scaled : 1ll << 50;
    const unsigned long long mine = (unsigned long long)fixed << 12 | 1ull;
    const unsigned long long total = atomicAdd(word, mine) + mine;
    if ((total & 4095) != blocks)
        return false;
    *sum = (double)((long long)total >> 12) * power_of_two(bound - 50);
    *word = 0;
    return true;
}

#endif

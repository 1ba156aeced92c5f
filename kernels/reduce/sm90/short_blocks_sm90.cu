/* short_blocks_sm90.cu - the sum in blocks of 64 KiB, of which there are 16384 at N = 16384
 * (support/sm90/short_blocks.cuh). Hot: the choice of `auto` on Hopper for large N.
 *
 * Measured: 276.8 µs, 0.88 × cub, 81 % of peak, 0.86 × bulk-sm90;
 * NVIDIA H200, N = 16384, results/reference/h200-reduce-16384.json. */
#include "kernels/support/sm90/short_blocks.cuh"

extern "C" __global__ void __launch_bounds__(512)
    reduce_short_blocks_sm90(const float *__restrict__ x, size_t count, double *partials,
                             double *sum, unsigned *ticket)
{
    sum_in_short_blocks<512, 8>(x, count, partials, sum, ticket);
}

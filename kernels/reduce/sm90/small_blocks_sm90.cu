/* small_blocks_sm90.cu - the sum in blocks of 16 KiB (support/sm90/short_blocks.cuh). Even a small
 * input then gives every SM some blocks, and each block has little to wait for. Hot: the choice of
 * `auto` on Hopper for small N. */
#include "kernels/support/sm90/short_blocks.cuh"

extern "C" __global__ void __launch_bounds__(256)
    reduce_small_blocks_sm90(const float *__restrict__ x, size_t count, double *partials,
                             double *sum, unsigned *ticket)
{
    sum_in_short_blocks<256, 4>(x, count, partials, sum, ticket);
}

/* small_blocks_sm90.cu - the sum in blocks of 16 KiB: of what is small, every multiprocessor gets
 * some, and each has little to wait for. Hot: what `auto` takes on Hopper for small N. */
#include "kernels/support/sm90/short_blocks.cuh"

extern "C" __global__ void __launch_bounds__(256)
    reduce_small_blocks_sm90(const float *__restrict__ x, size_t count, double *partials,
                             double *sum, unsigned *ticket)
{
    sum_in_short_blocks<256, 4>(x, count, partials, sum, ticket);
}

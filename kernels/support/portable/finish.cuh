/* finish.cuh - from one number a thread to one number a grid, the same bits every run.
 *
 * Each block leaves its float64 partial in its own slot and draws a ticket; whoever draws the
 * last one knows that all slots are written and adds them in the order of the slots. No second
 * launch, and no atomic add whose order could change the sum.
 * Source: CUDA samples, threadFenceReduction. */
#ifndef KERNELS_SUPPORT_FINISH_CUH
#define KERNELS_SUPPORT_FINISH_CUH

#include "kernels/support/portable.cuh"

/* The sum of x over the block's threads, returned to thread 0 only. The block is one- or
 * two-dimensional and a multiple of 32 threads; all of them call. `thread` counts them from 0.
 * 256 bytes of shared memory. */
static __device__ double block_sum(double x, unsigned thread, unsigned threads)
{
    __shared__ double warp_sum[32];
#pragma unroll
    for (int lanes = 16; lanes > 0; lanes /= 2)
        x += __shfl_xor_sync(0xffffffffu, x, lanes);
    __syncthreads(); /* an earlier call may still be reading warp_sum */
    if (thread % 32 == 0)
        warp_sum[thread / 32] = x;
    __syncthreads(); /* the first warp reads what every warp wrote */
    if (thread < 32) {
        x = thread < threads / 32 ? warp_sum[thread] : 0.0;
#pragma unroll
        for (int lanes = 16; lanes > 0; lanes /= 2)
            x += __shfl_xor_sync(0xffffffffu, x, lanes);
    }
    return x;
}

/* x: this block's partial, in thread 0. slot: its place among the slots of partials. The block
 * that draws ticket slots - 1, over however many launches, writes the total to *sum and sets
 * *ticket back to 0, as it must be before the first. All threads of the block call, and leave
 * together: with true in that last block. */
static __device__ bool finish_sum(double x, double *partials, unsigned slot, unsigned slots,
                                  double *sum, unsigned *ticket, unsigned thread, unsigned threads)
{
    __shared__ unsigned drawn;
    if (thread == 0) {
        partials[slot] = x;
        __threadfence(); /* the partial is visible before the ticket that announces it */
        drawn = atomicAdd(ticket, 1u);
    }
    __syncthreads(); /* all threads learn what thread 0 drew */
    if (drawn != slots - 1)
        return false;
    __threadfence(); /* and no partial is read before the ticket was drawn */
    const volatile double *all = partials;
    double total = 0.0;
    for (size_t s = thread; s < slots; s += threads)
        total += all[s];
    total = block_sum(total, thread, threads);
    if (thread == 0) {
        *sum = total;
        *ticket = 0;
    }
    return true;
}

#endif

/* finish.cuh - adds one number per thread to one sum per grid, with the same bits in every run.
 *
 * Each block writes its float64 partial to its own slot and takes a ticket. The block that takes
 * the last ticket knows that all slots are written and adds them in slot order. This needs no
 * second launch, and no atomic float add whose order could change the sum. Source: CUDA samples,
 * threadFenceReduction. */
#ifndef KERNELS_SUPPORT_FINISH_CUH
#define KERNELS_SUPPORT_FINISH_CUH

#include "kernels/support/portable.cuh"

/* Returns the sum of x, a double or a long long, over the block's threads, to thread 0 only. All
 * threads of the block call it; the block is one- or two-dimensional and a multiple of 32 threads.
 * `thread` is the thread's index from 0. 256 bytes of shared memory. */
template <class T> static __device__ inline T block_sum(T x, unsigned thread, unsigned threads)
{
    __shared__ T warp_sum[32];
#pragma unroll
    for (int lanes = 16; lanes > 0; lanes /= 2)
        x += __shfl_xor_sync(0xffffffffu, x, lanes);
    __syncthreads(); /* an earlier call may still be reading warp_sum */
    if (thread % 32 == 0)
        warp_sum[thread / 32] = x;
    __syncthreads(); /* the first warp reads what every warp wrote */
    if (thread < 32) {
        x = thread < threads / 32 ? warp_sum[thread] : T(0);
#pragma unroll
        for (int lanes = 16; lanes > 0; lanes /= 2)
            x += __shfl_xor_sync(0xffffffffu, x, lanes);
    }
    return x;
}

/* - x: this block's partial, in thread 0.
 * - slot: its index among `slots` partials.
 * - The block that takes ticket slots - 1, counted over any number of launches, writes the total to
 *   *sum and resets *ticket to 0, its value before the first launch.
 * - All threads of the block call it; it returns true in the last block only.
 * - divisor: what the total is divided by, once. */
template <class T>
static __device__ inline bool finish_sum(T x, T *partials, unsigned slot, unsigned slots,
                                         double *sum, unsigned *ticket, unsigned thread,
                                         unsigned threads, double divisor = 1.0)
{
    __shared__ unsigned drawn;
    if (thread == 0) {
        partials[slot] = x;
        __threadfence(); /* the partial is visible before the ticket that announces it */
        drawn = atomicAdd(ticket, 1u);
    }
    __syncthreads(); /* all threads read what thread 0 drew */
    if (drawn != slots - 1)
        return false;
    __threadfence(); /* no partial is read before the last ticket is taken */
    const volatile T *all = partials;
    T total = 0;
    for (size_t s = thread; s < slots; s += threads)
        total += all[s];
    total = block_sum(total, thread, threads);
    if (thread == 0) {
        *sum = (double)total / divisor;
        *ticket = 0;
    }
    return true;
}

#endif

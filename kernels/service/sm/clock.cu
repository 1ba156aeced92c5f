/* clock.cu - reads the clock of each SM together with the device's timer. Readings before and after
 * some work give the clock rate during that work, independently of what the driver reports. */
#include "kernels/service/sm/clock.cuh"

/* - out: one entry per block.
 * - Any grid of blocks of one warp, whose first thread writes; a few blocks per SM make it likely
 *   that every SM gets one. Clock and timer are read one after the other, so they differ by some
 *   tens of cycles at most.
 * - hold: cycles to wait before reading. */
extern "C" __global__ void read_clocks(struct sm_moment *out, unsigned hold)
{
    if (threadIdx.x != 0)
        return;
    const unsigned long long begin = sm_cycles();
    while (sm_cycles() - begin < hold)
        ;
    struct sm_moment now;
    now.timer_ns = global_timer_ns();
    now.cycles = sm_cycles();
    now.sm = sm_number();
    now.unused = 0;
    out[blockIdx.x] = now;
}

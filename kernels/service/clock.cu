/* clock.cu - what each multiprocessor's clock says at a moment of the device's own timer: read
 * before and after work, the two make the clock that the work ran at, whatever the driver reports.
 */
#include "kernels/service/clock.cuh"

/* out: one entry a block. Any grid of blocks of one warp, whose first thread writes; with a few
 * blocks a multiprocessor each of them is likely to get one. Clock and timer are read one after the
 * other, so they are of the same moment up to some tens of cycles. hold: cycles to let pass before.
 */
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

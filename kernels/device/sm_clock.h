/* sm_clock.h - the clock that multiprocessors run at while a sample is taken, measured on them.
 *
 * NVML reports the clock that was requested, about every 20 ms; this measures the real one. A
 * kernel of one warp per block reads each multiprocessor's cycle counter and the device's timer,
 * once before the work and once after (service/sm/clock.cu). Both lie outside the sample's events.
 */
#ifndef KERNELS_SM_CLOCK_H
#define KERNELS_SM_CLOCK_H

#include "kernels/device/device.h"
#include "kernels/interface/sm_moment.h"

struct sm_clock;

/* NULL if the kernel or device memory is not available. The functions below accept NULL: the clock
 * is unknown. */
struct sm_clock *sm_clock_new(struct device *d);
void sm_clock_free(struct sm_clock *c);

/* Puts a reading on the device's stream: before the work, after it. */
void sm_clock_before(struct sm_clock *c);
void sm_clock_after(struct sm_clock *c);

/* The median clock between the last two readings, after waiting for them; 0 if it is unknown. */
double sm_clock_mhz(struct sm_clock *c);

/* The same of two readings of `count` blocks each, which need not be of the same multiprocessors in
 * the same order. The timer moves in steps of up to a microsecond, so less than 20 µs do not count.
 */
double sm_clock_between(const struct sm_moment *before, const struct sm_moment *after,
                        size_t count);

#endif

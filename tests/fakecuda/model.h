/* model.h - how long launches would take on the device of the profile: a clock for events, and a
 * display's time limit.
 *
 *   FAKECUDA_CLOCK=model      events tell the model's time instead of the host's
 *   FAKECUDA_SLOW=1000        the device is so many times slower
 *   FAKECUDA_WATCHDOG=hidden  a device with a time limit does not say so
 *   FAKECUDA_LOG=FILE         a line a launch: kernel, blocks, seconds */
#ifndef FAKECUDA_MODEL_H
#define FAKECUDA_MODEL_H

#include <stdbool.h>

/* The time of a launch in seconds: multiply-adds at a share of the peak that suits the kernel, the
 * fill at the memory's speed, everything else 10 µs. */
double model_seconds(const char *kernel, unsigned blocks, void *const *parameters);

/* Adds a launch to the model's time. Returns false if the device's time limit ends it. */
bool model_launch(const char *kernel, unsigned blocks, double seconds);

/* The current time in seconds, by the clock that FAKECUDA_CLOCK selects. */
double model_clock(void);

/* Whether the device reports that it limits the run time of kernels. */
bool model_tells_of_limit(void);

#endif

/* open.h - finds, loads and starts the CUDA driver. */
#ifndef KERNELS_DRIVER_OPEN_H
#define KERNELS_DRIVER_OPEN_H

#include "kernels/driver/driver.h"

/* Loads the driver and initialises it. Returns STATUS_NO_DEVICE with cause and next step if
 * there is no driver, if it is the toolkit's stub, or if it has no device. */
enum status driver_open(struct driver *cu, struct failure *why);

/* How many devices there are; STATUS_FAILED for a number that cannot be. */
enum { DRIVER_DEVICES_MAX = 256 };
enum status driver_count(const struct driver *cu, int *count, struct failure *why);

#endif

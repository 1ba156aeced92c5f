/* noting_driver.h - an H100 whose driver only notes the calls that it gets. */
#ifndef TESTS_NOTING_DRIVER_H
#define TESTS_NOTING_DRIVER_H

#include "kernels/device/device.h"

#include <stdio.h>

/* Where the notes go. */
extern FILE *notes;

/* An open device. */
struct device noting_h100(void);

/* The calls so far. The one with the number noting_fails_at, from 1 on, fails as an invalid value,
 * and noting_failed is its name. */
extern unsigned noting_calls, noting_fails_at;
extern const char *noting_failed;

/* From now on, memory begins at the same address as ever. */
void noting_begin(void);

#endif

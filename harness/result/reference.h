/* reference.h - what a contestant is quoted against: the vendor's plain way to do the same. */
#ifndef HARNESS_REFERENCE_H
#define HARNESS_REFERENCE_H

#include "harness/result/result.h"

/* The arithmetic whose library stands for rows of this one: the same, but f32 for the emulations of
 * f32, which are there to take its place. */
enum arithmetic reference_arithmetic(enum arithmetic arithmetic);

/* The measured contestant that rows in this arithmetic are quoted against, or NULL. Of several the
 * first in the backend's table: cublas-sgemm or cublas-gemm, for reduce cub, on the cpu
 * openblas-sgemm. */
const struct contestant *reference_for(const struct result *r, enum arithmetic arithmetic);

/* How many times as fast as its reference a measured contestant is, by the medians of the device's
 * times. NAN if there is no reference. */
double reference_speedup(const struct result *r, const struct contestant *c);

#endif

/* reference.h - the vendor's library that a contestant's speed is compared with. */
#ifndef HARNESS_REFERENCE_H
#define HARNESS_REFERENCE_H

#include "harness/result/result.h"

/* The arithmetic of the library to compare with: the same, except that emulations of f32 are
 * compared with f32, which they are meant to replace. */
enum arithmetic reference_arithmetic(enum arithmetic arithmetic);

/* The measured library contestant for this arithmetic, or NULL. If there are several, the first of
 * the backend's table: cublas-sgemm or cublas-gemm, cub for reduce, openblas-sgemm on the CPU. */
const struct contestant *reference_for(const struct result *r, enum arithmetic arithmetic);

/* The reference's median device time divided by c's; NAN if there is no reference. */
double reference_speedup(const struct result *r, const struct contestant *c);

#endif

/* convert.h - A in a 16-bit format, for libraries that take it as input.
 *
 * Converting for a library is not part of its time, as making A is not; our own kernels, which
 * start from float32, convert as part of each run. */
#ifndef KERNELS_CONVERT_H
#define KERNELS_CONVERT_H

#include "kernels/job/job.h"

/* Bytes of A in 16 bits. */
uint64_t convert_bytes(const struct problem *p);

/* A in ARITH_BF16 or ARITH_F16, rounded to nearest, with A's rows and pitch: made at the first
 * call for each A (job->a_version), kept until the job ends. */
enum status convert_a(struct job *job, enum arithmetic to, CUdeviceptr *half, struct failure *why);

#endif

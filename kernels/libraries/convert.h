/* convert.h - A in a format of 8 or 16 bits, for libraries that take it as input.
 *
 * Converting for a library is not part of its time, as making A is not; our own kernels, which
 * start from float32, convert as part of each run. */
#ifndef KERNELS_CONVERT_H
#define KERNELS_CONVERT_H

#include "kernels/job/job.h"

/* Bytes of A in the format of an arithmetic; 0 if it has none, because libraries take float32. */
uint64_t convert_bytes(const struct problem *p, enum arithmetic to);

/* A in ARITH_BF16, ARITH_F16, ARITH_INT8 or ARITH_FP8 (support/eight_bits.cuh), rounded to nearest,
 * with A's rows and pitch: made at the first call for each A (job->a_version), kept until the job
 * ends. */
enum status convert_a(struct job *job, enum arithmetic to, CUdeviceptr *converted,
                      struct failure *why);

#endif

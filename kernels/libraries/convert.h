/* convert.h - A in a 16-bit format, for libraries that are given it so.
 *
 * What a library is given is no part of its time, as A itself is not; a kernel of ours that starts
 * from float32 converts within its run. */
#ifndef KERNELS_CONVERT_H
#define KERNELS_CONVERT_H

#include "kernels/job/kernel.h"

/* A in ARITH_BF16 or ARITH_F16, rounded to nearest, with A's rows and pitch: made at the first
 * call, and the job's until it ends. */
enum status convert_a(struct job *job, enum arithmetic to, struct failure *why);

#endif

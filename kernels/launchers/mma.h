/* mma.h - launching the tensor-core kernels of compute capability 8.0 and up (mma.sync). */
#ifndef KERNELS_MMA_H
#define KERNELS_MMA_H

#include "kernels/job/kernel.h"

/* A variant of two steps first makes a copy of A rounded to its arithmetic, which the kernel reads;
 * a variant of one step reads A itself. */
extern const struct family mma_sm80;

#endif

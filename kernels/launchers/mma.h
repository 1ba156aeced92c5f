/* mma.h - launches the tensor-core kernels of compute capability 8.0 and later (mma.sync). */
#ifndef KERNELS_MMA_H
#define KERNELS_MMA_H

#include "kernels/job/kernel.h"

/* A variant with two steps first makes a copy of A rounded to its arithmetic, which the kernel
 * reads. A variant with one step reads A itself. The work of dmma_sm80 cannot be divided among
 * ranks. */
extern const struct family mma_sm80, dmma_sm80;

/* The converted copy of A, also for the ladder's kernels:
 * - mma_row_bytes() returns the bytes of a row, in whole stages of 128 bytes.
 * - mma_copy_bytes() returns the bytes of the copy, 0 for a variant of one step.
 * - mma_need_copy() allocates it if needed.
 * - mma_launch_copy() makes its first `rows` rows. */
uint64_t mma_row_bytes(enum arithmetic arithmetic, uint64_t n);
uint64_t mma_copy_bytes(const struct variant *v, const struct problem *p);
enum status mma_need_copy(struct job *job, const struct variant *v, CUdeviceptr *copy,
                          struct failure *why);
enum status mma_launch_copy(struct job *job, const struct variant *v, unsigned rows,
                            struct failure *why);

#endif

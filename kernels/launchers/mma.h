/* mma.h - launching the tensor-core kernels of compute capability 8.0 and up (mma.sync). */
#ifndef KERNELS_MMA_H
#define KERNELS_MMA_H

#include "kernels/job/kernel.h"

/* A variant of two steps first makes a copy of A rounded to its arithmetic, which the kernel reads;
 * a variant of one step reads A itself. */
extern const struct family mma_sm80;

/* The copy, also for the ladder's kernels: bytes of a row, whole stages of 128 bytes; bytes of all
 * its rows, 0 for a variant of one step; its place, which is allocated first if needed; and its
 * launch. */
uint64_t mma_row_bytes(enum arithmetic arithmetic, uint64_t n);
uint64_t mma_copy_bytes(const struct variant *v, const struct problem *p);
enum status mma_need_copy(struct job *job, const struct variant *v, CUdeviceptr *copy,
                          struct failure *why);
enum status mma_launch_copy(struct job *job, const struct variant *v, struct failure *why);

#endif

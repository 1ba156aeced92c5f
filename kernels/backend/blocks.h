/* blocks.h - C compared with float64 in blocks of columns (kernels/service/blocks.cu). */
#ifndef KERNELS_BLOCKS_H
#define KERNELS_BLOCKS_H

#include "kernels/job/job.h"

/* Bytes of device memory that it takes in addition to the matrices. */
uint64_t blocks_bytes(uint64_t n);

/* See struct backend, c_block_errors. */
enum status gpu_c_block_errors(struct job *job, const double *x, unsigned width, double *out,
                               uint32_t *col, struct failure *why);

#endif

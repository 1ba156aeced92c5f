/* blocks.h - compares a stored product with its factor, block by block: every entry counts. */
#ifndef CPU_BLOCKS_H
#define CPU_BLOCKS_H

#include "cpu/loops/parallel.h"
#include "harness/contract/problem.h"

#include <stdint.h>

/* out[i], col[i]: the largest error of row i of C = a·aᵀ, in blocks of `width` columns with weights
 * x, and the first column of that block: c_block_errors of struct backend. c: these rows of C, of n
 * entries each, row-major, dense. The products are added in float64; those of float64 64 at a time,
 * and these sums in long double. */
void blocks_errors_f32(struct parallel *pool, const float *a, const float *c, size_t n,
                       struct rows rows, const double *x, size_t width, double *out, uint32_t *col);
void blocks_errors_f64(struct parallel *pool, const double *a, const double *c, size_t n,
                       struct rows rows, const double *x, size_t width, double *out, uint32_t *col);

#endif

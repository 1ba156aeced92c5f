/* blocks.h - compares a stored product with its factor, block by block: every entry counts. */
#ifndef CPU_BLOCKS_H
#define CPU_BLOCKS_H

#include "cpu/loops/parallel.h"
#include "harness/contract/problem.h"

#include <stdint.h>

/* Writes to out[i] the largest error of row i of C = a·aᵀ, in blocks of `width` columns with
 * weights x, and to col[i] the first column of that block (c_block_errors of struct backend). `a`
 * and `c` are float or double by `element`, row-major, dense; `c` has these rows of C, of n entries
 * each. Products are added in float64; for float64 entries 64 at a time, and these sums in long
 * double. */
void blocks_errors(struct parallel *pool, enum element element, const void *a, const void *c,
                   size_t n, struct rows rows, const double *x, size_t width, double *out,
                   uint32_t *col);

#endif

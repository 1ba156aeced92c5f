/* reference.h - A·Aᵀ by plain loops, without a library: the one to read. */
#ifndef CPU_REFERENCE_H
#define CPU_REFERENCE_H

#include "cpu/loops/parallel.h"

/* c = A·Aᵀ, every entry. a and c: n×n floats, row-major, rows dense. */
void reference_matmul(struct parallel *pool, const float *a, size_t n, float *c);

/* The sum of all entries of A·Aᵀ in float64, tile by tile: no C is stored. strips: scratch for n
 * values. */
double reference_sum_aat(struct parallel *pool, const float *a, size_t n, double *strips);

#endif

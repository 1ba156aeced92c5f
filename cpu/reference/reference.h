/* reference.h - A·Aᵀ by plain loops, without a library: the one to read. */
#ifndef CPU_REFERENCE_H
#define CPU_REFERENCE_H

#include "cpu/loops/parallel.h"
#include "harness/contract/problem.h"

/* c = these rows of A·Aᵀ, every entry. a has n×n entries of the type, c n a row; row-major, rows
 * dense. */
void reference_matmul(struct parallel *pool, enum element element, const void *a, size_t n,
                      struct rows rows, void *c);

/* The sum of all entries of A·Aᵀ in float64, tile by tile: no C is stored. `strips` is scratch
 * memory for one value per 64 rows. */
double reference_sum_aat(struct parallel *pool, enum element element, const void *a, size_t n,
                         double *strips);

#endif

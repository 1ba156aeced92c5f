/* fused.h - the sum of all entries of A·Aᵀ, as fast as the CPU multiplies and without storing the
 * product: the lesson after cpu/reference/reference.c. */
#ifndef CPU_FUSED_H
#define CPU_FUSED_H

#include "cpu/loops/parallel.h"
#include "harness/contract/problem.h"

/* The bytes of scratch memory for a matrix of order n. */
size_t fused_scratch_bytes(enum element element, size_t n);

/* The sum of all entries of A·Aᵀ. `a` has n×n entries of the type, row-major, rows dense; `scratch`
 * has as many bytes as the function above says, aligned to 64. The same matrix gives the same bits,
 * whatever the number of threads. */
double fused_sum_aat(struct parallel *pool, enum element element, const void *a, size_t n,
                     void *scratch);

#endif

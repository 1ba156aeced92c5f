/* fill.h - makes the matrix A of harness/contract/philox.h on all threads, bit-equal to
 * philox_entry of philox_quad. */
#ifndef CPU_FILL_H
#define CPU_FILL_H

#include "cpu/loops/parallel.h"
#include "harness/contract/problem.h"

/* `a` has `rows` rows of p->n entries from row `first` on, dense. Each page is touched first by the
 * thread that fills it. */
void fill_matrix(struct parallel *pool, const struct problem *p, size_t first, size_t rows,
                 float *a);
void fill_matrix_f64(struct parallel *pool, const struct problem *p, size_t first, size_t rows,
                     double *a);

#endif

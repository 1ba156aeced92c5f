/* sums.h - float64 sums over an n×n float matrix (row-major, rows dense), used to reduce a product
 * and to verify it.
 *
 * Every sum is made in one fixed order (lanes within a row, rows in turn), whatever the number of
 * threads or the vector width: the same matrix gives the same bits. */
#ifndef CPU_SUMS_H
#define CPU_SUMS_H

#include "cpu/loops/parallel.h"
#include "harness/contract/backend.h"

/* The sum of all entries of `count` rows of n. `rows` is scratch memory for as many values, and
 * holds the sums of the rows afterwards. */
double sums_all(struct parallel *pool, const float *a, size_t count, size_t n, double *rows);

/* The sum of all entries of a symmetric matrix of which only the lower triangle is there: entries
 * left of the diagonal count twice, entries right of it are never read. `rows` is scratch memory
 * for n values. */
double sums_symmetric(struct parallel *pool, const float *a, size_t n, double *rows);

/* out[i] = Σ_k A[i][k] of `count` rows. */
void sums_rows(struct parallel *pool, const float *a, size_t count, size_t n, double *out);

/* out[k] = Σ_i A[i][k] over `rows` rows, n values. */
void sums_columns(struct parallel *pool, const float *a, size_t rows, size_t n, double *out);

/* out[i] = Σ_k A[i][k]·x[k], n values. */
void sums_times(struct parallel *pool, const float *a, size_t n, const double *x, double *out);

/* out[e] = Σ_k A[row][k]·A[col][k] for each of count entries: what A·Aᵀ should hold there. */
void sums_dots(struct parallel *pool, const float *a, size_t n, const struct entry *entries,
               size_t count, double *out);

#endif

/* sums_f64.h - sums over a matrix of float64 (n×n, row-major, rows dense), used to reduce a product
 * and to verify it. Every sum is made in one fixed order, whatever the number of threads or the
 * vector width. */
#ifndef CPU_SUMS_F64_H
#define CPU_SUMS_F64_H

#include "cpu/loops/parallel.h"
#include "harness/contract/backend.h"

/* The sum of all entries of `count` rows of n; of a symmetric matrix only the lower triangle is
 * read, if `lower_only`. `rows` is scratch memory for as many values. */
double sums_f64_all(struct parallel *pool, const double *a, size_t count, size_t n, bool lower_only,
                    double *rows);

/* In long double, to verify: sums of columns over `rows` rows, and of these rows, out[i] = Σ_k
 * A[i][k]·x[k], and what A·Aᵀ should hold at each of count entries. */
void sums_f64_columns(struct parallel *pool, const double *a, size_t rows, size_t n,
                      long double *out);
void sums_f64_rows(struct parallel *pool, const double *a, size_t rows, size_t n, long double *out);
void sums_f64_times(struct parallel *pool, const double *a, size_t n, const long double *x,
                    long double *out);
void sums_f64_dots(struct parallel *pool, const double *a, size_t n, const struct entry *entries,
                   size_t count, long double *out);

#endif

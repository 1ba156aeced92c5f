/* f64.h - the loops over a matrix of float64 (n×n, row-major, rows dense): fill, reference product,
 * sums, and what verifies them.
 *
 * Every sum is made in one fixed order, whatever the number of threads or the vector width. */
#ifndef CPU_F64_H
#define CPU_F64_H

#include "cpu/loops/parallel.h"
#include "harness/contract/backend.h"

/* Makes the first `rows` rows of A as harness/contract/philox.h defines it. */
void f64_fill(struct parallel *pool, const struct problem *p, size_t rows, double *a);

/* C = A·Aᵀ by plain loops; and the sum of its entries without storing it. strips: scratch for one
 * value per 64 rows. */
void f64_matmul(struct parallel *pool, const double *a, size_t n, double *c);
double f64_sum_aat(struct parallel *pool, const double *a, size_t n, double *strips);

/* The sum of all entries of `count` rows of n; of a symmetric matrix only the lower triangle is
 * read, if `lower_only`. rows: scratch for as many values. */
double f64_sum(struct parallel *pool, const double *a, size_t count, size_t n, bool lower_only,
               double *rows);

/* In long double, to verify: sums of columns over `rows` rows, and of rows, out[i] = Σ_k
 * A[i][k]·x[k], and what A·Aᵀ should hold at each of count entries. */
void f64_columns(struct parallel *pool, const double *a, size_t rows, size_t n, long double *out);
void f64_rows(struct parallel *pool, const double *a, size_t n, long double *out);
void f64_times(struct parallel *pool, const double *a, size_t n, const long double *x,
               long double *out);
void f64_dots(struct parallel *pool, const double *a, size_t n, const struct entry *entries,
              size_t count, long double *out);

/* sums_block_errors() of sums.h; sums of 64 products in float64, added up in long double. */
void f64_block_errors(struct parallel *pool, const double *a, const double *c, size_t n,
                      const double *x, size_t width, double *out, uint32_t *col);

#endif

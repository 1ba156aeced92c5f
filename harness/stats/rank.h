/* rank.h - how far two sets of numbers are apart, from their ranks: without an assumption about
 * their distribution and without random numbers, so the answer is always the same.
 *
 * The Hodges-Lehmann estimate of a shift (the median of all differences), with the interval that
 * belongs to the Mann-Whitney test for two independent sets or to Wilcoxon's signed-rank test for
 * pairs. Hollander, Wolfe, Chicken: Nonparametric Statistical Methods, 3rd ed., 3.2-3.3, 4.1-4.3.
 * The distributions are exact for small sets, otherwise normal with a continuity correction. */
#ifndef HARNESS_RANK_H
#define HARNESS_RANK_H

#include <stdbool.h>
#include <stddef.h>

struct shift {
    double estimate;   /* NaN without values */
    double low, high;  /* the interval; minus and plus infinity if there are too few values */
    double p;          /* two-sided, of the hypothesis that there is no shift */
    double smallest_p; /* the smallest p that this number of values can give */
};

/* The shift y - x of two independent sets. The confidence of the interval is at least 1 - alpha. */
struct shift rank_independent(const double *x, size_t x_count, const double *y, size_t y_count,
                              double alpha);

/* The shift from the differences of pairs; some differences may be 0. */
struct shift rank_paired(const double *differences, size_t count, double alpha);

/* Without a shift: P(U <= u) of the Mann-Whitney statistic of m and n values, and P(W <= w) of the
 * signed-rank statistic of n differences. */
double rank_u_probability(size_t m, size_t n, double u);
double rank_w_probability(size_t n, double w);

/* Holm's correction for `count` tests at once: adjusted[i] belongs to p[i]. Both may be the same
 * array. */
void rank_holm(const double *p, size_t count, double *adjusted);

#endif

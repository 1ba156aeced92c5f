/* rank.h - how far apart two sets of numbers are, from their ranks alone: no assumption about their
 * distribution, no random numbers, the same answer every time.
 *
 * Hodges and Lehmann's estimate of a shift (the median of all differences) with the interval that
 * belongs to the Mann-Whitney test for two independent sets, and to Wilcoxon's signed-rank test for
 * pairs. Hollander, Wolfe, Chicken: Nonparametric Statistical Methods, 3rd ed., 3.2-3.3, 4.1-4.3.
 * The distributions are exact while they can be, else normal with a continuity correction. */
#ifndef HARNESS_RANK_H
#define HARNESS_RANK_H

#include <stdbool.h>
#include <stddef.h>

struct shift {
    double estimate;   /* NaN if there is nothing to estimate it from, or if memory runs out */
    double low, high;  /* of the interval; minus and plus infinity if there are too few values */
    double p;          /* two-sided, of no shift at all */
    double smallest_p; /* that so many values can give, however far apart they are */
};

/* y against x, independent of each other: the estimate of y - x. The interval covers it with at
 * least 1 - alpha. */
struct shift rank_independent(const double *x, size_t x_count, const double *y, size_t y_count,
                              double alpha);

/* Differences of pairs, of which some may be 0: their estimated middle. */
struct shift rank_paired(const double *differences, size_t count, double alpha);

/* P(U <= u) of the Mann-Whitney statistic of m and n values without a difference; and P(W <= w) of
 * the signed-rank statistic of n differences. */
double rank_u_probability(size_t m, size_t n, double u);
double rank_w_probability(size_t n, double w);

/* Holm's correction: adjusted[i] is p[i] as the one of `count` questions asked at once. p may be
 * adjusted. */
void rank_holm(const double *p, size_t count, double *adjusted);

#endif

/* stats.h - medians and their intervals, without assumptions about the distribution. */
#ifndef HARNESS_STATS_H
#define HARNESS_STATS_H

#include <stdbool.h>
#include <stddef.h>

/* A sorted copy; the caller frees it. */
double *stats_sorted(const double *x, size_t count);

/* The median of count values, count > 0. */
double stats_median(const double *x, size_t count);

struct interval {
    double median, low, high;
    double confidence; /* the actual coverage, e.g. 0.9902 */
};

/* The median and its confidence interval of at least the wanted level: from the k-th smallest to
 * the k-th largest value, with coverage 1 - 2·P(Binomial(count, ½) < k). If there are too few
 * values for the level, the interval is the whole range and `confidence` is below the level. */
struct interval stats_median_interval(const double *x, size_t count, double level);

/* The same of samples in the order in which they were taken, which may depend on those before
 * them: neighbours that lie on the same side of the median count for less, down to one value for
 * all. So the interval is wider, or `confidence` is below the level. Fewer than 16 samples are
 * taken as independent, because they do not show whether they are. */
struct interval stats_series_interval(const double *x, size_t count, double level);

/* With a wider interval than ± 20 % a rank means nothing; `check --self-test` has the same limit.
 */
#define STATS_NOISY       0.20
#define STATS_NOISY_WHY   "too noisy to rank"
#define STATS_NOISY_SHORT "too noisy" /* in a column of ratios */

/* Half the width of the interval relative to the median: the "±" of a table. */
double stats_relative_half_width(const struct interval *i);

/* Whether a 99 % interval is that wide; false if there are too few values for one. */
bool stats_is_noisy(const struct interval *i);

#endif

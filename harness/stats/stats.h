/* stats.h - medians and their intervals, without assumptions about the distribution. */
#ifndef HARNESS_STATS_H
#define HARNESS_STATS_H

#include <stddef.h>

/* The median of count values (count > 0); x is left as it is. NaN if memory runs out. */
double stats_median(const double *x, size_t count);

struct interval {
    double median, low, high;
    double confidence; /* what the order statistics really cover, e.g. 0.9902; 0 if there are too
                          few values */
};

/* The median and its order-statistic confidence interval at (at least) the wanted level: the k-th
 * smallest and k-th largest value, coverage 1 - 2·P(Binomial(count, ½) < k). With too few values
 * for the level: the extremes, and confidence says what they cover. */
struct interval stats_median_interval(const double *x, size_t count, double level);

/* Half the width of the interval relative to the median: the "±" of a table. */
double stats_relative_half_width(const struct interval *i);

#endif

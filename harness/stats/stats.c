/* stats.c - order statistics. They assume nothing about the distribution, so the long right tail of
 * timings does no harm. */
#include "harness/stats/stats.h"

#include "harness/base/need.h"

#include <math.h>
#include <stdlib.h>

enum { SERIES_LEAST = 16 }; /* samples of which a correlation means something */

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double *stats_sorted(const double *x, size_t count)
{
    double *copy = need_copy(x, count * sizeof *copy);
    qsort(copy, count, sizeof *copy, ascending);
    return copy;
}

static double middle(const double *in_order, size_t count)
{
    return (in_order[(count - 1) / 2] + in_order[count / 2]) / 2;
}

double stats_median(const double *x, size_t count)
{
    double *in_order = stats_sorted(x, count);
    const double median = middle(in_order, count);
    free(in_order);
    return median;
}

/* The largest k, at least 1, for which the interval from the k-th smallest to the k-th largest
 * value covers the median with probability `level`; *coverage is the actual probability.
 * P(Binomial(count, ½) = j) is computed in logarithms, because ½^100000 is too small for a double.
 */
static size_t rank_for(size_t count, double level, double *coverage)
{
    double log_p = -(double)count * log(2);
    double below = exp(log_p); /* P(Binomial < k) */
    size_t k = 1;

    *coverage = 1 - 2 * below;
    while (2 * (k + 1) <= count + 1) {
        log_p += log((double)(count - k + 1) / (double)k);
        below += exp(log_p);
        if (1 - 2 * below < level)
            break;
        k++;
        *coverage = 1 - 2 * below;
    }
    return k;
}

/* How many independent values know the median as well as this series, 1 to count: count divided by
 * 1 + 2·(ρ1 + ρ2 + …), where ρk is the correlation between the sides of the median (-1, 0 or 1) on
 * which values lie that are k apart. The sum ends before the first ρk that independent values reach
 * by chance (two standard errors). Only sides matter to a median: the variance of a sample median
 * is that of the share of values below it. */
static size_t independent_count(const double *x, size_t count, double median)
{
    if (count < SERIES_LEAST)
        return count;
    signed char *sides = need_array(count, sizeof *sides);
    long squares = 0;
    for (size_t i = 0; i < count; i++) {
        sides[i] = (signed char)((x[i] > median) - (x[i] < median));
        squares += sides[i] * sides[i];
    }
    const double chance = 2 / sqrt((double)count);
    double per_value = 1;
    for (size_t k = 1; squares > 0 && k < count / 2; k++) {
        long products = 0;
        for (size_t i = k; i < count; i++)
            products += sides[i] * sides[i - k];
        const double correlation = (double)products / (double)squares;
        if (correlation <= chance)
            break;
        per_value += 2 * correlation;
    }
    free(sides);
    return (size_t)fmax((double)count / per_value, 1);
}

/* The interval of `independent` values, at the same shares of all count. */
static struct interval interval_of(const double *x, size_t count, bool is_series, double level)
{
    double *in_order = stats_sorted(x, count);
    struct interval i = {.median = middle(in_order, count)};
    const size_t independent = is_series ? independent_count(x, count, i.median) : count;
    const size_t k = rank_for(independent, level, &i.confidence) * (count + 1) / (independent + 1);
    i.low = in_order[k - 1];
    i.high = in_order[count - k];
    free(in_order);
    return i;
}

struct interval stats_median_interval(const double *x, size_t count, double level)
{
    return interval_of(x, count, false, level);
}

struct interval stats_series_interval(const double *x, size_t count, double level)
{
    return interval_of(x, count, true, level);
}

double stats_relative_half_width(const struct interval *i)
{
    const double half_width = (i->high - i->low) / 2;
    return half_width == 0 ? 0 : half_width / i->median;
}

bool stats_is_noisy(const struct interval *i)
{
    return i->confidence >= 0.99 && stats_relative_half_width(i) > STATS_NOISY;
}

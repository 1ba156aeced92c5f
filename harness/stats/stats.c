/* stats.c - order statistics: they ask nothing of the distribution, so the long right tail of
 * timings does no harm. */
#include "harness/stats/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* A sorted copy, owned by the caller; NULL if memory runs out. */
static double *sorted(const double *x, size_t count)
{
    double *copy = malloc(count * sizeof *copy);
    if (!copy)
        return NULL;
    memcpy(copy, x, count * sizeof *copy);
    qsort(copy, count, sizeof *copy, ascending);
    return copy;
}

static double middle(const double *in_order, size_t count)
{
    return (in_order[(count - 1) / 2] + in_order[count / 2]) / 2;
}

double stats_median(const double *x, size_t count)
{
    double *in_order = sorted(x, count);
    if (!in_order)
        return NAN;
    const double median = middle(in_order, count);
    free(in_order);
    return median;
}

/* The largest k for which [k-th smallest, k-th largest] still covers the median with `level`, at
 * least 1; *coverage is what it really covers. P(Binomial(count, ½) = j) is walked in logarithms,
 * where ½^100000 is an ordinary number. */
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

struct interval stats_median_interval(const double *x, size_t count, double level)
{
    double *in_order = sorted(x, count);
    if (!in_order)
        return (struct interval){.median = NAN, .low = NAN, .high = NAN};

    struct interval i = {.median = middle(in_order, count)};
    const size_t k = rank_for(count, level, &i.confidence);
    i.low = in_order[k - 1];
    i.high = in_order[count - k];
    free(in_order);
    return i;
}

double stats_relative_half_width(const struct interval *i)
{
    const double half_width = (i->high - i->low) / 2;
    return half_width == 0 ? 0 : half_width / i->median;
}

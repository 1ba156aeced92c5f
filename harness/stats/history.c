/* history.c - recursive search for the clearest split. */
#include "harness/stats/history.h"

#include "harness/stats/rank.h"

#include <math.h>

/* Returns the clearest split of values[from, until); p is 2 if there is no split. */
static struct level clearest(const double *values, size_t from, size_t until, double threshold)
{
    struct level best = {.p = 2};
    for (size_t i = from + HISTORY_LEAST; i + HISTORY_LEAST <= until; i++) {
        const size_t before = i - from < HISTORY_WINDOW ? i - from : HISTORY_WINDOW;
        const size_t after = until - i < HISTORY_WINDOW ? until - i : HISTORY_WINDOW;
        const struct shift s =
            rank_independent(values + i - before, before, values + i, after, 0.01);
        if (!(s.p < HISTORY_P) || !(fabs(s.estimate) >= threshold))
            continue;
        if (s.p < best.p || (s.p == best.p && fabs(s.estimate) > fabs(best.shift)))
            best = (struct level){i, s.estimate, s.p};
    }
    return best;
}

static size_t search(const double *values, size_t from, size_t until, double threshold,
                     struct level *levels)
{
    const struct level best = clearest(values, from, until, threshold);
    if (best.p > 1)
        return 0;
    size_t count = search(values, from, best.first, threshold, levels);
    levels[count++] = best;
    return count + search(values, best.first, until, threshold, levels + count);
}

size_t history_levels(const double *values, size_t count, double threshold, struct level *levels)
{
    return search(values, 0, count, threshold, levels);
}

/* change.c - decides between SAME, FAST, SLOW and UNSURE. */
#include "harness/stats/change.h"

#include <math.h>

const char *change_name(enum change change)
{
    static const char *const names[] = {"SAME", "FAST", "SLOW", "UNSURE"};
    return (unsigned)change < sizeof names / sizeof *names ? names[change] : "UNSURE";
}

double change_of(double shift)
{
    return expm1(shift);
}

enum change change_judge(const struct shift *s, double p, double alpha, double threshold)
{
    const double change = change_of(s->estimate);
    const bool is_certain = p <= alpha;
    /* In logarithms, so that the threshold is symmetric about 0. */
    const double limit = log1p(threshold);

    if (is_certain && s->low > 0 && change >= threshold)
        return CHANGE_SLOW;
    if (is_certain && s->high < 0 && s->estimate <= -limit)
        return CHANGE_FAST;
    if (s->low > -limit && s->high < limit && s->low <= 0 && s->high >= 0)
        return CHANGE_SAME;
    return CHANGE_UNSURE;
}

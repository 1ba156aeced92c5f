/* stop.c - the stopping rule. */
#include "harness/stats/stop.h"
#include "harness/stats/stats.h"

#include <stdbool.h>

struct stop_rule stop_rule_default(nanos max_time_ns)
{
    return (struct stop_rule){
        .min_samples = 64,
        .max_samples = 10000,
        .max_time_ns = max_time_ns,
        .half_width = 0.005,
    };
}

static const double level = 0.99;

/* The interval is computed 32 times for each doubling of the count, not after every sample:
 * sorting stays cheap beside sampling, and a rule that is checked too often stops by chance. */
static bool worth_a_look(size_t count)
{
    size_t every = 1;
    while (count / every >= 64)
        every *= 2;
    return count % every == 0;
}

static bool is_narrow(const struct stop_rule *rule, const struct interval *i)
{
    return i->confidence >= level && stats_relative_half_width(i) <= rule->half_width;
}

/* The interval that allows for samples that depend on each other is wider and takes longer to
 * compute, so it is asked last. */
static bool converged(const struct stop_rule *rule, const double *seconds, size_t count)
{
    const struct interval plain = stats_median_interval(seconds, count, level);
    if (!is_narrow(rule, &plain))
        return false;
    const struct interval i = stats_series_interval(seconds, count, level);
    return is_narrow(rule, &i);
}

/* If samples are independent, four times as many halve the interval. If it keeps nine tenths of its
 * width, the noise is a drift or comes in slow steps, and more samples do not average it out.
 * Checked when the count is 64, 128, 256 …, so that it rarely happens by chance. */
static bool on_a_plateau(const double *seconds, size_t count)
{
    if (count < 64 || (count & (count - 1)) != 0)
        return false;
    const struct interval early = stats_median_interval(seconds, count / 4, level);
    const struct interval now = stats_median_interval(seconds, count, level);
    return now.high - now.low > 0.9 * (early.high - early.low);
}

enum stop_reason stop_decide(const struct stop_rule *rule, const double *seconds, size_t count,
                             nanos elapsed_ns)
{
    if (count == 0)
        return STOP_NOT_YET;
    if (rule->exact_samples)
        return count >= rule->exact_samples ? STOP_ASKED : STOP_NOT_YET;

    const bool full = count >= rule->max_samples;
    const bool late = elapsed_ns >= rule->max_time_ns;
    if (count >= rule->min_samples && (full || late || worth_a_look(count)) &&
        converged(rule, seconds, count))
        return STOP_CONVERGED;
    if (full)
        return STOP_MAXIMUM;
    if (late)
        return STOP_TIME;
    if (count >= rule->min_samples && on_a_plateau(seconds, count))
        return STOP_PLATEAU;
    return STOP_NOT_YET;
}

const char *stop_reason_name(enum stop_reason reason)
{
    switch (reason) {
    case STOP_CONVERGED:
        return "converged";
    case STOP_PLATEAU:
        return "plateau";
    case STOP_MAXIMUM:
        return "sample limit";
    case STOP_TIME:
        return "time limit";
    case STOP_ASKED:
        return "as asked";
    case STOP_LOST:
        return "device lost";
    case STOP_NOT_YET:
        break;
    }
    return "not yet";
}

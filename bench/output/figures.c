/* figures.c - the figures of a contestant, from its samples. */
#include "bench/output/figures.h"

#include "harness/base/need.h"
#include "harness/result/contestant.h"
#include "harness/stats/stats.h"

#include <math.h>
#include <stdlib.h>

/* The median of the known energies; samples without one are left out. */
static double median_energy(const struct contestant *c)
{
    double *joules = need_array(c->count, sizeof *joules);
    size_t used = 0;
    for (size_t i = 0; i < c->count; i++)
        if (c->samples[i].energy_j > 0)
            joules[used++] = c->samples[i].energy_j;
    const double median = used > 0 ? stats_median(joules, used) : NAN;
    free(joules);
    return median;
}

struct figures figures_of(const struct result *r, const struct contestant *c)
{
    const struct problem *p = &r->problem;
    const bool reads_only = p->op == OP_REDUCE;
    const struct interval interval = contestant_seconds(c);
    struct figures f = {
        .seconds = interval.median, .half_width = NAN, .energy_j = median_energy(c)};
    f.unit = reads_only ? "B/s" : "FLOP/s";
    if (interval.confidence >= 0.99)
        f.half_width = stats_relative_half_width(&interval);
    f.rate = (reads_only ? problem_bytes(p) : problem_flop(p)) / f.seconds;
    f.done = reads_only ? f.rate : problem_flop_done(p, c->variant->symmetric) / f.seconds;
    f.of_peak = contestant_peak_share(r, c, f.seconds, &f.is_over_peak);
    return f;
}

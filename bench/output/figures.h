/* figures.h - what the samples of a contestant amount to: the numbers behind the report and the
 * table. */
#ifndef BENCH_FIGURES_H
#define BENCH_FIGURES_H

#include "harness/result/result.h"

struct figures {
    double seconds;    /* median of the samples, by the device's clock */
    double half_width; /* of its 99 % interval, relative to it; NaN with too few samples for one */
    double rate;       /* per second: nominal FLOP, or bytes for reduce */
    double done;     /* per second: FLOP really done, half of the nominal for a symmetric variant */
    double of_peak;  /* share of the device's peak that `done` is; NaN if the peak is not known */
    double energy_j; /* median of one piece of work; NaN if not known */
    const char *unit; /* "FLOP/s" or "B/s" */
};

/* The fewest samples for which a 99 % interval of the median exists: 1 - 2·2⁻⁸. */
enum { FIGURES_INTERVAL_SAMPLES = 8 };

/* Of a contestant with at least one sample. */
struct figures figures_of(const struct result *r, const struct contestant *c);

#endif

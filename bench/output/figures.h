/* figures.h - the figures of a contestant, from its samples: time, rate, share of peak, energy. */
#ifndef BENCH_FIGURES_H
#define BENCH_FIGURES_H

#include "harness/result/result.h"

struct figures {
    double seconds;    /* median of the samples, by the device's clock */
    double half_width; /* of the median's 99 % interval, relative; NaN with too few samples, or
                          too few that are independent */
    double rate;       /* per second: nominal FLOP, or bytes for reduce */
    double done;    /* per second: executed FLOP; a symmetric variant executes half the nominal */
    double of_peak; /* `done` as a share of the device's peak; NaN if the peak is not known */
    bool is_over_peak; /* the share is withheld, because of PEAK_WITHHELD_WHY */
    double energy_j;   /* median of one run of the job; NaN if not known */
    const char *unit;  /* "FLOP/s" or "B/s" */
};

/* The fewest samples for which a 99 % interval of the median exists: 1 - 2·2⁻⁸. */
enum { FIGURES_INTERVAL_SAMPLES = 8 };

/* The figures of a contestant that has at least one sample. */
struct figures figures_of(const struct result *r, const struct contestant *c);

#endif

/* stop.h - when to stop sampling: a pure function that returns its reason. */
#ifndef HARNESS_STOP_H
#define HARNESS_STOP_H

#include "harness/base/clock.h"

#include <stddef.h>

enum stop_reason {
    STOP_NOT_YET,
    STOP_CONVERGED, /* the interval of the median is as narrow as wanted */
    STOP_PLATEAU,   /* more samples do not make it narrower */
    STOP_MAXIMUM,   /* max_samples reached */
    STOP_TIME,      /* max_time reached */
    STOP_LOST,      /* the device failed under another contestant */
    STOP_ASKED      /* exactly the number of samples asked for */
};

struct stop_rule {
    size_t min_samples, max_samples;
    size_t exact_samples; /* not 0: take exactly this number, whatever the other limits */
    nanos max_time_ns;    /* of sampling */
    double half_width; /* converged at this relative half width of the median's 99 % interval, e.g.
                          0.005 */
};

/* Defaults: 64 to 10000 samples, half width 0.5 %, the given time. Fewer than 64 do not show well
 * how far they depend on each other, and so may seem to have converged. */
struct stop_rule stop_rule_default(nanos max_time_ns);

/* seconds[0 … count) are the samples so far, elapsed_ns is the time spent on them. max_time_ns
 * takes precedence over min_samples, but one sample is always taken. */
enum stop_reason stop_decide(const struct stop_rule *rule, const double *seconds, size_t count,
                             nanos elapsed_ns);

/* "converged", "time limit", …; for people and for the result file. */
const char *stop_reason_name(enum stop_reason reason);

#endif

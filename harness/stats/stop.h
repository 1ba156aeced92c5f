/* stop.h - when to stop sampling, as a pure function that states its reason. */
#ifndef HARNESS_STOP_H
#define HARNESS_STOP_H

#include "harness/base/clock.h"

#include <stddef.h>

enum stop_reason {
    STOP_NOT_YET,
    STOP_CONVERGED, /* the interval of the median is as narrow as wanted */
    STOP_PLATEAU,   /* more samples have stopped narrowing it */
    STOP_MAXIMUM,   /* max_samples reached */
    STOP_TIME,      /* max_time reached */
    STOP_LOST,      /* the device failed under another contestant */
    STOP_ASKED      /* exactly the number of samples asked for */
};

struct stop_rule {
    size_t min_samples, max_samples;
    size_t exact_samples; /* not 0: take just so many, whatever they look like */
    nanos max_time_ns;    /* of sampling, from the first sample's start */
    double half_width;    /* converged: relative half width of the 99 % interval of the median, e.g.
                             0.005 */
};

/* Defaults: 5 to 10000 samples, half width 0.5 %, the given time. */
struct stop_rule stop_rule_default(nanos max_time_ns);

/* seconds[0 … count) are the samples so far; elapsed_ns since sampling began. When a minimum number
 * of samples would run past max_time, time wins once one sample is there. */
enum stop_reason stop_decide(const struct stop_rule *rule, const double *seconds, size_t count,
                             nanos elapsed_ns);

/* "converged", "time limit", …; for people and for the result file. */
const char *stop_reason_name(enum stop_reason reason);

#endif

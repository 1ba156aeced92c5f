/* tolerance.h - the largest errors that verification accepts. */
#ifndef HARNESS_TOLERANCE_H
#define HARNESS_TOLERANCE_H

#include "harness/contract/backend.h"

/* The largest accepted errors. */
struct tolerance {
    double tiny;  /* the smallest scale: smaller values are judged by their absolute error */
    double sum;   /* |sum - want| / scale of the sum */
    double row;   /* worst |row sum - want| / scale of a row sum */
    double rel_f; /* ‖C - want‖ / ‖want‖ over the sampled entries off the diagonal */
    double bias;  /* |mean signed error| of the same entries, relative to their mean size */
    double entry; /* worst |C - want| / scale of an entry */
    double block; /* worst error of a block of columns (probes.h, which sets it); 0: not checked */
    double weighted; /* as `sum`, where rows of A have random signs */
};

/* The tolerances for a problem done by a variant on a device; tolerance.c explains them.
 * truncation: the device's (struct device_facts), 0 if unknown. */
struct tolerance verify_tolerance(const struct problem *p, const struct variant *v,
                                  double truncation);

#endif

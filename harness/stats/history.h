/* history.h - where a series of runs changed its level. */
#ifndef HARNESS_HISTORY_H
#define HARNESS_HISTORY_H

#include <stddef.h>

struct level {
    size_t first; /* the first run of a new level */
    double shift; /* to it, as a logarithm: Hodges and Lehmann's estimate */
    double p;     /* of no shift, Mann-Whitney */
};

enum { HISTORY_LEAST = 4, HISTORY_WINDOW = 20 };
#define HISTORY_P 0.001

/* The changes in logarithms of medians, in the order of the runs. Each split of the series is
 * tested by the runs around it, HISTORY_LEAST to HISTORY_WINDOW on a side; the clearest that is
 * both beyond chance (HISTORY_P) and at least `threshold` is a change, and both sides of it are
 * searched in the same way, so that no window reaches over a change already found. levels has room
 * for count / 4; returns how many there are. */
size_t history_levels(const double *values, size_t count, double threshold, struct level *levels);

#endif

/* history.h - finds the runs at which a series of results changed its level. */
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

/* Finds the changes of a series of logarithms of medians, in the order of the runs. Each split of
 * the series is tested with the runs around it, HISTORY_LEAST to HISTORY_WINDOW on each side. The
 * clearest split with p < HISTORY_P and a shift of at least `threshold` is a change; then both
 * sides of it are searched in the same way, so no window reaches over a known change. levels has
 * room for count / 4; returns how many were found. */
size_t history_levels(const double *values, size_t count, double threshold, struct level *levels);

#endif

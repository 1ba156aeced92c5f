/* consistent.h - whether a result file agrees with itself: what follows from other fields is
 * computed again, so that a changed figure is found. */
#ifndef HARNESS_CONSISTENT_H
#define HARNESS_CONSISTENT_H

#include "harness/reading/reading.h"

/* Checks one entry of "results", whose `json` and `state` are known: the unit; its key, n,
 * operation, arithmetic and range against each other and the problem; the state against the verdict
 * and its limits; the error against the sum; median, interval and extremes against the samples;
 * work and speeds against the problem, the median and the peak; the ratio to the reference.
 * STATUS_FAILED with the field that disagrees. */
enum status consistent_result(const struct read_result *r, const json_t *document,
                              const char *source, size_t index, struct failure *why);

#endif

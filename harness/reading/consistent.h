/* consistent.h - whether a result file agrees with itself: what follows from other fields is
 * computed again, so that a changed figure is found. */
#ifndef HARNESS_CONSISTENT_H
#define HARNESS_CONSISTENT_H

#include "harness/reading/reading.h"

/* Checks one entry of "results", whose `json` and `state` are known: the unit; n against the key
 * and the problem; the state against the verdict and its limits; median, interval and extremes
 * against the samples; speeds against the median. STATUS_FAILED with the field that disagrees. */
enum status consistent_result(const struct read_result *r, const json_t *document,
                              const char *source, size_t index, struct failure *why);

#endif

/* compare.h - two sets of results side by side: matched by key and class of machine, judged by the
 * rules of change.h.
 *
 * The unit is a process: one value, the median of its samples, for each result file. */
#ifndef HARNESS_COMPARE_H
#define HARNESS_COMPARE_H

#include "harness/compare/doubt.h"
#include "harness/compare/row.h"

/* Compares; rows are in the order of their keys and point into the readings. STATUS_NOT_COMPARABLE
 * if a simulated device is among the readings. To be freed. */
enum status compare(const struct readings *base, const struct readings *now,
                    const struct compare_rules *rules, struct comparison *out, struct failure *why);
void comparison_free(struct comparison *c);

/* The same of runs that took turns, pair by pair: run i of `a` belongs to run i of `b`. */
enum status compare_pairs(const struct readings *a, const struct readings *b,
                          const struct compare_rules *rules, struct comparison *out,
                          struct failure *why);

/* Refuses results of simulated devices, whose times mean nothing. */
enum status compare_refuse_simulated(const struct readings *r, struct failure *why);

/* ---- the parts that both kinds of comparison are made of */

/* Holm's correction over all judged rows, then the verdicts and their doubts. */
void compare_judge_rows(struct comparison *c, const struct compare_rules *rules);

/* Whether a result has a time of its own, so that it takes part. */
bool compare_is_timed(const struct read_result *r);

/* Fills everything of a side but `reading` from its processes' results. */
void compare_describe_side(struct compare_side *side, const struct read_result *const *results,
                           size_t count);

#endif

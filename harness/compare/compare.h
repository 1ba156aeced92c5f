/* compare.h - two sets of results side by side: matched by key and class of machine, judged by the
 * rules of change.h.
 *
 * The unit is a process: one value, the median of its samples, for each result file. */
#ifndef HARNESS_COMPARE_H
#define HARNESS_COMPARE_H

#include "harness/compare/doubt.h"
#include "harness/compare/row.h"

/* Compares two sets. Rows are sorted by key and point into the readings. Returns
 * STATUS_NOT_COMPARABLE if a device is simulated. The caller frees the comparison. */
enum status compare(const struct readings *base, const struct readings *now,
                    const struct compare_rules *rules, struct comparison *out, struct failure *why);
void comparison_free(struct comparison *c);

/* Compares runs that took turns, pair by pair: run i of `a` belongs to run i of `b`. */
enum status compare_pairs(const struct readings *a, const struct readings *b,
                          const struct compare_rules *rules, struct comparison *out,
                          struct failure *why);

/* Refuses results of simulated devices, whose times mean nothing. */
enum status compare_refuse_simulated(const struct readings *r, struct failure *why);

/* ---- the parts that both kinds of comparison are made of */

/* Applies Holm's correction over all judged rows, then sets the verdicts and their reasons. */
void compare_judge_rows(struct comparison *c, const struct compare_rules *rules);

/* Whether a result has a time that was measured in its own run, so that it can be compared. */
bool compare_is_timed(const struct read_result *r);

/* Fills all members of a side except `reading` from the results of its processes. */
void compare_describe_side(struct compare_side *side, const struct read_result *const *results,
                           size_t count);

#endif

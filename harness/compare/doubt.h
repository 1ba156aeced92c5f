/* doubt.h - what clocks and the speed of the CPU say about a verdict, and the outcome of all rows.
 */
#ifndef HARNESS_COMPARE_DOUBT_H
#define HARNESS_COMPARE_DOUBT_H

#include "harness/compare/row.h"

/* What the rows amount to, by the order of exit codes: STATUS_WRONG or STATUS_FAILED for a broken
 * row, STATUS_NOT_COMPARABLE if nothing was judged or a row is of other machines (or missing, if
 * the rules say so), STATUS_REGRESSION, STATUS_INCONCLUSIVE if is_strict. A sentence for each but
 * the first and the last. */
enum status comparison_outcome(const struct comparison *c, const struct compare_rules *rules,
                               bool is_strict, struct failure *why);

/* In a second comparison, of new runs, what the first found SLOW has to be slower by the threshold
 * again, and by itself; else it is UNSURE. */
void comparison_confirm(struct comparison *first, const struct comparison *second,
                        const struct compare_rules *rules);

/* How many rows were judged so. */
size_t comparison_count(const struct comparison *c, enum change change);

/* NVML's clocks-event reasons that mean heat or hardware; the power cap is normal at full load. */
#define COMPARE_THROTTLE (0x8u | 0x20u | 0x40u | 0x80u)

/* The threshold of a row with a result like `result`; is_one: all of it ran on one card or host. */
void compare_choose_threshold(struct compare_row *row, const struct read_result *result,
                              bool is_one, const struct compare_rules *rules);

/* Turns SLOW or FAST into UNSURE where throttling or clocks explain it, and puts the reason of an
 * UNSURE into words. `questions`: how many rows were corrected for each other. */
void compare_doubt(struct compare_row *row, const struct compare_rules *rules, size_t questions);

#endif

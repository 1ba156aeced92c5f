/* doubt.h - decides whether clocks or the speed of the CPU explain a change, and the outcome of all
 * rows. */
#ifndef HARNESS_COMPARE_DOUBT_H
#define HARNESS_COMPARE_DOUBT_H

#include "harness/compare/row.h"

/* Returns the outcome of all rows, the most severe one: STATUS_WRONG or STATUS_FAILED for a broken
 * row; STATUS_NOT_COMPARABLE if no row was judged, or one is of other machines (or missing, if the
 * rules forbid that); STATUS_REGRESSION; STATUS_INCONCLUSIVE if is_strict; else STATUS_OK. */
enum status comparison_outcome(const struct comparison *c, const struct compare_rules *rules,
                               bool is_strict, struct failure *why);

/* Confirms SLOW rows by a second comparison, of new runs. A row that is not slower by the threshold
 * again becomes UNSURE, and so does one whose change something else explains. */
void comparison_confirm(struct comparison *first, const struct comparison *second,
                        const struct compare_rules *rules);

/* Returns the number of rows with this verdict. */
size_t comparison_count(const struct comparison *c, enum change change);

/* NVML's clocks-event reasons that mean heat or hardware; the power cap is normal at full load. */
#define COMPARE_THROTTLE (0x8u | 0x20u | 0x40u | 0x80u)

/* Sets the threshold of a row with results like `result`. `is_one` says that all runs were on one
 * card or host. */
void compare_choose_threshold(struct compare_row *row, const struct read_result *result,
                              bool is_one, const struct compare_rules *rules);

/* Turns SLOW or FAST into UNSURE where throttling or clocks explain the change, and writes the
 * reason of an UNSURE. `questions` says how many rows were corrected for each other. */
void compare_doubt(struct compare_row *row, const struct compare_rules *rules, size_t questions);

#endif

/* parts.h - the expected value of each rank's share of sum-aat, in twice float64's precision.
 *
 * The sum of all entries of C in its first r rows and columns is ‖p(r)‖², where p(r) is the sum of
 * the first r rows of A. What lies before a cut (harness/contract/problem.h) is therefore ‖p(row)‖²
 * + 2·(p(row + rows) - p(row))·p(col), and a share is the difference of two cuts. The ranks add up
 * the rows between the cuts, each row once, and one rank puts the sums together. */
#ifndef HARNESS_PARTS_H
#define HARNESS_PARTS_H

#include "harness/contract/backend.h"

/* Consecutive rows of A that one rank adds up. */
struct segment {
    uint64_t first, rows;
    int rank;
};

/* Divides the rows at all cuts of `ranks` shares (ranks + 1 cuts, in order). A rank gets rows that
 * its share begins with, so that it has them. `out` has room for 3·(ranks + 1) of them. Returns
 * their number. */
size_t parts_segments(const struct cut *cuts, int ranks, struct segment *out);

/* The sum of the rows of a segment: n values. */
typedef enum status parts_row_sum(void *context, const struct segment *segment, long double *out,
                                  struct failure *why);

/* want[r] is the expected part of rank r. Calls sum() for each segment in order. */
enum status parts_expect(const struct cut *cuts, int ranks, uint64_t n, parts_row_sum *sum,
                         void *context, long double *want, struct failure *why);

#endif

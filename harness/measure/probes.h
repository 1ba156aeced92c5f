/* probes.h - checks with random weights: of every entry of C, and of sums whose C is never stored.
 *
 * blocks: C in blocks of 8 to 128 columns of a row, whose entries are added up with random signs
 * and compared with float64 (Freivalds, Probabilistic machines can use less running time, 1977: C·x
 * against A·(Aᵀ·x), one x a block). An error of an entry is in exactly one block, and is seen if it
 * is larger than the other errors of that block: the limit is 8·sqrt(width) times the errors' mean
 * square, measured of the sampled entries of the same C.
 *
 * all: on demand every entry, each a block of its own.
 *
 * weights: the same kernel runs again over D·A, where D multiplies each row by a random sign, or by
 * 1 or 2 if the variant is for non-negative data: one to three times or, on demand, 16 times. That
 * is exact in every arithmetic, and the sum of the result, xᵀ·A·Aᵀ·x for the diagonal x of D, is
 * known in float64. So tiles of C in the wrong place show, and errors that cancel in the plain sum.
 */
#ifndef HARNESS_PROBES_H
#define HARNESS_PROBES_H

#include "harness/measure/oracle.h"
#include "harness/measure/tolerance.h"

/* Runs over A with other signs of its rows, where everything is to be checked. */
enum { PROBE_FULL_RUNS = 16 };

/* How long that, or the comparison of every entry of C, takes a variant; 0 if unknown. */
double probe_seconds(const struct problem *p, const struct device_facts *device);

/* The error of an entry of C, divided by its scale. */
struct suspect suspect_of(const struct oracle *oracle, const struct verdict *verdict,
                          struct entry at, double got, long double want);

/* Sets verdict->block_error and limit.block, and the place. Needs rel_f and bias, and reports
 * nothing for small n, of which every entry is sampled, or if the backend cannot tell. */
enum status probe_blocks(const struct backend *backend, struct job *job, const struct oracle *o,
                         struct verdict *verdict, struct entry *place, struct failure *why);

/* Compares every entry of C with float64, if the oracle asks for that; does nothing for small n, of
 * which every entry is sampled. Sets worst_entry to the worst of all, and *worst. */
enum status probe_all(const struct backend *backend, struct job *job, const struct oracle *o,
                      struct verdict *verdict, struct suspect *worst, struct failure *why);

/* Sets verdict->weighted_error. run_ns: what a run takes; one of seconds is not repeated, unless
 * the oracle asks for everything. */
enum status probe_weights(const struct backend *backend, struct job *job, const struct variant *v,
                          const struct oracle *o, nanos run_ns, struct verdict *verdict,
                          struct failure *why);

#endif

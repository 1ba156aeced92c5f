/* probes.h - checks with random weights: of every entry of C, and of sums whose C is never stored.
 *
 * blocks: every row of C is cut into blocks of 8 to 128 columns. The entries of a block are added
 * with random signs, and the sum is compared with float64 (Freivalds, Probabilistic machines can
 * use less running time, 1977: C·x against A·(Aᵀ·x), one x per block). A wrong entry is in exactly
 * one block and is found if its error exceeds the other errors of that block: the limit is
 * 8·sqrt(width) times the root mean square error of the sampled entries of the same C.
 *
 * all: with --verify full every entry is compared, as a block of one column.
 *
 * weights: the same kernel runs again over D·A, where D multiplies each row by a random sign, or by
 * 1 or 2 if the variant is for non-negative data. It does so one to three times, or 16 times with
 * --verify full. The multiplication is exact in every arithmetic, and the sum of the result,
 * xᵀ·A·Aᵀ·x for the diagonal x of D, is known in float64. This finds tiles of C in the wrong place,
 * and errors that cancel in the plain sum. */
#ifndef HARNESS_PROBES_H
#define HARNESS_PROBES_H

#include "harness/verify/oracle.h"
#include "harness/verify/tolerance.h"

/* How many runs --verify full makes over A with random signs of its rows. */
enum { PROBE_FULL_RUNS = 16 };

/* Returns how many seconds --verify full takes per variant: these runs, or the comparison of every
 * entry of C. 0 if unknown. */
double probe_seconds(const struct problem *p, const struct device_facts *device);

/* Returns the error of an entry of C, divided by its scale. */
struct suspect suspect_of(const struct oracle *oracle, const struct verdict *verdict,
                          struct entry at, double got, long double want);

/* Sets verdict->block_error and limit.block, and *place to the worst block. Needs rel_f and bias.
 * Does nothing for small n, where every entry is sampled, or if the backend cannot add up blocks.
 */
enum status probe_blocks(const struct backend *backend, struct job *job, const struct oracle *o,
                         struct verdict *verdict, struct entry *place, struct failure *why);

/* Compares every entry of C with float64 if oracle->is_full. Does nothing for small n, where every
 * entry is sampled. Sets verdict->worst_entry and *worst to the worst entry. */
enum status probe_all(const struct backend *backend, struct job *job, const struct oracle *o,
                      struct verdict *verdict, struct suspect *worst, struct failure *why);

/* Sets verdict->weighted_error. run_ns is the time of a run; a run of seconds is not repeated,
 * unless oracle->is_full. */
enum status probe_weights(const struct backend *backend, struct job *job, const struct variant *v,
                          const struct oracle *o, nanos run_ns, struct verdict *verdict,
                          struct failure *why);

#endif

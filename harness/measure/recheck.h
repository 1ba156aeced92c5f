/* recheck.h - timed runs checked against the verified one.
 *
 * A kernel is deterministic, so every run must leave the bits that were verified. Of sum-aat and
 * reduce, whose answer is one number, every run is compared; the answer is poisoned before some of
 * them, at random, so that a run that does nothing shows. C takes time to poison and to add up, so
 * of matmul only long runs are, and one run after the last sample. All of it is outside the timing.
 * A library's sum, and one added in any order, may differ by as much as the limit of the verdict.
 */
#ifndef HARNESS_RECHECK_H
#define HARNESS_RECHECK_H

#include "harness/contract/backend.h"
#include "harness/measure/verify.h"

/* Whether the answer is poisoned before the next run, whose last one took run_ns (0: unknown).
 * random: the state of a generator. */
bool recheck_poisons(const struct variant *v, nanos run_ns, uint64_t *random);

/* Compares the answer of v's last run with the verified one. STATUS_WRONG, and a sentence, if it
 * differs. Does nothing if there is no good verdict, or if reading the answer takes time and the
 * run was not poisoned. */
enum status recheck_answer(const struct backend *backend, struct job *job, const struct variant *v,
                           const struct verdict *verdict, bool was_poisoned, struct failure *why);

/* Whether a sum is the verified one: bit for bit, or, where the order of additions may vary, within
 * the limit of the verdict. */
bool recheck_is_same(const struct variant *v, const struct verdict *verdict, double sum);

/* Whether a median (s) means that v did more than the device can: above its peak speed, or, if the
 * matrices are much larger than its caches, above the speed of its memory. Then why says so. */
enum status recheck_speed(const struct problem *p, const struct variant *v,
                          const struct device_facts *device, double median_s, struct failure *why);

#endif

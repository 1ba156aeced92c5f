/* recheck.h - checks timed runs against the verified run.
 *
 * A kernel is deterministic, so every run must produce the same bits as the verified run. For
 * sum-aat and reduce, whose answer is one number, every run is compared. Before some runs, chosen
 * at random, the answer is overwritten with NaN (poisoned), so that a run that does nothing is
 * noticed. Poisoning and adding up C takes time, so for matmul this is done only with long runs,
 * and with one run after the last sample. None of it is timed. The sum of a library, or one whose
 * order of additions varies, may differ up to the limit of the verdict. */
#ifndef HARNESS_RECHECK_H
#define HARNESS_RECHECK_H

#include "harness/contract/backend.h"
#include "harness/verify/verify.h"

/* Whether the answer is poisoned before the next run, whose last one took run_ns (0: unknown).
 * `random` is the state of a generator. */
bool recheck_poisons(const struct variant *v, nanos run_ns, uint64_t *random);

/* Compares the answer of v's last run with the verified one. Returns STATUS_WRONG with a message if
 * it differs. Does nothing if there is no good verdict, or if reading the answer takes time and the
 * run was not poisoned. */
enum status recheck_answer(const struct backend *backend, struct job *job, const struct variant *v,
                           const struct verdict *verdict, bool was_poisoned, struct failure *why);

/* Whether a sum is the verified one: bit for bit, or, where the order of additions may vary, within
 * the limit of the verdict. */
bool recheck_is_same(const struct variant *v, const struct verdict *verdict, double sum);

/* Checks that a median (in seconds) is possible. Returns an error with a message if v would exceed
 * the device's peak speed or, for matrices much larger than its caches, the speed of its memory. */
enum status recheck_speed(const struct problem *p, const struct variant *v,
                          const struct device_facts *device, double median_s, struct failure *why);

#endif

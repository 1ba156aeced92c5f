/* barrier.h - processes that start to sample at the same moment: --all-devices starts one a GPU,
 * and each waits at the barrier, matrix and kernels ready, until all are there. */
#ifndef BENCH_BARRIER_H
#define BENCH_BARRIER_H

#include "harness/base/status.h"
#include "harness/contract/facts.h"

#include <stdbool.h>
#include <sys/types.h>

/* ---- in the process that samples ---- */

/* Whether this process was started with a barrier. */
bool barrier_exists(void);

/* Says "ready" and waits for "go"; at once without a barrier, and the second time. */
enum status barrier_wait(struct failure *why);

/* Adds device.at_once, the number of GPUs that sample at the same time, if there are several. */
void barrier_facts(struct facts *facts);

/* ---- in the one that starts it ---- */

/* A new barrier: the parent's end, -1 with errno on failure, and the child's, which is closed in
 * every program but the one that barrier_enter() was called for. */
int barrier_make(int *child_end);

/* In the child, before exec: leaves its end open, for a group of `count` processes. */
void barrier_enter(int child_end, int count);

/* Reads "ready": 1 if it came, 0 if the child has ended, -1 if neither happened within timeout_ms.
 */
int barrier_ready(int parent_end, int timeout_ms);
void barrier_open(int parent_end);

#endif

/* barrier.h - lets processes start to sample at the same moment. --all-devices starts one process
 * per GPU; each prepares its matrix and kernels and then waits at the barrier for the others. */
#ifndef BENCH_BARRIER_H
#define BENCH_BARRIER_H

#include "harness/base/status.h"
#include "harness/contract/facts.h"

#include <stdbool.h>
#include <sys/types.h>

/* ---- in the process that samples ---- */

/* Whether this process was started with a barrier. */
bool barrier_exists(void);

/* Reports that this process is ready and waits for the start. Returns at once without a barrier,
 * and when called again. */
enum status barrier_wait(struct failure *why);

/* Adds device.at_once, the number of GPUs that sample at the same time, if there are several. */
void barrier_facts(struct facts *facts);

/* ---- in the one that starts it ---- */

/* Makes a barrier for one child. Returns the parent's end, or -1 with errno; *child_end is the
 * child's, which only a program started after barrier_enter() inherits. */
int barrier_make(int *child_end);

/* In the child, before exec: leaves its end open, for a group of `count` processes. */
void barrier_enter(int child_end, int count);

/* Waits for a child: 1 if it is ready, 0 if it has ended, -1 if neither happened in timeout_ms. */
int barrier_ready(int parent_end, int timeout_ms);
void barrier_open(int parent_end);

#endif

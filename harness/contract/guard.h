/* guard.h - a time limit for the calls of a backend, which a thread watches.
 *
 * A call into a driver or card that hangs never returns, so it cannot report an error. Each call
 * therefore has a time limit, generous enough for slow cards and slow kernels: HANG_SECONDS, plus
 * GUARD_TIMES as long as the work would take at the device's peak. When the limit has passed, or an
 * interrupt has waited GUARD_INTERRUPT_MS for the call, the thread calls hung(), which ends
 * the process. It may use the data of the thread that hangs, because that thread does not go on. */
#ifndef HARNESS_GUARD_H
#define HARNESS_GUARD_H

#include "harness/contract/backend.h"

enum { GUARD_TIMES = 200, GUARD_INTERRUPT_MS = 500 };

/* Called when a call hangs; must not return. `v` is the variant that was being loaded, run or read,
 * or NULL; `why` is STATUS_INTERRUPTED, or STATUS_LOST with a message. It may call the guarded
 * backend; these calls have no limit. */
typedef void (*guard_hung)(void *context, const struct variant *v, const struct failure *why);

/* Returns the same backend with guarded calls; only one can be guarded at a time.
 * $GPUBENCH_HANG_SECONDS replaces HANG_SECONDS; 0 means no limit. */
const struct backend *guard_backend(const struct backend *inner);

/* The same for a CPU, whose calls return in the end however long they take: only an interrupt ends
 * one. */
const struct backend *guard_interrupts(const struct backend *inner);

/* Sets and clears the time limit for calls outside a backend: what happens between these two calls
 * must end within HANG_SECONDS. */
void guard_enter(const char *what);
void guard_leave(void);

/* Sets the function that is called when a call hangs. Without one, calls are not watched. */
void guard_on_hang(guard_hung hung, void *context);

/* The limit of the call in progress in nanoseconds, 0 if it has none; for tests. */
nanos guard_limit(void);

#endif

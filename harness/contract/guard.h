/* guard.h - a backend whose calls may never return, watched from a thread beside them.
 *
 * A driver or a card that hangs takes its caller with it: no error comes back. So each call has a
 * time it may take, generous enough for slow cards and slow kernels: GUARD_SECONDS, and
 * GUARD_TIMES as long as the work would take at the device's peak. Past it, or when an interrupt
 * has waited GUARD_INTERRUPT_MS for the call, the thread calls hung(), which ends the
 * process: it may read and write what the stuck thread owns, for that one stays where it is. */
#ifndef HARNESS_GUARD_H
#define HARNESS_GUARD_H

#include "harness/contract/backend.h"

enum { GUARD_SECONDS = 60, GUARD_TIMES = 200, GUARD_INTERRUPT_MS = 500 };

/* v: what was being loaded, run or read, or NULL. why: STATUS_INTERRUPTED, or STATUS_LOST with the
 * sentence. Must not return; calls of the guarded backend from within go through unwatched. */
typedef void (*guard_hung)(void *context, const struct variant *v, const struct failure *why);

/* The same backend, guarded; one at a time. $GPUBENCH_HANG_SECONDS stands in for GUARD_SECONDS,
 * 0 for no limit. */
const struct backend *guard_backend(const struct backend *inner);

/* Watches calls outside a backend: what stands between the two must end within the same time. */
void guard_enter(const char *what);
void guard_leave(void);

/* The function to call from now on. */
void guard_on_hang(guard_hung hung, void *context);

#endif

/* hang.h - the end of a process whose device does not answer (harness/contract/guard.h). */
#ifndef BENCH_HANG_H
#define BENCH_HANG_H

#include "harness/contract/guard.h"

/* A guard_hung for a process that has nothing to save: prints why and exits. */
void hang_end(void *context, const struct variant *v, const struct failure *why);

/* Ends the process with exit status 1 after so many seconds, because what the caller still has to
 * do after a hang may hang too. */
void hang_hurry(unsigned seconds);

#endif

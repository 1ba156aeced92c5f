/* trial.h - OpenBLAS tried in a child process, which may crash, hang or compute nonsense. */
#ifndef CPU_BLAS_TRIAL_H
#define CPU_BLAS_TRIAL_H

#include "harness/base/status.h"

#include <stdbool.h>
#include <stddef.h>

enum trial_end {
    TRIAL_RIGHT, /* loaded, and its products agree with float64 */
    TRIAL_WRONG,
    TRIAL_OTHER,      /* it runs another core type than the one asked for */
    TRIAL_NO_LIBRARY, /* not found, or not OpenBLAS */
    TRIAL_CRASHED,
    TRIAL_HUNG,
    TRIAL_INTERRUPTED
};

struct trial {
    enum trial_end end;
    int signal;    /* that ended the child, if it crashed by one */
    char core[32]; /* the core type that ran, or that was asked for; "" if neither is known */
    double flops;  /* FLOP/s of sgemm in one thread; 0 unless timed and right */
};

/* What OpenBLAS does with the given number of threads and the given core type (NULL: its own
 * choice): loads the first of the names that exists (openblas_open), checks products, one of
 * them on all threads, and times one in one thread if is_timed(core) is true (NULL: always). Ends
 * the child after `seconds` (0: never), or when somebody interrupts. Costs the loading of the
 * library and a few milliseconds. */
struct trial trial_run(const char *const names[], int threads, const char *core,
                       bool (*is_timed)(const char *core), double seconds);

/* "wrong product", "crash (signal 4)", … */
void trial_words(const struct trial *t, char *text, size_t bytes);

#endif

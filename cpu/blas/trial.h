/* trial.h - a BLAS library tried in a child process, which may crash, hang or compute nonsense. */
#ifndef CPU_BLAS_TRIAL_H
#define CPU_BLAS_TRIAL_H

#include "cpu/blas/library.h"

enum trial_end {
    TRIAL_RIGHT, /* loaded, and its products agree with float64 */
    TRIAL_WRONG,
    TRIAL_OTHER,        /* it runs another core type than the one asked for */
    TRIAL_DISOBEYS,     /* it runs more threads than it was asked for */
    TRIAL_ABSENT,       /* there is no such file */
    TRIAL_NO_LIBRARY,   /* it cannot be loaded, or is another library */
    TRIAL_CHANGES_MODE, /* of rounding, in the thread that calls it */
    TRIAL_CRASHED,
    TRIAL_HUNG,
    TRIAL_INTERRUPTED
};

struct trial {
    enum trial_end end;
    bool prints;    /* the library wrote to standard output or error */
    int signal;     /* that ended the child, if it crashed by one */
    char core[32];  /* the core type that ran, or that was asked for; "" if neither is known */
    char why[320];  /* TRIAL_ABSENT, TRIAL_NO_LIBRARY and TRIAL_DISOBEYS: the reason;
                       TRIAL_CRASHED: the first line that it printed, "" if none */
    char file[512]; /* the file that was loaded; "" if none */
    double flops;   /* FLOP/s of sgemm in one thread; 0 unless timed and right */
};

/* Tries a library with the given number of threads and the given core type of OpenBLAS (NULL: its
 * own choice): loads it (blas_open), checks products, one of them on all threads, and times one in
 * one thread if is_timed(core) is true (NULL: always). With 0 threads it is only opened, with no
 * room to map it, so that it cannot hang: `end` is TRIAL_ABSENT if it is not there. Ends the child
 * after `seconds` (0: never), or on an interrupt. Costs the loading of the library and a few
 * milliseconds. */
struct trial trial_run(const struct blas_row *row, int threads, const char *core,
                       bool (*is_timed)(const char *core), double seconds);

/* Writes how a trial ended, for example "wrong product" or "crash (signal 4)". */
void trial_words(const struct trial *t, char *text, size_t bytes);

#endif

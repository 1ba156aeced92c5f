/* launcher.h - what started this process: mpirun, srun or another launcher, by the variables that
 * it sets. */
#ifndef BENCH_LAUNCHER_H
#define BENCH_LAUNCHER_H

#include "harness/base/status.h"

struct launcher {
    const char *size, *rank; /* variables; size may be NULL */
    const char *name, *mpi;  /* the MPI that it most likely starts */
    int least_size;          /* srun sets its variables for single tasks too, which need no MPI */
};

/* The launcher that the environment shows, or NULL. */
const struct launcher *launcher_find(void);

/* The number in a variable; -1 if it is not set or no number, or if `variable` is NULL. */
int launcher_number(const char *variable);

/* Returns STATUS_USAGE if a launcher has started several processes of a command that works alone.
 */
enum status launcher_check_single(const char *what, struct failure *why);

/* The launcher that the environment shows, for messages, or NULL; the rank it gave this process and
 * how many it started, -1 where it does not say. */
const char *launcher_of(int *rank, int *size);

#endif

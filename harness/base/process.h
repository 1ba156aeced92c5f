/* process.h - another program, run to its end with its standard output read. */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

struct process_output {
    char *bytes; /* ends with a 0 that is not counted; NULL if it was too much; to be freed */
    size_t count;
    int ended; /* as waitpid() tells */
};

/* Runs argv, found on PATH, with `input` as its standard input (-1: ours) and its standard error
 * nowhere if it is hushed. One that prints more than `most` bytes, or than there is memory for, is
 * killed, and an interruption (harness/base/interrupt.h) ends it. Returns 0, or the errno for which
 * it could not be started. */
int process_read(char *const *argv, int input, bool is_hushed, size_t most,
                 struct process_output *out);

#endif

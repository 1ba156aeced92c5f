/* process.h - runs another program to its end and reads its standard output. */
#ifndef HARNESS_PROCESS_H
#define HARNESS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

struct process_output {
    char *bytes; /* the caller frees it; NULL if there was too much; a NUL follows that is not
                    counted */
    size_t count;
    int ended; /* the status that waitpid() reports */
};

/* Runs argv, which is looked up on PATH, with `input` as its standard input (-1: this program's
 * own). Its standard error is discarded if is_hushed. Kills a program that prints more than `most`
 * bytes and passes an interruption (harness/base/interrupt.h) on to it. Returns 0, or an errno if
 * it cannot be started. */
int process_read(char *const *argv, int input, bool is_hushed, size_t most,
                 struct process_output *out);

#endif

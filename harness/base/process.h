/* process.h - runs another program to its end and reads its standard output; finds plugins. */
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

enum process_kind { PROCESS_TOOL, PROCESS_COMMAND };

/* Runs argv, which is looked up on PATH, with `input` as its standard input (-1: this program's
 * own). A tool's standard error is discarded, and it gets only the variables that programs need to
 * find files and a language; a command gets the user's environment without the credentials of this
 * program. Kills a program that prints more than `most`
 * bytes and passes an interruption (harness/base/interrupt.h) on to it. Returns 0, or an errno if
 * it cannot be started. */
int process_read(char *const *argv, int input, enum process_kind kind, size_t most,
                 struct process_output *out);

/* The path of a plugin of that file name: in $GPUBENCH_PLUGINS, in ../lib/gpubench or ../lib from
 * this program, or beside it. False if none of them has it. `path` has room for PATH_MAX bytes. */
bool process_plugin(char *path, const char *name);

#endif

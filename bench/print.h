/* print.h - what is made of the tables for others to read: the manual page and the shell
 * completions. */
#ifndef BENCH_PRINT_H
#define BENCH_PRINT_H

#include "harness/base/status.h"

/* Prints "man", "bash", "zsh" or "fish" on stdout. */
enum status print_generated(const char *what, struct failure *why);

#endif

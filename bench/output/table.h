/* table.h - the contestants of one problem, a row each. */
#ifndef BENCH_TABLE_H
#define BENCH_TABLE_H

#include "harness/result/result.h"

#include <stdio.h>

/* Prints the table: measured variants, fastest first, then those that failed or were wrong, then
 * those waived. `how` ends the first line ("interleaved, 3.0 s warm-up, 12 s"). */
void table_print(FILE *to, const struct result *r, const char *how, bool colored);

#endif

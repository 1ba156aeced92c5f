/* rank_table.h - what each rank of a problem that several did together has contributed. */
#ifndef BENCH_RANK_TABLE_H
#define BENCH_RANK_TABLE_H

#include "harness/result/result.h"

#include <stdio.h>

/* A row a rank, then what all of them make of one alone, and which is the slowest. */
void ranks_print(FILE *to, const struct result *r);

#endif

/* report.h - the main job in words. */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "harness/result/result.h"

#include <stdio.h>

/* Prints what the original script printed, because programs may parse it: the sum,
 * "Shape: (N, N) Device: /gpu:0" and "Time taken: 0:00:00.341208". */
void report_answer(FILE *to, const struct result *r);

/* ", cold cache" or ", in cache", or "" where memory was measured as it is. */
const char *report_cache(const struct result *r);

/* Prints what the original script did not: device, phases, verdict, steady state. */
void report_details(FILE *to, const struct result *r);

/* Prints where the result was saved (saved may be NULL) and what to try next (may be NULL). */
void report_end(FILE *to, const char *saved, const char *output, const char *command,
                const char *what);

/* Every fact, one a line, for --verbose. */
void report_facts(FILE *to, const struct facts *facts);

#endif

/* report.h - the main job in words. */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "bench/cli/options.h"
#include "harness/result/result.h"

#include <jansson.h>
#include <stdio.h>

/* The lines of the original script, which others may read: the sum, "Shape: (N, N) Device: /gpu:0"
 * and "Time taken: 0:00:00.341208". */
void report_answer(FILE *to, const struct result *r);

/* ", cold cache" or ", in cache", or "" where memory was measured as it is. */
const char *report_cache(const struct result *r);

/* What the script never told: device, phases, verdict, steady state. */
void report_details(FILE *to, const struct result *r);

/* Where the result went (saved may be NULL) and what to try next (may be NULL). */
void report_end(FILE *to, const char *saved, const char *output, const char *command,
                const char *what);

/* Every fact, one a line, for --verbose. */
void report_facts(FILE *to, const struct facts *facts);

/* The JSON on standard output, let go of afterwards; NULL means that there was no memory for it. */
enum status report_json(json_t *document, struct failure *why);

/* Whether colour is wanted on a stream; and text in it, or plain. */
bool report_colored(FILE *to, enum color color);
enum tint { TINT_GOOD = 32, TINT_DIM = 2, TINT_BAD = 31, TINT_WARN = 33 };
void report_tint(FILE *to, bool colored, enum tint tint, const char *text);

#endif

/* verdicts.h - a comparison as people, programs and CI systems read it. */
#ifndef BENCH_VERDICTS_H
#define BENCH_VERDICTS_H

#include "harness/compare/compare.h"

#include <jansson.h>
#include <stdio.h>

/* What is compared, beside the rows themselves. */
struct verdicts {
    const struct comparison *comparison;
    const struct compare_rules *rules;
    const char *base_name, *now_name; /* "baseline", "now"; "A", "B" */
    const char *verb;                 /* "compare" */
    enum status outcome;              /* as the exit code will tell */
    const char *sentence;             /* why, "" if all is well */
    double seconds;                   /* spent measuring; 0 if it was not */
};

/* Heading, differences of the machines, and a table with a verdict a row. */
void verdicts_print(FILE *to, const struct verdicts *v, bool colored);

/* "+3.0 %", "+2.7 … +3.4 %", "18.41 ms ± 0.2 %", for whoever else writes a row; WORDS_BYTES each.
 */
char *verdicts_change(char *out, double change);
char *verdicts_interval(char *out, const struct compare_row *row);
char *verdicts_side(char *out, const struct compare_side *side);

/* The word of a row: SAME, FAST, SLOW, UNSURE, OTHER MACHINE, ONLY BASE, ONLY NEW, FAILED, WRONG.
 */
const char *verdicts_word(const struct compare_row *row);

/* gpubench-comparison/1; NULL if memory runs out. */
json_t *verdicts_to_json(const struct verdicts *v);

/* A JUnit document, for GitLab and Jenkins: a test case a row. */
enum status verdicts_write_junit(const struct verdicts *v, const char *file, struct failure *why);

/* In GitHub Actions: annotations on `to`, a table in the step summary, the verdict as an output.
 * Elsewhere nothing. */
void verdicts_tell_github(FILE *to, const struct verdicts *v);

#endif

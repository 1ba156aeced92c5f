/* verdicts.h - a comparison in words for people, as JSON for programs, and for CI systems. */
#ifndef BENCH_VERDICTS_H
#define BENCH_VERDICTS_H

#include "harness/compare/compare.h"
#include "harness/compare/fleet.h"

#include <jansson.h>
#include <stdio.h>

/* A comparison and what surrounds it. */
struct verdicts {
    const struct comparison *comparison;
    const struct compare_rules *rules;
    const char *base_name, *now_name; /* "baseline", "now"; "A", "B" */
    const char *verb;                 /* "compare" */
    enum status outcome;              /* becomes the exit status */
    const char *sentence;             /* why it is not STATUS_OK; or "" */
    double seconds;                   /* spent measuring; 0 if nothing was measured */
};

/* Prints a heading, the differences of the machines, and a table with a verdict for each row. */
void verdicts_print(FILE *to, const struct verdicts *v, bool colored);

/* "+3.0 %", "+2.7 … +3.4 %", "18.41 ms ± 0.2 %". Each fills WORDS_BYTES and returns them. */
char *verdicts_change(char *out, double change);
char *verdicts_interval(char *out, const struct compare_row *row);
char *verdicts_side(char *out, const struct compare_side *side);

/* The word of a row: SAME, FAST, SLOW, UNSURE, OTHER MACHINE, ONLY BASE, ONLY NEW, FAILED, WRONG.
 */
const char *verdicts_word(const struct compare_row *row);

/* gpubench-comparison/1; NULL if memory runs out. */
json_t *verdicts_to_json(const struct verdicts *v);

/* Writes a JUnit document for GitLab and Jenkins, with a test case for each row. */
enum status verdicts_write_junit(const struct verdicts *v, const char *file, struct failure *why);

/* The same document of a fleet: a test case for each key on each host or card, a failure for each
 * outlier, and an error for each that failed or was wrong. */
enum status verdicts_write_fleet_junit(const struct fleet *fleet, const char *file,
                                       struct failure *why);

/* In GitHub Actions, writes annotations to `to`, a table to the step summary and the verdict as an
 * output. Does nothing elsewhere. */
void verdicts_tell_github(FILE *to, const struct verdicts *v);

/* "wrong in 1 of 5 runs, failed in 2: reason"; returns `out`. */
char *verdicts_bad(const struct fleet_bad *bad, char *out, size_t bytes);

/* Prints the results of many hosts that have no time, by name (failures.c; `to` may be NULL).
 * STATUS_WRONG if one was wrong, STATUS_FAILED if one failed. */
enum status verdicts_of_failures(FILE *to, const struct fleet *fleet, bool colored,
                                 struct failure *why);

/* Prints how the soaks among the readings ended (soaks.c; `to` may be NULL). STATUS_WRONG if one
 * was FAULTY, STATUS_REGRESSION if one was SLOW or THROTTLED. */
enum status verdicts_of_soaks(FILE *to, const struct readings *readings, bool colored,
                              struct failure *why);

#endif

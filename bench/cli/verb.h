/* verbs.h - what gpubench can be told to do: one table, from which dispatch, help, manual page and
 * completions follow. */
#ifndef BENCH_VERBS_H
#define BENCH_VERBS_H

#include "bench/cli/options.h"

struct verb {
    const char *name;
    const char *argument; /* "N", "FILE..." if it takes several, or NULL if it takes none */
    bool optional;        /* the argument may be left out */
    const char *line;     /* what it does, in one line */
    const char *about;    /* and in some more */
    unsigned options;     /* groups of enum option_group */
    enum status (*run)(const struct options *options, struct failure *why);
};

extern const struct verb verbs[];
extern const size_t verb_count;

/* The verb of that name, or NULL; then why holds a sentence with the nearest one. */
const struct verb *verb_find(const char *name, struct failure *why);

/* Whether it takes more than one argument. */
bool verb_takes_many(const struct verb *verb);

/* What `gpubench` alone and `gpubench --help` print. */
void verbs_overview(FILE *to);

/* The verbs. Each prints its results on stdout and returns how it went. */
enum status cmd_run(const struct options *options, struct failure *why);
enum status cmd_compare(const struct options *options, struct failure *why);
enum status cmd_ab(const struct options *options, struct failure *why);
enum status cmd_check(const struct options *options, struct failure *why);
enum status cmd_sweep(const struct options *options, struct failure *why);
enum status cmd_export(const struct options *options, struct failure *why);
enum status cmd_report(const struct options *options, struct failure *why);
enum status cmd_plot(const struct options *options, struct failure *why);
enum status cmd_history(const struct options *options, struct failure *why);
enum status cmd_list(const struct options *options, struct failure *why);
enum status cmd_publish(const struct options *options, struct failure *why);
enum status cmd_doctor(const struct options *options, struct failure *why);
enum status cmd_help(const struct options *options, struct failure *why);

#endif

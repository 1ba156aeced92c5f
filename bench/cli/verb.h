/* verb.h - one verb of the command line. Each verb's row stands beside the function that it runs;
 * bench/verbs.c lists them all. Dispatch, help, manual page and completions follow from these rows.
 */
#ifndef BENCH_VERB_H
#define BENCH_VERB_H

#include "bench/cli/options.h"

struct verb {
    const char *name;
    const char *argument; /* "N"; "FILE..." if it takes several; NULL if it takes none */
    bool optional;        /* the argument may be left out */
    bool takes_order;     /* the argument is N, the order of the matrix */
    const char *line;     /* what it does, in at most 46 columns */
    const char *about;    /* the same in a few sentences */
    unsigned options;     /* groups of enum option_group */

    /* Prints results on stdout. On failure, why holds the message for stderr. */
    enum status (*run)(const struct options *options, struct failure *why);
};

extern const struct verb verb_gpu, verb_cpu, verb_compare, verb_ab, verb_check, verb_sweep;
extern const struct verb verb_export, verb_report, verb_plot, verb_history, verb_list;
extern const struct verb verb_doctor, verb_publish, verb_soak, verb_reference;

#endif

/* gate.h - what compare, check and ab have in common: rules out of the options, a comparison, and
 * what is told of it. */
#ifndef BENCH_GATE_H
#define BENCH_GATE_H

#include "bench/cli/options.h"
#include "bench/verdict/verdicts.h"

struct gate {
    const struct options *options;
    struct compare_rules rules;
    struct noise noise;
    struct comparison comparison;
    double seconds; /* spent measuring */
};

/* Rules as the options say. Ends with gate_end(). */
void gate_begin(struct gate *g, const struct options *o, double alpha);
void gate_end(struct gate *g);

/* Reads what the results directory knows of the noise of the machines that runs are of. */
void gate_look_up_noise(struct gate *g, const struct readings *runs);

/* Compares, with the noise looked up; what it was before goes. */
enum status gate_judge(struct gate *g, const struct readings *base, const struct readings *now,
                       struct failure *why);

/* Prints the table or --json, writes --junit, tells GitHub. The outcome, with its sentence. */
enum status gate_tell(struct gate *g, const char *base_name, const char *now_name,
                      struct failure *why);

/* Says on standard error that files in a directory were no results. */
void gate_warn_skipped(const struct readings *r);

#endif

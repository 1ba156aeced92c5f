/* gate.h - what compare, check and ab have in common: rules made of options, a comparison, and how
 * its outcome is printed. */
#ifndef BENCH_GATE_H
#define BENCH_GATE_H

#include "bench/cli/options.h"
#include "bench/verdict/verdicts.h"
#include "harness/reading/readings.h"

struct gate {
    const struct options *options;
    struct compare_rules rules;
    struct noise noise;
    struct comparison comparison;
    double seconds; /* spent measuring */
};

/* Takes the rules from the options. Release with gate_end(). */
void gate_begin(struct gate *g, const struct options *o, double alpha);
void gate_end(struct gate *g);

/* Reads from the results directory the noise of the machines that the runs were made on. */
void gate_look_up_noise(struct gate *g, const struct readings *runs);

/* Looks up the noise, compares, and replaces the comparison before. */
enum status gate_judge(struct gate *g, struct readings *base, struct readings *now,
                       struct failure *why);

/* Counts, beside the noise, how many checks in a row each row's gate was UNSURE. A results
 * directory that cannot be written remembers nothing. */
void gate_remember(struct gate *g);

/* Prints the table or --json, writes --junit and GitHub's files. Returns the outcome, with its
 * message. */
enum status gate_tell(struct gate *g, const char *base_name, const char *now_name,
                      struct failure *why);

/* The runs of one side of a gate, and the name of their file. */
struct gate_side {
    const char *name;
    const struct readings *runs;
};

/* Keeps every run of a gate, failed ones too, as RESULTS/gates/<time>-<verb>-<number>/<side>.json,
 * unless --no-save. Returns the worse of its own status and `so_far`, whose message is in *why. */
enum status gate_keep(const struct options *o, enum status so_far, const struct gate_side *sides,
                      size_t count, struct failure *why);

/* Warns on standard error, unless --quiet, if other programs use this host's CPUs. */
void gate_warn_load(const struct options *o);

#endif

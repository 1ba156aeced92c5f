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
    double seconds; /* time spent measuring */
};

/* Sets the rules from the options. The caller releases the gate with gate_end(). */
void gate_begin(struct gate *g, const struct options *o, double alpha);
void gate_end(struct gate *g);

/* Reads the noise of the machines that made the runs from the results directory. */
void gate_look_up_noise(struct gate *g, const struct readings *runs);

/* Looks up the noise and compares. Replaces an earlier comparison. */
enum status gate_judge(struct gate *g, struct readings *base, struct readings *now,
                       struct failure *why);

/* Counts for each row how many checks in a row were UNSURE, and stores the counts in noise.json.
 * Does nothing if the results directory is not writable. */
void gate_remember(struct gate *g);

/* Prints the table or --json, and writes the files of --junit and for GitHub Actions. Returns the
 * outcome, with its message. */
enum status gate_tell(struct gate *g, const char *base_name, const char *now_name,
                      struct failure *why);

/* The runs of one side of a gate, and the name of the file they are kept in. */
struct gate_side {
    const char *name;
    const struct readings *runs;
};

/* Saves every run of a gate, including failed ones, as
 * RESULTS/gates/<time>-<verb>-<number>/<side>.json, unless --no-save is given. Returns the more
 * severe of its own status and `so_far`, whose message is in *why. */
enum status gate_keep(const struct options *o, enum status so_far, const struct gate_side *sides,
                      size_t count, struct failure *why);

/* Prints a warning if other programs use this host's CPUs, unless --quiet is given. */
void gate_warn_load(const struct options *o);

#endif

/* run.h - one run of `gpubench gpu N` or `gpubench cpu N`: what its steps share. */
#ifndef BENCH_RUN_H
#define BENCH_RUN_H

#include "bench/cli/options.h"
#include "bench/devices/backends.h"
#include "bench/stored/publishing.h"
#include "harness/result/result.h"

struct run {
    const struct options *options;
    const struct place *place;
    struct publishing *publishing; /* NULL: the result stays here */
    FILE *people; /* where text for people goes: standard output, or standard error beside --json */
    nanos began;  /* just before the device is opened: where the original script's clock starts */
    struct device *device;
    struct plan plan; /* of the job */
    struct job *job;
    struct oracle oracle;
    struct result result;
    bool has_findings; /* something verified is there, to be kept should the rest fail */
    bool is_asking;    /* the backend has been asked for facts, and may not have answered */
    size_t current;    /* the contestant being tried */

    /* What was asked for, in the order of the table; automatic: the backend's own choice too. */
    const struct variant **chosen;
    size_t chosen_count;
    bool automatic;
};

/* Starts a run with the options' problem; ends one, but for its device. */
enum status run_start(struct run *run, const struct options *options, const struct place *place,
                      struct failure *why);
void run_end(struct run *run);

/* What the options name (before the device is there), and with it, the contestants. */
enum status run_choose(struct run *run, struct failure *why);
enum status run_line_up(struct run *run, struct failure *why);

/* Saves, prints and sends what was measured, as a table or as the main job. */
enum status run_finish(struct run *run, bool is_table, struct failure *why);

/* Adds what is known about tool, host and device. */
void run_add_facts(struct run *run);

/* Opens the device, and makes the job: the phases "open" and "fill". */
enum status run_open(struct run *run, struct failure *why);
enum status run_begin(struct run *run, struct failure *why);

/* Whether v can run here and fits; if not, STATUS_FAILED or STATUS_NO_MEMORY with the reason alone
 * ("needs cc 9.0, this is 3.0"). */
enum status run_suits(const struct run *run, const struct variant *v, struct failure *why);

/* STATUS_INTERRUPTED if somebody pressed Ctrl-C, else the status given. */
enum status run_checked(enum status status, struct failure *why);

/* Nanoseconds since `from`, which is set to now. */
nanos run_lap(nanos *from);

/* The main job: one variant, timed from the opening of the device to the sum on the host, verified,
 * printed, and sampled for its steady state. */
enum status job_run(struct run *run, struct failure *why);

/* The table: every chosen variant loaded, verified, then sampled in turn. One that fails is a
 * failed contestant, and no failure of the contest. */
enum status contest_run(struct run *run, struct failure *why);

/* What the rows of a table amount to: STATUS_WRONG or STATUS_FAILED if one of them was, or if
 * nothing could run. */
enum status contest_outcome(const struct result *result, struct failure *why);

/* How long the contest warms up and samples, in seconds. */
struct contest_times {
    double warmup_s, sample_s;
};
struct contest_times contest_times(const struct options *options);

#endif

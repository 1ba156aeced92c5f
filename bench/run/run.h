/* run.h - one run of `gpubench gpu N` or `gpubench cpu N`: what its steps share. */
#ifndef BENCH_RUN_H
#define BENCH_RUN_H

#include "bench/cli/options.h"
#include "bench/devices/backends.h"
#include "bench/stored/publishing.h"
#include "harness/result/result.h"

#include <time.h>

struct run {
    const struct options *options;
    const struct place *place;
    struct publishing *publishing; /* NULL: the result is not published */
    FILE *people;       /* stream for text: standard output, or standard error with --json */
    nanos began;        /* just before the device is opened; "Time taken" counts from here */
    struct share share; /* this rank's share of the work; of = 0: all of it */
    struct device *device;
    struct plan plan; /* memory and streaming of the job; set by run_plan() */
    struct job *job;
    struct oracle oracle;
    struct result result;
    struct cards found;           /* the devices that were found; used to publish a failure */
    char card[DEVICE_UUID_BYTES]; /* the UUID of a device that did not open; "" if unknown */
    bool is_card_asked;           /* stored results were searched for the UUID once */
    int ranks;                    /* how many ranks share the problem; 0: this process is alone */
    bool is_table;                /* true: a table of contestants; false: the main job */
    bool has_findings; /* a variant was tried: save the results so far if the rest fails */
    bool is_asking;    /* set before the backend is asked for facts: it may never answer */
    bool is_finished;  /* run_finish() was called */
    size_t current;    /* the contestant being tried */

    /* The variants to run, in the order of the backend's table. */
    const struct variant **chosen;
    size_t chosen_count;
    unsigned automatic; /* bit a: the backend also chooses a variant in arithmetic a */
    char *libraries; /* the libraries that the device loads (struct device_request); NULL: none */
};

/* run_start() begins a run of the problem that the options describe. run_end() releases all but the
 * device. */
enum status run_start(struct run *run, const struct options *options, const struct place *place,
                      struct failure *why);
void run_end(struct run *run);

/* Notes when the run has begun. A clock before this build was made, or outside of 1970 to 2199, is
 * wrong, and the first wrong reading is reported; run_start() does this. */
void run_date(struct run *run, time_t now);

/* Turns the argument of --blas, which may be NULL, into names of libraries. For a file it adds a
 * name and rows to the place's table. The caller frees *names, which is NULL if no library was
 * named. */
enum status run_name_libraries(const struct place *place, const char *blas, char **names,
                               struct failure *why);

/* Finds the variants that the options name. Needs no device. */
enum status run_choose(struct run *run, struct failure *why);

/* Decides what will run on the open device: the plan of the job and the contestants. Variants that
 * cannot run are waived. Returns STATUS_NO_MEMORY or STATUS_FAILED if no variant can run. */
enum status run_plan(struct run *run, struct failure *why);

/* Saves, prints and sends the result. */
enum status run_finish(struct run *run, struct failure *why);

/* For a run that failed before it had a result: publishes *why to a server of time series, which
 * would otherwise go on showing the last good run. Does nothing without such a server or after
 * run_finish(). run_queue_failure() only adds it to the outbox and returns whether it did;
 * run_push_failure() also sends it. */
bool run_queue_failure(struct run *run, const struct failure *why);
void run_push_failure(struct run *run, const struct failure *why);

/* Adds the facts about the program, the host and the device to the result. */
void run_add_facts(struct run *run);

/* run_open() opens the device: the phase "open". run_begin() allocates the planned job and fills A:
 * the phase "fill". */
enum status run_open(struct run *run, struct failure *why);
enum status run_begin(struct run *run, struct failure *why);

/* Computes the float64 references. Warns first if verification will take long. */
enum status run_make_oracle(struct run *run, struct failure *why);

/* Writes the name of a variant with its operation and arithmetic, for example
 * "sum-aat/f32/warp-triangle". */
void run_key(const struct result *r, const struct variant *v, char *key, size_t bytes);

/* Adds the steps of a run of v as phases. */
void run_add_steps(struct result *r, const struct variant *v, const struct sample *sample);

/* Returns STATUS_INTERRUPTED after Ctrl-C, else `status`. */
enum status run_checked(enum status status, struct failure *why);

/* Returns the nanoseconds since *from, and sets *from to now. */
nanos run_lap(nanos *from);

/* Does the main job: runs one variant, timed from opening the device to having the sum on the host,
 * verifies it, prints its times, and samples its steady state. */
enum status job_run(struct run *run, struct failure *why);

/* Does a table: loads and verifies every chosen variant, then samples them in turns. If one fails,
 * its row says why and the others continue. */
enum status contest_run(struct run *run, struct failure *why);

/* Returns the status of a whole table: STATUS_WRONG if a variant was wrong, STATUS_FAILED if one
 * failed or none could run. */
enum status contest_outcome(const struct result *result, struct failure *why);

/* How long a table warms up and samples, in seconds. */
struct contest_times {
    double warmup_s, sample_s;
};
struct contest_times contest_times(const struct options *options);

#endif

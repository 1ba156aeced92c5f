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
    struct share share; /* of several ranks' work; of = 0: all of it */
    struct device *device;
    struct plan plan; /* of the job; run_plan() decides it */
    struct job *job;
    struct oracle oracle;
    struct result result;
    struct cards found;           /* with `publishing`: the devices that there were, if it fails */
    char card[DEVICE_UUID_BYTES]; /* the UUID of a device that did not open; "" if unknown */
    bool is_card_asked;           /* then it stays unknown */
    int ranks;                    /* that do the problem together; 0: this process alone */
    bool is_table;                /* several contestants in a table, or the main job */
    bool has_findings;            /* something is verified: save it if the rest fails */
    bool is_asking;               /* the backend was asked for facts, and may not have answered */
    bool is_finished;             /* run_finish() has been here */
    size_t current;               /* the contestant being tried */

    /* The variants to run, in the order of the backend's table; automatic: its own choice too. */
    const struct variant **chosen;
    size_t chosen_count;
    unsigned automatic; /* bit a: the backend's own choice in arithmetic a */
    char *libraries;    /* what the device is to load, see struct device_request; NULL: nothing */
};

/* Starts a run with the options' problem; ends one, but for its device. */
enum status run_start(struct run *run, const struct options *options, const struct place *place,
                      struct failure *why);
void run_end(struct run *run);

/* Turns the words of --blas, which may be NULL, into names of libraries; a file gets a name and
 * rows of its own in the place's table. *names is the caller's to free; NULL if nothing was asked.
 */
enum status run_name_libraries(const struct place *place, const char *blas, char **names,
                               struct failure *why);

/* Finds the variants that the options name. Needs no device. */
enum status run_choose(struct run *run, struct failure *why);

/* Decides, on the open device, what will run: the plan of the job and the contestants, with those
 * waived that cannot run. STATUS_NO_MEMORY or STATUS_FAILED if nothing can. */
enum status run_plan(struct run *run, struct failure *why);

/* Saves, prints and sends what was measured. */
enum status run_finish(struct run *run, struct failure *why);

/* Of a run that failed before it had a result: sends *why to a server of time series, which would
 * show the last good run for ever. Does nothing without such a server, or after run_finish(). The
 * first only puts it into the outbox, and returns whether it did. */
bool run_queue_failure(struct run *run, const struct failure *why);
void run_push_failure(struct run *run, const struct failure *why);

/* Adds what is known about tool, host and device. */
void run_add_facts(struct run *run);

/* Opens the device, and makes the planned job: the phases "open" and "fill". */
enum status run_open(struct run *run, struct failure *why);
enum status run_begin(struct run *run, struct failure *why);

/* Makes the float64 references, and says beforehand what takes long. */
enum status run_make_oracle(struct run *run, struct failure *why);

/* "sum-aat/f32/warp-triangle". */
void run_key(const struct result *r, const struct variant *v, char *key, size_t bytes);

/* Adds the steps of a run of v as phases. */
void run_add_steps(struct result *r, const struct variant *v, const struct sample *sample);

/* STATUS_INTERRUPTED after Ctrl-C, else the status given. */
enum status run_checked(enum status status, struct failure *why);

/* Nanoseconds since `from`, which is set to now. */
nanos run_lap(nanos *from);

/* The main job: one variant, timed from the opening of the device to the sum on the host, verified,
 * printed, and sampled for its steady state. */
enum status job_run(struct run *run, struct failure *why);

/* The table: every chosen variant loaded, verified, then sampled in turn. If one fails, its row
 * says why and the others go on. */
enum status contest_run(struct run *run, struct failure *why);

/* The status of a whole table: STATUS_WRONG or STATUS_FAILED if one of them was, or if
 * nothing could run. */
enum status contest_outcome(const struct result *result, struct failure *why);

/* How long the contest warms up and samples, in seconds. */
struct contest_times {
    double warmup_s, sample_s;
};
struct contest_times contest_times(const struct options *options);

#endif

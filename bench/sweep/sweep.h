/* sweep.h - `gpubench sweep FROM:TO[:STEPS]`: the struct and functions that its steps share. */
#ifndef BENCH_SWEEP_H
#define BENCH_SWEEP_H

#include "bench/cli/options.h"
#include "bench/devices/backends.h"
#include "bench/run/run.h"

#include <jansson.h>
#include <limits.h>

enum { SWEEP_STEPS_MAX = 200, SWEEP_SIDES = 2 };

struct sweep {
    const struct options *options;
    uint64_t from, to, n[SWEEP_STEPS_MAX];
    size_t steps, count;                   /* as requested, and after duplicates were removed */
    const struct place *side[SWEEP_SIDES]; /* gpu, cpu; NULL: left out (--only) */
    struct device *device[SWEEP_SIDES];
    json_t *documents;             /* an array: the points finished */
    size_t resumed;                /* points that an earlier run finished */
    size_t now, now_side;          /* the point that is measured: n[now] on that side */
    struct publishing *publishing; /* NULL: the points stay here */
    struct cards found;            /* with `publishing`: the GPUs that there are */
    char directory[PATH_MAX],
        finished[PATH_MAX]; /* while it runs, and afterwards; "" with --no-save */
};

/* "64:16384" or "64:16384:9". Without STEPS, two points per doubling. */
enum status sweep_parse(const char *words, struct sweep *sweep, struct failure *why);

/* point.c: starts a run of one N on one side, with the options for it in *options; end it with
 * run_end(). */
enum status sweep_start(const struct sweep *sweep, size_t side, uint64_t n, struct options *options,
                        struct run *run, struct failure *why);

/* Measures one N on one side. The document, owned by the caller, also describes a point
 * that does not fit, with the reason. */
enum status sweep_measure(struct sweep *sweep, size_t side, uint64_t n, json_t **document,
                          struct failure *why);

/* store.c: chooses the directory of the points. If a sweep with the same settings ended early, its
 * directory is continued; a complete sweep has been renamed, so that the same command measures
 * afresh. */
enum status sweep_place(struct sweep *sweep, struct failure *why);
json_t *sweep_load(const struct sweep *sweep, size_t side, uint64_t n);
enum status sweep_keep(const struct sweep *sweep, size_t side, uint64_t n, json_t *document,
                       struct failure *why);
enum status sweep_finish(struct sweep *sweep, struct failure *why);

/* send.c: publishes with --publish. The points are sent at the end, those of an earlier run that it
 * continued too. sweep_send_failure() sends *why in place of each point that the current side has
 * not measured yet. */
enum status sweep_send_begin(struct sweep *sweep, struct failure *why);
enum status sweep_send(const struct sweep *sweep, enum status status, struct failure *why);
void sweep_send_failure(struct sweep *sweep, const struct failure *why);
void sweep_send_end(struct sweep *sweep);

/* scaling.c: `gpubench sweep N --ranks 1,2,4`, the whole of it. */
enum status sweep_scaling(const struct options *options, struct failure *why);

/* print.c: the table and the crossovers, and both as JSON (gpubench-sweep/1). */
void sweep_print(FILE *to, const struct sweep *sweep);
json_t *sweep_to_json(const struct sweep *sweep);

#endif

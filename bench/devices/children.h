/* children.h - runs this program once per GPU, one after the other or all at once. */
#ifndef BENCH_CHILDREN_H
#define BENCH_CHILDREN_H

#include "bench/cli/options.h"

#include <jansson.h>

struct child {
    int device;
    json_t *document;   /* its result, or NULL */
    int code;           /* its exit status; 128 + signal if one killed it */
    char sentence[400]; /* its error message, "" if it had none */
};

/* Counts the devices in a child process, so that this one can still fork afterwards.
 */
enum status children_count(int *count, struct failure *why);

/* Runs the command line of `options` once for each of children[0 … count), whose .device is set,
 * and fills in the rest. They sample at the same time. Where a child fails, its entry says how; a
 * failure here means that none could be started, or an interruption. */
enum status children_run(const struct options *options, struct child *children, int count,
                         struct failure *why);

/* How a parent follows children that run for long. */
struct children_watch {
    void (*tick)(void *context); /* about ten times a second, until all have ended */
    /* Child i has ended while others go on; `sentence` says why, "" if it ended as it should. */
    void (*ended)(void *context, int i, const char *sentence);
    void *context;
    double limit_s; /* a child that runs for longer, once all are ready, is killed */
    double hurry_s; /* the same once an interruption was passed on */
};

/* The same for children that save what they have on a signal: an interruption is
 * passed on once, and each is in a process group of its own, so that Ctrl-C does not reach it
 * twice. A child that cannot be killed, because its driver hangs, is not waited for. */
enum status children_run_watched(const struct options *options, struct child *children, int count,
                                 const struct children_watch *watch, struct failure *why);

void children_free(struct child *children, int count);

#endif

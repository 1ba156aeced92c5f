/* command.h - gpubench as a command that is run again and again: each run is a process of its
 * own, with its own context, memory and clocks, and so one value of a comparison. */
#ifndef BENCH_COMMAND_H
#define BENCH_COMMAND_H

#include "bench/cli/options.h"
#include "harness/reading/readings.h"

struct command {
    char **argv; /* ends with NULL */
    char *text;  /* as it would be typed */
};

/* A command out of words. One that begins with a verb, gpu or cpu, is this very program. What makes
 * it print its result as JSON is added. */
enum status command_from_words(struct command *out, const char *const *words, size_t count,
                               struct failure *why);

/* The command that made a run, as its file tells. Only what gpu and cpu measure with is taken over:
 * no file can make this program write anywhere. STATUS_NOT_COMPARABLE if the file does not tell. */
enum status command_from_run(struct command *out, const struct reading *run, struct failure *why);

void command_free(struct command *c);

/* Runs it to its end and adds its result. What it says on standard error goes where ours goes. */
enum status command_run(const struct command *c, struct readings *to, struct failure *why);

#endif

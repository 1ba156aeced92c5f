/* command.h - gpubench as a command that is run several times. Each run is a process of its own,
 * with its own context, memory and clocks, and gives one value of a comparison. */
#ifndef BENCH_COMMAND_H
#define BENCH_COMMAND_H

#include "bench/cli/options.h"
#include "harness/reading/readings.h"

struct command {
    char **argv; /* ends with NULL */
    char *text;  /* the command line, for messages */
};

/* The commands of a check, without duplicates. */
struct commands {
    struct command *list;
    size_t count;
};

/* Makes a command of words. If the first word is gpu or cpu, the command runs this program. Adds
 * the options that make it print its result as JSON. */
void command_from_words(struct command *out, const char *const *words, size_t count);

/* Makes the command that a result file records for a run. Takes over only options of gpu and cpu
 * that affect the measurement, so that no file can make this program write to a path. Returns
 * STATUS_NOT_COMPARABLE if the file has no command. */
enum status command_from_run(struct command *out, const struct reading *run, struct failure *why);

void command_free(struct command *c);

/* Runs the command, waits for its end, and adds its result to `to`. Its standard error is
 * inherited. */
enum status command_run(const struct command *c, struct readings *to, struct failure *why);

/* Adds a command unless the list already contains it, and becomes its owner. */
void commands_add(struct commands *commands, struct command command);
void commands_free(struct commands *commands);

/* Runs the commands in turns until each has `count` runs in `to`. `most` is the largest count that
 * may follow, for the progress line. Fails at once if the device is simulated. */
enum status commands_measure(const struct commands *commands, struct readings *to, size_t count,
                             size_t most, const char *what, struct failure *why);

#endif

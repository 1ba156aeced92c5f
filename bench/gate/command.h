/* command.h - gpubench as a command that is run several times. Each run is a process of its own,
 * with its own context, memory and clocks, and gives one value of a comparison. */
#ifndef BENCH_COMMAND_H
#define BENCH_COMMAND_H

#include "bench/cli/options.h"
#include "harness/reading/readings.h"

struct command {
    char **argv; /* ends with NULL */
    char *text;  /* as it would be typed */
};

/* The commands of a check, without duplicates. */
struct commands {
    struct command *list;
    size_t count;
};

/* Makes a command of words. If the first is a verb, gpu or cpu, the command is this very program.
 * Adds the options that make it print its result as JSON. */
void command_from_words(struct command *out, const char *const *words, size_t count);

/* The command that made a run, as its file says. Takes over only options of gpu and cpu that affect
 * the measurement, so that no file can make this program write anywhere. STATUS_NOT_COMPARABLE if
 * the file does not say. */
enum status command_from_run(struct command *out, const struct reading *run, struct failure *why);

void command_free(struct command *c);

/* Runs it to its end and adds its result. Its standard error goes to ours. */
enum status command_run(const struct command *c, struct readings *to, struct failure *why);

/* Adds a command, which it takes over, unless it is there already. */
void commands_add(struct commands *commands, struct command command);
void commands_free(struct commands *commands);

/* Runs the commands in turns until each has `count` runs in `to`. `most`, of which the progress is
 * a share, is how many there may be in the end. Fails at once if the device is simulated. */
enum status commands_measure(const struct commands *commands, struct readings *to, size_t count,
                             size_t most, const char *what, struct failure *why);

#endif

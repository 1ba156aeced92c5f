/* inputs.h - reads the files and directories that a verb is given. */
#ifndef BENCH_INPUTS_H
#define BENCH_INPUTS_H

#include "bench/cli/options.h"
#include "harness/reading/readings.h"

/* Reads what the verb's words name, from index `first` on, or the results directory if there are
 * none. */
enum status inputs_read(const struct options *options, size_t first, enum read_flags flags,
                        struct readings *readings, struct failure *why);

/* Says on standard error how many files were not results, unless --quiet. */
void inputs_tell_skipped(const struct options *options, const struct readings *readings);

#endif

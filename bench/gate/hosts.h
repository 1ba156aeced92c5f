/* hosts.h - compares many hosts: which is fastest, and which are unlike the others. */
#ifndef BENCH_HOSTS_H
#define BENCH_HOSTS_H

#include "bench/cli/options.h"
#include "harness/reading/readings.h"

/* Compares the hosts (and cards) in the files and directories of options->words, prints them, and
 * writes --json and --junit. Returns STATUS_REGRESSION if there are outliers, STATUS_WRONG if a
 * soak found a faulty device. */
enum status hosts_compare(const struct options *options, struct failure *why);

/* Prints how the soaks among the readings ended (soaks.c; `to` may be NULL). STATUS_WRONG if one
 * was FAULTY, STATUS_REGRESSION if one was SLOW or THROTTLED. */
enum status hosts_soaks(FILE *to, const struct readings *readings, bool colored,
                        struct failure *why);

#endif

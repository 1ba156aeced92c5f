/* hosts.h - compares many hosts: which is fastest, and which are unlike the others. */
#ifndef BENCH_HOSTS_H
#define BENCH_HOSTS_H

#include "bench/cli/options.h"

/* Compares the hosts (and cards) in the files and directories of options->words, prints them, and
 * writes --json and --junit. Returns STATUS_REGRESSION if there are outliers, STATUS_WRONG if a
 * soak found a faulty device. */
enum status hosts_compare(const struct options *options, struct failure *why);

#endif

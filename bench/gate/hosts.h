/* hosts.h - many hosts side by side: who is fastest, and who is not like the others. */
#ifndef BENCH_HOSTS_H
#define BENCH_HOSTS_H

#include "bench/cli/options.h"

/* The files and directories in options->words, each host and card in them as one of the hosts. */
enum status hosts_compare(const struct options *options, struct failure *why);

#endif

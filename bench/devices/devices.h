/* devices.h - gpubench gpu N --all-devices. */
#ifndef BENCH_DEVICES_H
#define BENCH_DEVICES_H

#include "bench/cli/options.h"

/* Runs every GPU of this host, each in a process of its own: first in turn, then all at once.
 * Prints how much slower each is when all run at once. Every process saves and publishes its
 * result, or its failure. *is_begun is false if no process was started, because the GPUs cannot be
 * counted. */
enum status devices_run(const struct options *options, bool *is_begun, struct failure *why);

#endif

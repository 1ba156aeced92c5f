/* devices.h - gpubench gpu N --all-devices. */
#ifndef BENCH_DEVICES_H
#define BENCH_DEVICES_H

#include "bench/cli/options.h"

/* Every GPU of this host, one process a GPU: in turn, then all at once, and a table of what that
 * costs each of them. Every process saves its result. */
enum status devices_run(const struct options *options, struct failure *why);

#endif

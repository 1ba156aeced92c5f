/* self_test.h - measures this machine's noise: the difference between two equal measurements. */
#ifndef BENCH_SELF_TEST_H
#define BENCH_SELF_TEST_H

#include "bench/gate/command.h"

/* Runs each command `count` times, prints the noise and stores it in the results directory.
 * STATUS_INCONCLUSIVE, with nothing stored, if it exceeds 20 %. */
enum status self_test(const struct options *options, const struct commands *commands, size_t count,
                      struct failure *why);

#endif

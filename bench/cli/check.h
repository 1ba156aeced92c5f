/* options_check.h - what is wrong with a command line, before argp sees it. */
#ifndef BENCH_OPTIONS_CHECK_H
#define BENCH_OPTIONS_CHECK_H

#include "bench/cli/options.h"

/* Looks for what getopt would refuse in words of its own, so that every refusal is a sentence with
 * a next step: names that are misspelt, values that are missing, and N = -1, which looks like an
 * option. */
enum status options_check(const struct verb *verb, int argc, char **argv, struct failure *why);

#endif

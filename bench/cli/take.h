/* options_take.h - what an option's argument does to struct options: the last part of its row. */
#ifndef BENCH_OPTIONS_TAKE_H
#define BENCH_OPTIONS_TAKE_H

#include "bench/cli/options.h"

/* Each takes the argument of a row (NULL where it has none) into the field that the row names,
 * which has to be of the type beside it. What the argument cannot be is STATUS_USAGE with a
 * sentence. */
take_argument take_flag;                                   /* bool */
take_argument take_text, take_choice, take_format;         /* const char *, as typed */
take_argument take_whole, take_bytes;                      /* uint64_t */
take_argument take_samples, take_processes;                /* size_t, from 1 */
take_argument take_threads, take_device;                   /* int; the latter also says "given" */
take_argument take_seconds, take_percent;                  /* double */
take_argument take_op, take_range, take_color, take_cache; /* their enums; bool for the last */

#endif

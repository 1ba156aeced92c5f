/* take.h - functions that store an option's argument in struct options. */
#ifndef BENCH_OPTIONS_TAKE_H
#define BENCH_OPTIONS_TAKE_H

#include "bench/cli/options.h"

/* Each stores the argument of a row (NULL where it has none) in the field that the row names, which
 * has to be of the type beside it. Returns STATUS_USAGE with a message for an invalid argument. */
take_argument take_flag;                             /* bool */
take_argument take_text, take_name, take_choice;     /* const char *, as typed */
take_argument take_format;                           /* the same */
take_argument take_whole, take_bytes;                /* uint64_t */
take_argument take_samples, take_processes;          /* size_t, from 1 */
take_argument take_threads, take_device;             /* int; the latter sets device_is_given */
take_argument take_seconds, take_days, take_percent; /* double */
take_argument take_op;                               /* enum op */
take_argument take_index;  /* another enum, by the position among the choices */
take_argument take_cache;  /* bool */
take_argument take_order;  /* uint64_t: the order of a matrix */
take_argument take_memory; /* memory_share or memory_bytes */

#endif

/* soak.h - gpubench soak: what its files share. */
#ifndef BENCH_SOAK_H
#define BENCH_SOAK_H

#include "bench/run/run.h"
#include "bench/soak/rows.h"
#include "harness/soak/judge.h"

/* How long, in seconds. */
double soak_seconds(const struct options *o);

/* Whether the options are valid for a backend, as far as that needs no device (choose.c). */
enum status soak_check(const struct options *o, const struct backend *backend, struct failure *why);

/* Chooses variants, order and memory on the open device (choose.c). `libraries` are the names that
 * run_name_libraries() gives, or NULL. */
enum status soak_choose(const struct options *o, const char *libraries, struct soak *soak,
                        struct failure *why);

/* The soak of one device in this process (one.c). */
enum status soak_one(const struct options *o, const struct place *place, struct failure *why);

/* The soak of several GPUs, a process each (group.c). */
enum status soak_group(const struct options *o, const int *devices, int count, struct failure *why);

/* Prints a verdict as a line: "GPU 0   OK         sustained 1377 TFLOP/s, 171204 launches
 * checked". */
void soak_print_verdict(FILE *to, bool colored, const char *label, enum soak_outcome outcome,
                        double flops, uint64_t launches, const char *reason, const char *remark);

/* The exit status of an outcome: STATUS_WRONG, STATUS_REGRESSION or STATUS_OK. */
enum status soak_status(enum soak_outcome outcome);

#endif

/* measure.h - gpubench doctor --measure: how fast the GPUs are, and how fast they copy. */
#ifndef BENCH_DOCTOR_MEASURE_H
#define BENCH_DOCTOR_MEASURE_H

#include "harness/contract/backend.h"
#include "harness/doctor/doctor.h"
#include "kernels/doctor/copies.h"

/* A line for each GPU: the time of the main job at N = 10000 if that fits and takes a second at
 * most (speed.c), and what share of its model's reference that is; a warning below 0.95. */
void measure_speeds(struct doctor_sheet *sheet);

/* The line of one device of a backend. */
void measure_speed(struct doctor_sheet *sheet, const struct backend *backend, int index);

/* Adds a line for each GPU whose copies were measured; a warning where they are slower than the
 * link, and a failure for two GPUs between which something else arrives. */
void measure_judge(struct doctor_sheet *sheet, const struct gpu_copies *copies);

/* Measures the copies and judges them. */
void measure_copies(struct doctor_sheet *sheet, struct gpu_copies *copies);

/* The copies between GPUs as a table; nothing where there is one GPU. */
void measure_print(FILE *to, const struct gpu_copies *copies);

/* {"host": [for each GPU], "between": [[…]…], "peer_access": [[…]…]}, in bytes per second. */
json_t *measure_to_json(const struct gpu_copies *copies);

#endif

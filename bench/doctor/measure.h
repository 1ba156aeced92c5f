/* measure.h - gpubench doctor --measure: how fast the GPUs copy. */
#ifndef BENCH_DOCTOR_MEASURE_H
#define BENCH_DOCTOR_MEASURE_H

#include "harness/doctor/doctor.h"
#include "kernels/doctor/copies.h"

/* Measures, and adds a line for each GPU; a warning where copies are slower than the link, and a
 * failure for two GPUs between which something else arrives. */
void measure_copies(struct doctor_sheet *sheet, struct gpu_copies *copies);

/* The copies between GPUs as a table; nothing where there is one GPU. */
void measure_print(FILE *to, const struct gpu_copies *copies);

/* {"host": [for each GPU], "between": [[…]…], "peer_access": [[…]…]}, in bytes per second. */
json_t *measure_to_json(const struct gpu_copies *copies);

#endif

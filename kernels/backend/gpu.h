/* gpu.h - what the files of this folder share: the table, and the calls of the contract
 * (harness/contract/backend.h). */
#ifndef KERNELS_GPU_H
#define KERNELS_GPU_H

#include "kernels/job/job.h"

/* All variants (table.c). */
extern const struct variant gpu_variants[];
extern const size_t gpu_variant_count;

/* plan.c */
void gpu_plan(const struct device *device, const struct variant *v, const struct problem *p,
              struct plan *plan);
/* Whether v stores C: a library does, also to sum it. */
bool gpu_stores_c(const struct variant *v);
/* Float64 partial sums that v leaves (v NULL: the most that a variant of p leaves). */
size_t gpu_partials(const struct device *device, const struct problem *p, const struct variant *v);
/* A matmul or reduce is divided at multiples of so many rows. */
unsigned gpu_row_grain(const struct variant *v);
/* The rows of C that v has in memory: of a share, whole tiles of v; any rows if v is NULL. */
struct rows gpu_rows_of_c(const struct device *d, const struct variant *v, const struct problem *p);

/* select.c */
bool gpu_can_run(const struct device *d, const struct variant *v, const struct problem *p,
                 char *reason, size_t bytes);
/* A share of the tiles, or of the rows of C or A; see struct backend. */
bool gpu_cut(const struct device *d, const struct variant *v, const struct problem *p, uint32_t at,
             struct cut *cut);
/* The last row of p's operation, in the arithmetic of its type, that can run: the rows of an
 * operation go from slow to fast. */
const struct variant *gpu_auto(const struct variant *table, size_t count, const struct device *d,
                               const struct problem *p, enum arithmetic arithmetic);

/* load.c */
enum status gpu_begin(struct device *device, const struct plan *plan, struct job **job,
                      struct failure *why);
void gpu_end(struct job *job);
enum status gpu_load(struct job *job, const struct variant *v, struct failure *why);
enum status gpu_answer(struct job *job, const struct variant *v, double *sum, struct failure *why);
enum status gpu_poison(struct job *job, struct failure *why);
enum status gpu_scale_rows(struct job *job, const struct variant *v, const float *factor,
                           struct failure *why);
enum status gpu_read_a(struct job *job, void *out, struct failure *why);
enum status gpu_copy_in(struct job *job, bool pinned, nanos *taken, size_t count,
                        struct failure *why);
enum status gpu_copy_out(struct job *job, bool pinned, nanos *taken, size_t count,
                         struct failure *why);

/* blocks.c: the device memory that it takes in addition to the matrices; c_block_errors. */
uint64_t blocks_bytes(uint64_t n);
enum status gpu_c_block_errors(struct job *job, const double *x, unsigned width, double *out,
                               uint32_t *col, struct failure *why);

/* run.c */
enum status gpu_go_cold(struct job *job, struct failure *why);
enum status gpu_run(struct job *job, const struct variant *v, unsigned launches,
                    struct sample *sample, struct failure *why);
enum status gpu_run_block(struct job *job, const struct variant *v, const struct block *block,
                          struct sample *sample, double *sum, struct failure *why);
unsigned gpu_block_grain(const struct variant *v);
enum status gpu_run_checked(struct job *job, const struct variant *v, unsigned launches,
                            struct sample *sample, struct mismatches *found, struct failure *why);
void gpu_telemetry_start(struct job *job);
void gpu_telemetry_stop(struct job *job);

#endif

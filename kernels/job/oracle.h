/* oracle.h - the references and entries of A and C that verification reads
 * (harness/contract/backend.h). */
#ifndef KERNELS_ORACLE_H
#define KERNELS_ORACLE_H

#include "kernels/job/job.h"

/* Returns the bytes of device memory that verification of p takes in addition to its matrices. */
uint64_t oracle_bytes(const struct problem *p);

/* Selects whether later references are of A rounded to int8 or of A itself. */
void gpu_oracle_of_int8(struct job *job, bool is_rounded);

enum status gpu_column_sums(struct job *job, long double *out, struct failure *why);
enum status gpu_columns_of(struct job *job, uint64_t first_row, uint64_t rows, long double *out,
                           struct failure *why);
enum status gpu_a_times(struct job *job, const long double *x, long double *out,
                        struct failure *why);
enum status gpu_dots(struct job *job, const struct entry *e, size_t count, long double *out,
                     struct failure *why);
enum status gpu_a_entries(struct job *job, const struct entry *e, size_t count, double *out,
                          struct failure *why);
enum status gpu_c_row_sums(struct job *job, long double *out, struct failure *why);
enum status gpu_c_entries(struct job *job, const struct entry *e, size_t count, double *out,
                          struct failure *why);

#endif

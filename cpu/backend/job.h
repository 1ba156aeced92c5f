/* job.h - the CPU as a device, and a problem on it: the functions of struct backend. */
#ifndef CPU_JOB_H
#define CPU_JOB_H

#include "cpu/backend/parts.h"

/* The CPU as a device; see struct backend. */
enum status cpu_device_open(const struct device_request *request, struct device **device,
                            struct failure *why);
void cpu_device_close(struct device *device);
void cpu_device_facts(const struct device *device, struct facts *facts);

/* A problem on it; see struct backend. */
enum status cpu_job_begin(struct device *d, const struct plan *plan, struct job **job,
                          struct failure *why);
void cpu_job_end(struct job *j);
enum status cpu_job_load(struct job *j, const struct variant *v, struct failure *why);
enum status cpu_job_run(struct job *j, const struct variant *v, unsigned launches,
                        struct sample *sample, struct failure *why);
enum status cpu_job_run_block(struct job *j, const struct variant *v, const struct block *b,
                              struct sample *sample, double *sum, struct failure *why);
void *cpu_job_host_panel(struct job *j, enum panel panel);
enum status cpu_job_answer(struct job *j, const struct variant *v, double *sum,
                           struct failure *why);
enum status cpu_job_poison(struct job *j, struct failure *why);
enum status cpu_job_oracle_column_sums(struct job *j, long double *out, struct failure *why);
enum status cpu_job_oracle_columns_of(struct job *j, uint64_t first_row, uint64_t rows,
                                      long double *out, struct failure *why);
enum status cpu_job_oracle_a_times(struct job *j, const long double *x, long double *out,
                                   struct failure *why);
enum status cpu_job_oracle_dots(struct job *j, const struct entry *e, size_t count,
                                long double *out, struct failure *why);
enum status cpu_job_a_entries(struct job *j, const struct entry *e, size_t count, double *out,
                              struct failure *why);
enum status cpu_job_c_row_sums(struct job *j, long double *out, struct failure *why);
enum status cpu_job_c_entries(struct job *j, const struct entry *e, size_t count, double *out,
                              struct failure *why);
enum status cpu_job_read_a(struct job *j, void *out, struct failure *why);

enum status cpu_job_c_block_errors(struct job *j, const double *x, unsigned width, double *out,
                                   uint32_t *col, struct failure *why);
enum status cpu_job_scale_rows(struct job *j, const struct variant *v, const float *factor,
                               struct failure *why);

#endif

/* job.h - what the files of this folder share: an open CPU, a problem on it, and the steps of a
 * variant. */
#ifndef CPU_JOB_H
#define CPU_JOB_H

#include "cpu/blas/openblas.h"
#include "cpu/loops/parallel.h"
#include "harness/contract/backend.h"

struct device {
    struct device_facts facts;
    char model[128];
    int threads;
    const char *threads_by; /* what decided their number: "cores", "affinity", "cgroup quota", … */
    char bad_threads[160];  /* what is wrong with the environment's number of threads, or "" */
    int at_once; /* how many of the threads can run at the same time: one per CPU allowed */
    double cpus; /* CPU time per second that they can have in the long run: less under a quota */
    struct parallel *pool;
    const struct openblas *blas; /* NULL if it was not loaded, */
    struct failure no_blas;      /* for this reason */
};

struct job {
    struct device *device;
    struct problem problem;
    size_t n;
    void *a;       /* n×n entries of the problem's type, row-major, rows dense */
    void *c;       /* likewise; NULL until a variant that stores C is loaded */
    double *rows;  /* scratch for n row sums */
    void *scratch; /* for a variant that needs more; NULL until one is loaded */
    double scalar; /* the result of the last run of a variant without C */
};

/* variant.row: what the variant needs, and the functions of its steps in their order. */
struct cpu_variant {
    bool needs_blas, stores_c, has_scratch;
    void (*step[VARIANT_STEPS_MAX])(struct job *job);
};

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
enum status cpu_job_answer(struct job *j, const struct variant *v, double *sum,
                           struct failure *why);
enum status cpu_job_poison(struct job *j, struct failure *why);
enum status cpu_job_oracle_column_sums(struct job *j, long double *out, struct failure *why);
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

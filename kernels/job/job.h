/* job.h - a problem on a GPU: the matrix A, the matrix C where there is one, and scratch memory.
 *
 * Layout of A for the products: row-major, `pitch` floats a row (a multiple of 32), `rows` rows (a
 * multiple of 256) or more, up to a multiple of 96; zero outside n×n, so that kernels load whole
 * tiles and k-steps without guards.
 * C has the same pitch and n rows. For reduce A is dense: pitch = rows = n. */
#ifndef KERNELS_JOB_H
#define KERNELS_JOB_H

#include "kernels/interface/tile_range.h"
#include "kernels/job/kernel.h"

enum { GPU_VARIANTS_MAX = 128 };

struct job {
    struct device *device;
    struct problem problem;
    unsigned n, rows, pitch;
    unsigned stream_rows; /* 0, or A is not in memory: `a` has room for so many rows (stream.h) */
    CUdeviceptr a, c;
    CUdeviceptr
        at; /* Aᵀ, pitch rows of `rows` floats, for kernels that want it; 0 until one does */
    CUdeviceptr a_bf16, a_f16;        /* A in 16 bits, for libraries that want it so (convert.h) */
    CUdeviceptr rounded[ARITH_COUNT]; /* A rounded for mma.sync (ampere.h) */
    CUdeviceptr partials;             /* float64, one a tile or block */
    size_t partial_capacity;
    CUdeviceptr sum;             /* float64, the answer */
    CUdeviceptr sum_f32;         /* float32, the answer of a library that has no other */
    CUdeviceptr ticket;          /* uint32, zero between launches */
    struct tensor_state *tensor; /* tensor.c's, NULL until it is wanted */
    CUdeviceptr eviction;  /* what is read to empty the L2 cache before each launch, 0: it is not */
    struct batch *batches; /* by variant index, NULL until one is wanted (batch.h) */
    struct sm_clock *clock; /* while samples are watched, NULL before */
    bool is_watched;
    CUdeviceptr scratch; /* CUB's, 0 until it is wanted */
    size_t scratch_bytes;
    CUfunction function[GPU_VARIANTS_MAX]; /* by variant index: loaded kernels */
    unsigned
        piece[GPU_VARIANTS_MAX]; /* the same: what one launch may do (pieces.c), 0 if unknown */
};

enum status gpu_begin(struct device *device, const struct problem *p, struct job **job,
                      struct failure *why);
void gpu_end(struct job *job);
uint64_t gpu_bytes_needed(const struct device *device, const struct variant *v,
                          const struct problem *p);
enum status gpu_load(struct job *job, const struct variant *v, struct failure *why);
enum status gpu_run(struct job *job, const struct variant *v, unsigned launches,
                    struct sample *sample, struct failure *why);
enum status gpu_go_cold(struct job *job, struct failure *why);
enum status gpu_answer(struct job *job, const struct variant *v, double *sum, struct failure *why);
enum status gpu_poison(struct job *job, struct failure *why);
enum status gpu_read_a(struct job *job, float *out, struct failure *why);

/* copy.c */
enum status gpu_copy_in(struct job *job, bool pinned, nanos *taken, size_t count,
                        struct failure *why);
void gpu_telemetry_start(struct job *job);
void gpu_telemetry_stop(struct job *job);

/* oracle.c */
enum status gpu_column_sums(struct job *job, double *out, struct failure *why);
enum status gpu_a_times(struct job *job, const double *x, double *out, struct failure *why);
enum status gpu_dots(struct job *job, const struct entry *e, size_t count, double *out,
                     struct failure *why);
enum status gpu_a_entries(struct job *job, const struct entry *e, size_t count, float *out,
                          struct failure *why);
enum status gpu_c_row_sums(struct job *job, double *out, struct failure *why);
enum status gpu_c_entries(struct job *job, const struct entry *e, size_t count, float *out,
                          struct failure *why);

/* Device memory for `what`, named in the message if there is not enough. */
enum status gpu_allocate(struct job *job, CUdeviceptr *pointer, size_t bytes, const char *what,
                         struct failure *why);

/* Whether a job of p would stream A, because it does not fit into memory whole. */
bool gpu_streams(const struct device *device, const struct problem *p);

/* Device bytes that verifying a job of order n takes, beside its matrices. */
uint64_t gpu_oracle_bytes(uint64_t n);

/* A part of A: `rows` rows of `pitch` columns from (first_row, first_col) on, zero outside n×n;
 * first_col is a multiple of 4. */
struct part {
    unsigned first_row, rows, first_col, pitch;
};

/* Queues the making of it, rows one after the other. */
enum status gpu_fill(struct job *job, CUdeviceptr to, struct part part, struct failure *why);

/* Memory for Aᵀ, and filling it: part of the run of the kernels that read it. */
enum status gpu_need_transpose(struct job *job, struct failure *why);
enum status gpu_transpose(struct job *job, struct failure *why);

/* The loaded function of a row. */
CUfunction gpu_function(const struct job *job, const struct kernel *k);

/* launch.c: one kernel on the device's stream. */
enum status launch(struct device *d, CUfunction f, unsigned grid_x, unsigned grid_y,
                   unsigned block_x, unsigned block_y, unsigned shared_bytes, void **arguments,
                   const char *what, struct failure *why);
enum status launch_kernel(struct job *job, const struct kernel *k, CUfunction f,
                          struct failure *why);

/* A sum-aat kernel on a range of tiles of C, made of the panels `rows` and `cols` of A. */
enum status launch_range(struct job *job, const struct kernel *k, CUfunction f, CUdeviceptr rows,
                         CUdeviceptr cols, struct tile_range range, struct failure *why);

/* The sum of C into job->sum: of all its entries, or of a lower triangle counted as both. */
enum status gpu_sum_c(struct job *job, bool lower_only, struct failure *why);

/* Waits for the stream; an error that a kernel left shows here. */
enum status gpu_wait(struct job *job, const char *what, struct failure *why);

#endif

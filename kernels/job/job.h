/* job.h - a problem on a GPU: the matrix A, the matrix C if a variant stores it, and memory that
 * variants share.
 *
 * Layout of A for the products: row-major, `pitch` entries per row (a multiple of 32), `rows` rows
 * (a multiple of 256) or more, up to a multiple of 96; zero outside n×n, so that kernels load whole
 * tiles and k-steps without guards.
 * C has the same pitch and n rows, or those of a share. For reduce A is dense, pitch = rows = n, or
 * the rows of a share. */
#ifndef KERNELS_JOB_H
#define KERNELS_JOB_H

#include "kernels/job/kernel.h"

/* Several launches as one CUDA graph (backend/batch.h). */
struct batch {
    CUgraphExec graph;
    unsigned launches;
    bool was_refused;
};

/* A variant that was loaded in this job. */
struct loaded {
    const struct variant *variant;
    const struct kernel *kernel; /* the variant's row */
    CUfunction function;         /* NULL for a library */
    bool is_empty;               /* the rank's share has no tiles */
    unsigned piece;              /* blocks or rows of blocks per launch (grid.h); 0: unknown */
    void *state;                 /* data of its family, freed with free() */
    struct batch batch;
    struct loaded *next;
};

/* Named device memory of a job. */
struct buffer {
    const void *owner; /* a struct kernel; NULL: all variants share the memory */
    const char *name;
    CUdeviceptr at;
    size_t bytes;
    struct buffer *next;
};

/* A variable of a kernel's module, with the value that this job wrote. */
struct written {
    const struct kernel *kernel;
    const char *symbol;
    size_t bytes;
    struct written *next;
    unsigned char value[];
};

struct job {
    struct device *device;
    struct problem problem;
    struct link *link; /* in a ring, the link to the other ranks (ring/ring.c); else NULL */
    unsigned
        first_row; /* the first row of A in memory; not 0 only in a ring and for shares of reduce */
    unsigned n, rows, pitch; /* with the types of the kernels' parameters */
    unsigned panel_rows;  /* if A is streamed, how many rows `a` has room for (stream.h); else 0 */
    CUdeviceptr a, c;     /* c: 0 until a variant that stores C is loaded, or without rows */
    struct rows of_c;     /* the rows of C that are stored */
    CUdeviceptr partials; /* float64, one per tile or block */
    CUdeviceptr sum;      /* float64, the answer */
    CUdeviceptr sum_f32;  /* float32, the answer of libraries */
    CUdeviceptr ticket;   /* uint32 or uint64, zero between launches */
    CUdeviceptr eviction; /* read before each launch to empty the L2 cache; 0: not wanted */
    struct buffer *buffers;
    struct written *written;
    struct loaded *loaded;
    struct sm_clock *clock; /* NULL until samples are taken with telemetry */
    bool is_watched;
    CUdeviceptr factors; /* a float32 per row of A, which it is multiplied by; 0: none */
    int bound;           /* job_bound_of() */
    float oracle_levels; /* of references: A is rint(levels·a) / levels; 0: as it is */
    unsigned a_version;  /* 0: A as it was made; another number for each scaled A */
    unsigned versions;   /* numbers given so far */
    unsigned converted[ARITH_COUNT]; /* the version that A in a format was made from (convert.c) */
};

/* Bytes of an entry of A and C. */
static inline size_t job_entry_bytes(const struct job *job)
{
    return (size_t)element_bytes(job->problem.element);
}

/* Returns the address of row 0 of C, even if the first stored row is a later one. */
static inline CUdeviceptr job_c_at_row_0(const struct job *job)
{
    return job->c - job->of_c.first * job->pitch * job_entry_bytes(job);
}

/* Returns the bytes of the whole A with its padding; for a share of reduce, of the share's rows;
 * for a block in a ring, of its panels. */
uint64_t job_a_bytes(const struct problem *p, const struct share *share);

/* In a ring, job->a is the block of this rank, followed by zeros up to whole tiles of every kernel.
 * A panel is as long as the longest block. The own panel lies between the two other panels, so that
 * it forms one contiguous matrix with either. */
enum { RING_GRAIN = 768 };
unsigned job_panel_rows(const struct share *share);
CUdeviceptr job_panel(const struct job *job, enum panel panel);

/* Fills A again with each row multiplied by factor[row] (n values of at most 2, copied); NULL:
 * without factors. Waits until it is done. */
enum status job_scale_rows(struct job *job, const float *factor, struct failure *why);

/* Returns the number of rows of A, which is also that of its columns, with the padding that kernels
 * read. */
unsigned job_rows(const struct problem *p);

/* An exponent e such that no sum of parts of the answer exceeds 2^e in magnitude: entries of A are
 * at most 1, on the range `wide` the factor of their row, and twice that if rows are scaled. For
 * kernels that end by finish_at_once(), whose sums are multiples of 2^(e-50): a larger bound than
 * that of these rows would leave a small matrix no digits. */
int job_sum_bound(const struct job *job);
int job_bound_of(const struct problem *p); /* the same if no rows are scaled; reads all factors */
unsigned job_pitch(const struct problem *p);

/* Makes a job with A in memory, and waits until A is filled. panel_rows > 0: A is streamed, and the
 * job only has room for that many rows. */
enum status job_new(struct device *device, const struct problem *p, unsigned panel_rows,
                    struct job **job, struct failure *why);
/* Frees the job and all memory of job_buffer(); job may be NULL. */
void job_free(struct job *job);

/* Returns device memory of at least `bytes` that the job owns. The first call for an owner and name
 * allocates it; later calls return the same memory, or replace it by a larger one. The name is not
 * copied; the message about too little memory contains it. */
enum status job_buffer(struct job *job, const void *owner, const char *name, size_t bytes,
                       CUdeviceptr *at, struct failure *why);
/* Whether memory of this owner and name was allocated before. */
bool job_has_buffer(const struct job *job, const void *owner, const char *name);

/* Writes a __constant__ or __device__ variable of a kernel's module, in the order of the stream,
 * and keeps the value. `symbol` is not copied. */
enum status job_write(struct job *job, const struct kernel *kernel, const char *symbol,
                      const void *from, size_t bytes, struct failure *why);
/* Writes a kernel's variables again if another job or kernel has written to the same module since.
 */
enum status job_write_again(struct job *job, const struct kernel *kernel, struct failure *why);

/* Returns the loaded variant, or NULL if v is not loaded. */
struct loaded *job_loaded(const struct job *job, const struct variant *v);

/* Waits for the stream. Also returns the errors of kernels. `what` names the work in the message.
 */
enum status job_wait(struct job *job, const char *what, struct failure *why);

/* A part of A: `rows` rows of `pitch` columns, starting at (first_row, first_col), zero outside
 * n×n. first_col is a multiple of 4. */
struct part {
    unsigned first_row, rows, first_col, pitch;
};

/* Enqueues kernels that fill this part, its rows one after the other, and multiply the rows by
 * job->factors. */
enum status job_fill(struct job *job, CUdeviceptr to, struct part part, struct failure *why);

#endif

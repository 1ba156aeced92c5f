/* job.h - a problem on a GPU: the matrix A, the matrix C if one is stored, and what variants share.
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
    bool is_empty;               /* a rank's share without tiles */
    unsigned piece;              /* blocks or rows of blocks per launch (grid.h); 0: unknown */
    void *state;                 /* its family's, freed with free() */
    struct batch batch;
    struct loaded *next;
};

/* Named device memory of a job. */
struct buffer {
    const void *owner; /* a struct kernel, or NULL: all variants share it */
    const char *name;
    CUdeviceptr at;
    size_t bytes;
    struct buffer *next;
};

/* A variable of a kernel's module, as this job wrote it. */
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
    struct link *link;       /* of a ring, to the other ranks (ring/ring.c); or NULL */
    unsigned first_row;      /* of A, the first that is in memory: 0 but in a ring, or of reduce */
    unsigned n, rows, pitch; /* in the types that kernels take */
    unsigned panel_rows;  /* if A is streamed, how many rows `a` has room for (stream.h); else 0 */
    CUdeviceptr a, c;     /* c: 0 until a variant that stores C is loaded, or without rows */
    struct rows of_c;     /* the rows of C in it */
    CUdeviceptr partials; /* float64, one per tile or block */
    CUdeviceptr sum;      /* float64, the answer */
    CUdeviceptr sum_f32;  /* float32, the answer of libraries */
    CUdeviceptr ticket;   /* uint32 or uint64, zero between launches */
    CUdeviceptr eviction; /* read before each launch to empty the L2 cache; 0: not wanted */
    struct buffer *buffers;
    struct written *written;
    struct loaded *loaded;
    struct sm_clock *clock; /* NULL until samples are watched */
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

/* Where row 0 of C is, or would be if C began with it. */
static inline CUdeviceptr job_c_at_row_0(const struct job *job)
{
    return job->c - job->of_c.first * job->pitch * job_entry_bytes(job);
}

/* Bytes of A in memory as a whole, with its padding; of a share of reduce, of its rows; of a share
 * that is a block of a ring, of the panels. */
uint64_t job_a_bytes(const struct problem *p, const struct share *share);

/* In a ring, job->a is the block of this rank, followed by zeros up to whole tiles of every kernel.
 * A panel is as long as the longest block. In memory a rank's own panel is between the others, so
 * that each of them and its own are one matrix. */
enum { RING_GRAIN = 768 };
unsigned job_panel_rows(const struct share *share);
CUdeviceptr job_panel(const struct job *job, enum panel panel);

/* Makes A anew, with each row multiplied by factor[row] (n values of at most 2, copied), or as it
 * was (NULL). Waits for it. */
enum status job_scale_rows(struct job *job, const float *factor, struct failure *why);

/* Rows and columns of A with the padding that kernels read. */
unsigned job_rows(const struct problem *p);

/* An exponent e such that no sum of parts of the answer exceeds 2^e in magnitude: entries of A are
 * at most 1, on the range `wide` the factor of their row, and twice that if rows are scaled. For
 * kernels that end by finish_at_once(), whose sums are multiples of 2^(e-50): a larger bound than
 * that of these rows would leave a small matrix no digits. */
int job_sum_bound(const struct job *job);
int job_bound_of(const struct problem *p); /* the same if no rows are scaled; reads all factors */
unsigned job_pitch(const struct problem *p);

/* A new job with A in memory; panel_rows > 0: with room for that many rows, to be streamed. Waits
 * until A is made. */
enum status job_new(struct device *device, const struct problem *p, unsigned panel_rows,
                    struct job **job, struct failure *why);
/* Frees it and all memory that job_buffer() gave; job may be NULL. */
void job_free(struct job *job);

/* Device memory of at least `bytes` that lives as long as the job. The first call for an owner and
 * name allocates it; later ones return the same memory, or a larger one in its place. The name,
 * which is not copied, is part of the message if there is not enough memory. */
enum status job_buffer(struct job *job, const void *owner, const char *name, size_t bytes,
                       CUdeviceptr *at, struct failure *why);
/* Whether that memory was allocated before. */
bool job_has_buffer(const struct job *job, const void *owner, const char *name);

/* Writes a __constant__ or __device__ variable of a kernel's module, in the order of the stream,
 * and keeps the value. `symbol` is not copied. */
enum status job_write(struct job *job, const struct kernel *kernel, const char *symbol,
                      const void *from, size_t bytes, struct failure *why);
/* Writes them again if another job or kernel has written to the kernel's module since. */
enum status job_write_again(struct job *job, const struct kernel *kernel, struct failure *why);

/* What was loaded for a variant, or NULL. */
struct loaded *job_loaded(const struct job *job, const struct variant *v);

/* Waits for the stream; also returns an error that a kernel caused. `what` names the work. */
enum status job_wait(struct job *job, const char *what, struct failure *why);

/* A part of A: `rows` rows of `pitch` columns from (first_row, first_col) on, zero outside n×n;
 * first_col is a multiple of 4. */
struct part {
    unsigned first_row, rows, first_col, pitch;
};

/* Puts kernels on the stream that make this part, its rows one after the other, and multiply them
 * by job->factors. */
enum status job_fill(struct job *job, CUdeviceptr to, struct part part, struct failure *why);

#endif

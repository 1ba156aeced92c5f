/* kernel.h - how the host launches a kernel: the `row` of a variant in the table (backend/table.c).
 */
#ifndef KERNELS_KERNEL_H
#define KERNELS_KERNEL_H

#include "kernels/device/device.h"
#include "kernels/tiling/tile_list.h"

struct job;
struct loaded;

enum grid {
    GRID_TILES,    /* one block per tile of C: x over columns, y over rows */
    GRID_TRIANGLE, /* one block per tile of the lower triangle, square tiles, one-dimensional */
    GRID_WAVES,    /* SMs × blocks_per_sm blocks that share the work among themselves */
    GRID_CHUNKS    /* one block per `tile` elements of A, for reduce */
};

/* Host functions for kernels that are launched in the same way. Members that are not needed are
 * NULL. */
struct family {
    /* Whether the driver or library that it needs is available; if not, writes the reason. */
    bool (*available)(const struct device *d, char *reason, size_t reason_bytes);
    /* Whether v can compute p; if not, writes the reason. */
    bool (*suits)(const struct variant *v, const struct problem *p, char *reason,
                  size_t reason_bytes);
    /* Bytes of device memory in addition to A, C and the partial sums. */
    uint64_t (*bytes)(const struct variant *v, const struct problem *p);
    /* The least memory, in bytes, with which v can stream A (stream.h); NULL if it cannot stream.
     */
    uint64_t (*stream_bytes)(const struct variant *v, const struct problem *p);
    /* The tiles of v, a sum-aat of order n, which ranks divide among themselves; NULL if the work
     * cannot be divided. */
    struct tiling (*tiling)(const struct variant *v, unsigned n);
    /* Prepares a variant whose module is loaded: allocates and fills the memory that it reads.
     * Neither this nor launch() is called for an empty share. */
    enum status (*prepare)(struct job *job, struct loaded *l, struct failure *why);
    /* Enqueues one step of the variant's work on the stream. Never NULL. */
    enum status (*launch)(struct job *job, struct loaded *l, int step, struct failure *why);
    /* launch_block enqueues the work of one block of C of a rank in a ring; the other returns the
     * bytes that this takes in addition to the panels (job.h). NULL if the kernel cannot run in a
     * ring. */
    enum status (*launch_block)(struct job *job, struct loaded *l, const struct block *block,
                                struct failure *why);
    uint64_t (*block_bytes)(const struct variant *v, const struct problem *p,
                            const struct share *share);
    bool takes_rows;  /* it can compute only some rows of C, job->of_c */
    bool float_sum;   /* the answer is the float32 at job->sum_f32, not the float64 at job->sum */
    bool scales_rows; /* f16: rows of A with entries beyond 65504 are scaled into its range */
};

struct kernel {
    const char *module, *symbol; /* NULL: a library launches its own kernels */
    enum grid grid;
    unsigned tile;             /* rows and columns of C per block, or elements (GRID_CHUNKS) */
    unsigned tile_cols;        /* columns, if they differ from rows; else 0 */
    unsigned block_x, block_y; /* threads */
    unsigned shared_bytes;     /* dynamic */
    unsigned blocks_per_sm;    /* GRID_WAVES */
    int least_cc, only_cc;     /* 10 × major + minor; only_cc 0: all from least_cc on */
    bool adds_to_sum;          /* the kernel adds to *sum, which must be zero before the launch */
    bool at_once;         /* ends with finish_at_once(): gets job_sum_bound() instead of partials */
    int auto_from_cc;     /* `auto` may choose it from this compute capability on */
    uint64_t auto_from_n; /* and from this order on; UINT64_MAX: never */
    const struct family *family; /* NULL: launched by grid.h, or streamed by stream.h */
    const void *recipe;          /* the family's own data */
};

static inline const struct kernel *kernel_of(const struct variant *v)
{
    return v->row;
}

#endif

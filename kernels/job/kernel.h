/* kernel.h - what the host knows of a kernel: the `row` of a variant (backend/table.c). */
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

/* What kernels that are launched in the same way need of the host. A member that is not needed is
 * NULL. */
struct family {
    /* Whether the driver or library it needs is there; if not, why. */
    bool (*available)(const struct device *d, char *reason, size_t reason_bytes);
    /* Whether v can do p; if not, why. */
    bool (*suits)(const struct variant *v, const struct problem *p, char *reason,
                  size_t reason_bytes);
    /* Bytes of device memory in addition to A, C and the partial sums. */
    uint64_t (*bytes)(const struct variant *v, const struct problem *p);
    /* The fewest bytes of memory in which it can stream A (stream.h); NULL if it cannot. */
    uint64_t (*stream_bytes)(const struct variant *v, const struct problem *p);
    /* The tiles of v, a sum-aat of order n, that ranks divide; NULL if they cannot. */
    struct tiling (*tiling)(const struct variant *v, unsigned n);
    /* Prepares a variant whose module is loaded: allocates and fills what it reads. Not called for
     * an empty share, nor is launch(). */
    enum status (*prepare)(struct job *job, struct loaded *l, struct failure *why);
    /* Puts one step of the variant's work on the stream. Never NULL. */
    enum status (*launch)(struct job *job, struct loaded *l, int step, struct failure *why);
    /* Puts the work of a block of C of a rank in a ring on the stream, and the bytes that it takes
     * beside the panels (job.h); NULL if it cannot. */
    enum status (*launch_block)(struct job *job, struct loaded *l, const struct block *block,
                                struct failure *why);
    uint64_t (*block_bytes)(const struct variant *v, const struct problem *p,
                            const struct share *share);
    bool takes_rows;  /* it can make some rows of C, job->of_c, alone */
    bool float_sum;   /* the answer is the float32 at job->sum_f32, not the float64 at job->sum */
    bool scales_rows; /* f16: entries of A beyond 65504 are scaled into its range */
};

struct kernel {
    const char *module, *symbol; /* NULL: a library launches its own */
    enum grid grid;
    unsigned tile;               /* rows and columns of C per block, or elements (GRID_CHUNKS) */
    unsigned tile_cols;          /* columns, if they differ from rows; else 0 */
    unsigned block_x, block_y;   /* threads */
    unsigned shared_bytes;       /* dynamic */
    unsigned blocks_per_sm;      /* GRID_WAVES */
    int least_cc, only_cc;       /* 10 × major + minor; only_cc 0: all from least_cc on */
    bool adds_to_sum;            /* the kernel adds to *sum, which must be zero before */
    bool at_once;                /* ends by finish_at_once(): gets job_sum_bound(), not partials */
    int auto_from_cc;            /* `auto` may choose it from this compute capability on */
    uint64_t auto_from_n;        /* and from this order on; UINT64_MAX: never */
    const struct family *family; /* NULL: launched by grid.h, or streamed by stream.h */
    const void *recipe;          /* the family's own data */
};

static inline const struct kernel *kernel_of(const struct variant *v)
{
    return v->row;
}

#endif

/* kernel.h - what the host needs to know of a kernel to launch it: the row behind a variant of
 * table.c. */
#ifndef KERNELS_KERNEL_H
#define KERNELS_KERNEL_H

#include "kernels/device/device.h"

struct job;

enum grid {
    GRID_TILES,    /* one block a tile of C: x over columns, y over rows */
    GRID_TRIANGLE, /* one block a tile of the lower triangle, square tiles, in one dimension */
    GRID_WAVES,    /* SMs × blocks_per_sm blocks that share the work out among themselves */
    GRID_CHUNKS,   /* one block for each `tile` elements of A, for reduce */
    GRID_ELEMENTS  /* one thread an element */
};

struct kernel {
    const char *module, *symbol;
    enum grid grid;
    unsigned
        tile; /* rows and columns of C a block owns (square), for GRID_TILES and GRID_TRIANGLE */
    unsigned tile_cols;                 /* columns, where they differ from `tile`; 0: the same */
    unsigned block_x, block_y;          /* threads */
    unsigned shared_bytes;              /* dynamic */
    unsigned blocks_per_sm;             /* GRID_WAVES */
    int least_cc, only_cc;              /* 10 × major + minor; only_cc 0: any from least_cc on */
    bool needs_transpose;               /* reads Aᵀ, which needs as much memory again as A */
    bool needs_half;                    /* reads A in 16 bits: half as much memory again */
    bool reads_copy;                    /* reads a copy of A rounded to `arithmetic` (ampere.h) */
    bool adds_to_sum;                   /* the kernel adds into *sum, which must be zero before */
    const struct tensor_recipe *tensor; /* for the kernels of tensor.h, else NULL */
    bool float_sum;                     /* the answer is a float32, in job->sum_f32 */
    int auto_from_cc;     /* auto takes it from this compute capability on; 0: least_cc */
    uint64_t auto_from_n; /* and from this order on; UINT64_MAX: never */

    /* Of rows where one function serves several. */
    enum arithmetic arithmetic;
    /* Launches one step of the variant's work on the job's stream; NULL: launch_kernel(). */
    enum status (*launch)(struct job *job, const struct kernel *k, int step, struct failure *why);
    /* Makes it ready beyond loading its module; may be NULL. */
    enum status (*prepare)(struct job *job, const struct kernel *k, struct failure *why);
    /* Whether it can run at all, for libraries and plugins; may be NULL. */
    bool (*available)(const struct device *d, char *reason, size_t reason_bytes);
    /* Whether what is available can do p; may be NULL. */
    bool (*suits)(const struct kernel *k, const struct problem *p, char *reason,
                  size_t reason_bytes);
};

extern const struct variant gpu_variants[];
extern const size_t gpu_variant_count;

/* select.c: the backend's can_run and auto_variant (harness/contract/backend.h). */
bool kernel_can_run(const struct device *d, const struct variant *v, const struct problem *p,
                    char *reason, size_t bytes);
const struct variant *kernel_auto(const struct device *d, const struct problem *p);

static inline const struct kernel *kernel_of(const struct variant *v)
{
    return v->row;
}

#endif

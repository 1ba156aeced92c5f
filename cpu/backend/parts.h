/* parts.h - what the files of this folder share: an open CPU, a problem on it, and the steps of a
 * variant. */
#ifndef CPU_PARTS_H
#define CPU_PARTS_H

#include "cpu/blas/library.h"
#include "cpu/chip/energy.h"
#include "cpu/chip/places.h"
#include "cpu/loops/parallel.h"
#include "cpu/strips/strips.h"
#include "harness/contract/backend.h"

struct device {
    struct device_facts facts;
    char model[128];
    int threads;
    const char *threads_by; /* what decided their number: "cores", "affinity", "cgroup quota", … */
    char bad_threads[160];  /* what is wrong with the environment's number of threads, or "" */
    int at_once; /* how many of the threads can run at the same time: one per CPU allowed */
    double cpus; /* CPU time per second that they can have in the long run: less under a quota */
    struct share share; /* this rank's share of a problem that several ranks do together */
    struct parallel *pool;
    const struct blas *blas; /* OpenBLAS; NULL if it was not loaded, */
    struct failure no_blas;  /* for this reason */
    struct places places;    /* the CPUs that it may use */
    bool is_bound;           /* each thread is kept on one of them */
    struct energy energy;    /* the machine's counters */
    struct energy_reading
        marks[2];   /* two moments, the first at least 0.1 s ago if both are known */
    bool loads_all; /* all libraries were asked for, none by its name */
};

struct job {
    struct device *device;
    struct problem problem;
    size_t n, first, held; /* the rows of A in memory: held from first on; all, or for a share */
    void *panels[2];       /* of a ring: room for the rows of other ranks */
    struct rows of_c;      /* the rows of C in memory; for a share of sum-aat room for a strip */
    void *a;               /* held×n entries of the problem's type, row-major, rows dense */
    void *c;               /* likewise of_c.count×n; NULL until it is needed */
    double *rows;          /* scratch for n row sums */
    void *scratch;         /* more of it, for the variants that need it; NULL until one is loaded */
    const struct blas *blas; /* of the variant that runs */
    double scalar;           /* the result of the last run of a variant without C */
};

/* The rows of A that a job of p on the device has in memory: a block of C needs all of them. */
static inline struct rows cpu_rows_of_a(const struct device *d, const struct problem *p)
{
    if (p->op != OP_SUM_AAT)
        return p->op == OP_REDUCE ? rows_of_share(p->n, 1, &d->share) : (struct rows){0, p->n};
    return (struct rows){d->share.is_block ? d->share.begin : 0, strips_rows_of_a(p->n, &d->share)};
}

/* And those of C, if the variant stores C. */
static inline struct rows cpu_rows_of_c(const struct device *d, const struct problem *p)
{
    return p->op == OP_SUM_AAT && d->share.of ? (struct rows){0, STRIPS_ROWS}
                                              : rows_of_share(p->n, 1, &d->share);
}

/* variant.row: what the variant needs, and the functions of its steps in their order. */
struct cpu_variant {
    bool is_blas, stores_c, has_scratch;
    size_t library; /* of blas_rows, if is_blas */
    void (*step[VARIANT_STEPS_MAX])(struct job *job);
};

#endif

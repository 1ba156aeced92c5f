/* sweep.h - GPU against CPU over N: the rows of a sweep, and the N from which on the GPU is always
 * faster.
 *
 * A point of a sweep is an ordinary result document with two additions that are timed by the host's
 * clock: "call" in each result (a single call, until its answer is on the host) and, on a GPU,
 * "copy_in" (copying A there from pinned and from pageable memory). */
#ifndef HARNESS_SWEEP_H
#define HARNESS_SWEEP_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where A is when the GPU is called. */
enum sweep_case {
    SWEEP_ON_DEVICE,   /* on the GPU already */
    SWEEP_COPIED_ONCE, /* copied from pageable memory once for SWEEP_USES calls, which share the
                          cost */
    SWEEP_PINNED,      /* copied for each call, from pinned memory */
    SWEEP_PAGEABLE,    /* copied for each call, from pageable memory */
    SWEEP_CASES
};
enum { SWEEP_USES = 10 };

const char *sweep_case_name(enum sweep_case which);  /* "on_device", in JSON */
const char *sweep_case_title(enum sweep_case which); /* "A on the GPU", for people */

/* One N in one arithmetic: the GPU's fastest variant against the CPU's. Strings belong to the
 * documents. */
struct sweep_row {
    const char *op, *arithmetic;
    uint64_t n;
    const char *gpu_variant, *cpu_variant; /* NULL: no variant ran */
    double device_s;                       /* the GPU's work alone, by its own clock */
    double gpu_s[SWEEP_CASES];             /* the time that a caller waits; NaN if unknown */
    double cpu_s;
    double gpu_j, cpu_j;             /* the energy of one run; NaN if unknown */
    bool gpu_is_noisy, cpu_is_noisy; /* too noisy to rank, by the calls or by the device times */
};

/* Whether a row is too noisy to say which side is faster. */
bool sweep_is_noisy(const struct sweep_row *row);

/* Makes rows from an array of documents, sorted by operation, arithmetic and N. The caller frees
 * *rows. A result without a "call" is ignored. */
size_t sweep_rows(const json_t *documents, struct sweep_row **rows);

struct crossover {
    enum { CROSSOVER_UNKNOWN, CROSSOVER_ALWAYS, CROSSOVER_FROM, CROSSOVER_NEVER } kind;
    uint64_t n;           /* the GPU is faster here and at every larger N compared */
    uint64_t slower_at;   /* the largest N at which it is not */
    double ratio;         /* the ratio of GPU time to CPU time at that N */
    uint64_t least, most; /* the smallest and largest N compared */
    bool has_noisy;       /* rows were left out because they are too noisy to rank */
};

/* Finds the crossover among the rows of one operation and arithmetic. */
struct crossover sweep_crossover(const struct sweep_row *rows, size_t count, const char *op,
                                 const char *arithmetic, enum sweep_case which);

/* Writes the crossover for people: "from N = 512; at 256 the CPU is 1.2 times as fast". */
void sweep_sentence(char *out, size_t bytes, const struct crossover *c);

/* Writes values of N from `from` to `to` in `steps` steps with a constant factor between them,
 * rounded, without duplicates. n has room for `steps` values. Returns their number. */
size_t sweep_grid(uint64_t from, uint64_t to, size_t steps, uint64_t *n);

#endif

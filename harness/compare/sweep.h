/* sweep.h - GPU against CPU over N: what the documents of a sweep amount to, and from which N the
 * GPU always wins.
 *
 * A point of a sweep is an ordinary result document with two things more, which only a caller's
 * clock can tell: "call" in each result (one call, alone, to its answer on the host) and, on a GPU,
 * "copy_in" (bringing A there from pinned and from pageable memory). */
#ifndef HARNESS_SWEEP_H
#define HARNESS_SWEEP_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where A is when the GPU is called. */
enum sweep_case {
    SWEEP_ON_DEVICE,   /* on the GPU already */
    SWEEP_COPIED_ONCE, /* copied from pageable memory for SWEEP_USES calls: each bears its share */
    SWEEP_PINNED,      /* copied for each call, from pinned memory */
    SWEEP_PAGEABLE,    /* copied for each call, from pageable memory */
    SWEEP_CASES
};
enum { SWEEP_USES = 10 };

const char *sweep_case_name(enum sweep_case which);  /* "on_device", in JSON */
const char *sweep_case_title(enum sweep_case which); /* "A on the GPU", for people */

/* One N in one arithmetic: the GPU's fastest variant against the CPU's. Text is the documents'. */
struct sweep_row {
    const char *op, *arithmetic;
    uint64_t n;
    const char *gpu_variant, *cpu_variant; /* NULL: none ran */
    double device_s;                       /* the GPU's work alone, by its own clock */
    double gpu_s[SWEEP_CASES];             /* a caller's wait; NaN if not known */
    double cpu_s;
    double gpu_j, cpu_j;             /* the energy of one piece of work; NaN if not known */
    bool gpu_is_noisy, cpu_is_noisy; /* too noisy to rank, by its calls or by its work alone */
};

/* Whether a row is too noisy to say which side is faster. */
bool sweep_is_noisy(const struct sweep_row *row);

/* The rows of an array of documents, by operation, arithmetic and N; *rows is to be freed. Without
 * a "call" a result is no part of a sweep. */
size_t sweep_rows(const json_t *documents, struct sweep_row **rows);

struct crossover {
    enum { CROSSOVER_UNKNOWN, CROSSOVER_ALWAYS, CROSSOVER_FROM, CROSSOVER_NEVER } kind;
    uint64_t n;           /* the GPU is faster here and at every larger N compared */
    uint64_t slower_at;   /* the largest N at which it is not */
    double ratio;         /* there: the GPU's time over the CPU's */
    uint64_t least, most; /* the N compared */
    bool has_noisy;       /* rows were left out because they are too noisy to rank */
};

/* Among the rows of one operation and arithmetic. */
struct crossover sweep_crossover(const struct sweep_row *rows, size_t count, const char *op,
                                 const char *arithmetic, enum sweep_case which);

/* Writes the crossover for people: "from N = 512; at 256 the CPU is 1.2 times as fast". */
void sweep_sentence(char *out, size_t bytes, const struct crossover *c);

/* N from `from` to `to` in so many steps, each the same factor after the one before it, rounded;
 * equal ones are one. n has room for `steps`; returns how many. */
size_t sweep_grid(uint64_t from, uint64_t to, size_t steps, uint64_t *n);

#endif

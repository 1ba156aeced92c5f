/* oracle.h - the float64 references that results are checked against. */
#ifndef HARNESS_ORACLE_H
#define HARNESS_ORACLE_H

#include "harness/contract/backend.h"

/* The float64 references of one job, computed once and used for every variant. */
struct oracle {
    struct problem problem;
    const struct device_facts *device; /* set by the caller; NULL: unknown */
    bool is_full;                      /* set by the caller: compare every entry of C */
    struct rows rows;                  /* matmul: the rows of C that are checked */
    uint32_t salt[2];            /* seed of the random places and signs; differs in each process */
    long double sum;             /* the expected sum of these rows */
    double sum_scale;            /* the scale of its error */
    long double *row_sums;       /* matmul: n expected row sums, else NULL */
    double mean_row, factor_sum; /* for oracle_row_scale() */
    struct entry *entries;       /* matmul: the sampled entries and their values, else NULL */
    long double *values;
    size_t entry_count;
    struct oracle
        *of_int8; /* the references for A rounded to int8, made when needed; NULL: never */
};

/* Computes the references. Also compares 4096 scattered entries of A (all if N ≤ 64) with the
 * host's Philox and returns STATUS_WRONG if the fill is wrong. */
enum status oracle_make(const struct backend *backend, struct job *job, const struct problem *p,
                        struct oracle *oracle, struct failure *why);
/* Computes the references of a matmul for a job that has only these rows of C, at least one. */
enum status oracle_make_rows(const struct backend *backend, struct job *job,
                             const struct problem *p, struct rows rows, struct oracle *oracle,
                             struct failure *why);
void oracle_free(struct oracle *oracle);

/* Compares scattered entries of `rows` rows of A, from row `first` on, with the host's Philox:
 * STATUS_WRONG if one differs. */
enum status oracle_check_fill(const struct backend *backend, struct job *job,
                              const struct problem *p, uint64_t first, uint64_t rows,
                              struct failure *why);

/* Returns a random word for an index. It differs between processes and seeds. */
uint32_t oracle_random(const struct oracle *oracle, uint32_t index);

/* Returns the correct entry of A. */
double oracle_entry_of_a(const struct problem *p, struct entry e);

/* Returns the factor of a row of A on the wide range; 1 on the others. */
double oracle_row_factor(const struct problem *p, uint32_t row);

/* Returns the sum of n values, or of their squares, as accurate as in twice the precision. */
long double oracle_sum(const long double *x, size_t n, bool squares);

/* The scale that errors of the sum are divided by (oracle.c). */
double oracle_sum_scale(const struct problem *p, long double sum);

/* The scales that errors of a row sum and of an entry are divided by (oracle.c). */
double oracle_row_scale(const struct oracle *oracle, uint32_t row);
double oracle_entry_scale(const struct oracle *oracle, struct entry entry);

#endif

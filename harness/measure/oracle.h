/* oracle.h - the float64 references that results are checked against. */
#ifndef HARNESS_ORACLE_H
#define HARNESS_ORACLE_H

#include "harness/contract/backend.h"

/* The float64 references of one job, computed once and used for every variant. */
struct oracle {
    struct problem problem;
    double truncation;           /* of the device (struct device_facts); the caller sets it */
    long double sum;             /* the expected sum */
    double sum_scale;            /* the scale of its error */
    long double *row_sums;       /* matmul: n expected row sums, else NULL */
    double mean_row, factor_sum; /* for oracle_row_scale() */
    struct entry *entries;       /* matmul: the sampled entries and their values, else NULL */
    long double *values;
    size_t entry_count;
};

/* Computes the references. Also compares 4096 scattered entries of A (all if N ≤ 64) with the
 * host's Philox and returns STATUS_WRONG if the fill is wrong. */
enum status oracle_make(const struct backend *backend, struct job *job, const struct problem *p,
                        struct oracle *oracle, struct failure *why);
void oracle_free(struct oracle *oracle);

/* The scales that errors of a row sum and of an entry are divided by (oracle.c). */
double oracle_row_scale(const struct oracle *oracle, uint32_t row);
double oracle_entry_scale(const struct oracle *oracle, struct entry entry);

#endif

/* verify.h - checks results against float64 references (the oracle) and gives a verdict.
 *
 * The identity sum(A·Aᵀ) = ‖Aᵀ1‖² in float64 costs O(N²) and checks every sum-aat. It does not
 * notice misplaced entries, so matmul is also checked row by row, C·1 against A·(Aᵀ1), and by
 * sampled entries against float64 dot products. reduce is checked against the sum of the column
 * sums. NaN never passes. The identity is only used to verify, never as a contestant. */
#ifndef HARNESS_VERIFY_H
#define HARNESS_VERIFY_H

#include "harness/contract/backend.h"

/* The largest accepted errors. */
struct tolerance {
    double tiny;  /* the smallest scale: smaller values are judged by their absolute error */
    double sum;   /* |sum - want| / scale of the sum */
    double row;   /* worst |row sum - want| / scale of a row sum */
    double rel_f; /* ‖C - want‖ / ‖want‖ over the sampled entries off the diagonal */
    double bias;  /* |mean signed error| of the same entries, relative to their mean size */
    double entry; /* worst |C - want| / scale of an entry */
};

/* The tolerances for an operation, arithmetic, n and range; tolerance.c explains them. */
struct tolerance verify_tolerance(const struct problem *p, enum arithmetic arithmetic);

/* The float64 references of one job, computed once and used for every variant. */
struct oracle {
    struct problem problem;
    double sum, sum_scale;       /* the expected sum, and the scale of its error */
    double *row_sums;            /* matmul: n expected row sums, else NULL */
    double mean_row, factor_sum; /* for oracle_row_scale() */
    struct entry *entries; /* matmul: the sampled entries and their float64 values, else NULL */
    double *values;
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

/* The errors found. NaN: not checked. Infinite: C contains NaN. */
struct verdict {
    bool ok;
    double sum, want;
    double sum_error; /* signed, relative to the scale */
    double row_error, rel_f, bias, worst_entry;
    struct tolerance limit;
    char reason[256]; /* if not ok: what is wrong and by how much */
};

/* Judges the result of v's last run. STATUS_OK if it could be judged; then see verdict->ok. */
enum status verify(const struct backend *backend, struct job *job, const struct variant *v,
                   const struct oracle *oracle, struct verdict *verdict, struct failure *why);

/* Sets ok and reason from the errors and limits in the verdict. */
void verdict_judge(struct verdict *verdict);

#endif

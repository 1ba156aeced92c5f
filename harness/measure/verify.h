/* verify.h - every time comes with a verdict: float64 oracles, tolerances, and what was found.
 *
 * sum(A·Aᵀ) = ‖Aᵀ1‖² in float64 costs O(N²) and checks every sum-aat. It is blind to misplaced
 * entries, so matmul is also checked row by row, C·1 against A·(Aᵀ1), and entry by entry against
 * float64 dot products. reduce is checked against the sum of the column sums. NaN never passes. The
 * identity is an oracle and never a contestant. */
#ifndef HARNESS_VERIFY_H
#define HARNESS_VERIFY_H

#include "harness/contract/backend.h"

/* Largest errors accepted. */
struct tolerance {
    double tiny;  /* what is smaller than this counts as this large */
    double sum;   /* |sum - want| / scale of the sum */
    double row;   /* worst |row sum - want| / scale of a row sum */
    double rel_f; /* ‖C - want‖ / ‖want‖ over the sampled entries off the diagonal */
    double bias;  /* |mean signed error| of the same entries, relative to their mean size */
    double entry; /* worst |C - want| / scale of an entry */
};

/* The one table of tolerances, by operation, arithmetic, n and range, with its reasoning
 * (tolerance.c). */
struct tolerance verify_tolerance(const struct problem *p, enum arithmetic arithmetic);

/* The float64 truth about one job, made once and used for every variant. */
struct oracle {
    struct problem problem;
    double sum, sum_scale;       /* the wanted sum, and what its error is taken relative to */
    double *row_sums;            /* matmul: n wanted row sums, else NULL */
    double mean_row, factor_sum; /* what the scales of rows are made of */
    struct entry *entries; /* matmul: the sampled entries and their float64 values, else NULL */
    double *values;
    size_t entry_count;
};

/* Also compares 4096 scattered entries of A (all of them where N ≤ 64) with the host's own Philox:
 * a wrong fill is STATUS_WRONG. */
enum status oracle_make(const struct backend *backend, struct job *job, const struct problem *p,
                        struct oracle *oracle, struct failure *why);
void oracle_free(struct oracle *oracle);

/* What errors of a row's sum and of an entry are taken relative to (oracle.c). */
double oracle_row_scale(const struct oracle *oracle, uint32_t row);
double oracle_entry_scale(const struct oracle *oracle, struct entry entry);

/* What verification found. Errors that were not looked at are NaN; those of a NaN
 * in C are infinite. */
struct verdict {
    bool ok;
    double sum, want;
    double sum_error; /* signed, relative to the scale */
    double row_error, rel_f, bias, worst_entry;
    struct tolerance limit;
    char reason[256]; /* if not ok: what is wrong and by how much */
};

/* Judges what the last run of v left behind. STATUS_OK if judged (see verdict->ok), else why it
 * could not be. */
enum status verify(const struct backend *backend, struct job *job, const struct variant *v,
                   const struct oracle *oracle, struct verdict *verdict, struct failure *why);

/* The pure part: fills in ok and reason from the errors and limits already in the verdict. */
void verdict_judge(struct verdict *verdict);

#endif

/* tolerance.h - the largest errors that verification accepts, and those that it found. */
#ifndef HARNESS_TOLERANCE_H
#define HARNESS_TOLERANCE_H

#include "harness/contract/backend.h"

/* The largest accepted errors. */
struct tolerance {
    double tiny;  /* the smallest scale: smaller values are judged by their absolute error */
    double sum;   /* |sum - want| / scale of the sum */
    double row;   /* worst |row sum - want| / scale of a row sum */
    double rel_f; /* ‖C - want‖ / ‖want‖ over the sampled entries off the diagonal */
    double bias;  /* |mean signed error| of the same entries, relative to their mean size */
    double entry; /* worst |C - want| / scale of an entry */
    double block; /* worst error of a block of columns (probes.h, which sets it); 0: not checked */
    double weighted; /* as `sum`, where rows of A have random signs */
    double integers; /* of verdict.integer_error; 0: not checked */
};

/* The errors found. NaN means not checked; infinite means that C contains NaN. */
struct verdict {
    bool ok;
    double sum, want;
    double sum_scale, sum_error; /* the error is signed, relative to the scale */
    double row_error, rel_f, bias, worst_entry;
    double block_error;    /* matmul: the worst block of columns of a row with random signs */
    double weighted_error; /* signed: the sum over rows of A that were multiplied at random */
    double integer_error;  /* int8: the worst error of the sum, or of an entry, against exact
                              integers */
    struct tolerance limit;
    bool is_full;     /* every entry was compared, or the sum with many other signs of rows */
    char reason[256]; /* if not ok: what is wrong and by how much */
};

/* Where an error is, for the message. */
struct suspect {
    double error; /* relative to its scale; infinite for NaN */
    size_t index; /* of the row */
    struct entry at;
    double got, want;
};

/* The tolerances for a problem done by a variant on a device; tolerance.c explains them.
 * `truncation` is the device's (struct device_facts), 0 if unknown. */
struct tolerance verify_tolerance(const struct problem *p, const struct variant *v,
                                  double truncation);

/* The tolerances of a product in int8 against the exact product of A rounded to int8. */
struct tolerance tolerance_of_int8(const struct problem *p);

/* Whether an arithmetic rounds its operands to fewer bits than FP32 has: tf32, f16, bf16, int8,
 * fp8. */
bool tolerance_rounds(enum arithmetic arithmetic);

#endif

/* verify.h - checks results against float64 references (the oracle) and gives a verdict.
 *
 * The identity sum(A·Aᵀ) = ‖Aᵀ1‖² in float64 costs O(N²) and checks every sum-aat. It does not
 * notice misplaced entries, so matmul is also checked row by row, C·1 against A·(Aᵀ1), and by
 * sampled entries against float64 dot products. reduce is checked against the sum of the column
 * sums. NaN never passes. The identity is only used to verify, never as a contestant. */
#ifndef HARNESS_VERIFY_H
#define HARNESS_VERIFY_H

#include "harness/contract/backend.h"
#include "harness/measure/oracle.h"
#include "harness/measure/tolerance.h"

/* The errors found. NaN: not checked. Infinite: C contains NaN. */
struct verdict {
    bool ok;
    double sum, want;
    double sum_scale, sum_error; /* the error is signed, relative to the scale */
    double row_error, rel_f, bias, worst_entry;
    double block_error;    /* matmul: the worst block of columns of a row with random signs */
    double weighted_error; /* signed: the sum over rows of A that were multiplied at random */
    struct tolerance limit;
    char reason[256]; /* if not ok: what is wrong and by how much */
};

/* Judges the result of v's last run, which took run_ns (0: unknown). Of sum-aat and reduce it also
 * runs v once more, over other rows (probes.h). STATUS_OK if it could be judged; then see
 * verdict->ok. */
enum status verify(const struct backend *backend, struct job *job, const struct variant *v,
                   const struct oracle *oracle, nanos run_ns, struct verdict *verdict,
                   struct failure *why);

/* Where an error is, for the message. */
struct suspect {
    double error; /* relative to its scale; infinite for NaN */
    size_t index; /* of the row */
    struct entry at;
    double got, want;
};
struct suspect suspect_of(const struct oracle *oracle, const struct verdict *verdict,
                          struct entry at, double got, long double want);

/* Whether v computes non-negative data alone as well as it says. */
bool verdict_needs_positive(const struct variant *v);

/* Sets ok and reason from the errors and limits in the verdict. */
void verdict_judge(struct verdict *verdict);

#endif

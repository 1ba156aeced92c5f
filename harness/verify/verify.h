/* verify.h - checks results against float64 references (the oracle) and gives a verdict.
 *
 * The identity sum(A·Aᵀ) = ‖Aᵀ1‖² in float64 costs O(N²) and checks every sum-aat. It does not
 * notice misplaced entries, so matmul is also checked row by row, C·1 against A·(Aᵀ1), and by
 * sampled entries against float64 dot products. reduce is checked against the sum of the column
 * sums. NaN never passes. The identity is only used to verify, never as a contestant. */
#ifndef HARNESS_VERIFY_H
#define HARNESS_VERIFY_H

#include "harness/contract/backend.h"
#include "harness/verify/oracle.h"
#include "harness/verify/tolerance.h"

/* Judges the result of v's last run, which took run_ns (0: unknown). For sum-aat and reduce, also
 * runs v again over A with other signs of rows (probes.h). Returns STATUS_OK if the result could be
 * judged; verdict->ok says whether it is right. */
enum status verify(const struct backend *backend, struct job *job, const struct variant *v,
                   const struct oracle *oracle, nanos run_ns, struct verdict *verdict,
                   struct failure *why);

/* Sets ok and reason from the errors and limits in the verdict. */
void verdict_judge(struct verdict *verdict);

#endif

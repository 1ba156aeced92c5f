/* test_bound.c - no answer exceeds the bound by which fixed-point sums are scaled. */
#include "kernels/job/job.h"

#include "harness/contract/philox.h"

#include <criterion/criterion.h>
#include <math.h>

/* Entries as large as they get: 1, on the range `wide` their row's factor, and twice that in scaled
 * rows. */
static double largest_answer(const struct job *job)
{
    const double n = (double)job->problem.n;
    double column = 0;
    for (uint32_t row = 0; row < job->problem.n; row++)
        column += (job->problem.range == RANGE_WIDE ? (double)philox_row_factor(row) : 1) *
                  (job->factors ? 2 : 1);
    return job->problem.op == OP_REDUCE ? n * column : n * column * column;
}

Test(bound, holds_for_the_largest_entries_also_of_scaled_rows)
{
    static const uint64_t orders[] = {1, 2, 3, 1000, 4096, 10007};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        for (int op = 0; op < OP_COUNT; op++)
            for (int range = RANGE_UNIT; range <= RANGE_WIDE; range++)
                for (unsigned factors = 0; factors < 2; factors++) {
                    struct job job = {
                        .problem = {.op = (enum op)op, .n = orders[i], .range = (enum range)range},
                        .factors = factors};
                    job.bound = job_bound_of(&job.problem);
                    const double bound = ldexp(1, job_sum_bound(&job));
                    cr_expect_leq(largest_answer(&job), bound, "N = %d, %s", (int)orders[i],
                                  op_name(job.problem.op));
                    cr_expect_lt(bound, 16 * largest_answer(&job));
                }
}

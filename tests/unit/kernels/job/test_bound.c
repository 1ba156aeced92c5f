/* test_bound.c - no answer exceeds the bound by which fixed-point sums are scaled. */
#include "kernels/job/job.h"

#include <criterion/criterion.h>
#include <math.h>

/* Entries as large as they get: 1, on the range `wide` 2^20, and twice that in scaled rows. */
static double largest_answer(const struct job *job)
{
    const double entry = (job->problem.range == RANGE_WIDE ? 0x1p20 : 1) * (job->factors ? 2 : 1);
    const double n = (double)job->problem.n;
    return job->problem.op == OP_REDUCE ? n * n * entry : n * n * n * entry * entry;
}

Test(bound, holds_for_the_largest_entries_also_of_scaled_rows)
{
    static const uint64_t orders[] = {1, 2, 3, 1000, 4096, 10007};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        for (int op = 0; op < OP_COUNT; op++)
            for (int range = RANGE_UNIT; range <= RANGE_WIDE; range++)
                for (unsigned factors = 0; factors < 2; factors++) {
                    const struct job job = {
                        .problem = {.op = (enum op)op, .n = orders[i], .range = (enum range)range},
                        .factors = factors};
                    const double bound = ldexp(1, job_sum_bound(&job));
                    cr_expect_leq(largest_answer(&job), bound, "N = %d, %s", (int)orders[i],
                                  op_name(job.problem.op));
                    cr_expect_lt(bound, 16 * largest_answer(&job));
                }
}

#include "tests/unit/harness/verify/judged.h"

#include <math.h>
#include <string.h>

static struct problem problem_of(enum op op, uint64_t n, enum range range)
{
    return (struct problem){op, n, 1, range, ELEMENT_F32};
}

/* C holds sums of integers when it is spoilt: the least by which one can be off. */
static void add_one(struct job *job, void *context)
{
    const struct entry *at = context;
    job->c[at->row * job->problem.n + at->col] += 1;
}

Test(verify_int8, right_products_are_the_exact_ones)
{
    for (uint64_t n = 1; n <= 100; n += n < 20 ? 1 : 20)
        for (int range = RANGE_UNIT; range <= RANGE_SIGNED; range++)
            for (int op = OP_SUM_AAT; op <= OP_MATMUL; op++) {
                const struct problem p = problem_of((enum op)op, n, (enum range)range);
                const struct verdict v = judged(p, ARITH_INT8, FAULT_NONE, nowhere);
                cr_expect(v.ok, "n=%lu %s %s: %s", n, op_name(p.op), range_name(p.range), v.reason);
                cr_expect(v.limit.integers > 0 && v.integer_error <= v.limit.integers);
            }
}

Test(verify_int8, one_unit_in_one_entry_is_found_though_rounding_a_costs_more)
{
    struct entry at = {3, 40};
    for (int range = RANGE_UNIT; range <= RANGE_SIGNED; range++)
        for (int op = OP_SUM_AAT; op <= OP_MATMUL; op++) {
            const struct problem p = problem_of((enum op)op, 70, (enum range)range);
            const struct verdict v = judged_spoilt(p, ARITH_INT8, add_one, &at);
            cr_expect_not(v.ok, "%s %s", op_name(p.op), range_name(p.range));
            cr_expect(strstr(v.reason, "A's integers, multiplied exactly, give another result"),
                      "%s", v.reason);
            cr_expect_lt(fabs(v.sum_error), v.limit.sum, "against A itself it is within the limit");
        }
}

/* Beyond N = 90 entries are sampled, and blocks and rows show the rest. */
Test(verify_int8, a_few_units_are_found_in_any_entry)
{
    struct entry at = {99, 1};
    const struct verdict v =
        judged_spoilt(problem_of(OP_MATMUL, 120, RANGE_UNIT), ARITH_INT8, add_one, &at);
    cr_expect_not(v.ok);
}

Test(verify_int8, no_other_arithmetic_is_compared_with_integers)
{
    const struct verdict v =
        judged(problem_of(OP_MATMUL, 20, RANGE_UNIT), ARITH_TF32, FAULT_NONE, nowhere);
    cr_expect(v.ok && v.limit.integers == 0);
}

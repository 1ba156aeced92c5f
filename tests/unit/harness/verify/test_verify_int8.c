/* test_verify_int8.c - products of int8 are also compared with the exact ones of the rounded A. */
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

/* ---- which errors are kept, of integers whose answers are made up */

static double integer_sum;
static bool is_of_integers;
static unsigned switches, widths[2], made;

static enum status made_up_answer(struct job *job, const struct variant *v, double *sum,
                                  struct failure *why)
{
    (void)job, (void)v, (void)why;
    *sum = integer_sum;
    return STATUS_OK;
}

static void note_switch(struct job *job, bool is_rounded)
{
    (void)job;
    is_of_integers = is_rounded;
    switches++;
}

static struct verdict judged_with(const struct oracle *o, const struct variant *v)
{
    struct backend backend = {.answer = made_up_answer, .oracle_of_int8 = note_switch};
    struct verdict verdict;
    switches = 0;
    cr_assert_eq(verify(&backend, NULL, v, o, 0, &verdict, NULL), STATUS_OK);
    cr_expect_not(is_of_integers, "switched back");
    return verdict;
}

/* Of order 64 twice 16 roundings to 2^-53 are allowed against the integers, which is 3.6e-15. */
Test(verify_int8, a_sum_keeps_its_error_against_a_and_gets_one_against_the_integers)
{
    const struct problem p = problem_of(OP_SUM_AAT, 64, RANGE_UNIT);
    const struct variant v = {.op = OP_SUM_AAT, .name = "v", .arithmetic = ARITH_INT8};
    struct oracle integers = {.problem = p, .rows = {0, 64}, .sum = 1000, .sum_scale = 1000};
    const struct oracle o = {
        .problem = p, .rows = {0, 64}, .sum = 1000.125L, .sum_scale = 1000, .of_int8 = &integers};
    integer_sum = 1000;
    struct verdict verdict = judged_with(&o, &v);
    cr_expect(verdict.ok, "%s", verdict.reason);
    cr_expect_eq(switches, 2);
    cr_expect_eq(verdict.sum_error, -0.125 / 1000);
    cr_expect_eq(verdict.integer_error, 0);
    cr_expect_eq(verdict.limit.integers, 32 * 0x1p-53);
    integers.sum = 1000 + 0x1p-30L;
    verdict = judged_with(&o, &v);
    cr_expect_not(verdict.ok);
    cr_expect_eq(verdict.integer_error, 0x1p-30 / 1000);
    cr_expect_str_eq(verdict.reason,
                     "A's integers, multiplied exactly, give another result: sum 1.0000e+03, want "
                     "1.0000e+03 (rel. error -9.3e-13, limit 4e-15)");
    integers.sum = 900;
    integer_sum = 900; /* which is far from A's own sum */
    verdict = judged_with(&o, &v);
    cr_expect_not(verdict.ok);
    cr_expect_eq(switches, 0, "a wrong sum is not compared with integers");
}

Test(verify_int8, without_their_references_and_of_reduce_integers_are_not_looked_at)
{
    const struct variant reduce = {.op = OP_REDUCE, .name = "v", .arithmetic = ARITH_INT8},
                         sum = {.op = OP_SUM_AAT, .name = "v", .arithmetic = ARITH_INT8};
    struct oracle integers = {.problem = problem_of(OP_REDUCE, 64, RANGE_UNIT)};
    struct oracle o = {.problem = integers.problem,
                       .rows = {0, 64},
                       .sum = 1000,
                       .sum_scale = 1000,
                       .of_int8 = &integers};
    integer_sum = 1000;
    cr_expect(judged_with(&o, &reduce).ok);
    cr_expect_eq(switches, 0);
    o.problem.op = OP_SUM_AAT;
    o.of_int8 = NULL;
    cr_expect(judged_with(&o, &sum).ok);
    cr_expect_eq(switches, 0);
}

static enum status note_width(struct job *job, const double *x, unsigned width, double *out,
                              uint32_t *col, struct failure *why)
{
    widths[made++ % 2] = width;
    return fake_backend.c_block_errors(job, x, width, out, col, why);
}

/* Of order 120 an entry is compared in blocks, as wide as the device is slow. */
Test(verify_int8, blocks_against_the_integers_are_those_of_the_device)
{
    const struct problem p = problem_of(OP_MATMUL, 120, RANGE_UNIT);
    const struct variant v = {.op = OP_MATMUL, .name = "v", .arithmetic = ARITH_INT8};
    const struct device_facts slow = {.f64_flops = 1};
    struct backend backend = fake_backend;
    struct job *job = fake_job(p, FAULT_NONE, nowhere);
    struct oracle o;
    struct verdict verdict;
    struct sample sample;
    backend.c_block_errors = note_width;
    cr_assert_eq(oracle_make(&backend, job, &p, &o, NULL), STATUS_OK);
    o.device = &slow;
    backend.run(job, &v, 1, &sample, NULL);
    cr_assert_eq(verify(&backend, job, &v, &o, 0, &verdict, NULL), STATUS_OK);
    cr_expect(verdict.ok, "%s", verdict.reason);
    cr_expect(made == 2 && widths[0] == 128 && widths[1] == 128, "%u: %u, %u", made, widths[0],
              widths[1]);
    cr_expect_eq(verdict.limit.integers, 4 * 0x1p-24);
    const long double *const row_sums = o.of_int8->row_sums;
    cr_assert_eq(verify(&backend, job, &v, &o, 0, &verdict, NULL), STATUS_OK);
    cr_expect_eq(o.of_int8->row_sums, row_sums, "they are made once");
    oracle_free(&o);
    backend.end(job);
}

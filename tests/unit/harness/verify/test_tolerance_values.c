/* test_tolerance_values.c - the limits as numbers, each constant of tolerance.c in at least one of
 * them, so that no limit changes unnoticed. Who changes one on purpose writes the new value here
 * and the reason in tolerance.c and docs/accuracy.md. */
#include "harness/contract/philox.h"
#include "harness/verify/tolerance.h"

#include <criterion/criterion.h>
#include <math.h>

static void expect_close(const char *name, size_t row, double got, double want)
{
    cr_expect(fabs(got - want) <= 1e-5 * want, "case %zu: %s %.6g, not %.6g", row, name, got, want);
}

Test(tolerance, the_limits_of_products_are_these)
{
    static const struct {
        enum arithmetic arithmetic;
        enum adding adds;
        enum range range;
        uint64_t n;
        double truncation, sum, row, rel_f, bias, entry;
    } cases[] = {
        {ARITH_F32, ADDS_TO_NEAREST, RANGE_UNIT, 1024, 0, 1e-06, 1e-06, 4.10102e-06, 1e-06,
         1.65051e-05},
        {ARITH_F32_3XF16, ADDS_PROMOTED, RANGE_UNIT, 1024, 0, 1.00391e-06, 1.1e-06, 1.93136e-06,
         1.00391e-06, 5.6568e-06},
        {ARITH_F32_2XF16, ADDS_PROMOTED, RANGE_UNIT, 1024, 0, 1.07812e-06, 3e-06, 2.70323e-06,
         1.07812e-06, 9.51617e-06},
        {ARITH_F32_3XTF32, ADDS_PROMOTED, RANGE_UNIT, 1024, 0, 1.00391e-06, 1.1e-06, 1.93136e-06,
         1.00391e-06, 5.6568e-06},
        {ARITH_TF32, ADDS_PROMOTED, RANGE_UNIT, 1024, 0, 7.90625e-06, 0.000104, 4.7726e-05,
         7.90625e-06, 0.00022263},
        {ARITH_BF16, ADDS_PROMOTED, RANGE_UNIT, 1024, 0, 3.525e-05, 0.000804, 0.000332101,
         3.525e-05, 0.00164451},
        {ARITH_F16, ADDS_PROMOTED, RANGE_UNIT, 1024, 0, 7.90625e-06, 0.000104, 4.7726e-05,
         7.90625e-06, 0.00022263},
        {ARITH_INT8, ADDS_PROMOTED, RANGE_UNIT, 1024, 0, 8.99375e-05, 0.002204, 0.00089799,
         8.99375e-05, 0.00447395},
        {ARITH_FP8, ADDS_PROMOTED, RANGE_UNIT, 1024, 0, 0.001501, 0.013801, 0.0062041, 0.001501,
         0.0270165},
        {ARITH_F64, ADDS_PROMOTED, RANGE_UNIT, 1024, 0, 1.86265e-15, 1.86265e-15, 7.63875e-15,
         1.86265e-15, 3.07432e-14},
        {ARITH_F64_INT8, ADDS_PROMOTED, RANGE_UNIT, 1024, 0, 1.86265e-15, 1.86265e-15, 7.63875e-15,
         1.86265e-15, 3.07432e-14},
        {ARITH_F32, ADDS_PROMOTED, RANGE_SIGNED, 1024, 0, 1e-06, 1e-06, 4.10102e-06, 4.10102e-06,
         1.65051e-05},
        {ARITH_F32_2XF16, ADDS_PROMOTED, RANGE_SIGNED, 1024, 0, 1.07812e-06, 3e-06, 1.20157e-05,
         1.20157e-05, 5.60787e-05},
        {ARITH_TF32, ADDS_PROMOTED, RANGE_SIGNED, 1024, 0, 4.90625e-06, 0.000101, 0.000510351,
         0.000510351, 0.00254776},
        {ARITH_F16, ADDS_TRUNCATED, RANGE_UNIT, 1024, 7e-09, 1.63751e-05, 0.000112469, 5.61948e-05,
         1.63751e-05, 0.000231099},
        {ARITH_F16, ADDS_TRUNCATED, RANGE_SIGNED, 20000, 7e-09, 3.78392e-06, 2.62113e-05,
         0.000533612, 0.000533612, 0.00260406},
        {ARITH_F16, ADDS_TRUNCATED, RANGE_SIGNED, 20000, 0, 7.85685e-06, 3.02843e-05, 0.000677612,
         0.000677612, 0.00318006},
        {ARITH_F16, ADDS_TRUNCATED_BY_MMA, RANGE_UNIT, 20000, 7e-09, 0.0008022, 0.000824627,
         0.000824076, 0.0008022, 0.000912382},
        {ARITH_F16, ADDS_TRUNCATED, RANGE_WIDE, 1024, 7e-09, 6.92344e-05, 0.000997905, 0.000513218,
         0.000513218, 0.00255922},
        {ARITH_F16, ADDS_TRUNCATED, RANGE_WIDE, 8, 7e-09, 0.00400125, 0.0138941, 0.00108791,
         0.00108791, 0.00543553},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct problem p = {.op = OP_MATMUL, .n = cases[i].n, .range = cases[i].range};
        const struct variant v = {.arithmetic = cases[i].arithmetic, .adds = cases[i].adds};
        const struct tolerance t = verify_tolerance(&p, &v, cases[i].truncation);
        expect_close("sum", i, t.sum, cases[i].sum);
        expect_close("row", i, t.row, cases[i].row);
        expect_close("rel_f", i, t.rel_f, cases[i].rel_f);
        expect_close("bias", i, t.bias, cases[i].bias);
        expect_close("entry", i, t.entry, cases[i].entry);
    }
}

Test(tolerance, the_limits_of_sums_are_these)
{
    static const struct {
        enum op op;
        enum arithmetic arithmetic;
        enum adding adds;
        bool sums_in_f32;
        enum range range;
        uint64_t n;
        double sum, weighted;
    } cases[] = {
        {OP_SUM_AAT, ARITH_F32, ADDS_TO_NEAREST, false, RANGE_UNIT, 200, 1e-06, 2.72363e-07},
        {OP_SUM_AAT, ARITH_F32, ADDS_TO_NEAREST, false, RANGE_UNIT, 201, 1e-06, 7.53044e-08},
        {OP_SUM_AAT, ARITH_F32, ADDS_TO_NEAREST, true, RANGE_UNIT, 10000, 1e-06, 1e-06},
        {OP_SUM_AAT, ARITH_F32_2XF16, ADDS_PROMOTED, false, RANGE_UNIT, 10000, 1.008e-06,
         2.14881e-09},
        {OP_SUM_AAT, ARITH_TF32, ADDS_PROMOTED, false, RANGE_SIGNED, 10000, 1.4e-06, 3.00473e-07},
        {OP_SUM_AAT, ARITH_FP8, ADDS_PROMOTED, false, RANGE_UNIT, 20000, 0.0010276, 6.74148e-07},
        {OP_SUM_AAT, ARITH_TF32, ADDS_TRUNCATED, false, RANGE_SIGNED, 10000, 5.4e-06, 5.31535e-06},
        {OP_SUM_AAT, ARITH_F32, ADDS_TO_NEAREST, false, RANGE_WIDE, 1024, 1e-06, 1e-06},
        {OP_SUM_AAT, ARITH_F64, ADDS_TO_NEAREST, false, RANGE_UNIT, 1024, 1.86265e-15, 4.27293e-17},
        {OP_REDUCE, ARITH_F32, ADDS_TO_NEAREST, false, RANGE_UNIT, 4, 5.01e-07, 5.01e-07},
        {OP_REDUCE, ARITH_F32, ADDS_TO_NEAREST, false, RANGE_UNIT, 10000, 1.4e-09, 1.4e-09},
        {OP_REDUCE, ARITH_F32, ADDS_TO_NEAREST, false, RANGE_WIDE, 10000, 2.6e-09, 2.6e-09},
        {OP_REDUCE, ARITH_F32, ADDS_TO_NEAREST, true, RANGE_UNIT, 10000, 1e-06, 1e-06},
        {OP_REDUCE, ARITH_F64, ADDS_TO_NEAREST, false, RANGE_UNIT, 10000, 1.86265e-15, 1.86265e-15},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct problem p = {.op = cases[i].op, .n = cases[i].n, .range = cases[i].range};
        const struct variant v = {.op = cases[i].op,
                                  .arithmetic = cases[i].arithmetic,
                                  .adds = cases[i].adds,
                                  .sums_in_f32 = cases[i].sums_in_f32};
        const struct tolerance t = verify_tolerance(&p, &v, 0);
        expect_close("sum", i, t.sum, cases[i].sum);
        expect_close("weighted", i, t.weighted, cases[i].weighted);
    }
}

/* What int8 loses after its exact sums: roundings to 2^-24 in an entry, to 2^-53 in a sum. Of n =
 * 16 rows three times as much is allowed, of n = 64 twice. */
Test(tolerance, the_limits_of_int8_against_its_own_integers_are_these)
{
    static const struct {
        enum op op;
        enum range range;
        uint64_t n;
        double sum, row, rel_f, entry, weighted;
    } cases[] = {
        {OP_MATMUL, RANGE_UNIT, 16, 9 * 0x1p-24, 9 * 0x1p-24, 3 * 0x1p-24, 4 * 0x1p-24, NAN},
        {OP_MATMUL, RANGE_SIGNED, 64, 6 * 0x1p-24, 6 * 0x1p-24, 3 * 0x1p-24, 20 * 0x1p-24, NAN},
        {OP_MATMUL, RANGE_WIDE, 64, 6 * 0x1p-24, 6 * 0x1p-24, 3 * 0x1p-24, 20 * 0x1p-24, NAN},
        {OP_SUM_AAT, RANGE_UNIT, 16, 48 * 0x1p-53, NAN, NAN, NAN, 48 * 0x1p-53},
        {OP_SUM_AAT, RANGE_SIGNED, 64, 32 * 0x1p-53, NAN, NAN, NAN, 32 * 0x1p-53},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct problem p = {.op = cases[i].op, .n = cases[i].n, .range = cases[i].range};
        const struct tolerance t = tolerance_of_int8(&p);
        const double got[] = {t.tiny, t.sum, t.row, t.rel_f, t.bias, t.entry, t.block, t.weighted};
        const double want[] = {0x1p-90,        cases[i].sum,   cases[i].row, cases[i].rel_f,
                               cases[i].rel_f, cases[i].entry, NAN,          cases[i].weighted};
        for (int k = 0; k < 8; k++)
            cr_expect(got[k] == want[k] || (isnan(got[k]) && isnan(want[k])),
                      "case %zu, limit %d: %g, not %g", i, k, got[k], want[k]);
    }
}

/* It averages out the less, the fewer rows dominate the others by their factors. */
Test(tolerance, the_noise_of_a_row_is_that_of_exactly_n_rows)
{
    for (uint64_t n = 1; n <= 40; n++) {
        const struct problem p = {.op = OP_MATMUL, .n = n, .range = RANGE_WIDE};
        const struct variant v = {.arithmetic = ARITH_F32};
        double sum = 0, squares = 0;
        for (uint32_t row = 0; row < n; row++) {
            sum += (double)philox_row_factor(row);
            squares += (double)philox_row_factor(row) * (double)philox_row_factor(row);
        }
        const double noise = 1.5 * sqrt((double)n) * 0x1p-24 + 2.4e-7;
        const double want = 1e-6 + 8 / 0.81 * noise * sqrt(squares) / sum;
        cr_expect_float_eq(verify_tolerance(&p, &v, 0).row, want, 1e-13 * want, "n = %d", (int)n);
    }
}

Test(tolerance, the_smallest_scale_is_where_an_arithmetic_loses_digits)
{
    static const double want[ARITH_COUNT] = {
        [ARITH_F32] = 0x1p-122,      [ARITH_F32_3XF16] = 0x1p-122,  [ARITH_F32_3XTF32] = 0x1p-90,
        [ARITH_F32_2XF16] = 0x1p-90, [ARITH_F32_9XBF16] = 0x1p-122, [ARITH_TF32] = 0x1p-90,
        [ARITH_F16] = 0x1p-122,      [ARITH_BF16] = 0x1p-90,        [ARITH_INT8] = 0x1p-90,
        [ARITH_FP8] = 0x1p-90,       [ARITH_F64] = 0x1p-1018,       [ARITH_F64_INT8] = 0x1p-1000,
    };
    const struct problem p = {.op = OP_MATMUL, .n = 100, .range = RANGE_WIDE};
    for (int a = 0; a < ARITH_COUNT; a++) {
        const struct variant v = {.arithmetic = (enum arithmetic)a};
        cr_expect_eq(verify_tolerance(&p, &v, 0).tiny, want[a], "%s",
                     arithmetic_name(v.arithmetic));
    }
}

Test(tolerance, what_is_not_checked_has_no_limit)
{
    const struct variant v = {.arithmetic = ARITH_F32};
    for (int op = 0; op < OP_COUNT; op++) {
        const struct problem p = {.op = (enum op)op, .n = 100};
        const struct tolerance t = verify_tolerance(&p, &v, 0);
        const bool is_product = op == OP_MATMUL;
        cr_expect_eq(isnan(t.row) && isnan(t.rel_f) && isnan(t.bias) && isnan(t.entry),
                     !is_product);
        cr_expect_eq(isnan(t.weighted), is_product);
        cr_expect(isnan(t.block) && !isnan(t.sum) && t.integers == 0);
    }
}

Test(tolerance, operands_are_rounded_in_five_arithmetics)
{
    unsigned rounded = 0;
    for (int a = 0; a < ARITH_COUNT; a++)
        rounded += tolerance_rounds((enum arithmetic)a);
    cr_expect_eq(rounded, 5);
    cr_expect(tolerance_rounds(ARITH_TF32) && tolerance_rounds(ARITH_F16) &&
              tolerance_rounds(ARITH_BF16) && tolerance_rounds(ARITH_INT8) &&
              tolerance_rounds(ARITH_FP8));
}

#include "harness/verify/verify.h"

#include <criterion/criterion.h>
#include <math.h>

/* Of a promoted variant, or of one in FP32 or int8. */
static struct tolerance of(enum op op, uint64_t n, enum range range, enum arithmetic arithmetic)
{
    const struct problem p = {.op = op, .n = n, .range = range};
    const struct variant v = {.arithmetic = arithmetic,
                              .adds = arithmetic == ARITH_F32 || arithmetic == ARITH_INT8
                                          ? ADDS_TO_NEAREST
                                          : ADDS_PROMOTED};
    return verify_tolerance(&p, &v, 0);
}

static struct tolerance of_matmul(uint64_t n, enum range range, enum arithmetic arithmetic)
{
    return of(OP_MATMUL, n, range, arithmetic);
}

static struct tolerance of_truncated(uint64_t n, enum range range, enum arithmetic arithmetic,
                                     double truncation)
{
    const struct problem p = {.op = OP_MATMUL, .n = n, .range = range};
    const struct variant v = {.arithmetic = arithmetic, .adds = ADDS_TRUNCATED};
    return verify_tolerance(&p, &v, truncation);
}

static const double hopper = 7.5e-9;

Test(tolerance, the_sum_in_fp32_has_one_millionth)
{
    cr_expect_float_eq(of(OP_SUM_AAT, 10000, RANGE_UNIT, ARITH_F32).sum, 1e-6, 1e-12);
    cr_expect_float_eq(of(OP_SUM_AAT, 10000, RANGE_SIGNED, ARITH_F32).sum, 1e-6, 1e-12);
}

Test(tolerance, a_reduction_in_float64_is_held_to_less_than_one_lost_entry_of_ten_thousand_squared)
{
    const double one_entry = 1e-8, hundred = 1e-6;
    const struct problem p = {.op = OP_REDUCE, .n = 10000};
    const struct variant ours = {.op = OP_REDUCE}, cub = {.op = OP_REDUCE, .sums_in_f32 = true};
    cr_expect_lt(verify_tolerance(&p, &ours, 0).sum, one_entry / 2);
    cr_expect_leq(verify_tolerance(&p, &cub, 0).sum, hundred);
    cr_expect_gt(of(OP_REDUCE, 5, RANGE_UNIT, ARITH_F32).sum, 3e-7, "a tree of 25 floats");
}

/* What is lost at N = 10000 relative to the sum: the last k everywhere; a tile of 128 and its
 * mirror; a row and a column; the diagonal (a third of n each, of n·n/4). */
Test(tolerance, gross_faults_are_beyond_the_limit_of_the_sum_in_every_arithmetic)
{
    const double least = fmin(fmin(1e-4, 2 * 1.28e-2 * 1.28e-2), fmin(2e-4, 4. / 3 * 1e-4));
    for (int a = 0; a < ARITH_COUNT; a++) {
        const enum arithmetic arithmetic = (enum arithmetic)a;
        /* The accumulators of fp8 have a larger bias: a lost tile of 256 and its mirror shows. */
        if (arithmetic == ARITH_FP8)
            cr_expect_lt(of_matmul(10000, RANGE_UNIT, arithmetic).sum, 2 * 2.56e-2 * 2.56e-2);
        else
            cr_expect_lt(10 * of_matmul(10000, RANGE_UNIT, arithmetic).sum, least, "%s",
                         arithmetic_name(arithmetic));
    }
    /* Not promoted, on Hopper: the bias that it has adds to what is lost. */
    cr_expect_lt(of_truncated(10000, RANGE_UNIT, ARITH_TF32, hopper).sum, 7.5e-5 + least);
    cr_expect_lt(of_truncated(10000, RANGE_UNIT, ARITH_F16, hopper).sum, 6.5e-5 + least);
    cr_expect_lt(of_truncated(10000, RANGE_UNIT, ARITH_BF16, hopper).sum, 4.4e-5 + least);
}

/* cublasLt and wgmma-sm90 on an H200, and wgmma-sm90 when it promoted half as often. */
Test(tolerance, fp8_promoted_every_128_k_is_right_with_room_and_every_256_k_is_wrong)
{
    const double limit = of(OP_SUM_AAT, 10000, RANGE_UNIT, ARITH_FP8).sum;
    cr_expect(limit > 2 * 4.9e-4 && limit < 1.7e-3, "%g", limit);
}

Test(tolerance, only_accumulators_that_are_not_promoted_may_be_biased_and_more_on_an_unknown_gpu)
{
    const double promoted = of_matmul(10000, RANGE_UNIT, ARITH_TF32).bias;
    const double measured = of_truncated(10000, RANGE_UNIT, ARITH_TF32, hopper).bias;
    const double unknown = of_truncated(10000, RANGE_UNIT, ARITH_TF32, 0).bias;
    cr_expect_leq(promoted, 8.2 * 5.5e-7);
    cr_expect(measured > 1.5 * 7.5e-5 && measured < 2 * 7.5e-5, "%g", measured);
    cr_expect_gt(unknown, 1.5 * 3.3 * 7.5e-5);
}

/* 4 of 16 rows decide nearly everything there, so the error of one entry is that of its row. */
Test(tolerance, on_a_wide_range_a_row_may_be_as_far_off_as_one_of_its_entries)
{
    for (uint64_t n = 4; n <= 32; n++) {
        const struct tolerance t = of_matmul(n, RANGE_WIDE, ARITH_F32);
        cr_expect_gt(t.row, 0.5 * t.entry, "n=%lu", n);
    }
    cr_expect_lt(of_matmul(10000, RANGE_WIDE, ARITH_F32).row, 6e-6);
}

Test(tolerance, only_arithmetics_that_lose_whole_operands_are_excused_from_normal_small_numbers)
{
    static const enum arithmetic exact[] = {ARITH_F32, ARITH_F32_3XF16, ARITH_F16},
                                 lossy[] = {ARITH_TF32, ARITH_BF16, ARITH_F32_3XTF32};
    const double least_normal = 0x1p-126;
    for (size_t i = 0; i < 3; i++) {
        const double tiny = of_matmul(100, RANGE_WIDE, exact[i]).tiny;
        cr_expect(tiny >= least_normal && tiny < 64 * least_normal, "%s: %g",
                  arithmetic_name(exact[i]), tiny);
        cr_expect_gt(of_matmul(100, RANGE_WIDE, lossy[i]).tiny, 0x1p30 * least_normal, "%s",
                     arithmetic_name(lossy[i]));
    }
}

Test(tolerance, only_matmul_has_limits_for_entries)
{
    cr_expect(isnan(of(OP_SUM_AAT, 100, RANGE_UNIT, ARITH_F32).entry));
    cr_expect(isnan(of(OP_REDUCE, 100, RANGE_UNIT, ARITH_F32).row));
    cr_expect_not(isnan(of_matmul(100, RANGE_UNIT, ARITH_F32).rel_f));
}

/* Measured on an H100; each limit stands at least `least` and at most `most` times above. 0: not
 * measured. */
Test(tolerance, limits_stand_well_above_what_right_kernels_show)
{
    static const struct {
        enum arithmetic arithmetic;
        uint64_t n;
        enum range range;
        double sum, rel_f, entry; /* the bias is at most the sum's error, on U */
    } right[] = {
        {ARITH_F32, 1024, RANGE_UNIT, 5.1e-8, 4.3e-7, 1.8e-6},
        {ARITH_F32, 10000, RANGE_UNIT, 3.3e-8, 1.5e-6, 6.4e-6},
        {ARITH_F32, 16384, RANGE_UNIT, 9.7e-8, 1.7e-6, 0},
        {ARITH_F32, 10000, RANGE_SIGNED, 0, 1.8e-6, 0},
        {ARITH_F32_3XF16, 1000, RANGE_UNIT, 1.8e-7, 1.9e-7, 0},
        {ARITH_F32_3XF16, 16384, RANGE_UNIT, 1.8e-7, 2.8e-7, 0},
        {ARITH_F32_3XF16, 10000, RANGE_SIGNED, 0, 2.5e-7, 0},
        {ARITH_F32_3XTF32, 16384, RANGE_UNIT, 1.2e-7, 3.2e-7, 0},
        {ARITH_F32_3XTF32, 10000, RANGE_SIGNED, 0, 3.4e-7, 0},
        {ARITH_F32_2XF16, 1024, RANGE_UNIT, 1.9e-7, 2.9e-7, 0},
        {ARITH_F32_2XF16, 10000, RANGE_SIGNED, 0, 4.6e-6, 0},
        {ARITH_TF32, 10000, RANGE_UNIT, 5.5e-7, 3.5e-6, 1.6e-5},
        {ARITH_TF32, 10000, RANGE_SIGNED, 0, 2.6e-4, 0},
        {ARITH_BF16, 10000, RANGE_UNIT, 1.0e-7, 2.8e-5, 1.1e-4},
        {ARITH_BF16, 10000, RANGE_SIGNED, 0, 2.1e-3, 0},
        {ARITH_F16, 10000, RANGE_UNIT, 5.2e-7, 3.5e-6, 1.6e-5},
        /* Simulated, without the bias of accumulators. */
        {ARITH_INT8, 257, RANGE_SIGNED, 0, 5.5e-3, 0},
        {ARITH_FP8, 257, RANGE_SIGNED, 0, 3.3e-2, 0},
    };
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        const struct tolerance t = of_matmul(right[i].n, right[i].range, right[i].arithmetic);
        const char *name = arithmetic_name(right[i].arithmetic);
        /* Operand rounding on [-1,1) belongs to the format, not to the kernel. */
        const double least = right[i].range == RANGE_UNIT ? 3.5 : 1.7;
        cr_expect_geq(t.sum, 5 * right[i].sum, "%s n=%lu sum %.2g", name, right[i].n, t.sum);
        cr_expect(right[i].range == RANGE_SIGNED || t.bias == t.sum, "%s n=%lu bias %.2g", name,
                  right[i].n, t.bias);
        cr_expect_geq(t.rel_f, least * right[i].rel_f, "%s n=%lu relF %.2g", name, right[i].n,
                      t.rel_f);
        cr_expect_leq(t.rel_f, 12 * right[i].rel_f, "%s n=%lu relF %.2g", name, right[i].n,
                      t.rel_f);
        cr_expect_geq(t.entry, 5 * right[i].entry, "%s n=%lu entry %.2g", name, right[i].n,
                      t.entry);
    }
}

Test(tolerance, what_is_not_promoted_passes_as_it_was_measured_on_hopper)
{
    static const struct {
        enum arithmetic arithmetic;
        uint64_t n;
        double sum, row, rel_f, entry; /* 0: not measured */
    } right[] = {
        {ARITH_TF32, 1024, 6.9e-6, 0, 1.3e-5, 4.8e-5},
        {ARITH_TF32, 10000, 7.5e-5, 8.4e-5, 7.5e-5, 8.9e-5},
        {ARITH_TF32, 16384, 1.1e-4, 0, 1.1e-4, 0},
        {ARITH_BF16, 1000, 3.7e-6, 0, 8.7e-5, 0},
        {ARITH_BF16, 10000, 4.4e-5, 1.1e-4, 5.2e-5, 1.6e-4},
        {ARITH_F16, 10000, 6.5e-5, 7.4e-5, 6.5e-5, 7.9e-5},
    };
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        const struct tolerance t =
            of_truncated(right[i].n, RANGE_UNIT, right[i].arithmetic, hopper);
        cr_expect(t.sum > 1.5 * right[i].sum && t.row > 1.5 * right[i].row &&
                      t.rel_f > 1.5 * right[i].rel_f && t.entry > 2 * right[i].entry,
                  "case %zu: %g %g %g %g", i, t.sum, t.row, t.rel_f, t.entry);
    }
}

Test(tolerance, split_products_without_promotion_do_not_pass_as_fp32)
{
    const struct tolerance t = of_matmul(10000, RANGE_UNIT, ARITH_F32_3XF16);
    cr_expect_lt(10 * t.sum, 8.5e-5);
    cr_expect_lt(10 * t.rel_f, 8.5e-5);
    cr_expect_lt(10 * t.bias, 8.5e-5);
}

Test(tolerance, truncated_tf32_operands_do_not_pass)
{
    static const uint64_t orders[] = {33, 128, 1000, 4096, 10000, 16384};
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        const struct tolerance unit = of_matmul(orders[i], RANGE_UNIT, ARITH_TF32);
        cr_expect_lt(fmin(unit.sum, unit.rel_f), 6.5e-4 + 6.7e-9 * (double)orders[i], "n=%lu: %.2g",
                     orders[i], unit.rel_f);
        const struct tolerance range = of_matmul(orders[i], RANGE_SIGNED, ARITH_TF32);
        if (orders[i] >= 128)
            cr_expect_lt(range.rel_f, 7.3e-4, "n=%lu: %.2g", orders[i], range.rel_f);
    }
}

Test(tolerance, a_lost_step_of_eight_in_one_tile_does_not_pass)
{
    static const struct {
        enum arithmetic arithmetic;
        bool rows; /* the row sums show it too */
    } cases[] = {
        {ARITH_F32, true},       {ARITH_F32_3XF16, true}, {ARITH_F32_3XTF32, true},
        {ARITH_F32_2XF16, true}, {ARITH_TF32, false},     {ARITH_F16, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct tolerance t = of_matmul(10000, RANGE_UNIT, cases[i].arithmetic);
        cr_expect_lt(t.entry, 8e-4, "%s", arithmetic_name(cases[i].arithmetic));
        if (cases[i].rows)
            cr_expect_lt(t.row, 1e-5 / 2, "%s", arithmetic_name(cases[i].arithmetic));
    }
    cr_expect_lt(of_matmul(7000, RANGE_UNIT, ARITH_BF16).entry, 8. / 7000);
}

Test(tolerance, float64_has_the_limits_of_float32_in_units_of_its_own)
{
    for (int range = RANGE_UNIT; range <= RANGE_WIDE; range++)
        for (uint64_t n = 1; n <= PROBLEM_MAX_N; n *= 7) {
            const struct tolerance f32 = of_matmul(n, (enum range)range, ARITH_F32),
                                   f64 = of_matmul(n, (enum range)range, ARITH_F64);
            cr_expect_float_eq(f64.sum / f32.sum, 0x1p-29, 1e-15);
            cr_expect_float_eq(f64.row / f32.row, 0x1p-29, 1e-15);
            cr_expect_float_eq(f64.rel_f / f32.rel_f, 0x1p-29, 1e-15);
            cr_expect_float_eq(f64.entry / f32.entry, 0x1p-29, 1e-15);
        }
}

/* cublasDgemm and our kernels, H200: relF on [0,1) and, off the diagonal, on [-1,1). */
Test(tolerance, float64_leaves_room_for_what_was_measured)
{
    cr_expect_gt(of_matmul(10000, RANGE_UNIT, ARITH_F64).rel_f, 4 * 2.9e-15);
    cr_expect_gt(of_matmul(10000, RANGE_SIGNED, ARITH_F64_INT8).rel_f, 4 * 3.3e-15);
    cr_expect_lt(of_matmul(10000, RANGE_SIGNED, ARITH_F64_INT8).rel_f, 4.4e-14,
                 "13 moduli are too few there");
}

Test(tolerance, every_limit_is_positive_finite_and_below_a_quarter_from_one_to_the_largest_n)
{
    for (int a = 0; a < ARITH_COUNT; a++)
        for (int range = RANGE_UNIT; range <= RANGE_WIDE; range++)
            for (uint64_t n = 1; n <= PROBLEM_MAX_N; n *= 3) {
                const struct tolerance t = of_matmul(n, (enum range)range, (enum arithmetic)a);
                const double least = fmin(fmin(t.sum, t.row), fmin(t.rel_f, t.entry));
                const double most = fmax(fmax(t.sum, t.row), fmax(t.rel_f, t.entry));
                /* Each entry that fp8 multiplies may be off by a sixteenth. */
                const double bound = a != ARITH_FP8 ? 0.25 : range == RANGE_UNIT ? 1 : 1.5;
                cr_expect_gt(least, 0, "%s n=%lu", arithmetic_name((enum arithmetic)a), n);
                const bool never_runs = range == RANGE_WIDE && (a == ARITH_INT8 || a == ARITH_FP8);
                cr_expect(most < bound || never_runs, "%s n=%lu: %g",
                          arithmetic_name((enum arithmetic)a), n, most);
            }
}

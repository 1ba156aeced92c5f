/* test_auto.c - the choice of `auto` against the measured tables in results/reference: on the
 * device that was measured, at most 3 % slower than the best of our variants. */
#include "kernels/backend/gpu.h"

#include <criterion/criterion.h>
#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* A function that the driver has: the choice only asks whether the driver has it. */
static void any_function(void) {}

static struct device h200(void)
{
    struct device d = {.cc = 90, .sms = 132, .shared_optin_bytes = 227 << 10};
    d.facts.memory_free = 139ull << 30;
    d.cu.version = 13000;
    void (*function)(void) = any_function;
    memcpy(&d.cu.cuLaunchKernelEx, &function, sizeof function);
    memcpy(&d.cu.cuTensorMapEncodeTiled, &function, sizeof function);
    return d;
}

static const char *text(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "";
}

/* Seconds of a variant in an arithmetic, or of the fastest of ours if name is NULL; 0: not
 * measured. */
static double seconds(const json_t *document, const char *arithmetic, const char *name)
{
    double best = 0;
    const json_t *results = json_object_get(document, "results");
    for (size_t i = 0; i < json_array_size(results); i++) {
        const json_t *r = json_array_get(results, i);
        const char *variant = text(r, "variant");
        const double s =
            json_real_value(json_object_get(json_object_get(r, "summary"), "median_s"));
        if (strcmp(text(r, "state"), "ok") == 0 && strcmp(text(r, "arithmetic"), arithmetic) == 0 &&
            (name ? strcmp(variant, name) == 0 : strncmp(variant, "cub", 3) != 0) &&
            (best == 0 || s < best))
            best = s;
    }
    return best;
}

static enum op op_of(const char *name)
{
    enum op op = 0;
    while (op < OP_COUNT && strcmp(op_name(op), name) != 0)
        op++;
    return op;
}

static int check_table(const struct device *d, const char *path, const json_t *document)
{
    const json_t *about = json_object_get(document, "problem");
    const char *range = text(about, "range");
    int checked = 0;
    for (enum arithmetic a = 0; a < ARITH_COUNT; a++) {
        const struct problem p = {
            op_of(text(about, "op")), (uint64_t)json_integer_value(json_object_get(about, "n")), 1,
            strcmp(range, "[0,1)") == 0 ? RANGE_UNIT : RANGE_SIGNED, element_of(a)};
        const double best = seconds(document, arithmetic_name(a), NULL);
        const struct variant *v = gpu_auto(gpu_variants, gpu_variant_count, d, &p, a);
        if (best == 0)
            continue;
        cr_assert(v, "%s: auto chooses no variant in %s", path, arithmetic_name(a));
        const double chosen = seconds(document, arithmetic_name(a), v->name);
        if (chosen == 0) /* not in this table */
            continue;
        checked++;
        cr_expect_leq(chosen, 1.03 * best, "%s: auto takes %s in %s, which takes %.3f of the best",
                      path, v->name, arithmetic_name(a), chosen / best);
    }
    return checked;
}

Test(auto_variant, is_within_3_percent_of_the_best_in_every_measured_table)
{
    const struct device d = h200();
    glob_t files = {0};
    int checked = 0;
    glob("results/reference/h200-*.json", 0, NULL, &files);
    glob("results/reference/f64/h200-*.json", GLOB_APPEND, NULL, &files);
    cr_assert_gt(files.gl_pathc, 20, "run in the project's folder");
    for (size_t i = 0; i < files.gl_pathc; i++) {
        json_t *document = json_load_file(files.gl_pathv[i], 0, NULL);
        cr_assert(document, "%s", files.gl_pathv[i]);
        checked += check_table(&d, files.gl_pathv[i], document);
        json_decref(document);
    }
    globfree(&files);
    cr_expect_gt(checked, 60, "%d", checked);
}

Test(auto_variant, takes_the_fewest_moduli_that_are_as_accurate_as_dgemm)
{
    const struct device d = h200();
    static const struct {
        enum op op;
        uint64_t n;
        enum range range;
        const char *want; /* NULL: none can run */
    } cases[] = {
        {OP_SUM_AAT, 10000, RANGE_UNIT, "moduli-13"},
        {OP_SUM_AAT, 10000, RANGE_SIGNED, "moduli-14"},
        {OP_MATMUL, 10000, RANGE_UNIT, "moduli-12"},
        {OP_MATMUL, 1000, RANGE_UNIT, "moduli-13"},
        {OP_MATMUL, 10000, RANGE_SIGNED, "moduli-14"},
        {OP_SUM_AAT, 1000, RANGE_WIDE, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct problem p = {cases[i].op, cases[i].n, 1, cases[i].range, ELEMENT_F64};
        const struct variant *v = gpu_auto(gpu_variants, gpu_variant_count, &d, &p, ARITH_F64_INT8);
        cr_expect_str_eq(v ? v->name : "", cases[i].want ? cases[i].want : "", "case %zu", i);
    }
}

static const char *chosen_for(int cc, struct share share, enum arithmetic arithmetic, uint64_t n)
{
    struct device d = h200();
    d.cc = cc;
    const struct problem p = {OP_SUM_AAT, n, 1, RANGE_UNIT, element_of(arithmetic)};
    d.share = share;
    const struct variant *v = gpu_auto(gpu_variants, gpu_variant_count, &d, &p, arithmetic);
    return v ? v->name : "none";
}

static const char *chosen_by_ranks(int cc, enum arithmetic arithmetic)
{
    return chosen_for(cc, (struct share){.begin = 1, .end = 2, .of = 3}, arithmetic, 10000);
}

/* Of two ranks. At N = 200,000 a block, another one and their planes do not fit an H200. */
static const char *chosen_in_a_ring(enum arithmetic arithmetic, uint64_t n)
{
    return chosen_for(90,
                      (struct share){.begin = (uint32_t)n / 2,
                                     .end = (uint32_t)n,
                                     .of = (uint32_t)n,
                                     .is_block = true,
                                     .panels = 1,
                                     .panel_rows = (uint32_t)n / 2},
                      arithmetic, n);
}

Test(auto_variant, a_ring_takes_the_fastest_that_does_blocks_and_fits)
{
    cr_expect_str_eq(chosen_in_a_ring(ARITH_F32_3XF16, 100000), "wgmma-sm90");
    cr_expect_str_eq(chosen_in_a_ring(ARITH_F32, 100000), "ffma-sm90");
    cr_expect_str_eq(chosen_in_a_ring(ARITH_F32, 160000), "warp-triangle", "Aᵀ does not fit");
    cr_expect_str_eq(chosen_in_a_ring(ARITH_F64, 100000), "dmma-sm90");
    cr_expect_str_eq(chosen_in_a_ring(ARITH_F64_INT8, 50000), "moduli-13");
    cr_expect_str_eq(chosen_in_a_ring(ARITH_F64_INT8, 100000), "none");
    cr_expect_str_eq(chosen_in_a_ring(ARITH_F32_3XF16, 200000), "none");
}

Test(auto_variant, ranks_take_the_fastest_that_can_be_divided)
{
    static const enum arithmetic by_wgmma[] = {ARITH_F32_3XF16, ARITH_F32_2XF16, ARITH_F32_3XTF32,
                                               ARITH_TF32,      ARITH_BF16,      ARITH_F16,
                                               ARITH_INT8,      ARITH_FP8};
    for (size_t i = 0; i < sizeof by_wgmma / sizeof *by_wgmma; i++)
        cr_expect_str_eq(chosen_by_ranks(90, by_wgmma[i]), "wgmma-sm90", "%s",
                         arithmetic_name(by_wgmma[i]));
    cr_expect_str_eq(chosen_by_ranks(90, ARITH_F32), "ffma-sm90");
    cr_expect_str_eq(chosen_by_ranks(80, ARITH_F32), "ffma-sm80");
    cr_expect_str_eq(chosen_by_ranks(80, ARITH_BF16), "mma-sm80");
    cr_expect_str_eq(chosen_by_ranks(80, ARITH_F64), "triangle");
    cr_expect_str_eq(chosen_by_ranks(90, ARITH_F64), "dmma-sm90");
    cr_expect_str_eq(chosen_by_ranks(90, ARITH_F64_INT8), "moduli-13");
}

/* Shares of every variant begin in order, at or left of the diagonal, the first at the first entry
 * of C; and they end with the last. */
Test(auto_variant, the_shares_of_every_variant_that_can_be_divided_are_all_of_the_triangle)
{
    static const uint64_t orders[] = {1, 129, 1000, 4097, 10000, 100001};
    struct device d = h200();
    int divided = 0;
    for (size_t i = 0; i < gpu_variant_count; i++)
        for (size_t o = 0; o < sizeof orders / sizeof *orders; o++)
            for (d.share.of = 1; d.share.of <= 9; d.share.of++) {
                const struct variant *v = &gpu_variants[i];
                const uint64_t n = orders[o];
                const struct problem p = {v->op, n, 1, RANGE_UNIT, element_of(v->arithmetic)};
                struct cut last = {0}, c;
                for (uint32_t at = 0; at <= d.share.of && gpu_cut(&d, v, &p, at, &c); at++) {
                    divided++;
                    cr_assert_leq(c.col, c.row, "%s, n = %d", v->name, (int)n);
                    cr_assert(c.row > last.row || (c.row == last.row && c.col >= last.col));
                    cr_assert(at > 0 || (c.row == 0 && c.col == 0), "%s", v->name);
                    cr_assert(at < d.share.of || (c.row == n && c.col == 0), "%s", v->name);
                    last = c;
                }
            }
    cr_expect_gt(divided, 9 * 6 * 10);
}

/* ffma-sm90 has a loop of its own for a last row of tiles in which at most 16 rows of C are left.
 */
Test(auto_variant, tiles_of_a_last_row_count_less_where_the_kernel_takes_less_time_for_them)
{
    struct device d = h200();
    const struct variant *v = gpu_variants;
    while (strcmp(v->name, "ffma-sm90") != 0 || v->op != OP_SUM_AAT)
        v++;
    d.share.of = 2;
    for (uint64_t left = 16; left <= 17; left++) {
        const struct problem p = {OP_SUM_AAT, 39 * 128 + left, 1, RANGE_UNIT, ELEMENT_F32};
        struct cut c;
        cr_assert(gpu_cut(&d, v, &p, 1, &c));
        cr_expect_eq(c.row, (left == 16 ? 27 : 28) * 128); /* 394 of 820 tiles, or 410 */
        cr_expect_eq(c.col, (left == 16 ? 394 - 378 : 410 - 406) * 128);
    }
}

/* One factor serves all rows, and the exact sum of int8 must fit 64 bits. */
Test(auto_variant, in_8_bits_takes_the_tensor_cores_where_rows_have_one_size)
{
    const struct device d = h200();
    static const struct {
        enum arithmetic arithmetic;
        uint64_t n;
        enum range range;
        const char *want, *reason; /* NULL: none can run, for this reason */
    } cases[] = {
        {ARITH_INT8, 10000, RANGE_UNIT, "wgmma-sm90", NULL},
        {ARITH_FP8, 10000, RANGE_SIGNED, "wgmma-sm90", NULL},
        {ARITH_INT8, 100, RANGE_UNIT, "triangle", NULL},
        {ARITH_INT8, 1000, RANGE_WIDE, NULL, "one factor for all rows"},
        {ARITH_FP8, 1000, RANGE_WIDE, NULL, "one factor for all rows"},
        {ARITH_INT8, 130001, RANGE_UNIT, NULL, "up to N = 130000"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct problem p = {OP_SUM_AAT, cases[i].n, 1, cases[i].range, ELEMENT_F32};
        const struct variant *v =
            gpu_auto(gpu_variants, gpu_variant_count, &d, &p, cases[i].arithmetic);
        cr_expect_str_eq(v ? v->name : "", cases[i].want ? cases[i].want : "", "case %zu", i);
        for (size_t k = 0; cases[i].reason && k < gpu_variant_count; k++) {
            char reason[256] = "";
            if (gpu_variants[k].arithmetic == cases[i].arithmetic && !gpu_variants[k].library) {
                cr_expect_not(gpu_can_run(&d, &gpu_variants[k], &p, reason, sizeof reason));
                cr_expect(strstr(reason, cases[i].reason), "%s", reason);
            }
        }
    }
}

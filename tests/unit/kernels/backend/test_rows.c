/* test_rows.c - which kernels take a share of matmul or reduce, and the rows that it has. */
#include "kernels/backend/gpu.h"
#include "kernels/libraries/cublas.h"

#include <criterion/criterion.h>

static bool is_divided(const struct variant *v)
{
    const struct kernel *k = kernel_of(v);
    if (v->op == OP_REDUCE)
        return !v->library;
    return !v->symmetric &&
           (v->library ? k->family == &cublas_gemm : !k->family && k->grid == GRID_TILES);
}

Test(kernel_rows, products_by_rows_of_tiles_and_of_cublas_are_divided_and_sums_of_ours)
{
    struct device d = {.cc = 90, .share = {.begin = 1, .end = 2, .of = 3}};
    for (size_t i = 0; i < gpu_variant_count; i++) {
        const struct variant *v = &gpu_variants[i];
        const struct problem p = {v->op, 1000, 1, RANGE_UNIT, element_of(v->arithmetic)};
        struct cut cut;
        if (v->op != OP_SUM_AAT)
            cr_expect_eq(gpu_cut(&d, v, &p, 1, &cut), is_divided(v), "%s", v->name);
    }
}

Test(kernel_rows, shares_of_c_are_whole_tiles_and_lie_where_the_cuts_are)
{
    struct device d = {.cc = 90};
    for (size_t i = 0; i < gpu_variant_count; i++) {
        const struct variant *v = &gpu_variants[i];
        const struct problem p = {v->op, 1000, 1, RANGE_UNIT, element_of(v->arithmetic)};
        uint64_t before = 0;
        if (v->op != OP_MATMUL || !is_divided(v))
            continue;
        for (uint32_t r = 0; r < 5; r++) {
            struct cut begin, end;
            d.share = (struct share){.begin = r, .end = r + 1, .of = 5};
            const struct rows rows = gpu_rows_of_c(&d, v, &p);
            cr_assert(gpu_cut(&d, v, &p, r, &begin) && gpu_cut(&d, v, &p, r + 1, &end));
            cr_assert(begin.row == before && rows.first == before &&
                      end.row == before + rows.count);
            cr_assert(v->library || before % kernel_of(v)->tile == 0, "%s", v->name);
            before += rows.count;
        }
        cr_expect_eq(before, p.n);
    }
}

Test(kernel_rows, auto_takes_the_last_product_that_can_be_divided_at_any_order)
{
    static const struct {
        enum arithmetic arithmetic;
        const char *name;
    } cases[] = {
        {ARITH_F32, "warp-tile"}, {ARITH_F64, "register-tile"}, {ARITH_INT8, "register-tile"}};
    struct device d = {.cc = 90, .sms = 132, .shared_optin_bytes = 227 << 10};
    d.facts.memory_free = 100ull << 30;
    d.cu.version = 13000;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (uint64_t n = 100; n <= 10000; n *= 10) {
            const struct problem p = {OP_MATMUL, n, 1, RANGE_UNIT, element_of(cases[i].arithmetic)};
            d.share = (struct share){.begin = 1, .end = 2, .of = 3};
            const struct variant *v =
                gpu_auto(gpu_variants, gpu_variant_count, &d, &p, cases[i].arithmetic);
            cr_assert_not_null(v);
            cr_expect_str_eq(v->name, cases[i].name);
        }
}

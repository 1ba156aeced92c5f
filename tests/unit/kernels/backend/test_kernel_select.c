/* test_kernel_select.c - which variants a device may run, as far as that hangs on the problem. */
#include "kernels/backend/gpu.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const struct variant *variant_named(enum op op, const char *name)
{
    for (size_t i = 0; i < gpu_variant_count; i++)
        if (gpu_variants[i].op == op && strcmp(gpu_variants[i].name, name) == 0)
            return &gpu_variants[i];
    return NULL;
}

/* A GT 750M: 711 GFLOP/s, 2 GiB. */
static struct device display_gpu(void)
{
    struct device d = {.cc = 30, .sms = 2, .kernel_timeout = true};
    d.facts.simulated = true;
    d.facts.memory_free = 2000ull << 20;
    d.facts.peak_flops[ARITH_F32] = 711e9;
    return d;
}

static const char *reason_against(const struct device *d, const char *name, uint64_t n)
{
    static char reason[256];
    const struct problem p = {OP_SUM_AAT, n, 1, RANGE_UNIT, ELEMENT_F32};
    *reason = 0;
    gpu_can_run(d, variant_named(p.op, name), &p, reason, sizeof reason);
    return reason;
}

Test(kernel_select, a_library_does_not_get_a_launch_that_the_time_limit_would_end)
{
    struct device d = display_gpu();
    const char *reason = reason_against(&d, "cublas-sgemm", 10000);
    cr_expect(strstr(reason, "is one launch of some 6 s"), "%s", reason);
    reason = reason_against(&d, "cublas-sgemm", 1000);
    cr_expect_not(strstr(reason, "one launch"), "%s", reason);
    d.kernel_timeout = false;
    reason = reason_against(&d, "cublas-sgemm", 10000);
    cr_expect_not(strstr(reason, "one launch"), "%s", reason);
}

Test(kernel_select, a_kernel_needs_as_much_shared_memory_as_a_block_may_have)
{
    struct device d = {.cc = 80, .sms = 108, .cu.version = 12080, .shared_optin_bytes = 48 << 10};
    cr_expect_str_eq(reason_against(&d, "ffma-sm80", 1000), "");
    d.shared_optin_bytes--;
    cr_expect_str_eq(reason_against(&d, "ffma-sm80", 1000),
                     "needs 48 KiB of shared memory a block, this has 47");
    cr_expect_str_eq(reason_against(&d, "triangle", 1000), "", "it has none that is dynamic");
}

/* What cuBLAS would compute in plain FP32 or FP64 there must not pass for an emulation. */
Test(kernel_select, a_product_is_emulated_only_where_cublas_says_that_it_can)
{
    static const struct {
        int cc;
        bool bf16x9, fixed_point;
    } devices[] = {{80, false, true},  {90, false, true},   {100, true, true},
                   {103, true, false}, {110, false, true},  {120, false, true},
                   {75, false, false}, {101, false, false}, {121, false, true}};
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
        /* No cuBLAS works on a simulated device without one, so that is the next reason. */
        struct device d = {.cc = devices[i].cc};
        char reason[256] = "";
        d.facts.simulated = true;
        cr_expect_not(kernel_of(variant_named(OP_MATMUL, "cublas-bf16x9"))
                          ->family->available(&d, reason, sizeof reason));
        cr_expect_eq(!strstr(reason, "in plain FP32"), devices[i].bf16x9, "%d: %s", d.cc, reason);
        cr_expect_not(kernel_of(variant_named(OP_MATMUL, "cublas-fixed-point"))
                          ->family->available(&d, reason, sizeof reason));
        cr_expect_eq(!strstr(reason, "in plain FP64"), devices[i].fixed_point, "%d: %s", d.cc,
                     reason);
    }
}

static struct plan plan_of(const struct device *d, enum op op, const char *name, uint64_t n)
{
    const struct problem p = {op, n, 1, RANGE_UNIT, ELEMENT_F32};
    struct plan plan;
    gpu_plan(d, name ? variant_named(op, name) : NULL, &p, &plan);
    return plan;
}

Test(kernel_select, sum_aat_needs_memory_for_a_or_for_two_strips_of_it)
{
    const struct device d = display_gpu();
    cr_expect_eq(plan_of(&d, OP_SUM_AAT, NULL, 20000).panel_rows, 0);
    cr_expect_geq(plan_of(&d, OP_SUM_AAT, "warp-triangle", 20000).bytes, 4ull * 20000 * 20000);
    const struct plan streams = plan_of(&d, OP_SUM_AAT, NULL, 60000);
    cr_expect(streams.fits && streams.panel_rows > 0);
    cr_expect(strstr(streams.sentence, "A streamed, "), "%s", streams.sentence);
    const struct plan warp = plan_of(&d, OP_SUM_AAT, "warp-triangle", 60000);
    cr_expect(warp.fits);
    cr_expect_geq(warp.bytes, 4ull * 60000 * 2 * 128);
    cr_expect_lt(warp.bytes, 100ull << 20);
    cr_expect_not(plan_of(&d, OP_SUM_AAT, "cublas-sgemm", 60000).fits);
    const struct plan product = plan_of(&d, OP_MATMUL, NULL, 60000);
    cr_expect_eq(product.panel_rows, 0);
    cr_expect_not(product.fits);
    cr_expect(strstr(product.sentence, "--op sum-aat"), "%s", product.sentence);
}

/* A of order 104000 fits into 78 GiB; with its planes it does not. */
Test(kernel_select, where_a_fits_but_not_its_planes_the_limit_that_streams_it_is_named)
{
    struct device d = {.cc = 90, .sms = 132, .shared_optin_bytes = 227 << 10};
    d.facts.memory_free = 78ull << 30;
    const struct plan of_a = plan_of(&d, OP_SUM_AAT, NULL, 104000);
    cr_expect(of_a.fits && of_a.panel_rows == 0);
    const struct plan in_memory = plan_of(&d, OP_SUM_AAT, "wgmma-sm90", 104000);
    cr_expect_not(in_memory.fits);
    char limit[64];
    snprintf(limit, sizeof limit, "--memory-limit %lluG",
             (unsigned long long)(of_a.bytes - 1) >> 30);
    cr_expect(strstr(in_memory.sentence, limit), "%s", in_memory.sentence);
    d.facts.memory_free = d.memory_limit = (of_a.bytes - 1) >> 30 << 30;
    cr_expect_gt(plan_of(&d, OP_SUM_AAT, NULL, 104000).panel_rows, 0,
                 "this much less, and it streams");
    cr_expect(plan_of(&d, OP_SUM_AAT, "wgmma-sm90", 104000).fits);
}

Test(kernel_select, a_device_with_room_for_less_than_two_strips_does_not_stream)
{
    struct device d = display_gpu();
    d.memory_limit = d.facts.memory_free = 500 << 10;
    const struct plan plan = plan_of(&d, OP_SUM_AAT, NULL, 1000);
    cr_expect_not(plan.fits);
    cr_expect(strstr(plan.sentence, "needs at least "), "%s", plan.sentence);
}

Test(kernel_select, what_needs_exactly_the_free_memory_fits)
{
    struct device d = display_gpu();
    const uint64_t of_a = plan_of(&d, OP_SUM_AAT, NULL, 20000).bytes;
    const uint64_t of_product = plan_of(&d, OP_MATMUL, NULL, 10000).bytes;
    const uint64_t of_variant = plan_of(&d, OP_MATMUL, "warp-tile", 10000).bytes;
    cr_assert(of_a > 4ull * 20000 * 20000 && of_product > 8ull * 10000 * 10000);
    cr_assert_geq(of_variant, of_product);
    d.facts.memory_free = of_a;
    cr_expect(plan_of(&d, OP_SUM_AAT, NULL, 20000).fits);
    cr_expect_eq(plan_of(&d, OP_SUM_AAT, NULL, 20000).panel_rows, 0);
    d.facts.memory_free = of_a - 1;
    cr_expect_gt(plan_of(&d, OP_SUM_AAT, NULL, 20000).panel_rows, 0);
    d.facts.memory_free = of_product;
    cr_expect(plan_of(&d, OP_MATMUL, NULL, 10000).fits);
    d.facts.memory_free = of_product - 1;
    cr_expect_not(plan_of(&d, OP_MATMUL, NULL, 10000).fits);
    d.facts.memory_free = of_variant;
    cr_expect(plan_of(&d, OP_MATMUL, "warp-tile", 10000).fits);
    d.facts.memory_free = of_variant - 1;
    cr_expect_not(plan_of(&d, OP_MATMUL, "warp-tile", 10000).fits);
}

/* test_kernel_select.c - which variants a device may run, as far as that hangs on the problem. */
#include "kernels/job/job.h"

#include <criterion/criterion.h>
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
    const struct problem p = {OP_SUM_AAT, n, 1, RANGE_UNIT};
    *reason = 0;
    kernel_can_run(d, variant_named(p.op, name), &p, reason, sizeof reason);
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

Test(kernel_select, sum_aat_needs_memory_for_a_or_for_two_strips_of_it)
{
    const struct device d = display_gpu();
    const struct problem fits = {OP_SUM_AAT, 20000, 1, RANGE_UNIT},
                         streams = {OP_SUM_AAT, 60000, 1, RANGE_UNIT},
                         product = {OP_MATMUL, 60000, 1, RANGE_UNIT};
    const struct variant *warp = variant_named(OP_SUM_AAT, "warp-triangle");
    cr_expect_not(gpu_streams(&d, &fits));
    cr_expect_geq(gpu_bytes_needed(&d, warp, &fits), 4ull * 20000 * 20000);
    cr_expect(gpu_streams(&d, &streams));
    cr_expect_geq(gpu_bytes_needed(&d, warp, &streams), 4ull * 60000 * 2 * 128);
    cr_expect_lt(gpu_bytes_needed(&d, warp, &streams), 100ull << 20);
    cr_expect_gt(gpu_bytes_needed(&d, variant_named(OP_SUM_AAT, "cublas-sgemm"), &streams),
                 d.facts.memory_free);
    cr_expect_not(gpu_streams(&d, &product));
    cr_expect_gt(gpu_bytes_needed(&d, NULL, &product), d.facts.memory_free);
}

/* A of order 104000 fits into 78 GiB; with its pieces it does not. */
Test(kernel_select, where_a_fits_but_not_its_pieces_the_limit_that_streams_it_is_named)
{
    struct device d = {.cc = 90, .sms = 132, .shared_optin_bytes = 227 << 10};
    d.facts.memory_free = 78ull << 30;
    const struct variant *v = variant_named(OP_SUM_AAT, "wgmma-sm90");
    struct problem p = {OP_SUM_AAT, 104000, 1, RANGE_UNIT};
    const uint64_t of_a = gpu_bytes_needed(&d, NULL, &p);
    cr_expect_not(gpu_streams(&d, &p));
    cr_expect_gt(gpu_bytes_needed(&d, v, &p), d.facts.memory_free);
    d.facts.memory_free = (of_a - 1) >> 30 << 30;
    cr_expect(gpu_streams(&d, &p), "this much less and it is streamed");
    cr_expect_leq(gpu_bytes_needed(&d, v, &p), d.facts.memory_free);
}

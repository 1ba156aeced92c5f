/* test_copies.c - which copies of simulated GPUs are measured, and what is said of the others. */
#include "kernels/doctor/copies.h"

#include "harness/base/interrupt.h"
#include "tests/unit/allocated.h"
#include "tests/unit/fake_library.h"
#include "tests/unit/host_tree.h"

#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* A MiB in ten seconds, which any host can do. */
static const double slowest = 1e5;

/* Memory is in MiB, for all GPUs together, and divided by halving until it is enough. */
static enum status measure(struct gpu_copies *c, const char *profile, const char *devices,
                           const char *memory, struct failure *why)
{
    setenv("FAKECUDA_PROFILE", profile, 1);
    setenv("FAKECUDA_DEVICES", devices, 1);
    setenv("FAKECUDA_MEMORY", memory, 1);
    setenv("FAKENVML", "ok", 1);
    fake_library_load("libcuda.so.1");
    fake_library_load("libnvidia-ml.so.1");
    host_tree_make((const struct file[]){{NULL, NULL}});
    const enum status status = gpu_copies_measure(c, why);
    host_tree_remove();
    return status;
}

static bool is_rate(double rate)
{
    return rate > slowest && rate < 1e15;
}

static void expect_host(const struct link_rates *r, bool is_measured)
{
    const double rates[] = {r->in_pinned, r->in_pageable, r->out_pinned, r->out_pageable};
    for (int i = 0; i < 4; i++)
        cr_expect(is_measured ? is_rate(rates[i]) : isnan(rates[i]), "%d: %g", i, rates[i]);
}

/* 2 MiB and 1 MiB; the third GPU gets none. */
Test(copies, of_each_gpu_that_has_memory_and_of_each_pair_of_them)
{
    struct gpu_copies c;
    struct failure why = {0};
    cr_assert_eq(measure(&c, "h100", "3", "3145728", &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(c.count, 3);
    for (int i = 0; i < 3; i++) {
        expect_host(&c.host[i], i < 2);
        cr_expect_str_eq(c.trouble[i], i < 2 ? "" : "it has no 1 MiB of memory free");
        for (int k = 0; k < 3; k++) {
            const int at = 3 * i + k;
            const bool is_pair = i + k == 1;
            cr_expect(is_pair ? is_rate(c.between[at]) : isnan(c.between[at]), "%d to %d: %g", i, k,
                      c.between[at]);
            cr_expect_eq(c.is_direct[at], is_pair);
            cr_expect_not(c.is_wrong[at]);
        }
    }
    cr_expect_eq(c.pcie[0].generation, 5);
    cr_expect_eq(c.pcie[0].width, 16);
    cr_expect_eq(c.pcie[1].generation_max, 5);
    cr_expect_eq(c.pcie[1].width_max, 16);
    cr_expect(isnan(c.pcie[0].card_width) && isnan(c.pcie[0].slot_width));
    gpu_copies_free(&c);
}

Test(copies, a_mib_is_enough_and_a_byte_less_is_not)
{
    struct gpu_copies c;
    struct failure why;
    cr_assert_eq(measure(&c, "h100", "1", "1048576", &why), STATUS_OK);
    expect_host(&c.host[0], true);
    gpu_copies_free(&c);
    setenv("FAKECUDA_MEMORY", "1048575", 1);
    cr_assert_eq(gpu_copies_measure(&c, &why), STATUS_OK);
    expect_host(&c.host[0], false);
    cr_expect_str_eq(c.trouble[0], "it has no 1 MiB of memory free");
    gpu_copies_free(&c);
}

static void measure_again(void *unused)
{
    struct gpu_copies c;
    struct failure why;
    (void)unused;
    gpu_copies_measure(&c, &why);
    gpu_copies_free(&c);
}

Test(copies, a_gpu_is_closed_again_with_memory_and_without)
{
    struct gpu_copies c;
    struct failure why;
    cr_assert_eq(measure(&c, "h100", "1", "1048575", &why), STATUS_OK);
    gpu_copies_free(&c);
    cr_expect_not(allocated_grows(measure_again, NULL));
    setenv("FAKECUDA_MEMORY", "1048576", 1);
    cr_expect_not(allocated_grows(measure_again, NULL));
}

Test(copies, go_through_the_host_where_gpus_do_not_reach_each_other)
{
    struct gpu_copies c;
    struct failure why;
    setenv("FAKECUDA_PEERS", "none", 1);
    cr_assert_eq(measure(&c, "h100", "2", "3145728", &why), STATUS_OK);
    cr_expect(is_rate(c.between[1]) && is_rate(c.between[2]));
    cr_expect_not(c.is_direct[1] || c.is_direct[2] || c.is_wrong[1] || c.is_wrong[2]);
    gpu_copies_free(&c);
}

static void expect_direct(const char *fails, bool is_direct)
{
    struct gpu_copies c;
    struct failure why;
    setenv("FAKECUDA_FAIL", fails, 1);
    cr_assert_eq(measure(&c, "h100", "2", "3145728", &why), STATUS_OK);
    cr_expect_eq(c.is_direct[1], is_direct);
    cr_expect(c.is_direct[2]);
    gpu_copies_free(&c);
}

/* 704 is the error for what is allowed already. */
Test(copies, an_access_that_was_allowed_before_is_direct)
{
    expect_direct("cuCtxEnablePeerAccess:1:704", true);
}

Test(copies, an_access_that_is_refused_is_not_direct)
{
    expect_direct("cuCtxEnablePeerAccess:1:1", false);
}

/* A call of the driver fails while the first pair is measured. */
static void expect_no_rate(const char *fails)
{
    struct gpu_copies c;
    struct failure why;
    setenv("FAKECUDA_FAIL", fails, 1);
    cr_assert_eq(measure(&c, "h100", "2", "3145728", &why), STATUS_OK);
    cr_expect(isnan(c.between[1]), "%g", c.between[1]);
    cr_expect_not(c.is_wrong[1], "what did not arrive is not wrong");
    cr_expect(is_rate(c.between[2]));
    gpu_copies_free(&c);
}

Test(copies, to_memory_that_cannot_be_filled_have_no_rate)
{
    expect_no_rate("cuMemsetD8Async:1:1");
}

Test(copies, from_memory_that_cannot_be_filled_have_no_rate)
{
    expect_no_rate("cuMemsetD8Async:2:1");
}

Test(copies, between_gpus_that_fail_have_no_rate)
{
    expect_no_rate("cuMemcpyPeerAsync:3:1");
}

Test(copies, that_bring_something_else_are_wrong)
{
    struct gpu_copies c;
    struct failure why;
    setenv("FAKECUDA_PEERS", "broken", 1);
    cr_assert_eq(measure(&c, "h100", "2", "3145728", &why), STATUS_OK);
    cr_expect(c.is_wrong[1] && c.is_wrong[2]);
    cr_expect_not(c.is_wrong[0] || c.is_wrong[3]);
    gpu_copies_free(&c);
}

Test(copies, from_memory_that_cannot_be_pinned_are_left_out_and_said)
{
    struct gpu_copies c;
    struct failure why;
    setenv("FAKECUDA_FAIL", "cuMemHostAlloc:*:1", 1);
    cr_assert_eq(measure(&c, "h100", "1", "1048576", &why), STATUS_OK);
    cr_expect(isnan(c.host[0].in_pinned) && isnan(c.host[0].out_pinned));
    cr_expect(is_rate(c.host[0].in_pageable) && is_rate(c.host[0].out_pageable));
    cr_expect_str_eq(c.trouble[0], "cannot pin host memory for a copy: CUDA_ERROR_INVALID_VALUE "
                                   "(invalid argument)");
    gpu_copies_free(&c);
}

Test(copies, a_gpu_that_does_not_open_does_not_keep_others_from_being_measured)
{
    struct gpu_copies c;
    struct failure why;
    setenv("FAKECUDA_LOST", "0", 1);
    cr_assert_eq(measure(&c, "h100", "2", "3145728", &why), STATUS_OK);
    expect_host(&c.host[0], false);
    expect_host(&c.host[1], true);
    cr_expect(strstr(c.trouble[0], "cannot open a context on the GPU: CUDA_ERROR_UNKNOWN") ==
                  c.trouble[0],
              "%s", c.trouble[0]);
    cr_expect_str_eq(c.trouble[1], "");
    cr_expect(isnan(c.between[1]) && isnan(c.between[2]));
    gpu_copies_free(&c);
}

Test(copies, a_gpu_in_the_memory_of_the_cpu_needs_none)
{
    struct gpu_copies c;
    struct failure why;
    cr_assert_eq(measure(&c, "orin", "1", "3145728", &why), STATUS_OK);
    cr_expect_eq(c.count, 1);
    expect_host(&c.host[0], false);
    cr_expect_str_eq(c.trouble[0], "");
    gpu_copies_free(&c);
}

Test(copies, without_a_gpu_there_are_none)
{
    struct gpu_copies c = {.count = 5};
    struct failure why;
    cr_expect_eq(measure(&c, "none", "1", "3145728", &why), STATUS_NO_DEVICE);
    cr_expect_eq(c.count, 0);
    gpu_copies_free(&c);
}

Test(copies, end_with_an_interrupt)
{
    struct gpu_copies c;
    struct failure why;
    interrupt_request(SIGINT);
    cr_expect_eq(measure(&c, "h100", "2", "3145728", &why), STATUS_OK);
    cr_expect_eq(c.count, 2);
    expect_host(&c.host[0], false);
    expect_host(&c.host[1], false);
    cr_expect(isnan(c.between[1]) && isnan(c.between[2]));
    cr_expect_str_eq(c.trouble[0], "");
    gpu_copies_free(&c);
}

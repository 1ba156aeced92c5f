/* test_device_copy.c - which copies device_copy() makes, with a driver that counts them. */
#include "kernels/device/device.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES = 4096, AT = 0x1000, COUNT = 3 };

static unsigned in, out, waits, pinned, freed;
static unsigned fails_at; /* the call, from 1 on */
static CUresult pin_error;

static CUresult outcome(void)
{
    return in + out + waits == fails_at ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

static CUresult copy_in(CUdeviceptr to, const void *from, size_t bytes, CUstream stream)
{
    cr_expect_eq(to, AT);
    cr_expect_not_null(from);
    cr_expect_eq(bytes, BYTES);
    cr_expect_null(stream);
    in++;
    return outcome();
}

static CUresult copy_out(void *to, CUdeviceptr from, size_t bytes)
{
    cr_expect_eq(from, AT);
    cr_expect_eq(bytes, BYTES);
    memset(to, 0, bytes);
    out++;
    return outcome();
}

static CUresult wait_stream(CUstream stream)
{
    (void)stream;
    waits++;
    return outcome();
}

static CUresult pin(void **at, size_t bytes, unsigned flags)
{
    cr_expect_eq(flags, 0);
    pinned++;
    if (!pin_error)
        *at = malloc(bytes);
    return pin_error;
}

static CUresult unpin(void *at)
{
    free(at);
    freed++;
    return CUDA_SUCCESS;
}

static enum status copy(bool is_out, bool is_pinned, nanos *taken, struct failure *why)
{
    const struct device d = {.cu = {.cuMemcpyHtoDAsync = copy_in,
                                    .cuMemcpyDtoH = copy_out,
                                    .cuStreamSynchronize = wait_stream,
                                    .cuMemHostAlloc = pin,
                                    .cuMemFreeHost = unpin}};
    in = out = waits = pinned = freed = 0;
    return device_copy(&d, AT, BYTES, is_out, is_pinned, taken, COUNT, why);
}

/* The memory is read first, so that a copy to it leaves its values; the first copy is not timed. */
Test(device_copy, copies_once_more_than_it_times)
{
    for (int i = 0; i < 4; i++) {
        nanos taken[COUNT] = {UINT64_MAX, UINT64_MAX, UINT64_MAX};
        struct failure why;
        const bool is_out = i / 2, is_pinned = i % 2;
        cr_expect_eq(copy(is_out, is_pinned, taken, &why), STATUS_OK);
        cr_expect_eq(in, is_out ? 0 : COUNT + 1);
        cr_expect_eq(out, is_out ? COUNT + 2 : 1);
        cr_expect_eq(waits, COUNT + 1);
        cr_expect_eq(pinned, is_pinned);
        cr_expect_eq(freed, is_pinned);
        for (int k = 0; k < COUNT; k++)
            cr_expect_lt(taken[k], 10000000000);
    }
}

Test(device_copy, ends_with_a_call_that_fails)
{
    enum { CALLS = 1 + 2 * (COUNT + 1) };
    for (fails_at = 1; fails_at <= CALLS + 1; fails_at++) {
        nanos taken[COUNT];
        struct failure why = {0};
        const enum status status = copy(false, true, taken, &why);
        cr_expect_eq(freed, 1);
        if (fails_at > CALLS) {
            cr_expect_eq(status, STATUS_OK);
            continue;
        }
        cr_expect_eq(status, STATUS_FAILED);
        cr_expect_eq(in + out + waits, fails_at);
        cr_expect_str_eq(why.text, "copying between host and GPU: CUDA error 1");
    }
}

Test(device_copy, memory_that_cannot_be_pinned_is_an_error)
{
    nanos taken[COUNT] = {7, 7, 7};
    struct failure why = {0};
    pin_error = CUDA_ERROR_INVALID_VALUE;
    cr_expect_eq(copy(false, true, taken, &why), STATUS_FAILED);
    cr_expect_str_eq(why.text, "cannot pin host memory for a copy: CUDA error 1");
    cr_expect_eq(in + out + waits + freed, 0);
    cr_expect_eq(taken[0], 0);
    cr_expect_eq(taken[COUNT - 1], 0);
}

Test(device_copy, memory_of_both_is_not_copied)
{
    const struct device d = {.integrated = true};
    nanos taken[COUNT + 1] = {7, 7, 7, 7};
    struct failure why = {0};
    cr_expect_eq(device_copy(&d, AT, BYTES, false, false, taken, COUNT, &why), STATUS_OK);
    for (int i = 0; i < COUNT; i++)
        cr_expect_eq(taken[i], 0);
    cr_expect_eq(taken[COUNT], 7);
}

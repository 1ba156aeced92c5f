/* test_sm_clock_readings.c - the launches that read the clocks, on an H100 that only notes them. */
#include "kernels/device/sm_clock.h"
#include "tests/unit/kernels/launchers/noting_driver.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct device device;
static char *text;
static size_t bytes;

/* Two multiprocessors, so that a reading has four blocks of 24 bytes. */
static struct sm_clock *begin(void)
{
    notes = open_memstream(&text, &bytes);
    device = noting_h100();
    device.sms = 2;
    noting_begin();
    return sm_clock_new(&device);
}

static void end(void)
{
    fclose(notes);
    free(text);
}

/* All of two blocks on each multiprocessor, 100 µs apart at 1.5 GHz. */
static CUresult read_moments(void *to, CUdeviceptr from, size_t room)
{
    struct sm_moment m[8] = {0};
    cr_expect_eq(from, 1 << 20);
    cr_assert_eq(room, sizeof m);
    for (unsigned i = 0; i < 8; i++)
        m[i] = (struct sm_moment){
            .cycles = i / 4 * 150000, .timer_ns = 1000 + i / 4 * 100000, .sm = i % 2};
    memcpy(to, m, room);
    return CUDA_SUCCESS;
}

static CUresult read_not(void *to, CUdeviceptr from, size_t room)
{
    (void)to, (void)from, (void)room;
    return CUDA_ERROR_INVALID_VALUE;
}

Test(sm_clock_readings, a_reading_before_holds_the_stream_and_one_after_does_not)
{
    struct sm_clock *c = begin();
    cr_assert_not_null(c);
    device.cu.cuMemcpyDtoH = read_moments;
    sm_clock_before(c);
    sm_clock_after(c);
    const double known = sm_clock_mhz(c);
    device.cu.cuMemcpyDtoH = read_not;
    const double unknown = sm_clock_mhz(c);
    cr_expect_float_eq(known, 1500, 1e-9);
    cr_expect_eq(unknown, 0);
    sm_clock_free(c);
    fflush(notes);
    cr_expect_str_eq(text, "  192 bytes\n"
                           "  read_clocks 4×1×1, 32×1×1, 0\n"
                           "    100000 12000\n"
                           "  read_clocks 4×1×1, 32×1×1, 0\n"
                           "    100060 0\n"
                           "  wait\n"
                           "  wait\n");
    end();
}

Test(sm_clock_readings, a_launch_that_fails_tells_nothing_until_the_next_reading_before)
{
    struct sm_clock *c = begin();
    device.cu.cuMemcpyDtoH = read_moments;
    for (unsigned fails = 1; fails <= 3; fails++) {
        noting_calls = 0;
        noting_fails_at = fails; /* a launch before, one after, or the wait */
        sm_clock_before(c);
        sm_clock_after(c);
        const double mhz = sm_clock_mhz(c);
        cr_expect_eq(mhz, 0, "call %u", fails);
        cr_expect_eq(noting_calls, fails < 3 ? 2 : 3);
    }
    sm_clock_before(c);
    sm_clock_after(c);
    cr_expect_eq(sm_clock_mhz(c), 1500);
    sm_clock_free(c);
    end();
}

Test(sm_clock_readings, without_the_kernel_or_memory_there_is_no_clock)
{
    for (unsigned fails = 1; fails <= 3; fails++) {
        noting_calls = 0;
        noting_fails_at = fails; /* a module, a function, memory */
        struct sm_clock *c = begin();
        if (strcmp(noting_failed, "cuModuleLoadDataEx") != 0) /* another image may load */
            cr_expect_null(c);
        sm_clock_free(c);
        end();
    }
    sm_clock_before(NULL);
    sm_clock_after(NULL);
    cr_expect_eq(sm_clock_mhz(NULL), 0);
}

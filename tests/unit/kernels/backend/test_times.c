/* test_times.c - which times of the driver are believed, and what a sample says of several
 * launches, on an H100 that only notes them. */
#include "kernels/backend/gpu_backend.h"
#include "kernels/device/sm_clock.h"
#include "kernels/device/telemetry.h"
#include "kernels/job/job.h"
#include "tests/unit/fake_library.h"
#include "tests/unit/kernels/launchers/noting_driver.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct device device;
static struct job *job;
static const struct variant *variant;
static struct failure why;
static char *text;
static size_t bytes;
static float told_ms;

static CUresult tell(float *ms, CUevent from, CUevent to)
{
    (void)from, (void)to;
    *ms = told_ms;
    return CUDA_SUCCESS;
}

static void begin(const char *name, enum arithmetic arithmetic)
{
    const struct problem p = {OP_SUM_AAT, 256, 1, RANGE_UNIT, ELEMENT_F32};
    struct plan plan;
    variant = gpu_backend.variants;
    while (variant->op != OP_SUM_AAT || variant->arithmetic != arithmetic ||
           strcmp(variant->name, name) != 0)
        variant++;
    notes = open_memstream(&text, &bytes);
    device = noting_h100();
    noting_begin();
    gpu_backend.plan(&device, variant, &p, &plan);
    cr_assert_eq(gpu_backend.begin(&device, &plan, &job, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(gpu_backend.load(job, variant, &why), STATUS_OK, "%s", why.text);
}

static void end(void)
{
    gpu_backend.end(job);
    fclose(notes);
    free(text);
}

/* All words of *says in the sentence; NULL: the time is believed. */
static void expect(float ms, const char *says)
{
    struct sample sample;
    told_ms = ms;
    why = (struct failure){0};
    const enum status status = gpu_backend.run(job, variant, 1, &sample, &why);
    cr_expect_eq(status, says ? STATUS_FAILED : STATUS_OK, "%g ms: %s", (double)ms, why.text);
    if (says)
        cr_expect(strstr(why.text, says), "%g ms: %s", (double)ms, why.text);
    else
        cr_expect_eq(sample.device_ns, (nanos)((double)ms * 1e6));
}

/* The host waits for some microseconds; a millisecond more than half as long again is too long. */
Test(times, that_cannot_be_are_not_believed)
{
    begin("triangle", ARITH_F32);
    device.cu.cuEventElapsedTime = tell;
    expect(0.5f, NULL);
    expect(0.999f, NULL);
    expect(0, "the driver says that the work took no time at all: its times are not to be "
              "believed; try another driver version");
    expect(-0.5f, "the driver says that the work took -0.5 ms, and the host waited ");
    expect(NAN, "nan ms, and the host waited ");
    expect(1e6f, "took 1e+06 ms, and the host waited ");
    device.facts.simulated = true; /* its clock may be a model's */
    expect(1e6f, NULL);
    expect(1e9f, "took 1e+09 ms, and the host waited ");
    expect(2e9f, "took 2e+09 ms, and the host waited ");
    end();
}

Test(times, the_time_waited_is_said_in_milliseconds)
{
    double waited;
    begin("triangle", ARITH_F32);
    device.cu.cuEventElapsedTime = tell;
    expect(1e6f, "ms for it: its times are not to be believed; try another driver version");
    cr_assert_eq(sscanf(strstr(why.text, "waited ") + 7, "%lf ms", &waited), 1);
    cr_expect(waited > 1e-4 && waited < 10000, "%s", why.text);
    end();
}

Test(times, of_several_launches_are_divided_and_a_step_has_its_time_if_it_is_the_only_one)
{
    struct sample sample = {0};
    begin("triangle", ARITH_F32);
    cr_expect_eq(gpu_backend.run(job, variant, 5, &sample, &why), STATUS_OK);
    cr_expect_eq(sample.launches, 5);
    cr_expect_eq(sample.device_ns, 62500 / 5);
    cr_expect_eq(sample.step_ns[0], 62500 / 5);
    cr_expect_not(sample.is_graph);
    cr_expect_lt(sample.wall_ns, 10000000000);
    end();
    begin("mma-sm80-copy", ARITH_TF32); /* which copies A first */
    cr_expect_eq(gpu_backend.run(job, variant, 1, &sample, &why), STATUS_OK);
    cr_expect_eq(sample.device_ns, 250000);
    cr_expect_eq(sample.step_ns[0], 62500);
    cr_expect_eq(sample.step_ns[1], 187500);
    cr_expect_eq(gpu_backend.run(job, variant, 5, &sample, &why), STATUS_OK);
    cr_expect_eq(sample.device_ns, 250000 / 5);
    cr_expect_eq(sample.step_ns[0], 0);
    cr_expect_eq(sample.step_ns[1], 0);
    end();
}

Test(times, of_blocks_add_up)
{
    struct sample sample = {.wall_ns = 1000000000000, .device_ns = 7, .step_ns = {9}};
    double sum = 1;
    begin("triangle", ARITH_F32);
    device.share = (struct share){0, 256, 0, true, 2, 256};
    const struct block none = {PANEL_OWN, 0, 0, 256}, all = {PANEL_OWN, 256, 0, 256};
    cr_expect_eq(gpu_backend.run_block(job, variant, &none, &sample, &sum, &why), STATUS_OK);
    cr_expect_eq(sample.device_ns, 7);
    cr_expect_eq(sum, 0, "an empty block");
    cr_expect_eq(gpu_backend.run_block(job, variant, &all, &sample, &sum, &why), STATUS_OK, "%s",
                 why.text);
    cr_expect_eq(sample.device_ns, 62507);
    cr_expect_eq(sample.step_ns[0], 62509);
    cr_expect_eq(sample.launches, 1);
    cr_expect(sample.wall_ns >= 1000000000000 && sample.wall_ns < 1010000000000);
    end();
}

Test(times, of_checked_launches_are_divided)
{
    struct sample sample = {0};
    struct mismatches found = {0};
    begin("triangle", ARITH_F32);
    cr_expect_eq(gpu_backend.keep(job, variant, &why), STATUS_OK);
    cr_expect_eq(gpu_backend.run_checked(job, variant, 3, &sample, &found, &why), STATUS_OK);
    cr_expect_eq(sample.launches, 3);
    cr_expect_eq(sample.device_ns, 62500 / 3);
    cr_expect_lt(sample.wall_ns, 10000000000);
    device.cu.cuEventElapsedTime = tell;
    told_ms = -1;
    cr_expect_eq(gpu_backend.run_checked(job, variant, 3, &sample, &found, &why), STATUS_FAILED);
    end();
}

/* Twice the same is asked for once; several launches would find the cache warm. */
Test(times, of_a_cold_cache_are_of_one_launch)
{
    struct sample sample;
    begin("triangle", ARITH_F32);
    cr_expect_eq(gpu_backend.go_cold(job, &why), STATUS_OK);
    noting_calls = 0;
    cr_expect_eq(gpu_backend.go_cold(job, &why), STATUS_OK);
    cr_expect_eq(noting_calls, 0);
    cr_expect_eq(gpu_backend.run(job, variant, 2, &sample, &why), STATUS_FAILED);
    cr_expect_str_eq(why.text, "emptied caches are for one launch at a time");
    cr_expect_eq(gpu_backend.run(job, variant, 1, &sample, &why), STATUS_OK);
    end();
}

/* Four times the cache, and 4 MiB where it is small or unknown; the last 16 bytes are not read. */
Test(times, a_cache_is_emptied_by_four_times_its_size)
{
    static const struct {
        int cache;
        size_t room;
    } cases[] = {{-1, 4 << 20}, {0, 4 << 20}, {1 << 20, 4 << 20}, {(1 << 20) + 1, (4 << 20) + 4}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sample sample;
        char line[80];
        begin("triangle", ARITH_F32);
        device.l2_bytes = cases[i].cache;
        cr_expect_eq(gpu_backend.go_cold(job, &why), STATUS_OK);
        cr_expect_eq(gpu_backend.run(job, variant, 1, &sample, &why), STATUS_OK);
        fflush(notes);
        snprintf(line, sizeof line, "  %zu bytes\n", cases[i].room);
        cr_expect(strstr(text, line), "%s", line);
        const char *at = strstr(text, "  evict 1056×1×1, 256×1×1, 0\n");
        unsigned long long quads = 0;
        cr_assert_not_null(at);
        cr_assert_eq(sscanf(strchr(at, '\n'), "\n %*x %llu", &quads), 1);
        cr_expect_eq(quads, cases[i].room / 16 - 1);
        end();
    }
}

/* ---- while the GPU is watched */

/* Of each multiprocessor 150000 cycles in 100 us. */
static CUresult tell_moments(void *to, CUdeviceptr from, size_t size)
{
    struct sm_moment *moments = to;
    const size_t count = size / sizeof *moments / 2;
    (void)from;
    for (size_t i = 0; i < 2 * count; i++)
        moments[i] = i < count ? (struct sm_moment){.sm = (unsigned)i}
                               : (struct sm_moment){.sm = (unsigned)(i - count),
                                                    .timer_ns = 100000,
                                                    .cycles = 150000};
    return CUDA_SUCCESS;
}

static void watch(void)
{
    setenv("FAKENVML", "ok", 1);
    fake_library_load("libnvidia-ml.so.1");
    device.telemetry = telemetry_new("0000:01:00.0");
    gpu_backend.telemetry_start(job);
}

static size_t readings_of_clocks(void)
{
    size_t count = 0;
    fflush(notes);
    for (const char *at = text; (at = strstr(at, "  read_clocks ")); at++)
        count++;
    return count;
}

/* Before and after each run; who starts twice has one buffer for them. */
Test(times, a_run_has_clocks_and_a_power_limit_while_the_gpu_is_watched)
{
    struct sample sample = {0};
    begin("triangle", ARITH_F32);
    watch();
    const struct sm_clock *clock = job->clock;
    device.cu.cuMemcpyDtoH = tell_moments;
    cr_expect_eq(gpu_backend.run(job, variant, 1, &sample, &why), STATUS_OK, "%s", why.text);
    cr_expect_eq(sample.sm_mhz_measured, 1500);
    cr_expect_eq(sample.power_limit_w, 700);
    cr_expect_eq(readings_of_clocks(), 2);
    gpu_backend.telemetry_stop(job);
    cr_expect_eq(gpu_backend.run(job, variant, 1, &sample, &why), STATUS_OK);
    cr_expect_eq(sample.sm_mhz_measured, 0);
    cr_expect_eq(sample.power_limit_w, 0);
    cr_expect_eq(readings_of_clocks(), 2);
    gpu_backend.telemetry_start(job);
    cr_expect_eq(job->clock, clock);
    gpu_backend.telemetry_stop(job);
    telemetry_free(device.telemetry);
    end();
}

Test(times, blocks_and_checked_launches_have_the_power_limit_too)
{
    struct sample sample = {0};
    struct mismatches found = {0};
    double sum;
    const struct block all = {PANEL_OWN, 256, 0, 256};
    begin("triangle", ARITH_F32);
    watch();
    cr_expect_eq(gpu_backend.keep(job, variant, &why), STATUS_OK);
    cr_expect_eq(gpu_backend.run_checked(job, variant, 3, &sample, &found, &why), STATUS_OK);
    cr_expect_eq(sample.power_limit_w, 700);
    sample = (struct sample){0};
    device.share = (struct share){0, 256, 0, true, 2, 256};
    cr_expect_eq(gpu_backend.run_block(job, variant, &all, &sample, &sum, &why), STATUS_OK);
    cr_expect_eq(sample.power_limit_w, 700);
    gpu_backend.telemetry_stop(job);
    telemetry_free(device.telemetry);
    end();
}

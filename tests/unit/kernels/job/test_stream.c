/* test_stream.c - how A is streamed: which parts of it are made when, how far the host runs ahead,
 * and that nothing follows a call that failed. With an H100 that only notes the calls. */
#include "kernels/job/stream.h"

#include "harness/base/interrupt.h"
#include "kernels/backend/gpu_backend.h"
#include "kernels/job/job.h"
#include "tests/unit/kernels/launchers/noting_driver.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static struct device device;
static struct job *job;
static struct failure why;
static unsigned launches, fails_at, records, waits;
static CUevent recorded, awaited;
static int blocks_per_sm;
static CUresult occupancy_error;

static CUresult (*note_launch)(CUfunction, unsigned, unsigned, unsigned, unsigned, unsigned,
                               unsigned, unsigned, CUstream, void **, void **);

static CUresult launch_or_fail(CUfunction function, unsigned grid_x, unsigned grid_y,
                               unsigned grid_z, unsigned block_x, unsigned block_y,
                               unsigned block_z, unsigned shared, CUstream stream,
                               void **parameters, void **extra)
{
    if (++launches == fails_at)
        return CUDA_ERROR_INVALID_VALUE;
    return note_launch(function, grid_x, grid_y, grid_z, block_x, block_y, block_z, shared, stream,
                       parameters, extra);
}

static CUresult count_record(CUevent event, CUstream stream)
{
    (void)stream;
    recorded = event;
    records++;
    return CUDA_SUCCESS;
}

static CUresult count_wait(CUevent event)
{
    awaited = event;
    waits++;
    return CUDA_SUCCESS;
}

static CUresult occupancy(int *blocks, CUfunction function, int block, size_t shared)
{
    (void)function, (void)block, (void)shared;
    *blocks = blocks_per_sm;
    return occupancy_error;
}

static const struct variant *triangle(void)
{
    const struct variant *v = gpu_backend.variants;
    while (v->op != OP_SUM_AAT || v->arithmetic != ARITH_F32 || strcmp(v->name, "triangle") != 0)
        v++;
    return v;
}

/* The notes of a run of triangle at N = 2000 with 14 MiB; to be freed. NULL if it fails. */
static char *streamed(void)
{
    const struct problem p = {OP_SUM_AAT, 2000, 1, RANGE_UNIT, ELEMENT_F32};
    const struct variant *v = triangle();
    struct sample sample;
    struct plan plan;
    char *text;
    size_t bytes;
    notes = open_memstream(&text, &bytes);
    noting_begin();
    device.facts.memory_free = 14 << 20;
    gpu_backend.plan(&device, v, &p, &plan);
    cr_assert_gt(plan.panel_rows, 0);
    cr_assert_eq(gpu_backend.begin(&device, &plan, &job, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(gpu_backend.load(job, v, &why), STATUS_OK, "%s", why.text);
    launches = records = waits = 0;
    fflush(notes);
    const size_t begin = bytes;
    const enum status status = gpu_backend.run(job, v, 1, &sample, &why);
    gpu_backend.end(job);
    fclose(notes);
    if (status == STATUS_OK) {
        memmove(text, text + begin, strlen(text + begin) + 1);
        return text;
    }
    free(text);
    return NULL;
}

static void use_device(void)
{
    device = noting_h100();
    note_launch = device.cu.cuLaunchKernel;
    device.cu.cuLaunchKernel = launch_or_fail;
    device.cu.cuEventRecord = count_record;
    device.cu.cuEventSynchronize = count_wait;
    device.cu.cuOccupancyMaxActiveBlocksPerMultiprocessor = occupancy;
    blocks_per_sm = 2;
}

/* Two of the records are around the run. */
Test(stream, the_host_waits_for_the_step_before_the_last)
{
    use_device();
    free(streamed());
    const unsigned steps = launches / 2;
    cr_expect_gt(steps, 2);
    cr_expect_eq(launches, 2 * steps, "each step makes a panel and multiplies");
    cr_expect_eq(records, steps + 2, "%u records of %u steps", records, steps);
    cr_expect_geq(waits, steps - 1, "%u waits of %u steps", waits, steps);
}

Test(stream, nothing_follows_a_launch_that_failed)
{
    use_device();
    free(streamed());
    const unsigned all = launches;
    for (fails_at = 1; fails_at <= all; fails_at++) {
        cr_expect_null(streamed());
        cr_expect_eq(launches, fails_at);
        cr_expect_eq(records, 1 + (fails_at - 1) / 2, "launch %u: %u records", fails_at, records);
    }
}

/* The number of blocks of an SM is not known: two are taken for granted. */
Test(stream, panels_without_an_occupancy_are_those_of_two_blocks)
{
    use_device();
    char *two = streamed();
    for (int how = 0; how < 3; how++) {
        blocks_per_sm = how == 0 ? 0 : 7;
        occupancy_error = how == 1 ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
        if (how == 2)
            device.cu.cuOccupancyMaxActiveBlocksPerMultiprocessor = NULL;
        char *text = streamed();
        cr_expect_str_eq(text, two);
        free(text);
    }
    free(two);
}

static CUresult record_not(CUevent event, CUstream stream)
{
    (void)event, (void)stream;
    return CUDA_ERROR_INVALID_VALUE;
}

static CUresult wait_not(CUevent event)
{
    (void)event;
    return CUDA_ERROR_INVALID_VALUE;
}

Test(stream, a_step_is_recorded_and_the_one_before_it_awaited)
{
    static int events[DEVICE_EVENTS];
    use_device();
    for (int i = 0; i < DEVICE_EVENTS; i++)
        device.event[i] = (CUevent)&events[i];
    struct job of_device = {.device = &device};
    cr_expect_eq(stream_keep_close(&of_device, 0, &why), STATUS_OK);
    cr_expect_eq(recorded, device.event[STREAM_EVEN]);
    cr_expect_eq(waits, 0);
    cr_expect_eq(stream_keep_close(&of_device, 1, &why), STATUS_OK);
    cr_expect_eq(recorded, device.event[STREAM_ODD]);
    cr_expect_eq(awaited, device.event[STREAM_EVEN]);
    cr_expect_eq(stream_keep_close(&of_device, 2, &why), STATUS_OK);
    cr_expect_eq(recorded, device.event[STREAM_EVEN]);
    cr_expect_eq(awaited, device.event[STREAM_ODD]);
    cr_expect_eq(waits, 2);

    device.cu.cuEventSynchronize = wait_not;
    cr_expect_eq(stream_keep_close(&of_device, 0, &why), STATUS_OK);
    cr_expect_eq(stream_keep_close(&of_device, 1, &why), STATUS_FAILED);
    cr_expect(strstr(why.text, "streaming A"), "%s", why.text);
    device.cu.cuEventSynchronize = count_wait;
    device.cu.cuEventRecord = record_not;
    cr_expect_eq(stream_keep_close(&of_device, 1, &why), STATUS_FAILED);
    cr_expect_eq(waits, 2);
    device.cu.cuEventRecord = count_record;
    interrupt_request(SIGINT);
    cr_expect_eq(stream_keep_close(&of_device, 1, &why), STATUS_INTERRUPTED);
}

/* ---- every panel once */

static unsigned visited, next_row;
static enum status answer;

static enum status visit(struct job *of, unsigned first, unsigned rows, void *context,
                         struct failure *failure)
{
    (void)of, (void)failure;
    cr_expect_eq(context, &visited);
    cr_expect_eq(first, next_row);
    cr_expect_eq(rows, first == 200 ? 50 : 100);
    next_row = first + rows;
    visited++;
    return answer;
}

static enum status each_panel(enum status result)
{
    const struct problem p = {OP_SUM_AAT, 250, 1, RANGE_UNIT, ELEMENT_F32};
    char *text;
    size_t bytes;
    use_device();
    notes = open_memstream(&text, &bytes);
    cr_assert_eq(job_new(&device, &p, 100, &job, &why), STATUS_OK);
    answer = result;
    launches = visited = next_row = 0;
    const enum status status = stream_each_panel(job, visit, &visited, &why);
    job_free(job);
    fclose(notes);
    free(text);
    return status;
}

Test(stream, each_panel_is_visited_after_it_was_made)
{
    cr_expect_eq(each_panel(STATUS_OK), STATUS_OK);
    cr_expect_eq(visited, 3);
    cr_expect_eq(next_row, 250);
    cr_expect_eq(launches, 3);
    cr_expect_eq(each_panel(STATUS_WRONG), STATUS_WRONG);
    cr_expect_eq(visited, 1);
    fails_at = 2;
    cr_expect_eq(each_panel(STATUS_OK), STATUS_FAILED);
    cr_expect_eq(visited, 1);
    fails_at = 0;
    interrupt_request(SIGINT);
    cr_expect_eq(each_panel(STATUS_OK), STATUS_INTERRUPTED);
    cr_expect_eq(visited, 1);
}

Test(stream, a_row_has_the_entries_of_its_pitch)
{
    cr_expect_eq(stream_row_bytes(&(struct problem){.op = OP_SUM_AAT, .n = 33}), 64 * 4);
    cr_expect_eq(
        stream_row_bytes(&(struct problem){.op = OP_SUM_AAT, .n = 32, .element = ELEMENT_F64}),
        32 * 8);
    cr_expect_eq(stream_row_bytes(&(struct problem){.op = OP_REDUCE, .n = 33}), 33 * 4);
}

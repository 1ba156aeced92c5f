/* test_batch_calls.c - when a graph is made, kept and destroyed, and what becomes of it if a call
 * fails: with a driver that counts. */
#include "kernels/backend/batch.h"
#include "kernels/device/device.h"

#include <criterion/criterion.h>
#include <string.h>

static struct device device;
static struct job job;
static struct loaded loaded;
static unsigned captures, launched, instances, destroyed, graphs_destroyed, runs;
static unsigned made; /* graphs so far */
static CUresult begin_error, end_error, instance_error, launch_error, wait_error;
static enum status once_status;
static bool has_no_graph;

static CUresult begin_capture(CUstream stream, CUstreamCaptureMode mode)
{
    (void)stream;
    cr_expect_eq(mode, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
    captures++;
    return begin_error;
}

static CUresult end_capture(CUstream stream, CUgraph *graph)
{
    (void)stream;
    *graph = has_no_graph ? NULL : (CUgraph)(uintptr_t)++made;
    return end_error;
}

static CUresult instantiate(CUgraphExec *exec, CUgraph graph, unsigned long long flags)
{
    cr_expect_eq(flags, 0);
    instances++;
    *exec = (CUgraphExec)(uintptr_t)((uintptr_t)graph + 100);
    return instance_error;
}

static CUresult launch_graph(CUgraphExec exec, CUstream stream)
{
    (void)stream;
    cr_expect_eq((uintptr_t)exec, 100 + made);
    launched++;
    return launch_error;
}

static CUresult destroy_exec(CUgraphExec exec)
{
    cr_expect_not_null(exec);
    destroyed++;
    return CUDA_SUCCESS;
}

static CUresult destroy_graph(CUgraph graph)
{
    cr_expect_eq((uintptr_t)graph, made);
    graphs_destroyed++;
    return CUDA_SUCCESS;
}

static CUresult wait_stream(CUstream stream)
{
    (void)stream;
    return wait_error;
}

static enum status once(struct job *of, struct loaded *l, struct failure *why)
{
    cr_expect(of == &job && l == &loaded && !why);
    runs++;
    return once_status;
}

static void use_device(void)
{
    device = (struct device){.cu = {.cuStreamBeginCapture = begin_capture,
                                    .cuStreamEndCapture = end_capture,
                                    .cuGraphInstantiateWithFlags = instantiate,
                                    .cuGraphLaunch = launch_graph,
                                    .cuGraphExecDestroy = destroy_exec,
                                    .cuGraphDestroy = destroy_graph,
                                    .cuStreamSynchronize = wait_stream}};
    job = (struct job){.device = &device, .loaded = &loaded};
    loaded = (struct loaded){0};
}

static uintptr_t graph(unsigned launches)
{
    return (uintptr_t)batch_graph(&job, &loaded, launches, once);
}

Test(batch_calls, one_graph_is_kept_until_another_number_of_launches_is_asked_for)
{
    use_device();
    cr_expect_eq(graph(1), 0);
    cr_expect_eq(captures, 0);
    cr_expect_eq(graph(2), 101);
    cr_expect_eq(runs, 2);
    cr_expect_eq(launched, 1);
    cr_expect_eq(graph(2), 101);
    cr_expect_eq(captures, 1);
    cr_expect_eq(destroyed, 0);
    cr_expect_eq(graph(1000), 102);
    cr_expect_eq(runs, 1002);
    cr_expect_eq(destroyed, 1);
    cr_expect_eq(graph(1001), 0);
    cr_expect_eq(captures, 2);
    batch_end(&job);
    cr_expect_eq(destroyed, 2);
    batch_end(&job);
    cr_expect_eq(destroyed, 2);
    cr_expect_eq(graphs_destroyed, 2);
}

Test(batch_calls, a_streamed_job_has_none)
{
    use_device();
    job.panel_rows = 1;
    cr_expect_eq(graph(2), 0);
    cr_expect_eq(captures, 0);
}

/* Refused once, it is not tried again; what was made is destroyed. */
static void expect_refused(unsigned instances_made, unsigned execs_destroyed, unsigned graphs)
{
    use_device();
    captures = instances = destroyed = graphs_destroyed = 0;
    cr_expect_eq(graph(2), 0);
    cr_expect_eq(graph(2), 0);
    cr_expect_eq(graph(3), 0);
    cr_expect_eq(captures, 1);
    cr_expect_eq(instances, instances_made);
    batch_end(&job);
    cr_expect_eq(destroyed, execs_destroyed);
    cr_expect_eq(graphs_destroyed, graphs);
}

Test(batch_calls, a_call_that_fails_leaves_nothing_behind)
{
    begin_error = CUDA_ERROR_INVALID_VALUE;
    expect_refused(0, 0, 0);
    begin_error = CUDA_SUCCESS;
    end_error = CUDA_ERROR_INVALID_VALUE;
    expect_refused(0, 0, 1);
    has_no_graph = true;
    expect_refused(0, 0, 0);
    end_error = CUDA_SUCCESS;
    expect_refused(0, 0, 0);
    has_no_graph = false;
    once_status = STATUS_FAILED;
    expect_refused(0, 0, 1);
    once_status = STATUS_OK;
    instance_error = CUDA_ERROR_INVALID_VALUE;
    expect_refused(1, 0, 1);
    instance_error = CUDA_SUCCESS;
    launch_error = CUDA_ERROR_INVALID_VALUE;
    expect_refused(1, 1, 1);
    launch_error = CUDA_SUCCESS;
    wait_error = CUDA_ERROR_INVALID_VALUE;
    expect_refused(1, 1, 1);
}

Test(batch_calls, a_driver_that_lacks_one_of_the_calls_has_none)
{
    for (int i = 0; i < 6; i++) {
        use_device();
        struct driver *cu = &device.cu;
        if (i == 0)
            cu->cuStreamBeginCapture = NULL;
        if (i == 1)
            cu->cuStreamEndCapture = NULL;
        if (i == 2)
            cu->cuGraphInstantiateWithFlags = NULL;
        if (i == 3)
            cu->cuGraphLaunch = NULL;
        if (i == 4)
            cu->cuGraphExecDestroy = NULL;
        if (i == 5)
            cu->cuGraphDestroy = NULL;
        cr_expect_eq(graph(2), 0);
        cr_expect_eq(captures, 0);
    }
}

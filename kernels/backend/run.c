/* run.c - running a variant and timing it. */
#include "kernels/backend/batch.h"
#include "kernels/device/modules.h"
#include "kernels/device/sm_clock.h"
#include "kernels/job/job.h"

/* Caches neither forget in the order they were filled nor hold each line once, so more is read than
 * they can hold. */
enum { EVICTION_CACHES = 4, EVICTION_LEAST = 4 << 20 };

static size_t eviction_bytes(const struct device *d)
{
    const size_t wanted = EVICTION_CACHES * (size_t)(d->l2_bytes > 0 ? d->l2_bytes : 0);
    return wanted > EVICTION_LEAST ? wanted : EVICTION_LEAST;
}

enum status gpu_go_cold(struct job *job, struct failure *why)
{
    const struct driver *cu = &job->device->cu;
    const size_t bytes = eviction_bytes(job->device);
    if (job->eviction)
        return STATUS_OK;
    if (job->stream_rows)
        return fail(why, STATUS_FAILED,
                    "a streamed A is made anew for each launch, its cache is never warm: leave out "
                    "--cache cold");
    CUresult error = cu->cuMemAlloc(&job->eviction, bytes);
    if (error)
        return driver_fail(cu, error, why,
                           "cannot allocate what --cache cold reads to empty the cache");
    error = cu->cuMemsetD8Async(job->eviction, 0, bytes, job->device->stream);
    return error ? driver_fail(cu, error, why, "cannot clear what --cache cold reads") : STATUS_OK;
}

/* On the stream before the launch and outside its events: while the device is busy with it the host
 * gets ahead, so the launch follows without a gap. */
static enum status evict(struct job *job, struct failure *why)
{
    struct device *d = job->device;
    CUfunction f;
    enum status status = module_function(d, "service/evict", "evict", &f, why);
    if (status)
        return status;
    size_t quads = eviction_bytes(d) / (4 * sizeof(float)) - 1;
    void *arguments[] = {&job->eviction, &quads};
    return launch(d, f, (unsigned)d->sms * 8, 1, 256, 1, 0, arguments, "evict", why);
}

static enum status launch_step(struct job *job, const struct variant *v, int step,
                               struct failure *why)
{
    const struct kernel *k = kernel_of(v);
    return k->launch ? k->launch(job, k, step, why)
                     : launch_kernel(job, k, job->function[v - gpu_variants], why);
}

/* Adds the first error to *error: a time that could not be had is no time. */
static nanos between(const struct device *d, int from, int to, CUresult *error)
{
    float ms = 0;
    if (!*error)
        *error = d->cu.cuEventElapsedTime(&ms, d->event[from], d->event[to]);
    return (nanos)(ms * 1e6f);
}

static int steps_of(const struct variant *v)
{
    int steps = 0;
    while (steps < VARIANT_STEPS_MAX && v->steps[steps])
        steps++;
    return steps;
}

static enum status launch_once(struct job *job, const struct variant *v, struct failure *why)
{
    enum status status = STATUS_OK;
    for (int s = 0; s < steps_of(v) && !status; s++)
        status = launch_step(job, v, s, why);
    return status;
}

/* Puts the work on the stream, between event 0 and the event that is numbered like the steps are
 * many. Events lie around the whole batch, and between the steps where there is only one launch: an
 * event between kernels costs time, so a batch is timed without. */
static enum status enqueue(struct job *job, const struct variant *v, unsigned launches,
                           CUgraphExec graph, struct failure *why)
{
    struct device *d = job->device;
    const int steps = steps_of(v);
    enum status status = STATUS_OK;
    CUresult error = d->cu.cuEventRecord(d->event[0], d->stream);
    if (graph && !error)
        error = d->cu.cuGraphLaunch(graph, d->stream);
    else if (launches == 1)
        for (int s = 0; s < steps && !error && !status; s++) {
            status = launch_step(job, v, s, why);
            if (s + 1 < steps && !status)
                error = d->cu.cuEventRecord(d->event[s + 1], d->stream);
        }
    else
        for (unsigned i = 0; i < launches && !error && !status; i++)
            status = launch_once(job, v, why);
    if (!error && !status)
        error = d->cu.cuEventRecord(d->event[steps], d->stream);
    return error ? driver_fail(&d->cu, error, why, v->name) : status;
}

enum status gpu_run(struct job *job, const struct variant *v, unsigned launches,
                    struct sample *sample, struct failure *why)
{
    struct device *d = job->device;
    const int steps = steps_of(v);
    enum status status = STATUS_OK;
    if (job->eviction && launches > 1)
        return fail(why, STATUS_FAILED, "emptied caches are for one launch at a time");
    if (job->eviction)
        status = evict(job, why);
    if (status)
        return status;
    const CUgraphExec graph = batch_graph(job, v, launches, launch_once);
    struct sm_clock *clock = job->is_watched ? job->clock : NULL;
    sm_clock_before(clock);
    const nanos start = clock_now();
    status = enqueue(job, v, launches, graph, why);
    if (status)
        return status;
    sm_clock_after(clock);
    CUresult error = d->cu.cuEventSynchronize(d->event[steps]);
    const nanos end = clock_now();
    if (error)
        return driver_fail(&d->cu, error, why, v->name);
    *sample = (struct sample){.launches = launches,
                              .is_graph = graph != NULL,
                              .wall_ns = (end - start) / launches,
                              .device_ns = between(d, 0, steps, &error) / launches};
    telemetry_mark(d->telemetry, start, end, sample);
    sample->sm_mhz_measured = sm_clock_mhz(clock);
    if (launches == 1)
        for (int s = 0; s < steps; s++)
            sample->step_ns[s] = between(d, s, s + 1, &error);
    else if (steps == 1)
        sample->step_ns[0] = sample->device_ns;
    return error ? driver_fail(&d->cu, error, why, "asking for the time between two events")
                 : STATUS_OK;
}

/* run.c - runs a variant on the GPU and times it: what struct backend calls in the measuring loop.
 */
#include "kernels/backend/batch.h"
#include "kernels/backend/gpu.h"
#include "kernels/compare/compare.h"
#include "kernels/device/launch.h"
#include "kernels/device/sm_clock.h"
#include "kernels/job/grid.h"
#include "kernels/job/stream.h"
#include "kernels/ring/ring.h"

/* Caches do not replace lines in the order they were filled, nor hold each line once, so several
 * times their size is read. */
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
    if (job->panel_rows)
        return fail(
            why, STATUS_FAILED,
            "a streamed A is filled again for each launch, so the cache is never warm: leave out "
            "--cache cold");
    enum status status =
        job_buffer(job, NULL, "emptying the cache (--cache cold)", bytes, &job->eviction, why);
    if (status)
        return status;
    CUresult error = cu->cuMemsetD8Async(job->eviction, 0, bytes, job->device->stream);
    return error ? driver_fail(cu, error, why, "cannot clear what --cache cold reads") : STATUS_OK;
}

/* Empties the cache, on the stream before the launch and outside its events. While the device is
 * busy with it the host gets ahead, so the launch follows without a gap. */
static enum status evict(struct job *job, struct failure *why)
{
    struct device *d = job->device;
    size_t quads = eviction_bytes(d) / (4 * sizeof(float)) - 1;
    void *arguments[] = {&job->eviction, &quads};
    return launch_symbol(d, "service/evict", "evict",
                         (struct shape){.grid_x = (unsigned)d->sms * 8, .block_x = 256}, arguments,
                         why);
}

/* The sum of an empty share. */
static enum status clear_sum(struct job *job, struct failure *why)
{
    const struct device *d = job->device;
    CUresult error = d->cu.cuMemsetD8Async(job->sum, 0, sizeof(double), d->stream);
    return error ? driver_fail(&d->cu, error, why, "clearing the sum") : STATUS_OK;
}

static enum status launch_step(struct job *job, struct loaded *l, int step, struct failure *why)
{
    const struct family *family = l->kernel->family;
    if (l->is_empty)
        return clear_sum(job, why);
    return family ? family->launch(job, l, step, why)
           : job->device->share.of && l->variant->op == OP_SUM_AAT ? stream_share(job, l, why)
           : job->panel_rows                                       ? stream_launch(job, l, why)
                                                                   : grid_launch(job, l, why);
}

/* The time between two events in *ns. wall_ns is the time between the calls around them by the
 * host's clock. A time that is not a number, is negative or much longer than the host waited is an
 * error. */
static enum status between(const struct device *d, int from, int to, nanos wall_ns, nanos *ns,
                           struct failure *why)
{
    float ms = 0;
    const CUresult error = d->cu.cuEventElapsedTime(&ms, d->event[from], d->event[to]);
    const double most = d->facts.simulated ? 1e9 : 1.5e-6 * (double)wall_ns + 1;
    *ns = 0;
    if (error)
        return driver_fail(&d->cu, error, why, "asking for the time between two events");
    if (!(ms >= 0 && (double)ms < most))
        return fail(why, STATUS_FAILED,
                    "the driver says that the work took %g ms, and the host waited %.3g ms for it: "
                    "its times are not to be believed; try another driver version",
                    (double)ms, 1e-6 * (double)wall_ns);
    *ns = (nanos)((double)ms * 1e6);
    return STATUS_OK;
}

/* The time of the whole, and of each step where it is known. */
static enum status read_times(const struct device *d, int steps, unsigned launches, nanos wall_ns,
                              struct sample *sample, struct failure *why)
{
    nanos total;
    enum status status = between(d, 0, steps, wall_ns, &total, why);
    if (status == STATUS_OK && total == 0)
        status = fail(why, STATUS_FAILED,
                      "the driver says that the work took no time at all: its times are not to be "
                      "believed; try another driver version");
    sample->device_ns = total / launches;
    if (steps == 1)
        sample->step_ns[0] = sample->device_ns;
    else if (launches == 1)
        for (int s = 0; s < steps && status == STATUS_OK; s++)
            status = between(d, s, s + 1, wall_ns, &sample->step_ns[s], why);
    return status;
}

static int steps_of(const struct variant *v)
{
    int steps = 1; /* at least */
    while (steps < VARIANT_STEPS_MAX && v->steps[steps])
        steps++;
    return steps;
}

static enum status launch_once(struct job *job, struct loaded *l, struct failure *why)
{
    enum status status = STATUS_OK;
    for (int s = 0; s < steps_of(l->variant) && !status; s++)
        status = launch_step(job, l, s, why);
    return status;
}

/* Puts the work on the stream, after event 0 and before the event with the number of steps. A
 * single launch also has events between its steps; a batch has none, because an event between
 * kernels costs time. */
static enum status enqueue(struct job *job, struct loaded *l, unsigned launches, CUgraphExec graph,
                           struct failure *why)
{
    struct device *d = job->device;
    const int steps = steps_of(l->variant);
    enum status status = STATUS_OK;
    CUresult error = d->cu.cuEventRecord(d->event[0], d->stream);
    if (graph && !error)
        error = d->cu.cuGraphLaunch(graph, d->stream);
    else if (launches == 1)
        for (int s = 0; s < steps && !error && !status; s++) {
            status = launch_step(job, l, s, why);
            if (s + 1 < steps && !status)
                error = d->cu.cuEventRecord(d->event[s + 1], d->stream);
        }
    else
        for (unsigned i = 0; i < launches && !error && !status; i++)
            status = launch_once(job, l, why);
    if (!error && !status)
        error = d->cu.cuEventRecord(d->event[steps], d->stream);
    return error ? driver_fail(&d->cu, error, why, l->variant->name) : status;
}

enum status gpu_run(struct job *job, const struct variant *v, unsigned launches,
                    struct sample *sample, struct failure *why)
{
    struct device *d = job->device;
    struct loaded *l = job_loaded(job, v);
    const int steps = steps_of(v);
    enum status status = STATUS_OK;
    if (job->eviction && launches > 1)
        return fail(why, STATUS_FAILED, "emptied caches are for one launch at a time");
    if (job->eviction)
        status = evict(job, why);
    if (!status)
        status = job_write_again(job, l->kernel, why);
    if (status)
        return status;
    const CUgraphExec graph = batch_graph(job, l, launches, launch_once);
    struct sm_clock *clock = job->is_watched ? job->clock : NULL;
    sm_clock_before(clock);
    const nanos start = clock_now();
    status = enqueue(job, l, launches, graph, why);
    if (status)
        return status;
    sm_clock_after(clock);
    CUresult error = d->cu.cuEventSynchronize(d->event[steps]);
    const nanos end = clock_now();
    if (error)
        return driver_fail(&d->cu, error, why, v->name);
    *sample = (struct sample){
        .launches = launches, .is_graph = graph != NULL, .wall_ns = (end - start) / launches};
    telemetry_mark(d->telemetry, start, end, sample);
    sample->sm_mhz_measured = sm_clock_mhz(clock);
    return read_times(d, steps, launches, end - start, sample, why);
}

enum status gpu_run_block(struct job *job, const struct variant *v, const struct block *block,
                          struct sample *sample, double *sum, struct failure *why)
{
    struct device *d = job->device;
    nanos device_ns = 0;
    const nanos start = clock_now();
    *sum = 0;
    if (!block->rows || !block->cols)
        return STATUS_OK;
    CUresult error = d->cu.cuEventRecord(d->event[0], d->stream);
    enum status status = error ? STATUS_OK : ring_launch(job, job_loaded(job, v), block, why);
    if (!error && !status)
        error = d->cu.cuEventRecord(d->event[1], d->stream);
    if (!error && !status)
        error = d->cu.cuEventSynchronize(d->event[1]);
    const nanos end = clock_now();
    if (!error && !status)
        error = d->cu.cuMemcpyDtoH(sum, job->sum, sizeof *sum);
    if (error)
        return driver_fail(&d->cu, error, why, v->name);
    if (!status)
        status = between(d, 0, 1, end - start, &device_ns, why);
    sample->launches = 1;
    sample->wall_ns += end - start;
    sample->device_ns += device_ns;
    sample->step_ns[0] += device_ns;
    telemetry_mark(d->telemetry, start, end, sample);
    return status;
}

unsigned gpu_block_grain(const struct variant *v)
{
    return kernel_of(v)->family ? RING_GRAIN : kernel_of(v)->tile;
}

enum status gpu_run_checked(struct job *job, const struct variant *v, unsigned launches,
                            struct sample *sample, struct mismatches *found, struct failure *why)
{
    struct device *d = job->device;
    struct loaded *l = job_loaded(job, v);
    enum status status = job_write_again(job, l->kernel, why);
    if (status)
        return status;
    const nanos start = clock_now();
    CUresult error = d->cu.cuEventRecord(d->event[0], d->stream);
    for (unsigned i = 0; i < launches && !status && !error; i++) {
        status = launch_once(job, l, why);
        if (!status)
            status = compare_launch(job, v, i, why);
    }
    if (!status && !error)
        error = d->cu.cuEventRecord(d->event[1], d->stream);
    if (error)
        return driver_fail(&d->cu, error, why, v->name);
    if (!status)
        status = compare_read(job, v, launches, found, why);
    const nanos end = clock_now();
    nanos total = 0;
    if (!status)
        status = between(d, 0, 1, end - start, &total, why);
    *sample = (struct sample){
        .launches = launches, .device_ns = total / launches, .wall_ns = (end - start) / launches};
    telemetry_mark(d->telemetry, start, end, sample);
    return status;
}

void gpu_telemetry_start(struct job *job)
{
    telemetry_start(job->device->telemetry);
    if (!job->clock)
        job->clock = sm_clock_new(job->device);
    job->is_watched = true;
}

void gpu_telemetry_stop(struct job *job)
{
    telemetry_stop(job->device->telemetry);
    job->is_watched = false;
}

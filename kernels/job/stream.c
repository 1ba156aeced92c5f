/* stream.c - going through A in panels, on the device. */
#include "kernels/job/stream.h"

#include "harness/base/interrupt.h"
#include "kernels/job/grid.h"
#include "kernels/job/stream_plan.h"

uint64_t stream_row_bytes(const struct problem *p)
{
    return (uint64_t)job_pitch(p) * element_bytes(p->element);
}

enum status stream_each_panel(struct job *job,
                              enum status (*visit)(struct job *job, unsigned first_row,
                                                   unsigned rows, void *context,
                                                   struct failure *why),
                              void *context, struct failure *why)
{
    enum status status = STATUS_OK;
    for (unsigned first = 0; first < job->n && !status; first += job->panel_rows) {
        const unsigned left = job->n - first;
        const unsigned rows = left < job->panel_rows ? left : job->panel_rows;
        status = job_fill(job, job->a, (struct part){first, rows, 0, job->pitch}, why);
        if (!status)
            status = visit(job, first, rows, context, why);
        if (!status)
            status = interrupt_check(why);
    }
    return status;
}

/* Estimates, which decide the sizes of panels only. The fill reaches a quarter of the memory's
 * speed (0.5 ms for 400 MB on an H100), the kernels three quarters of the peak. */
static struct stream_cost cost_on(const struct job *job, const struct loaded *l)
{
    const struct kernel *k = l->kernel;
    const struct device *d = job->device;
    const double flops = d->facts.peak_flops[plain_arithmetic(job->problem.element)],
                 bytes = d->facts.peak_bytes, n = job->n;
    int blocks = 0;
    if (!d->cu.cuOccupancyMaxActiveBlocksPerMultiprocessor ||
        d->cu.cuOccupancyMaxActiveBlocksPerMultiprocessor(
            &blocks, l->function, (int)(k->block_x * k->block_y), k->shared_bytes) ||
        blocks < 1)
        blocks = 2;
    struct stream_cost cost = {.wave = (unsigned)(d->sms * blocks), .strip = 0.01, .step = 0.001};
    if (flops > 0 && bytes > 0) {
        const double wave_s = 2.0 * k->tile * k->tile * n * cost.wave / (0.75 * flops);
        cost.strip = k->tile * n * (double)job_entry_bytes(job) / (0.25 * bytes) / wave_s;
        cost.step = 10e-6 / wave_s;
    }
    return cost;
}

enum status stream_keep_close(struct job *job, unsigned step, struct failure *why)
{
    struct device *d = job->device;
    const CUevent here = d->event[STREAM_EVEN + step % 2],
                  before = d->event[STREAM_EVEN + 1 - step % 2];
    CUresult error = d->cu.cuEventRecord(here, d->stream);
    if (!error && step > 0)
        error = d->cu.cuEventSynchronize(before);
    return error ? driver_fail(&d->cu, error, why, "streaming A") : interrupt_check(why);
}

enum status stream_launch(struct job *job, struct loaded *l, struct failure *why)
{
    const struct kernel *k = l->kernel;
    const unsigned down = (job->n + k->tile - 1) / k->tile;
    const struct stream_plan plan =
        stream_plan_make(down, job->panel_rows / k->tile, cost_on(job, l));
    const uint64_t strip_bytes = (uint64_t)k->tile * job->pitch * job_entry_bytes(job);
    enum status status = STATUS_OK;
    struct tile_range range = {0};
    for (unsigned step = 0; !status && stream_plan_next(&plan, &range); step++) {
        const bool is_diagonal = range.row == range.col;
        const CUdeviceptr cols = is_diagonal ? job->a : job->a + range.rows * strip_bytes;
        status =
            job_fill(job, cols,
                     (struct part){range.col * k->tile, range.cols * k->tile, 0, job->pitch}, why);
        if (!status)
            status = grid_launch_range(job, l, job->a, cols, range, why);
        if (!status)
            status = stream_keep_close(job, step, why);
    }
    return status;
}

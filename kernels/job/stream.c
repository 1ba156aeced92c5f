/* stream.c - going through A in panels, on the device. */
#include "kernels/job/stream.h"

#include "harness/base/interrupt.h"
#include "kernels/job/stream_plan.h"
#include "kernels/launchers/tensor.h"

#include <stdio.h>
#include <string.h>

enum { LEAST_TILE = 64 };

bool stream_can(const struct variant *v)
{
    const struct kernel *k = kernel_of(v);
    return v->op == OP_SUM_AAT && (k->tensor || (k->grid == GRID_TRIANGLE && !k->launch));
}

static uint64_t triangle_of(uint64_t n, unsigned tile)
{
    const uint64_t down = (n + tile - 1) / tile;
    return down * (down + 1) / 2;
}

/* What is wanted beside the panels: partial sums, the sum itself, and scratch memory to verify. */
static uint64_t bytes_beside(const struct problem *p)
{
    return triangle_of(p->n, LEAST_TILE) * sizeof(double) + 64 + gpu_oracle_bytes(p->n);
}

static uint64_t bytes_of_row(const struct problem *p)
{
    return (p->n + 31) / 32 * 32 * sizeof(float);
}

uint64_t stream_bytes_least(const struct variant *v, const struct problem *p)
{
    const struct kernel *k = v ? kernel_of(v) : NULL;
    const uint64_t rows = 2 * (k && !k->tensor ? k->tile : LEAST_TILE) * bytes_of_row(p),
                   columns = k && k->tensor ? tensor_stream_bytes(k->tensor, p->n) : 0;
    return bytes_beside(p) + (rows > columns ? rows : columns);
}

/* For the result, and for the line about the device that people read. */
static void tell(struct device *d, unsigned rows)
{
    static const char streamed[] = " · A streamed, ";
    char *end = strstr(d->facts.summary, streamed);
    const size_t used = end ? (size_t)(end - d->facts.summary) : strlen(d->facts.summary);
    d->panel_rows = rows;
    snprintf(d->facts.summary + used, sizeof d->facts.summary - used, "%s%u rows in memory",
             streamed, rows);
}

enum status stream_begin(struct job *job, struct failure *why)
{
    /* Without a limit of the user's, some is left for what the driver itself may come to need. */
    const struct device *d = job->device;
    const uint64_t room = d->memory_limit ? d->facts.memory_free : d->facts.memory_free / 16 * 15;
    const uint64_t tensor = d->cc == 90 ? tensor_beside_bytes(job->problem.n) : 0;
    const uint64_t beside = bytes_beside(&job->problem) + tensor, row = bytes_of_row(&job->problem);
    const uint64_t rows = room > beside ? (room - beside) / row : 0,
                   all = (job->problem.n + 383) / 384 * 384;
    job->stream_rows = (unsigned)(rows < all ? rows : all);
    if (job->stream_rows < 2 * LEAST_TILE)
        return fail(why, STATUS_NO_MEMORY,
                    "too little memory is left on the GPU to stream N = %llu",
                    (unsigned long long)job->problem.n);
    tell(job->device, job->stream_rows);
    return gpu_allocate(job, &job->a, job->stream_rows * row, "panels of A", why);
}

enum status stream_each_panel(struct job *job,
                              enum status (*visit)(struct job *job, unsigned first_row,
                                                   unsigned rows, void *context,
                                                   struct failure *why),
                              void *context, struct failure *why)
{
    enum status status = STATUS_OK;
    for (unsigned first = 0; first < job->n && !status; first += job->stream_rows) {
        const unsigned left = job->n - first;
        const unsigned rows = left < job->stream_rows ? left : job->stream_rows;
        status = gpu_fill(job, job->a, (struct part){first, rows, 0, job->pitch}, why);
        if (!status)
            status = visit(job, first, rows, context, why);
        if (!status)
            status = interrupt_check(why);
    }
    return status;
}

/* Estimates; what hangs on them is the choice of panels alone. The fill reaches a quarter of the
 * memory's speed (0.5 ms for 400 MB on an H100), the kernels three quarters of the peak. */
static struct stream_cost cost_on(const struct job *job, const struct kernel *k, CUfunction f)
{
    const struct device *d = job->device;
    const double flops = d->facts.peak_flops[ARITH_F32], bytes = d->facts.peak_bytes, n = job->n;
    int blocks = 0;
    if (!d->cu.cuOccupancyMaxActiveBlocksPerMultiprocessor ||
        d->cu.cuOccupancyMaxActiveBlocksPerMultiprocessor(
            &blocks, f, (int)(k->block_x * k->block_y), k->shared_bytes) ||
        blocks < 1)
        blocks = 2;
    struct stream_cost cost = {.wave = (unsigned)(d->sms * blocks), .strip = 0.01, .step = 0.001};
    if (flops > 0 && bytes > 0) {
        const double wave_s = 2.0 * k->tile * k->tile * n * cost.wave / (0.75 * flops);
        cost.strip = k->tile * n * sizeof(float) / (0.25 * bytes) / wave_s;
        cost.step = 10e-6 / wave_s;
    }
    return cost;
}

enum status stream_keep_close(struct job *job, unsigned step, struct failure *why)
{
    struct device *d = job->device;
    const CUevent this = d->event[STREAM_EVEN + step % 2],
                  last = d->event[STREAM_EVEN + 1 - step % 2];
    CUresult error = d->cu.cuEventRecord(this, d->stream);
    if (!error && step > 0)
        error = d->cu.cuEventSynchronize(last);
    return error ? driver_fail(&d->cu, error, why, "streaming A") : interrupt_check(why);
}

enum status stream_launch(struct job *job, const struct kernel *k, CUfunction f,
                          struct failure *why)
{
    const unsigned down = (job->n + k->tile - 1) / k->tile;
    const struct stream_plan plan =
        stream_plan_make(down, job->stream_rows / k->tile, cost_on(job, k, f));
    const uint64_t strip_bytes = (uint64_t)k->tile * job->pitch * sizeof(float);
    enum status status = STATUS_OK;
    struct tile_range range = {0};
    for (unsigned step = 0; !status && stream_plan_next(&plan, &range); step++) {
        const bool is_diagonal = range.row == range.col;
        const CUdeviceptr cols = is_diagonal ? job->a : job->a + range.rows * strip_bytes;
        status =
            gpu_fill(job, cols,
                     (struct part){range.col * k->tile, range.cols * k->tile, 0, job->pitch}, why);
        if (!status)
            status = launch_range(job, k, f, job->a, cols, range, why);
        if (!status)
            status = stream_keep_close(job, step, why);
    }
    return status;
}

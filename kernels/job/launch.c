/* launch.c - from a row of the table to a grid on the device. */
#include "kernels/device/modules.h"
#include "kernels/job/job.h"
#include "kernels/job/pieces.h"
#include "kernels/job/stream.h"

#include <stdio.h>

enum status launch(struct device *d, CUfunction f, unsigned grid_x, unsigned grid_y,
                   unsigned block_x, unsigned block_y, unsigned shared_bytes, void **arguments,
                   const char *what, struct failure *why)
{
    CUresult error = d->cu.cuLaunchKernel(f, grid_x, grid_y, 1, block_x, block_y, 1, shared_bytes,
                                          d->stream, arguments, NULL);
    return error ? driver_fail(&d->cu, error, why, what) : STATUS_OK;
}

static unsigned tiles_across(unsigned n, unsigned tile)
{
    return (n + tile - 1) / tile;
}

/* Blocks of a kernel over an n×n problem (for reduce: over count elements). */
static void grid_of(const struct job *job, const struct kernel *k, unsigned *x, unsigned *y)
{
    *x = *y = 1;
    switch (k->grid) {
    case GRID_TILES:
        *x = tiles_across(job->n, k->tile_cols ? k->tile_cols : k->tile);
        *y = tiles_across(job->n, k->tile);
        break;
    case GRID_TRIANGLE: {
        const unsigned t = tiles_across(job->n, k->tile);
        *x = (unsigned)((uint64_t)t * (t + 1) / 2);
        break;
    }
    case GRID_WAVES:
        *x = (unsigned)job->device->sms * k->blocks_per_sm;
        break;
    case GRID_CHUNKS:
        *x = (unsigned)(((uint64_t)job->n * job->n + k->tile - 1) / k->tile);
        break;
    case GRID_ELEMENTS: {
        const uint64_t count = (uint64_t)job->n * job->n, block = (uint64_t)k->block_x * k->block_y;
        *x = (unsigned)((count + block - 1) / block);
        break;
    }
    }
}

enum status launch_range(struct job *job, const struct kernel *k, CUfunction f, CUdeviceptr rows,
                         CUdeviceptr cols, struct tile_range range, struct failure *why)
{
    const uint64_t triangle = (uint64_t)range.rows * (range.rows + 1) / 2;
    const uint64_t tiles = range.row == range.col ? triangle : (uint64_t)range.rows * range.cols;
    void *arguments[] = {&rows,        &cols,   &job->partials, &job->sum,
                         &job->ticket, &job->n, &job->pitch,    &range};
    return launch_pieces(job, k, f, (unsigned)tiles, 1, arguments, &range.first, why);
}

enum status launch_kernel(struct job *job, const struct kernel *k, CUfunction f,
                          struct failure *why)
{
    struct device *d = job->device;
    if (job->stream_rows)
        return stream_launch(job, k, f, why);
    if (job->problem.op == OP_SUM_AAT && k->grid == GRID_TRIANGLE) {
        const unsigned down = tiles_across(job->n, k->tile);
        return launch_range(job, k, f, job->a, job->a,
                            (struct tile_range){0, down, 0, down, 0, down}, why);
    }
    unsigned x, y, first = 0; /* first: tile, or row of tiles */
    grid_of(job, k, &x, &y);
    if (k->adds_to_sum) {
        CUresult error = d->cu.cuMemsetD8Async(job->sum, 0, sizeof(double), d->stream);
        if (error)
            return driver_fail(&d->cu, error, why, "cannot clear the sum");
    }
    size_t count = (size_t)job->n * job->n;
    void *matmul[] = {&job->a, &job->c, &job->n, &job->pitch, &first};
    void *reduce[] = {&job->a, &count, &job->partials, &job->sum, &job->ticket};
    return launch_pieces(job, k, f, x, y, job->problem.op == OP_MATMUL ? matmul : reduce, &first,
                         why);
}

enum status gpu_sum_c(struct job *job, bool lower_only, struct failure *why)
{
    struct device *d = job->device;
    CUfunction f;
    enum status status = module_function(d, "service/sum_c", "sum_c", &f, why);
    if (status)
        return status;
    unsigned lower = lower_only;
    void *arguments[] = {&job->c,        &job->n,   &job->pitch, &lower,
                         &job->partials, &job->sum, &job->ticket};
    return launch(d, f, (unsigned)d->sms * 8, 1, 256, 1, 0, arguments, "sum_c", why);
}

enum status gpu_transpose(struct job *job, struct failure *why)
{
    struct device *d = job->device;
    CUfunction f;
    enum status status = module_function(d, "service/transpose", "transpose", &f, why);
    if (status)
        return status;
    void *arguments[] = {&job->a, &job->at, &job->rows, &job->pitch};
    return launch(d, f, job->pitch / 32, job->rows / 32, 32, 8, 0, arguments, "transpose", why);
}

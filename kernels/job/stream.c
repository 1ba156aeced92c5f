/* stream.c - streams A: fills one panel after the other on the device and launches kernels on them.
 */
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

static struct stream_cost cost_on(const struct job *job, const struct loaded *l)
{
    const struct kernel *k = l->kernel;
    const struct device *d = job->device;
    int blocks;
    if (!d->cu.cuOccupancyMaxActiveBlocksPerMultiprocessor ||
        d->cu.cuOccupancyMaxActiveBlocksPerMultiprocessor(
            &blocks, l->function, (int)(k->block_x * k->block_y), k->shared_bytes) ||
        blocks < 1)
        blocks = 2;
    return stream_cost_of((unsigned)(d->sms * blocks), k->tile, job->n, job_entry_bytes(job),
                          d->facts.peak_flops[plain_arithmetic(job->problem.element)],
                          d->facts.peak_bytes);
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

/* Fills the rows of a range in job->a, panel by panel, and behind each of these the columns of the
 * range, also in panels; calls launch() for every such pair. A panel on the diagonal is first
 * multiplied with itself, then with the columns left of it. */
static enum status stream_range(struct job *job, struct loaded *l, struct tile_range range,
                                unsigned *step, struct failure *why)
{
    const unsigned tile = l->kernel->tile, capacity = job->panel_rows / tile;
    const uint64_t strip_bytes = (uint64_t)tile * job->pitch * job_entry_bytes(job);
    const bool is_diagonal = range.row == range.col;
    enum status status = STATUS_OK;
    for (unsigned done = 0, rows; done < range.rows && !status; done += rows) {
        const unsigned row = range.row + done, most = (capacity + 1) / 2;
        rows = range.rows - done < most ? range.rows - done : most;
        const unsigned cols = is_diagonal ? done : range.cols, beside = capacity - rows;
        const CUdeviceptr right = job->a + rows * strip_bytes;
        status = job_fill(job, job->a, (struct part){row * tile, rows * tile, 0, job->pitch}, why);
        if (!status && is_diagonal)
            status =
                grid_launch_range(job, l, job->a, job->a,
                                  (struct tile_range){row, rows, row, rows, 0, range.down}, why);
        for (unsigned at = 0, now; at < cols && !status; at += now) {
            const unsigned col = range.col + at;
            now = cols - at < beside ? cols - at : beside;
            status =
                job_fill(job, right, (struct part){col * tile, now * tile, 0, job->pitch}, why);
            if (!status)
                status =
                    grid_launch_range(job, l, job->a, right,
                                      (struct tile_range){row, rows, col, now, 0, range.down}, why);
            if (!status)
                status = stream_keep_close(job, (*step)++, why);
        }
    }
    return status;
}

/* Enqueues rows of tiles from column `from` up to column `to` (exclusive), or to the diagonal if
 * that comes first. */
static enum status share_rows(struct job *job, struct loaded *l, struct tile_range range,
                              unsigned *step, struct failure *why)
{
    const unsigned to = range.col + range.cols;
    const uint64_t strip_bytes = (uint64_t)l->kernel->tile * job->pitch * job_entry_bytes(job);
    struct tile_range parts[2] = {range,
                                  {range.row, range.rows, range.row, range.rows, 0, range.down}};
    enum status status = STATUS_OK;
    if (to > range.row)
        parts[0].cols = range.row - range.col;
    for (int i = 0; i < 2 && !status; i++) {
        const bool is_empty = parts[i].rows == 0 || (i == 0 ? parts[0].cols == 0 : to <= range.row);
        if (is_empty)
            continue;
        status = job->panel_rows
                     ? stream_range(job, l, parts[i], step, why)
                     : grid_launch_range(job, l, job->a + parts[i].row * strip_bytes,
                                         job->a + parts[i].col * strip_bytes, parts[i], why);
    }
    return status;
}

/* Slots of tiles outside the share stay zero. The ticket starts as if the blocks of those tiles had
 * already drawn theirs, so that the last block of the share adds up the slots. */
enum status stream_begin_share(struct job *job, uint64_t tiles, uint64_t of_share,
                               struct failure *why)
{
    const struct device *d = job->device;
    const unsigned ticket = (unsigned)(tiles - of_share);
    CUresult error = d->cu.cuMemsetD8Async(job->partials, 0, tiles * sizeof(double), d->stream);
    if (!error)
        error = d->cu.cuMemcpyHtoDAsync(job->ticket, &ticket, sizeof ticket, d->stream);
    return error ? driver_fail(&d->cu, error, why, "preparing a share") : STATUS_OK;
}

enum status stream_share(struct job *job, struct loaded *l, struct failure *why)
{
    const struct share *share = &job->device->share;
    const unsigned tile = l->kernel->tile, down = (job->n + tile - 1) / tile;
    const struct cut begin = cut_of_tiles(job->n, tile, share->begin, share->of),
                     end = cut_of_tiles(job->n, tile, share->end, share->of);
    const unsigned first = (unsigned)((begin.row + tile - 1) / tile),
                   from = (unsigned)begin.col / tile,
                   last = (unsigned)((end.row + tile - 1) / tile), to = (unsigned)end.col / tile;
    const uint64_t before = (uint64_t)first * (first + 1) / 2 + from,
                   until = (uint64_t)last * (last + 1) / 2 + to;
    unsigned step = 0, row = first;
    enum status status =
        stream_begin_share(job, (uint64_t)down * (down + 1) / 2, until - before, why);
    if (!status && from > 0) {
        const unsigned cols = (row == last ? to : down) - from;
        status = share_rows(job, l, (struct tile_range){row++, 1, from, cols, 0, down}, &step, why);
    }
    if (!status && row < last) {
        status =
            share_rows(job, l, (struct tile_range){row, last - row, 0, down, 0, down}, &step, why);
        row = last;
    }
    if (!status && row == last && to > 0)
        status = share_rows(job, l, (struct tile_range){row, 1, 0, to, 0, down}, &step, why);
    return status;
}

/* grid.c - launches the grids of kernels without a family, whole or in pieces.
 *
 * The driver stops a kernel that runs for seconds (on Linux about five) on a GPU that drives a
 * display, and the process then loses its context. On such a GPU a grid of tiles is launched in
 * pieces: tiles of a triangle (along x) or rows of tiles (along y). The first piece is small and
 * timed. The next ones are sized to run for a fifth of a second at that speed, and are timed again,
 * so that the size follows a falling clock. A fifth of a second leaves a margin of a factor of ten
 * and lets the display draw in between; the host spends some 20 µs per piece. A grid that fits into
 * one piece is one launch, and without a time limit nothing is timed. */
#include "kernels/job/grid.h"

#include "harness/base/interrupt.h"
#include "kernels/device/launch.h"

static const float PIECE_MS = 200.0f;

/* Tiles per SM in the first piece: at least a wave, so that all SMs are busy while it is timed. */
enum { FIRST_TILES = 4 };

/* The largest factor from one piece to the next, because the time of a short first piece is
 * inaccurate. */
static const float MOST_GROWTH = 64.0f;

/* Returns the size of a piece that takes PIECE_MS, if one of `size` took `ms`. */
static unsigned next_size(unsigned size, float ms)
{
    const float most = (float)size * MOST_GROWTH, wanted = (float)size * PIECE_MS / ms;
    const float next = ms > 0 && wanted < most ? wanted : most;
    return next < 1 ? 1 : next > 1e9f ? 1000000000 : (unsigned)next;
}

static enum status launch_piece(struct device *d, const struct loaded *l, unsigned x, unsigned y,
                                void **arguments, struct failure *why)
{
    const struct kernel *k = l->kernel;
    const struct shape shape = {x, y, k->block_x, k->block_y, k->shared_bytes};
    return launch(d, l->function, shape, arguments, k->symbol, why);
}

static enum status launch_timed(struct device *d, const struct loaded *l, unsigned x, unsigned y,
                                void **arguments, float *ms, struct failure *why)
{
    CUresult error = d->cu.cuEventRecord(d->event[PIECE_BEGIN], d->stream);
    enum status status = error ? STATUS_OK : launch_piece(d, l, x, y, arguments, why);
    if (status)
        return status;
    if (!error)
        error = d->cu.cuEventRecord(d->event[PIECE_END], d->stream);
    if (!error)
        error = d->cu.cuEventSynchronize(d->event[PIECE_END]);
    if (!error)
        error = d->cu.cuEventElapsedTime(ms, d->event[PIECE_BEGIN], d->event[PIECE_END]);
    return error ? driver_fail(&d->cu, error, why, l->kernel->symbol) : STATUS_OK;
}

/* Launches a grid of x × y blocks. *first is the kernel's argument for the tile, or row of tiles,
 * where a piece begins. */
static enum status launch_pieces(struct job *job, struct loaded *l, unsigned x, unsigned y,
                                 void **arguments, unsigned *first, struct failure *why)
{
    struct device *d = job->device;
    const bool by_tile = l->kernel->grid == GRID_TRIANGLE, by_row = l->kernel->grid == GRID_TILES;
    const unsigned total = by_tile ? x : y, begin = *first;
    if (!d->kernel_timeout || !(by_tile || by_row) || l->piece >= total)
        return launch_piece(d, l, x, y, arguments, why);
    if (!l->piece)
        l->piece = by_tile ? (unsigned)d->sms * FIRST_TILES : 1;
    enum status status = STATUS_OK;
    for (unsigned done = 0, now; done < total && !status; done += now) {
        float ms = 0;
        now = l->piece < total - done ? l->piece : total - done;
        *first = begin + done;
        status = launch_timed(d, l, by_tile ? now : x, by_tile ? 1 : now, arguments, &ms, why);
        if (!status && (now == l->piece || ms > PIECE_MS)) /* the last one may be too small */
            l->piece = next_size(now, ms);
        if (!status)
            status = interrupt_check(why);
    }
    return status;
}

static unsigned tiles_across(unsigned n, unsigned tile)
{
    return (n + tile - 1) / tile;
}

enum status grid_launch_range(struct job *job, struct loaded *l, CUdeviceptr rows, CUdeviceptr cols,
                              struct tile_range range, struct failure *why)
{
    const uint64_t triangle = (uint64_t)range.rows * (range.rows + 1) / 2;
    const uint64_t tiles = range.row == range.col ? triangle : (uint64_t)range.rows * range.cols;
    void *arguments[] = {&rows,        &cols,   &job->partials, &job->sum,
                         &job->ticket, &job->n, &job->pitch,    &range};
    return launch_pieces(job, l, (unsigned)tiles, 1, arguments, &range.first, why);
}

static enum status launch_sum_aat(struct job *job, struct loaded *l, struct failure *why)
{
    const unsigned down = tiles_across(job->n, l->kernel->tile);
    return grid_launch_range(job, l, job->a, job->a, (struct tile_range){0, down, 0, down, 0, down},
                             why);
}

static enum status launch_matmul(struct job *job, struct loaded *l, struct failure *why)
{
    const struct kernel *k = l->kernel;
    const unsigned down = tiles_across((unsigned)job->of_c.count, k->tile);
    const bool is_triangle = k->grid == GRID_TRIANGLE;
    const unsigned x = is_triangle ? (unsigned)((uint64_t)down * (down + 1) / 2)
                                   : tiles_across(job->n, k->tile_cols ? k->tile_cols : k->tile);
    unsigned first = (unsigned)job->of_c.first / k->tile;
    CUdeviceptr c = job_c_at_row_0(job);
    void *arguments[] = {&job->a, &c, &job->n, &job->pitch, &first};
    return launch_pieces(job, l, x, is_triangle ? 1 : down, arguments, &first, why);
}

static enum status launch_reduce(struct job *job, struct loaded *l, struct failure *why)
{
    const struct kernel *k = l->kernel;
    const struct device *d = job->device;
    size_t count = (size_t)rows_of_share(job->n, 1, &d->share).count * job->n;
    const size_t blocks = k->grid == GRID_CHUNKS ? (count + k->tile - 1) / k->tile
                                                 : (size_t)d->sms * k->blocks_per_sm;
    CUresult error = k->adds_to_sum ? d->cu.cuMemsetD8Async(job->sum, 0, sizeof(double), d->stream)
                                    : CUDA_SUCCESS;
    if (error)
        return driver_fail(&d->cu, error, why, "cannot clear the sum");
    int bound = job_sum_bound(job);
    void *arguments[] = {&job->a, &count, k->at_once ? (void *)&bound : &job->partials, &job->sum,
                         &job->ticket};
    return launch_piece(job->device, l, (unsigned)blocks, 1, arguments, why);
}

enum status grid_launch(struct job *job, struct loaded *l, struct failure *why)
{
    switch (job->problem.op) {
    case OP_MATMUL:
        return launch_matmul(job, l, why);
    case OP_REDUCE:
        return launch_reduce(job, l, why);
    default:
        return launch_sum_aat(job, l, why);
    }
}

enum status grid_sum_c(struct job *job, bool lower_only, struct failure *why)
{
    unsigned lower = lower_only;
    void *arguments[] = {&job->c,        &job->n,   &job->pitch, &lower,
                         &job->partials, &job->sum, &job->ticket};
    const bool is_f64 = job->problem.element == ELEMENT_F64;
    return launch_symbol(job->device, is_f64 ? "service/f64/sum_c_f64" : "service/sum_c",
                         is_f64 ? "sum_c_f64" : "sum_c",
                         (struct shape){.grid_x = (unsigned)job->device->sms * 8, .block_x = 256},
                         arguments, why);
}

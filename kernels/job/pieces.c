/* pieces.c - a GPU that drives a display stops a kernel after some seconds (on Linux, about five),
 * and with it everything that the process had on the device.
 *
 * So there a grid is launched in pieces. The first is small and timed; the next ones are as large
 * as runs in a fifth of a second at that speed, each timed again, so that a falling clock is
 * followed. A fifth of a second leaves room for a factor of ten, and lets the display draw in
 * between; the host's look at each piece costs some 20 µs of it. A grid that fits one piece is one
 * launch, and without a time limit nothing is timed at all. */
#include "kernels/job/pieces.h"

#include "harness/base/interrupt.h"

static const float PIECE_MS = 200.0f;

/* Per SM, in the first piece: a wave or more, so that all SMs are busy while it is timed. */
enum { FIRST_TILES = 4 };

/* From one piece to the next, for a short first one tells little. */
static const float MOST_GROWTH = 64.0f;

static unsigned *piece_of(struct job *job, const struct kernel *k)
{
    size_t i = 0;
    while (gpu_variants[i].row != k)
        i++;
    return &job->piece[i];
}

/* The size that would have taken PIECE_MS, from one that took `ms`. */
static unsigned next_size(unsigned size, float ms)
{
    const float most = (float)size * MOST_GROWTH, wanted = (float)size * PIECE_MS / ms;
    const float next = ms > 0 && wanted < most ? wanted : most;
    return next < 1 ? 1 : next > 1e9f ? 1000000000 : (unsigned)next;
}

static enum status timed_launch(struct device *d, const struct kernel *k, CUfunction f, unsigned x,
                                unsigned y, void **arguments, float *ms, struct failure *why)
{
    CUresult error = d->cu.cuEventRecord(d->event[PIECE_BEGIN], d->stream);
    enum status status = error ? STATUS_OK
                               : launch(d, f, x, y, k->block_x, k->block_y, k->shared_bytes,
                                        arguments, k->symbol, why);
    if (status)
        return status;
    if (!error)
        error = d->cu.cuEventRecord(d->event[PIECE_END], d->stream);
    if (!error)
        error = d->cu.cuEventSynchronize(d->event[PIECE_END]);
    if (!error)
        error = d->cu.cuEventElapsedTime(ms, d->event[PIECE_BEGIN], d->event[PIECE_END]);
    return error ? driver_fail(&d->cu, error, why, k->symbol) : STATUS_OK;
}

enum status launch_pieces(struct job *job, const struct kernel *k, CUfunction f, unsigned x,
                          unsigned y, void **arguments, unsigned *first, struct failure *why)
{
    struct device *d = job->device;
    const bool by_tile = k->grid == GRID_TRIANGLE, by_row = k->grid == GRID_TILES;
    const unsigned total = by_tile ? x : y, begin = *first;
    unsigned *size = piece_of(job, k);
    if (!d->kernel_timeout || !(by_tile || by_row) || *size >= total)
        return launch(d, f, x, y, k->block_x, k->block_y, k->shared_bytes, arguments, k->symbol,
                      why);
    if (!*size)
        *size = by_tile ? (unsigned)d->sms * FIRST_TILES : 1;
    enum status status = STATUS_OK;
    for (unsigned done = 0, now; done < total && !status; done += now) {
        float ms = 0;
        now = *size < total - done ? *size : total - done;
        *first = begin + done;
        status = timed_launch(d, k, f, by_tile ? now : x, by_tile ? 1 : now, arguments, &ms, why);
        if (!status && (now == *size || ms > PIECE_MS)) /* a last, small one is no measure */
            *size = next_size(now, ms);
        if (!status)
            status = interrupt_check(why);
    }
    return status;
}

/* ring.c - a rank's run in a ring: while it multiplies with a panel, that panel goes on to the next
 * rank, and another one comes from the rank before. */
#include "bench/gpu_cpu/ranked.h"

#include "harness/parts/ring.h"

static size_t bytes_of(const struct ranked *k, int rank)
{
    const struct problem *p = &k->run->result.problem;
    return (size_t)((k->at[rank + 1] - k->at[rank]) * p->n * element_bytes(p->element));
}

static int of_step(const struct ranked *k, int rank, int step)
{
    return ring_part(k->at, k->ranks->size, rank, step).of;
}

double ring_bytes(const struct ranked *k, int rank)
{
    double bytes = 0;
    for (int step = 1; step <= ring_steps(k->ranks->size); step++)
        bytes += (double)bytes_of(k, of_step(k, rank, step));
    return bytes;
}

/* The products of a step, added to the rank's part. */
static enum status multiply(const struct ranked *k, int step, const char *panel, struct moment *m,
                            struct failure *why)
{
    const struct run *run = k->run;
    const struct problem *p = &run->result.problem;
    const struct ring_part part = ring_part(k->at, k->ranks->size, k->ranks->rank, step);
    const size_t skip = (size_t)(part.col * p->n * element_bytes(p->element));
    const struct block block = {0, part.rows, part.cols, step ? panel + skip : NULL};
    double sum = 0;
    const enum status status =
        run->place->backend->run_block(run->job, k->variant, &block, &m->sample, &sum, why);
    m->part += sum;
    return status;
}

/* Sends the panel of a step on, and receives that of the next one. */
static void begin_exchange(const struct ranked *k, int step, const char *panel, char *next,
                           struct transfer list[2])
{
    const int rank = k->ranks->rank, size = k->ranks->size;
    list[0] = (struct transfer){.peer = (rank + size - 1) % size,
                                .channel = CHANNEL_RING,
                                .to = next,
                                .bytes = bytes_of(k, of_step(k, rank, step + 1))};
    list[1] = (struct transfer){.peer = (rank + 1) % size,
                                .channel = CHANNEL_RING,
                                .from = panel,
                                .bytes = bytes_of(k, of_step(k, rank, step))};
}

enum status ring_run(struct ranked *k, int work, struct moment *m, struct failure *why)
{
    const int steps = ring_steps(k->ranks->size);
    const char *panel = k->run->place->backend->rows_of_a(k->run->job, 0);
    enum status status = STATUS_OK;
    for (int step = 0; step <= steps && !status; step++) {
        struct transfer list[2];
        struct movement movement = {.ranks = k->ranks, .list = list, .count = 2};
        const bool moves = work & RING_MOVES && step < steps;
        char *next = k->panels[step % 2];
        if (moves) {
            begin_exchange(k, step, panel, next, list);
            status = ranks_move(&movement, why);
            if (status)
                break;
        }
        if (work & RING_MULTIPLIES)
            status = multiply(k, step, panel, m, why);
        const nanos done = clock_now();
        if (moves && ranks_moved(&movement, "exchanging panels", why) != STATUS_OK)
            status = why->status;
        m->exchange_ns += clock_now() - done;
        panel = next;
    }
    return status;
}

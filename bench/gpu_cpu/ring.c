/* ring.c - a rank's run in a ring: while it multiplies with a panel, that panel goes on to the next
 * rank, and another one comes from the rank before. Between GPUs the backend's links move them,
 * else the ranks' transport. */
#include "bench/gpu_cpu/ranked.h"

#include "bench/terminal/progress.h"

static const struct links *links_of(const struct ranked *k)
{
    return k->run->place->backend->links;
}

static struct ring_part part_of(const struct ranked *k, int rank, int step)
{
    const struct ring ring = ranked_ring(k);
    return ring_part(&ring, rank, step);
}

/* The rows of the panel that a rank has in a step. */
static uint64_t rows_in(const struct ranked *k, int step)
{
    const int of = part_of(k, k->ranks->rank, step).of;
    return k->at[of + 1] - k->at[of];
}

static size_t bytes_of(const struct ranked *k, uint64_t rows)
{
    const struct problem *p = &k->run->result.problem;
    return (size_t)(rows * p->n * element_bytes(p->element));
}

double ring_bytes(const struct ranked *k)
{
    double bytes = 0;
    for (int step = 1; step <= ring_steps(k->ranks->size); step++)
        bytes += (double)bytes_of(k, rows_in(k, step));
    return bytes;
}

static enum panel panel_in(int step)
{
    return step == 0 ? PANEL_OWN : step % 2 ? PANEL_EVEN : PANEL_ODD;
}

/* The products of a step, added to the rank's part. */
static enum status multiply(const struct ranked *k, int step, struct moment *m, struct failure *why)
{
    const struct run *run = k->run;
    const struct ring_part part = part_of(k, k->ranks->rank, step);
    const struct block block = {panel_in(step), part.rows, part.col, part.cols};
    double sum = 0;
    const enum status status =
        run->place->backend->run_block(run->job, k->variant, &block, &m->sample, &sum, why);
    m->part += sum;
    return status;
}

/* ---- between devices ---- */

/* The context of look(): which state of the links ranks_wait_until() waits for. */
struct looking {
    struct ranked *k;
    enum link_state for_state;
};

static enum status look(void *context, bool *is_done, struct failure *why)
{
    const struct looking *l = context;
    enum link_state state = LINK_STARTS;
    const enum status status = links_of(l->k)->look(l->k->run->job, &state, why);
    *is_done = state >= l->for_state;
    return status;
}

static enum status wait_for(struct ranked *k, enum link_state state, const char *what,
                            struct failure *why)
{
    struct ranks *r = k->ranks;
    struct looking looking = {k, state};
    return ranks_wait_until(r, (r->rank + r->size - 1) % r->size, look, &looking, what, why);
}

/* Begins to send `out` rows of a panel and to receive `in` rows of the next one. If panels can move
 * while the variant multiplies, waits until they move, because products that begin earlier may
 * leave no room on the device for the transfer; otherwise waits until the transfer has ended. */
static enum status begin_by_links(struct ranked *k, enum panel from, uint64_t out, enum panel to,
                                  uint64_t in, struct failure *why)
{
    const enum link_state state = links_of(k)->goes_beside(k->variant) ? LINK_MOVES : LINK_RESTS;
    if (links_of(k)->begin(k->run->job, from, out, to, in, why) != STATUS_OK)
        return ranks_fail_alone(k->ranks, why);
    return wait_for(k, state, "exchanging panels", why);
}

/* Sends a first row, which makes the connections; that takes longer than a row. */
enum status ring_join(struct ranked *k, struct failure *why)
{
    const struct links *links = links_of(k);
    struct ranks *r = k->ranks;
    char id[LINKS_ID_BYTES] = "";
    if (!k->is_ring || !links || r->size == 1)
        return STATUS_OK;
    progress_say(-1, "connecting the devices");
    enum status status = r->rank == 0 ? links->make_id(id, why) : STATUS_OK;
    status = ranks_agree(r, status, "connecting the devices", why);
    if (!status)
        status = ranks_broadcast(r, id, sizeof id, "connecting the devices", why);
    if (!status)
        status = ranks_agree(r, links->join(k->run->job, id, r->rank, r->size, why),
                             "connecting the devices", why);
    if (status)
        return status;
    status = wait_for(k, LINK_RESTS, "connecting the devices", why);
    if (!status)
        status = begin_by_links(k, PANEL_OWN, 1, PANEL_EVEN, 1, why);
    if (!status)
        status = wait_for(k, LINK_RESTS, "connecting the devices", why);
    return ranks_agree(r, status, "connecting the devices", why);
}

/* ---- a step's exchange, either way ---- */

struct exchange {
    struct transfer list[2];
    struct movement movement;
};

static enum status begin_exchange(struct ranked *k, int step, struct exchange *x,
                                  struct failure *why)
{
    const struct backend *backend = k->run->place->backend;
    const enum panel from = panel_in(step), to = panel_in(step + 1);
    const uint64_t out = rows_in(k, step), in = rows_in(k, step + 1);
    const int rank = k->ranks->rank, size = k->ranks->size;
    if (links_of(k))
        return begin_by_links(k, from, out, to, in, why);
    x->list[0] = (struct transfer){.peer = (rank + size - 1) % size,
                                   .channel = CHANNEL_RING,
                                   .to = backend->host_panel(k->run->job, to),
                                   .bytes = bytes_of(k, in)};
    x->list[1] = (struct transfer){.peer = (rank + 1) % size,
                                   .channel = CHANNEL_RING,
                                   .from = backend->host_panel(k->run->job, from),
                                   .bytes = bytes_of(k, out)};
    x->movement = (struct movement){.ranks = k->ranks, .list = x->list, .count = 2};
    return ranks_move(&x->movement, why);
}

static enum status end_exchange(struct ranked *k, struct exchange *x, struct failure *why)
{
    return links_of(k) ? wait_for(k, LINK_RESTS, "exchanging panels", why)
                       : ranks_moved(&x->movement, "exchanging panels", why);
}

enum status ring_run(struct ranked *k, int work, struct moment *m, struct failure *why)
{
    const int steps = ring_steps(k->ranks->size);
    enum status status = STATUS_OK;
    for (int step = 0; step <= steps && !status; step++) {
        struct exchange x;
        const bool moves = work & RING_MOVES && step < steps;
        const nanos begun = clock_now();
        if (moves) {
            status = begin_exchange(k, step, &x, why);
            if (status)
                break;
        }
        m->exchange_ns += clock_now() - begun;
        if (work & RING_MULTIPLIES)
            status = multiply(k, step, m, why);
        const nanos done = clock_now();
        if (moves && end_exchange(k, &x, why) != STATUS_OK)
            status = why->status;
        m->exchange_ns += clock_now() - done;
    }
    return status;
}

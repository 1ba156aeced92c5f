/* shares.c - how the work is divided among the ranks: evenly, or by measured speeds. */
#include "bench/gpu_cpu/ranked.h"

#include "bench/terminal/progress.h"
#include "harness/base/need.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Without a ring, the work is divided into this many parts, from which shares of different sizes
 * are made. */
static const uint64_t parts = 1 << 20;

/* at[r]: the speeds of the ranks before r, as a part of `parts`. */
static void divide_parts(const double *speed, int ranks, uint64_t *at)
{
    double all = 0, before = 0;
    for (int r = 0; r < ranks; r++)
        all += speed[r];
    for (int r = 0; r < ranks; before += speed[r++])
        at[r] = (uint64_t)llround((double)parts * before / all);
    at[ranks] = parts;
}

/* Two ranks need room for one block of another. */
static void make_room(const struct ranked *k, struct share *share)
{
    share->panels = ring_steps(k->ranks->size) < 2 ? 1 : 2;
    share->panel_rows = 1;
    for (int r = 0; r < k->ranks->size; r++) {
        const uint32_t rows = (uint32_t)(k->at[r + 1] - k->at[r]);
        share->panel_rows = rows > share->panel_rows ? rows : share->panel_rows;
    }
}

void shares_divide(struct ranked *k, const double *speed)
{
    const int ranks = k->ranks->size;
    const uint64_t n = k->run->result.problem.n;
    if (!k->at)
        k->at = need_array((size_t)ranks + 1, sizeof *k->at);
    for (int r = 0; r <= ranks; r++)
        k->at[r] = (uint64_t)r;
    if (k->is_ring)
        ring_blocks(speed, ranks, n, k->at);
    else if (speed)
        divide_parts(speed, ranks, k->at);
    if (ranks > 1)
        k->run->share = (struct share){(uint32_t)k->at[k->ranks->rank],
                                       (uint32_t)k->at[k->ranks->rank + 1],
                                       (uint32_t)k->at[ranks],
                                       k->is_ring,
                                       0,
                                       0};
    if (ranks > 1 && k->is_ring)
        make_room(k, &k->run->share);
}

void shares_rows(const struct ranked *k, uint64_t *first, uint64_t *rows)
{
    const int rank = k->ranks->rank;
    const struct problem *p = &k->run->result.problem;
    if (k->is_ring) {
        *first = k->at[rank];
        *rows = k->at[rank + 1] - k->at[rank];
    } else if (p->op == OP_REDUCE) {
        *first = k->cuts[rank].row;
        *rows = k->cuts[rank + 1].row - *first;
    } else {
        const struct cut end = k->cuts[rank + 1];
        *first = 0;
        *rows = p->op == OP_MATMUL ? p->n : end.row + (end.col > 0 ? end.rows : 0);
    }
}

enum status shares_open(struct ranked *k, struct failure *why)
{
    k->run->began = clock_now();
    enum status status = run_open(k->run, why);
    if (!status)
        status = run_plan(k->run, why);
    status = ranks_agree(k->ranks, status, "opening its device", why);
    if (!status)
        k->variant = k->run->result.contestants[0].variant;
    return status;
}

/* The number of entries of C (for reduce, of A) before a cut. */
static double entries_before(const struct ranked *k, const struct cut *c)
{
    const struct problem *p = &k->run->result.problem;
    if (p->op != OP_SUM_AAT)
        return (double)c->row * (double)p->n;
    return (double)c->row * (double)c->row + 2 * (double)c->rows * (double)c->col;
}

static enum status find_cuts(struct ranked *k, struct failure *why)
{
    const struct run *run = k->run;
    const size_t count = (size_t)k->ranks->size + 1;
    if (!k->cuts)
        k->cuts = need_array(count, sizeof *k->cuts);
    for (size_t r = 0; r < count; r++)
        if (!run->place->backend->cut(run->device, k->variant, &run->result.problem,
                                      (uint32_t)k->at[r], &k->cuts[r]))
            return fail(why, STATUS_FAILED,
                        "%s cannot be divided among ranks: name another variant.",
                        k->variant->name);
    return STATUS_OK;
}

enum status shares_find(struct ranked *k, struct failure *why)
{
    const double n = (double)k->run->result.problem.n;
    const struct backend *backend = k->run->place->backend;
    if (!k->run->share.of)
        return STATUS_OK;
    k->grain = k->is_ring && backend->block_grain ? backend->block_grain(k->variant) : 1;
    const struct ring ring = ranked_ring(k);
    if (!k->is_ring && find_cuts(k, why) != STATUS_OK)
        return why->status;
    for (int i = 0; i < k->results.count; i++)
        k->results.list[i].share =
            (k->is_ring ? ring_entries(&ring, i)
                        : entries_before(k, &k->cuts[i + 1]) - entries_before(k, &k->cuts[i])) /
            (n * n);
    return STATUS_OK;
}

/* The speeds of the last run, on rank 0. No rank counts as slower than a hundredth of the fastest,
 * so that one that had nothing to do gets a share. */
static void find_speeds(const struct ranked *k, double *speed)
{
    double most = 0;
    for (int r = 0; r < k->ranks->size; r++) {
        const nanos worked = k->now[r].wall_ns - k->now[r].exchange_ns;
        speed[r] = k->results.list[r].share / (double)(worked > 0 ? worked : 1);
        most = fmax(most, speed[r]);
    }
    for (int r = 0; r < k->ranks->size; r++)
        speed[r] = most > 0 ? fmax(speed[r], most / 100) : 1;
}

/* Ends the job and its device, so that both can be made for another share. */
static void close_share(struct run *run)
{
    struct result *r = &run->result;
    if (run->place->backend->links)
        run->place->backend->links->leave(run->job);
    run->place->backend->end(run->job);
    run->job = NULL;
    run->place->backend->close(run->device);
    run->device = NULL;
    for (size_t i = 0; i < r->contestant_count; i++)
        contestant_free(&r->contestants[i]);
    free(r->contestants);
    r->contestants = NULL;
    r->contestant_count = r->phase_count = 0;
}

enum status shares_measure(struct ranked *k, struct failure *why)
{
    const size_t size = (size_t)k->ranks->size;
    double *speed = need_array(size, sizeof *speed);
    progress_say(-1, "measuring the ranks");
    enum status status = ranked_take(k, why);
    if (!status && k->ranks->rank == 0)
        find_speeds(k, speed);
    if (!status)
        status = ranks_broadcast(k->ranks, speed, size * sizeof *speed, "balancing", why);
    if (!status) {
        close_share(k->run);
        shares_divide(k, speed);
        status = shares_open(k, why);
    }
    if (!status)
        status = ranks_agree(k->ranks, shares_find(k, why), "opening its device", why);
    free(speed);
    return status;
}

/* A panel that did not arrive may still be written to. */
void shares_free(struct ranked *k)
{
    const struct links *links = k->run->place->backend->links;
    if (k->ranks->is_stuck || k->ranks->is_broken)
        k->run->job = NULL;
    if (links && k->run->job)
        links->leave(k->run->job);
    free(k->cuts);
    free(k->at);
}

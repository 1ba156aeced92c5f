/* sample.c - runs of all ranks: started together, collected in the order of the ranks, verified and
 * sampled. */
#include "bench/gpu_cpu/ranked.h"

#include "bench/terminal/progress.h"
#include "harness/base/need.h"
#include "harness/stats/stats.h"
#include "harness/verify/recheck.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- one run ---- */

/* The sum of the parts in the order of the ranks, compensated: the same bits for the same parts. */
static double add_parts(const struct ranked *k)
{
    long double *parts = need_array((size_t)k->ranks->size, sizeof *parts);
    for (int i = 0; i < k->ranks->size; i++)
        parts[i] = (long double)k->now[i].part;
    const double sum = (double)oracle_sum(parts, (size_t)k->ranks->size, false);
    free(parts);
    return sum;
}

/* This rank's share once, and its part of the sum; of matmul without the part (add_up_blocks). */
static enum status run_share(struct ranked *k, int ring_work, struct moment *m, struct failure *why)
{
    const struct backend *backend = k->run->place->backend;
    if (k->is_ring && k->run->share.of)
        return ring_run(k, ring_work, m, why);
    enum status status = backend->run(k->run->job, k->variant, 1, &m->sample, why);
    return status || k->variant->op == OP_MATMUL
               ? status
               : backend->answer(k->run->job, k->variant, &m->part, why);
}

/* The parts of a matmul, whose blocks of C are added up outside the time of a run. */
static enum status add_up_blocks(struct ranked *k, struct moment *mine, struct failure *why)
{
    struct ranks *r = k->ranks;
    double *parts = need_array((size_t)r->size, sizeof *parts);
    enum status status = k->run->place->backend->answer(k->run->job, k->variant, &mine->part, why);
    status = ranks_agree(r, status, "adding up its rows of C", why);
    if (!status)
        status = ranks_gather(r, &mine->part, sizeof mine->part, parts, "running", why);
    for (int i = 0; i < r->size && r->rank == 0 && !status; i++)
        k->now[i].part = parts[i];
    free(parts);
    return status;
}

enum status ranked_take(struct ranked *k, struct failure *why)
{
    const struct backend *backend = k->run->place->backend;
    struct ranks *ranks = k->ranks;
    char is_ready = 0, *ready = need((size_t)ranks->size);
    struct moment mine = {.status = backend->poison(k->run->job, why)};
    enum status status = ranks_gather(ranks, &is_ready, 1, ready, "starting a run", why);
    free(ready);
    if (!status)
        status =
            ranks_broadcast(ranks, &ranks->longest, sizeof ranks->longest, "starting a run", why);
    if (status)
        return status;
    const nanos begin = clock_now();
    if (!mine.status)
        mine.status = run_share(k, RING_MULTIPLIES | RING_MOVES, &mine, why);
    if (!mine.status)
        mine.status = interrupt_check(why);
    mine.wall_ns = clock_now() - begin;
    if (ranks->is_broken)
        return mine.status;
    struct failure other = {0};
    status = ranks_gather(ranks, &mine, sizeof mine, k->now, "running", &other);
    k->total_ns = clock_now() - begin;
    int has_failed = 0;
    for (int i = 0; i < ranks->size && ranks->rank == 0; i++)
        has_failed = has_failed || k->now[i].status != STATUS_OK;
    if (!status)
        status = ranks_broadcast(ranks, &has_failed, sizeof has_failed, "running", &other);
    if (status)
        *why = other;
    if (status || has_failed)
        return ranks_agree(ranks, status ? status : mine.status, "running", why);
    if (k->variant->op == OP_MATMUL)
        status = add_up_blocks(k, &mine, why);
    if (status)
        return status;
    if (ranks->rank == 0)
        k->sum = add_parts(k);
    else
        *k->now = mine;
    return STATUS_OK;
}

/* ---- sampled ---- */

/* Rank 0's share while the others wait: the median of some runs. */
static enum status run_alone(struct ranked *k, struct failure *why)
{
    enum { RUNS = 3 };
    double seconds[RUNS];
    enum status status = STATUS_OK;
    const int runs = k->total_ns > 1000000000 ? 1 : RUNS;
    progress_say(-1, "rank 0 alone");
    for (int i = 0; i < runs && k->ranks->rank == 0 && !status; i++) {
        struct moment unused = {0};
        const nanos begin = clock_now();
        status = run_share(k, RING_MULTIPLIES, &unused, why);
        seconds[i] = 1e-9 * (double)(clock_now() - begin);
    }
    if (!status && k->ranks->rank == 0)
        k->results.alone_s = stats_median(seconds, (size_t)runs);
    return ranks_agree(k->ranks, status, "running alone", why);
}

/* The exchange of a ring without products: the bytes a second that come to each rank. */
static enum status run_exchange(struct ranked *k, struct failure *why)
{
    enum { RUNS = 3 };
    struct ranks *ranks = k->ranks;
    double seconds[RUNS], *all = need_array((size_t)ranks->size, sizeof *all), mine;
    enum status status = STATUS_OK;
    progress_say(-1, "the exchange alone");
    for (int i = 0; i < RUNS && !status; i++) {
        struct moment unused = {0};
        status = ranks_agree(ranks, STATUS_OK, "exchanging panels", why);
        const nanos begin = clock_now();
        if (!status)
            status = ring_run(k, RING_MOVES, &unused, why);
        seconds[i] = 1e-9 * (double)(clock_now() - begin);
    }
    status = ranks_agree(ranks, status, "exchanging panels", why);
    mine = status ? 0 : ring_bytes(k) / stats_median(seconds, RUNS);
    if (!status)
        status = ranks_gather(ranks, &mine, sizeof mine, all, "exchanging panels", why);
    for (int i = 0; i < ranks->size && ranks->rank == 0 && !status; i++)
        k->results.list[i].link_bytes_s = all[i];
    free(all);
    return status;
}

/* The run that just ended, as a sample of the whole and of each rank. */
static void keep_sample(struct ranked *k, struct contestant *c)
{
    struct sample sample = {0};
    nanos longest = 0;
    c->samples = need_room(c->samples, c->count, sizeof *c->samples);
    for (int i = 0; i < k->ranks->size; i++) {
        struct rank_result *one = &k->results.list[i];
        const nanos wall = k->now[i].wall_ns;
        const nanos all = k->total_ns > wall ? k->total_ns : wall;
        one->compute_s = need_room(one->compute_s, c->count, sizeof *one->compute_s);
        one->waiting_s = need_room(one->waiting_s, c->count, sizeof *one->waiting_s);
        one->exchange_s = need_room(one->exchange_s, c->count, sizeof *one->exchange_s);
        one->compute_s[c->count] = 1e-9 * (double)(wall - k->now[i].exchange_ns);
        one->exchange_s[c->count] = 1e-9 * (double)k->now[i].exchange_ns;
        one->waiting_s[c->count] = 1e-9 * (double)(all - wall);
        if (k->now[i].sample.sm_mhz > 0)
            one->sm_mhz = k->now[i].sample.sm_mhz;
        if (wall >= longest) {
            longest = wall;
            sample = k->now[i].sample;
        }
    }
    sample.device_ns = sample.wall_ns = k->total_ns;
    sample.launches = 1;
    c->samples[c->count++] = sample;
    k->results.samples = c->count;
}

/* Fails unless the sum is the verified one: within the limit for a library or a variant whose order
 * varies, else bit for bit. */
static enum status recheck(const struct ranked *k, const struct verdict *v, struct failure *why)
{
    const bool varies = k->variant->library || k->variant->order_varies;
    const double limit = varies ? v->limit.sum * v->sum_scale : 0;
    if (fabs(k->sum - v->sum) <= limit)
        return STATUS_OK;
    return fail(
        why, STATUS_WRONG,
        "wrong result: a later run gave %.17g, the verified one %.17g. No time is reported.",
        k->sum, v->sum);
}

nanos ranked_budget(const struct ranked *k)
{
    const struct options *o = k->run->options;
    const double first_s = 1e-9 * (double)k->total_ns, brief = k->run->place->brief_s;
    const double seconds = o->max_time_s > 0 ? o->max_time_s : fmin(brief, fmax(0.05, 3 * first_s));
    return (nanos)(seconds * 1e9);
}

/* Rank 0 decides whether another run follows. */
static bool wants_more(struct contestant *c, const struct stop_rule *rule, nanos elapsed)
{
    double *seconds = need_array(c->count + 1, sizeof *seconds);
    for (size_t i = 0; i < c->count; i++)
        seconds[i] = 1e-9 * (double)c->samples[i].wall_ns;
    c->stop = c->count ? stop_decide(rule, seconds, c->count, elapsed) : STOP_NOT_YET;
    free(seconds);
    return c->stop == STOP_NOT_YET;
}

static void conclude(struct ranked *k, struct contestant *c)
{
    double *seconds = need_array(c->count, sizeof *seconds);
    for (size_t i = 0; i < c->count; i++)
        seconds[i] = 1e-9 * (double)c->samples[i].wall_ns;
    const double alone_rate = k->results.list->share / k->results.alone_s;
    k->results.efficiency = 1 / stats_median(seconds, c->count) / (k->results.count * alone_rate);
    c->launches_per_sample = 1;
    free(seconds);
}

enum status ranked_sample(struct ranked *k, struct contestant *c, struct failure *why)
{
    const struct options *o = k->run->options;
    const struct backend *backend = k->run->place->backend;
    struct stop_rule rule = stop_rule_default(ranked_budget(k));
    const bool keeps_first = k->ranks->rank == 0 && !o->samples && k->total_ns > rule.max_time_ns;
    rule.exact_samples = o->samples;
    if (keeps_first) {
        keep_sample(k, c);
        c->is_first_run = true;
        c->stop = STOP_TIME;
    }
    enum status status = run_alone(k, why);
    if (!status && k->is_ring && k->ranks->size > 1)
        status = run_exchange(k, why);
    if (backend->telemetry_start)
        backend->telemetry_start(k->run->job);
    const nanos begin = clock_now();
    while (!status) {
        int goes_on =
            k->ranks->rank == 0 && !keeps_first && wants_more(c, &rule, clock_now() - begin);
        status = ranks_broadcast(k->ranks, &goes_on, sizeof goes_on, "sampling", why);
        if (status || !goes_on)
            break;
        progress_say(-1, "sampling %s", k->variant->name);
        status = ranked_take(k, why);
        int is_wrong = 0;
        if (!status && k->ranks->rank == 0) {
            is_wrong = recheck(k, &c->verdict, why) != STATUS_OK;
            keep_sample(k, c);
        }
        if (!status)
            status = ranks_broadcast(k->ranks, &is_wrong, sizeof is_wrong, "sampling", why);
        if (!status && is_wrong)
            status = why->status = STATUS_WRONG;
    }
    if (backend->telemetry_stop)
        backend->telemetry_stop(k->run->job);
    if (!status && k->ranks->rank == 0) {
        c->warmups = keeps_first ? 0 : 1;
        conclude(k, c);
    }
    return status;
}

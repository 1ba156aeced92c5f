/* verify.c - compares the parts of all ranks, and their sum, with float64; also with rows of A that
 * have random signs, which shows misplaced tiles and errors that cancel (harness/verify/probes.h).
 */
#include "bench/gpu_cpu/ranked.h"

#include "harness/base/need.h"
#include "harness/parts/parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The sum of a segment's rows, computed here or by the rank that has them. */
static enum status sum_rows(void *context, const struct segment *s, long double *out,
                            struct failure *why)
{
    struct ranked *k = context;
    const size_t bytes = (size_t)k->run->result.problem.n * sizeof *out;
    struct failure of_rank = {0};
    if (s->rank == 0)
        return k->run->place->backend->oracle_columns_of(k->run->job, s->first, s->rows, out, why);
    enum status status =
        ranks_receive(k->ranks, s->rank, &of_rank, sizeof of_rank, "verifying", why);
    if (!status && of_rank.status) {
        k->ranks->is_broken = true; /* the ranks are no longer at the same step */
        return fail(why, of_rank.status, "%s: %.900s", k->ranks->info[s->rank].name, of_rank.text);
    }
    return status ? status : ranks_receive(k->ranks, s->rank, out, bytes, "verifying", why);
}

/* Sends rank 0 the segments of this rank. */
static enum status send_rows(struct ranked *k, struct failure *why)
{
    struct ranks *r = k->ranks;
    const size_t n = (size_t)k->run->result.problem.n, room = 3 * ((size_t)r->size + 1);
    struct segment *segments = need_array(room, sizeof *segments);
    long double *sums = need_array(n, sizeof *sums);
    const size_t count = parts_segments(k->cuts, r->size, segments);
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && !status; i++) {
        const struct segment *s = &segments[i];
        struct failure own = {0};
        if (s->rank != r->rank)
            continue;
        own.status =
            k->run->place->backend->oracle_columns_of(k->run->job, s->first, s->rows, sums, &own);
        status = ranks_send(r, 0, &own, sizeof own, "verifying", why);
        if (!status && !own.status)
            status = ranks_send(r, 0, sums, n * sizeof *sums, "verifying", why);
    }
    free(sums);
    free(segments);
    return status;
}

static double error_of(double got, long double want, double scale)
{
    const double difference = (double)((long double)got - want);
    return difference == 0 ? 0 : difference / scale;
}

struct verdict ranked_verdict_of_sum(const struct ranked *k, long double want)
{
    const struct result *r = &k->run->result;
    const double scale = oracle_sum_scale(&r->problem, want);
    return (struct verdict){.sum = k->sum,
                            .want = (double)want,
                            .sum_scale = scale,
                            .sum_error = error_of(k->sum, want, scale),
                            .row_error = NAN,
                            .rel_f = NAN,
                            .bias = NAN,
                            .worst_entry = NAN,
                            .block_error = NAN,
                            .weighted_error = NAN,
                            .limit =
                                verify_tolerance(&r->problem, k->variant, r->device.truncation)};
}

/* The value that the error of a rank's part is divided by. */
static double scale_of(const struct ranked *k, const struct verdict *v, int rank, long double want,
                       bool is_positive)
{
    if (is_positive)
        return fabs((double)want);
    return k->run->result.problem.range == RANGE_WIDE ? v->sum_scale
                                                      : v->sum_scale * k->results.list[rank].share;
}

/* Independent errors, as those of rounded entries of A, average out less in a smaller share: they
 * grow with the square root of the number of entries. */
static double limit_of_share(double limit, double share)
{
    return share > 0 ? limit / sqrt(share) : 0;
}

/* Names the first rank whose part is wrong. */
static enum status blame(const struct ranked *k, int rank, double part, long double want,
                         double error, double limit, const char *how, struct failure *why)
{
    const struct rank_result *one = &k->results.list[rank];
    char key[96];
    if (fabs(error) <= limit)
        return STATUS_OK;
    run_key(&k->run->result, k->variant, key, sizeof key);
    return fail(why, STATUS_WRONG,
                "wrong result of %s (%s, %s): its part of %s%s is %.10g, want %.10g (rel. error "
                "%+.1e, limit %.0e). No time is reported.",
                k->ranks->info[rank].name, one->place, one->device, key, how, part, (double)want,
                error, limit);
}

enum status ranked_conclude(const struct ranked *k, struct verdict *v, struct failure *why)
{
    char key[96];
    verdict_judge(v);
    run_key(&k->run->result, k->variant, key, sizeof key);
    return v->ok ? STATUS_OK
                 : fail(why, STATUS_WRONG, "wrong result: %s: %s. No time is reported.", key,
                        v->reason);
}

static enum status judge(struct ranked *k, const long double *want, struct verdict *v,
                         struct failure *why)
{
    const struct result *r = &k->run->result;
    const long double all = oracle_sum(want, (size_t)k->ranks->size, false);
    const bool rounds = r->problem.op == OP_REDUCE || tolerance_rounds(k->variant->arithmetic);
    enum status status = STATUS_OK;
    *v = ranked_verdict_of_sum(k, all);
    for (int i = 0; i < k->ranks->size && !status; i++) {
        struct rank_result *one = &k->results.list[i];
        one->part = k->now[i].part;
        one->want = (double)want[i];
        one->error = error_of(one->part, want[i],
                              scale_of(k, v, i, want[i], r->problem.range == RANGE_UNIT));
        status = blame(k, i, one->part, want[i], one->error,
                       rounds ? limit_of_share(v->limit.sum, one->share) : v->limit.sum, "", why);
    }
    return status ? status : ranked_conclude(k, v, why);
}

/* The same for rows with other signs or sizes. */
static enum status judge_weighted(struct ranked *k, const long double *want, bool is_signed,
                                  struct verdict *v, struct failure *why)
{
    const long double all = oracle_sum(want, (size_t)k->ranks->size, false);
    const double limit = is_signed ? v->limit.weighted : v->limit.sum;
    enum status status = STATUS_OK;
    v->limit.weighted = limit;
    v->weighted_error = error_of(k->sum, all, is_signed ? v->sum_scale : fabs((double)all));
    for (int i = 0; i < k->ranks->size && !status; i++) {
        const double share = k->results.list[i].share, part = k->now[i].part;
        const double error = error_of(part, want[i], scale_of(k, v, i, want[i], !is_signed));
        status = blame(k, i, part, want[i], error, limit_of_share(limit, share),
                       " with other signs or sizes of rows", why);
    }
    return status ? status : ranked_conclude(k, v, why);
}

/* Verifies the result of a single rank as a run without ranks does. */
static enum status verify_whole(struct ranked *k, struct verdict *verdict, struct failure *why)
{
    struct run *run = k->run;
    struct result *r = &run->result;
    enum status status = oracle_make(run->place->backend, run->job, &r->problem, &run->oracle, why);
    run->oracle.device = &r->device;
    if (!status)
        status = verify(run->place->backend, run->job, k->variant, &run->oracle,
                        k->now->sample.wall_ns, verdict, why);
    if (!status && !verdict->ok)
        status = fail(why, STATUS_WRONG, "wrong result: %s. No time is reported.", verdict->reason);
    k->results.list->part = verdict->sum;
    k->results.list->want = verdict->want;
    k->results.list->error = verdict->sum_error;
    return status;
}

/* The sums of this rank's rows of a ring: of n columns over the first half, then over the rest. */
static enum status sum_block(const struct ranked *k, long double *sums, struct failure *why)
{
    const struct run *run = k->run;
    const struct ring ring = ranked_ring(k);
    const uint64_t *at = &k->at[k->ranks->rank], half = ring_half(&ring, k->ranks->rank);
    const size_t n = (size_t)run->result.problem.n;
    enum status status = STATUS_OK;
    if (half > 0)
        status = run->place->backend->oracle_columns_of(run->job, at[0], half, sums, why);
    if (at[1] - at[0] > half && !status)
        status = run->place->backend->oracle_columns_of(run->job, at[0] + half,
                                                        at[1] - at[0] - half, sums + n, why);
    return ranks_agree(k->ranks, status, "verifying", why);
}

/* The same as expect() in a ring: rank 0 gets the sums of all ranks, some columns at a time. */
static enum status expect_of_ring(struct ranked *k, long double *want, struct failure *why)
{
    enum { COLUMNS = 4096 };
    const size_t n = (size_t)k->run->result.problem.n, size = (size_t)k->ranks->size;
    const size_t most = n < COLUMNS ? n : COLUMNS;
    long double *sums = need_array(2 * n, sizeof *sums), *mine = need_array(2 * most, sizeof *mine);
    long double *all = k->ranks->rank == 0 ? need_array(2 * most * size, sizeof *all) : NULL;
    long double *lost = need_array(size, sizeof *lost);
    enum status status = sum_block(k, sums, why);
    for (size_t r = 0; r < size; r++)
        want[r] = 0;
    for (size_t from = 0, now; from < n && !status; from += now) {
        now = n - from < most ? n - from : most;
        memcpy(mine, sums + from, now * sizeof *mine);
        memcpy(mine + now, sums + n + from, now * sizeof *mine);
        status = ranks_gather(k->ranks, mine, 2 * now * sizeof *mine, all, "verifying", why);
        if (!status && k->ranks->rank == 0)
            ring_expect(k->ranks->size, all, now, want, lost);
    }
    for (size_t r = 0; r < size; r++)
        want[r] += lost[r];
    free(lost);
    free(all);
    free(mine);
    free(sums);
    return status;
}

/* The same for reduce: every rank adds up its own rows of A. */
static enum status expect_of_rows(struct ranked *k, long double *want, struct failure *why)
{
    const size_t n = (size_t)k->run->result.problem.n;
    long double *sums = need_array(n, sizeof *sums), mine = 0;
    uint64_t first, rows;
    enum status status = STATUS_OK;
    shares_rows(k, &first, &rows);
    if (rows > 0)
        status = k->run->place->backend->oracle_columns_of(k->run->job, first, rows, sums, why);
    mine = oracle_sum(sums, n, false);
    free(sums);
    status = ranks_agree(k->ranks, status, "verifying", why);
    return status ? status : ranks_gather(k->ranks, &mine, sizeof mine, want, "verifying", why);
}

/* want[r]: the expected part of each rank, on rank 0. */
static enum status expect(struct ranked *k, long double *want, struct failure *why)
{
    if (k->variant->op == OP_REDUCE)
        return expect_of_rows(k, want, why);
    if (k->is_ring)
        return expect_of_ring(k, want, why);
    return k->ranks->rank > 0 ? send_rows(k, why)
                              : parts_expect(k->cuts, k->ranks->size, k->run->result.problem.n,
                                             sum_rows, k, want, why);
}

enum status ranked_announce(struct ranked *k, enum status status, struct failure *why)
{
    struct failure other = {0};
    if (k->ranks->is_broken)
        return status;
    const enum status exchanged =
        ranks_broadcast(k->ranks, &status, sizeof status, "verifying", &other);
    if (exchanged)
        *why = other;
    return exchanged ? exchanged : status;
}

/* Another run, of an A whose rows are multiplied by random signs, or by 1 or 2 where the variant is
 * for non-negative data: the same factors on all ranks. */
static enum status verify_weighted(struct ranked *k, long double *want, struct verdict *v,
                                   struct failure *why)
{
    const struct run *run = k->run;
    const struct backend *backend = run->place->backend;
    const struct problem *p = &run->result.problem;
    const bool is_signed = p->range != RANGE_UNIT || k->variant->arithmetic != ARITH_F32_2XF16;
    struct oracle random = {.salt = {(uint32_t)clock_now(), (uint32_t)getpid()}};
    float *factor = need_array(p->n, sizeof *factor);
    enum status status =
        ranks_broadcast(k->ranks, random.salt, sizeof random.salt, "verifying", why);
    for (uint32_t i = 0; i < p->n; i++) {
        const bool is_high = oracle_random(&random, i) >> 31;
        factor[i] = is_signed ? (is_high ? -1.0f : 1.0f) : (is_high ? 2.0f : 1.0f);
    }
    if (!status)
        status = ranks_agree(k->ranks, backend->scale_rows(run->job, k->variant, factor, why),
                             "verifying", why);
    if (!status)
        status = ranked_take(k, why);
    if (!status)
        status = expect(k, want, why);
    if (!status && k->ranks->rank == 0)
        status = judge_weighted(k, want, is_signed, v, why);
    status = ranked_announce(k, status, why);
    free(factor);
    return status ? status
                  : ranks_agree(k->ranks, backend->scale_rows(run->job, k->variant, NULL, why),
                                "verifying", why);
}

static enum status verify_parts(struct ranked *k, struct verdict *verdict, struct failure *why)
{
    static const nanos most_ns = 2000000000; /* a run of seconds is not repeated */
    const struct run *run = k->run;
    const struct problem *p = &run->result.problem;
    uint64_t first = 0, rows;
    shares_rows(k, &first, &rows);
    long double *want = need_array((size_t)k->ranks->size, sizeof *want);
    int repeats = k->total_ns < most_ns && run->place->backend->scale_rows;
    enum status status = oracle_check_fill(run->place->backend, run->job, p, first, rows, why);
    status = ranks_agree(k->ranks, status, "verifying", why);
    if (!status)
        status = expect(k, want, why);
    if (!status && k->ranks->rank == 0)
        status = judge(k, want, verdict, why);
    status = ranked_announce(k, status, why);
    if (!status)
        status = ranks_broadcast(k->ranks, &repeats, sizeof repeats, "verifying", why);
    if (!status && repeats)
        status = verify_weighted(k, want, verdict, why);
    free(want);
    return status;
}

enum status ranked_verify(struct ranked *k, struct verdict *verdict, struct failure *why)
{
    return k->run->share.of ? verify_parts(k, verdict, why) : verify_whole(k, verdict, why);
}

/* verify_rows.c - verifies a matmul of several ranks: each compares its rows of C with float64, by
 * their sums, sampled entries and blocks of columns (harness/verify/verify.h). Rank 0 judges the
 * sum of all. */
#include "bench/gpu_cpu/ranked.h"

#include "harness/base/need.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a rank found. */
struct checked {
    struct verdict verdict;
    long double want; /* the expected sum of its rows */
};

static struct rows rows_of(const struct ranked *k, int rank)
{
    return (struct rows){k->cuts[rank].row, k->cuts[rank + 1].row - k->cuts[rank].row};
}

/* There may be more ranks than rows or rows of tiles. */
static enum status check_own(struct ranked *k, struct checked *c, struct failure *why)
{
    struct run *run = k->run;
    const struct backend *backend = run->place->backend;
    const struct rows rows = rows_of(k, k->ranks->rank);
    const char *how = run->options->verify;
    if (!rows.count)
        return STATUS_OK;
    enum status status =
        oracle_make_rows(backend, run->job, &run->result.problem, rows, &run->oracle, why);
    run->oracle.device = &run->result.device;
    run->oracle.is_full = how && strcmp(how, "full") == 0;
    if (!status)
        status = verify(backend, run->job, k->variant, &run->oracle, k->now->sample.wall_ns,
                        &c->verdict, why);
    c->want = run->oracle.sum;
    return status;
}

/* NaN: not checked. */
static void keep_larger(double *worst, double error)
{
    if (isnan(*worst) || fabs(error) > fabs(*worst))
        *worst = error;
}

/* Adds the errors of a rank to those of all. The limit of a block follows from its rank's errors,
 * so the block that comes nearest to its limit counts. */
static void add_errors(struct verdict *v, const struct verdict *one)
{
    const bool is_first = isnan(v->rel_f);
    keep_larger(&v->row_error, one->row_error);
    keep_larger(&v->rel_f, one->rel_f);
    keep_larger(&v->bias, one->bias);
    keep_larger(&v->worst_entry, one->worst_entry);
    if (isnan(v->block_error) ||
        one->block_error * v->limit.block > v->block_error * one->limit.block) {
        v->block_error = one->block_error;
        v->limit.block = one->limit.block;
    }
    v->limit.bias = one->limit.bias;
    v->integer_error = fmax(v->integer_error, one->integer_error);
    v->limit.integers = one->limit.integers;
    v->is_full = one->is_full && (is_first || v->is_full);
}

static enum status blame(const struct ranked *k, int rank, const struct verdict *v,
                         struct failure *why)
{
    const struct rank_result *one = &k->results.list[rank];
    const struct rows rows = rows_of(k, rank);
    char key[96];
    run_key(&k->run->result, k->variant, key, sizeof key);
    return fail(why, STATUS_WRONG,
                "wrong result of %s (%s, %s): in its rows of C of %s, %" PRIu64 " to %" PRIu64
                ": %s. No time is reported.",
                k->ranks->info[rank].name, one->place, one->device, key, rows.first,
                rows.first + rows.count - 1, v->reason);
}

static enum status judge(struct ranked *k, const struct checked *all, struct verdict *v,
                         struct failure *why)
{
    const size_t size = (size_t)k->ranks->size;
    long double *want = need_array(size, sizeof *want);
    for (size_t i = 0; i < size; i++)
        want[i] = all[i].want;
    const long double sum = oracle_sum(want, size, false);
    free(want);
    *v = ranked_verdict_of_sum(k, sum);
    for (int i = 0; i < k->ranks->size; i++) {
        struct rank_result *one = &k->results.list[i];
        one->part = k->now[i].part;
        one->want = (double)all[i].want;
        one->error = all[i].verdict.sum_error;
        if (rows_of(k, i).count && !all[i].verdict.ok)
            return blame(k, i, &all[i].verdict, why);
        if (rows_of(k, i).count)
            add_errors(v, &all[i].verdict);
    }
    return ranked_conclude(k, v, why);
}

enum status ranked_verify_rows(struct ranked *k, struct verdict *verdict, struct failure *why)
{
    struct checked mine = {0}, *all = need_array((size_t)k->ranks->size, sizeof *all);
    enum status status = ranks_agree(k->ranks, check_own(k, &mine, why), "verifying", why);
    if (!status)
        status = ranks_gather(k->ranks, &mine, sizeof mine, all, "verifying", why);
    if (!status) {
        if (k->ranks->rank == 0)
            status = judge(k, all, verdict, why);
        status = ranked_announce(k, status, why);
    }
    free(all);
    return status;
}

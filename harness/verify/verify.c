/* verify.c - compares a variant's result with the oracle and gives the verdict. */
#include "harness/verify/verify.h"

#include "harness/base/interrupt.h"
#include "harness/base/need.h"
#include "harness/verify/probes.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* NaN counts as an infinite error, because comparisons with NaN are false. */
static double magnitude(double error)
{
    return isnan(error) ? INFINITY : fabs(error);
}

static void __attribute__((format(printf, 2, 3))) say(struct verdict *v, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(v->reason, sizeof v->reason, format, arguments);
    va_end(arguments);
}

/* NaN is never within a limit. */
static bool within(double error, double limit)
{
    return fabs(error) <= limit;
}

/* Like within(), but an error that was not checked, which is NaN, passes. */
static bool within_or_unseen(double error, double limit)
{
    return isnan(error) || within(error, limit);
}

void verdict_judge(struct verdict *v)
{
    const struct tolerance *limit = &v->limit;

    v->ok = false;
    v->reason[0] = '\0';
    if (isnan(v->sum))
        say(v, "the sum is NaN, want %.4e", v->want);
    else if (!within(v->sum_error, limit->sum))
        say(v, "sum %.4e, want %.4e (rel. error %+.1e, limit %.0e)", v->sum, v->want, v->sum_error,
            limit->sum);
    else if (!within_or_unseen(v->worst_entry, limit->entry))
        say(v, "an entry of C is wrong (rel. error %.1e, limit %.1e)", v->worst_entry,
            limit->entry);
    else if (!within_or_unseen(v->row_error, limit->row))
        say(v, "a row of C sums up wrong (rel. error %.1e, limit %.1e)", v->row_error, limit->row);
    else if (!within_or_unseen(v->rel_f, limit->rel_f))
        say(v, "the entries of C are too far off as a whole (relF %.1e, limit %.1e)", v->rel_f,
            limit->rel_f);
    else if (!within_or_unseen(v->bias, limit->bias))
        say(v, "the entries of C are biased (%+.1e on average, limit %.1e)", v->bias, limit->bias);
    else if (!within_or_unseen(v->block_error, limit->block))
        say(v, "entries of C are wrong (error of a block %.1e, limit %.1e)", v->block_error,
            limit->block);
    else if (!within_or_unseen(v->weighted_error, limit->weighted))
        say(v,
            "the sum is wrong if rows of A have other signs or sizes (rel. error %+.1e, limit "
            "%.1e): tiles are mixed up, or errors cancel",
            v->weighted_error, limit->weighted);
    else
        v->ok = true;
}

static enum status check_rows(const struct backend *backend, struct job *job,
                              const struct oracle *o, struct verdict *v, struct suspect *worst,
                              struct failure *why)
{
    long double *got = need_array(o->problem.n, sizeof *got);
    const enum status status = backend->c_row_sums(job, got, why);
    if (status == STATUS_OK) {
        for (size_t i = o->rows.first; i < o->rows.first + o->rows.count; i++) {
            const double tiny = (double)o->problem.n * v->limit.tiny;
            const double scale = fmax(oracle_row_scale(o, (uint32_t)i), tiny);
            const double error = magnitude((double)(got[i] - o->row_sums[i]) / scale);
            if (error > worst->error)
                *worst = (struct suspect){.error = error,
                                          .index = i,
                                          .got = (double)got[i],
                                          .want = (double)o->row_sums[i]};
        }
        v->row_error = worst->error;
    }
    free(got);
    return status;
}

/* relF and bias exclude the diagonal, because on [-1,1) its few large entries would dominate.
 * Entries that nearly cancel are compared with their usual size (oracle_entry_scale). Errors are
 * taken relative to the entry's scale, so rows of every size count alike, except tiny ones. */
static void compare_entries(const double *got, const struct oracle *o, struct verdict *v,
                            struct suspect *worst)
{
    double square_error = 0, square = 0, signed_error = 0, total = 0, count = 0;

    for (size_t i = 0; i < o->entry_count; i++) {
        const double scale = oracle_entry_scale(o, o->entries[i]);
        const double want = (double)o->values[i], difference = (double)(got[i] - o->values[i]);
        const struct suspect s = suspect_of(o, v, o->entries[i], got[i], o->values[i]);
        if (s.error > worst->error)
            *worst = s;
        if ((o->entries[i].row == o->entries[i].col && o->problem.n > 1) || scale < v->limit.tiny)
            continue;
        const double in_scale = want / scale, off = difference / scale;
        square_error += off * off;
        square += in_scale * in_scale;
        signed_error += want < 0 ? -off : off;
        total += fabs(in_scale);
        count++;
    }
    v->worst_entry = worst->error;
    v->rel_f = count > 0 ? magnitude(sqrt(square_error / fmax(square, count))) : 0;
    v->bias = count > 0 ? signed_error / fmax(total, count) : 0;
}

static enum status check_entries(const struct backend *backend, struct job *job,
                                 const struct oracle *o, struct verdict *v, struct suspect *worst,
                                 struct failure *why)
{
    double *got = need_array(o->entry_count, sizeof *got);
    const enum status status = backend->c_entries(job, o->entries, o->entry_count, got, why);
    if (status == STATUS_OK)
        compare_entries(got, o, v, worst);
    free(got);
    return status;
}

/* After verdict_judge() found a fault: replaces the reason by one that names the place. */
static void name_the_place(struct verdict *v, const struct suspect *entry,
                           const struct suspect *row, struct entry block)
{
    const struct entry at = entry->at;

    if (isnan(entry->got))
        say(v, "C[%u][%u] is NaN", at.row, at.col);
    else if (isnan(row->got))
        say(v, "row %zu of C sums to NaN: an entry of it is NaN or was never written", row->index);
    else if (!within(entry->error, v->limit.entry))
        say(v, "C[%u][%u] is %.7g, want %.7g (rel. error %+.1e, limit %.1e)", at.row, at.col,
            entry->got, entry->want, copysign(entry->error, entry->got - entry->want),
            v->limit.entry);
    else if (!within(row->error, v->limit.row))
        say(v, "row %zu of C sums to %.7g, want %.7g (rel. error %+.1e, limit %.1e)", row->index,
            row->got, row->want, copysign(row->error, row->got - row->want), v->limit.row);
    else if (!within_or_unseen(v->block_error, v->limit.block))
        say(v,
            "entries of C are wrong in row %u, from column %u on (error of a block %.1e, limit "
            "%.1e)",
            block.row, block.col, v->block_error, v->limit.block);
}

/* Raises the limits for a job with only some rows of C. Errors average out less over some rows than
 * over all, but no less than in each row. */
static void allow_for_rows(struct tolerance *limit)
{
    limit->sum = fmax(limit->sum, limit->row);
    limit->bias = fmax(limit->bias, limit->row);
}

/* Compares the sum that v's last run computed, and its C if it stored one, with an oracle. */
static enum status judge(const struct backend *backend, struct job *job, const struct variant *v,
                         const struct oracle *oracle, struct tolerance limit, double sum,
                         nanos run_ns, struct verdict *verdict, struct failure *why)
{
    *verdict = (struct verdict){
        .sum = sum,
        .want = (double)oracle->sum,
        .sum_scale = oracle->sum_scale,
        .row_error = NAN,
        .rel_f = NAN,
        .bias = NAN,
        .worst_entry = NAN,
        .block_error = NAN,
        .weighted_error = NAN,
        .sum_error = (double)(sum - oracle->sum) / oracle->sum_scale,
        .limit = limit,
    };

    if (oracle->rows.count < oracle->problem.n)
        allow_for_rows(&verdict->limit);
    enum status status = interrupt_check(why);
    if (status != STATUS_OK)
        return status;
    if (oracle->problem.op != OP_MATMUL) {
        verdict_judge(verdict);
        if (verdict->ok)
            status = probe_weights(backend, job, v, oracle, run_ns, verdict, why);
        verdict_judge(verdict);
        return status;
    }

    struct suspect row = {0}, entry = {0};
    struct entry block = {0};
    status = check_rows(backend, job, oracle, verdict, &row, why);
    if (status == STATUS_OK)
        status = interrupt_check(why);
    if (status == STATUS_OK)
        status = check_entries(backend, job, oracle, verdict, &entry, why);
    if (status == STATUS_OK)
        status = probe_all(backend, job, oracle, verdict, &entry, why);
    if (status == STATUS_OK)
        status = probe_blocks(backend, job, oracle, verdict, &block, why);
    if (status != STATUS_OK)
        return status;
    verdict_judge(verdict);
    if (!verdict->ok)
        name_the_place(verdict, &entry, &row, block);
    return STATUS_OK;
}

/* Compares with the exact product of the integers to which int8 rounds A. This finds faults far
 * smaller than the rounding, for example a lost step of k. The verdict keeps the errors against A
 * itself, which show how much accuracy int8 loses. */
static enum status judge_integers(const struct backend *backend, struct job *job,
                                  const struct variant *v, const struct oracle *oracle,
                                  nanos run_ns, struct verdict *verdict, struct failure *why)
{
    struct oracle *exact = oracle->of_int8;
    const struct tolerance limit = tolerance_of_int8(&oracle->problem);
    const bool is_product = oracle->problem.op == OP_MATMUL;
    struct verdict found;
    backend->oracle_of_int8(job, true);
    enum status status = STATUS_OK;
    if (exact->problem.n == 0)
        status = oracle_make_rows(backend, job, &oracle->problem, oracle->rows, exact, why);
    exact->device = oracle->device;
    exact->is_full = oracle->is_full;
    if (status == STATUS_OK)
        status = judge(backend, job, v, exact, limit, verdict->sum, run_ns, &found, why);
    backend->oracle_of_int8(job, false);
    if (status != STATUS_OK)
        return status;
    verdict->limit.integers = is_product ? limit.entry : limit.sum;
    verdict->integer_error =
        is_product ? found.worst_entry : fmax(fabs(found.sum_error), fabs(found.weighted_error));
    verdict->ok = found.ok;
    if (!found.ok)
        say(verdict, "A's integers, multiplied exactly, give another result: %.190s", found.reason);
    return STATUS_OK;
}

enum status verify(const struct backend *backend, struct job *job, const struct variant *v,
                   const struct oracle *oracle, nanos run_ns, struct verdict *verdict,
                   struct failure *why)
{
    const double truncation = oracle->device ? oracle->device->truncation : 0;
    double sum = NAN;
    *verdict = (struct verdict){.ok = false}; /* also where there is no answer to judge */
    enum status status = backend->answer(job, v, &sum, why);
    if (status == STATUS_OK)
        status = judge(backend, job, v, oracle, verify_tolerance(&oracle->problem, v, truncation),
                       sum, run_ns, verdict, why);
    const bool are_integers = v->arithmetic == ARITH_INT8 && oracle->problem.op != OP_REDUCE;
    if (status != STATUS_OK || !verdict->ok || !are_integers || !oracle->of_int8)
        return status;
    return judge_integers(backend, job, v, oracle, run_ns, verdict, why);
}

/* consistent.c - computes again what follows from other fields of a result. */
#include "harness/reading/consistent.h"

#include "harness/base/need.h"
#include "harness/contract/problem.h"
#include "harness/stats/stats.h"
#include "harness/text/json_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Other programs may have written the figures with fewer digits. */
static const double tolerance = 1e-6;

/* The shortest and the longest time that a measurement may have, in seconds. */
static const double least_time = 1e-12, most_time = 1e9;

/* More than any limit of harness/verify/tolerance.c, and more than any device's peak allows: that
 * of a CPU is measured, and may be exceeded. */
static const double most_limit = 0.25, most_share = 2;

struct entry {
    const struct read_result *result;
    const char *source;
    size_t index;
    bool is_positive; /* all values of the matrix are positive */
    struct failure *why;
};

__attribute__((format(printf, 2, 3))) static enum status differs(const struct entry *e,
                                                                 const char *format, ...)
{
    char what[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    return fail(e->why, STATUS_FAILED,
                "%.500s cannot be used: its results[%zu] contradicts itself: %s; gpubench did not "
                "write it so, measure again.",
                e->source, e->index, what);
}

static bool is_close(double a, double b)
{
    return fabs(a - b) <= tolerance * fmax(fabs(a), fabs(b));
}

/* ---- what it is */

/* The parts of a key that other fields hold too, "gpu/sum-aat/f32/VARIANT/n=100/signed"; `n` is
 * where "/n=100" begins. */
static enum status check_key(const struct entry *e, const json_t *document, const char *n)
{
    static const char *const ranges[][2] = {{"[-1,1)", "/signed"}, {"wide", "/wide"}};
    const struct read_result *r = e->result;
    const char *op = json_string_value(json_at(document, "problem.op"));
    const char *backend = json_string_value(json_at(document, "device.backend"));
    const char *const parts[][2] = {{"backend", r->backend},
                                    {"op", r->op},
                                    {"arithmetic", r->arithmetic},
                                    {"variant", r->variant}};
    if (!json_object_get(document, "soak") && strcmp(r->op, op) != 0) /* it runs two */
        return differs(e, "its op is %.30s and problem.op is %.30s", r->op, op);
    const char *at = r->key;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const size_t length = strlen(parts[i][1]);
        if (strncmp(at, parts[i][1], length) != 0 || at[length] != '/')
            return differs(e, "its %s is %.60s and its key is %.100s", parts[i][0], parts[i][1],
                           r->key);
        at += length + 1;
    }
    if (strcmp(r->backend, backend) != 0)
        return differs(e, "its backend is %.20s and device.backend is %.20s", r->backend, backend);
    const char *range = json_string_value(json_at(document, "problem.range"));
    for (size_t i = 0; range && i < sizeof ranges / sizeof *ranges; i++) {
        const bool is_named = strstr(n, ranges[i][1]) != NULL;
        if (is_named != (strcmp(range, ranges[i][0]) == 0))
            return differs(e, "its key is %.100s and problem.range is %.20s", r->key, range);
    }
    const char *cache = json_string_value(json_at(document, "measuring.cache"));
    if (cache && (strcmp(cache, "cold") == 0) != (strstr(n, "/cold") != NULL))
        return differs(e, "its key is %.100s and measuring.cache is %.20s", r->key, cache);
    return STATUS_OK;
}

static enum status check_name(const struct entry *e, const json_t *document)
{
    const struct read_result *r = e->result;
    const char *unit = json_string_value(json_object_get(r->json, "unit"));
    const char *better = json_string_value(json_object_get(r->json, "better"));
    if (unit && strcmp(unit, "s") != 0)
        return differs(e, "its unit is \"%.20s\", and times are in \"s\"", unit);
    if (better && strcmp(better, "lower") != 0)
        return differs(e, "better is \"%.20s\", and the better time is the \"lower\" one", better);
    const char *n = strstr(r->key, "/n=");
    if (n && strtoull(n + 3, NULL, 10) != r->n)
        return differs(e, "its key ends in %.30s and its n is %" PRIu64, n + 1, r->n);
    const double of_problem = read_number(document, "problem.n");
    if (of_problem != (double)r->n)
        return differs(e, "its n is %" PRIu64 " and problem.n is %.0f", r->n, of_problem);
    return n ? check_key(e, document, n) : STATUS_OK;
}

/* ---- whether it is right */

static enum status check_verdict(const struct entry *e)
{
    static const char *const checks[][2] = {
        {"verdict.sum_error", "verdict.limits.sum"},
        {"verdict.row_error", "verdict.limits.row"},
        {"verdict.rel_f", "verdict.limits.rel_f"},
        {"verdict.bias", "verdict.limits.bias"},
        {"verdict.worst_entry", "verdict.limits.entry"},
        {"verdict.block_error", "verdict.limits.block"},
        {"verdict.weighted_error", "verdict.limits.weighted"},
        {"verdict.integer_error", "verdict.limits.integers"},
    };
    const json_t *json = e->result->json, *ok = json_at(json, "verdict.ok");
    const bool is_ok = e->result->state == READ_OK;
    if (is_ok && json_is_object(json_at(json, "verdict")) && !json_is_true(ok))
        return differs(e, "its state is ok and verdict.ok is %s",
                       json_is_false(ok) ? "false" : "not true");
    if (e->result->state == READ_WRONG && json_is_true(ok))
        return differs(e, "its state is wrong and verdict.ok is true");
    if (is_ok && json_is_null(json_at(json, "verdict.sum_error")))
        return differs(e, "its state is ok and verdict.sum_error is no number");
    for (size_t i = 0; is_ok && i < sizeof checks / sizeof *checks; i++) {
        const double error = read_number(json, checks[i][0]);
        const double limit = read_number(json, checks[i][1]);
        if (i == 0 && !isnan(error) && isnan(limit))
            return differs(e, "its state is ok and %s is missing", checks[i][1]);
        if (limit > most_limit)
            return differs(e, "%s is %.3g, which no measurement is allowed", checks[i][1], limit);
        if (fabs(error) > limit)
            return differs(e, "its state is ok and %s is %.3g, above its limit of %.3g",
                           checks[i][0], error, limit);
    }
    const double want = read_number(json, "verdict.want"), sum = read_number(json, "verdict.sum");
    const double limit = read_number(json, "verdict.limits.sum");
    /* Where all values are positive, the error is relative to the sum itself. */
    if (is_ok && e->is_positive && fabs(sum - want) > limit * fabs(want) * (1 + 1e-3))
        return differs(e, "its state is ok and verdict.sum is %.6g, with %.6g wanted", sum, want);
    /* The tolerance is wide, because the difference loses digits if the sum was written with few.
     */
    const double error = read_number(json, "verdict.sum_error"), own = (sum - want) / fabs(want);
    if (is_ok && e->is_positive && fabs(error - own) > 0.2 * fabs(error) + 1e-12)
        return differs(e, "verdict.sum_error is %.3g, and verdict.sum is off by %.3g", error, own);
    return STATUS_OK;
}

/* The answer of the job and of the contestant that did it. */
static enum status check_job(const struct entry *e, const json_t *document)
{
    const struct read_result *r = e->result;
    const char *variant = json_string_value(json_at(document, "job.variant"));
    const char *arithmetic = json_string_value(json_at(document, "job.arithmetic"));
    const double answer = read_number(document, "job.sum");
    const double sum = read_number(r->json, "verdict.sum");
    const bool is_own = variant && arithmetic && strcmp(variant, r->variant) == 0 &&
                        strcmp(arithmetic, r->arithmetic) == 0;
    if (is_own && r->state == READ_OK && e->is_positive && !isnan(answer) && !isnan(sum) &&
        !is_close(answer, sum))
        return differs(e, "job.sum is %.9g and verdict.sum is %.9g", answer, sum);
    return STATUS_OK;
}

/* ---- how fast it is */

static enum status check_time(const struct entry *e)
{
    static const char *const paths[] = {"summary.median_s", "summary.low_s", "summary.high_s",
                                        "summary.min_s", "summary.max_s"};
    double times[5];
    for (size_t i = 0; i < 5; i++) {
        times[i] = read_number(e->result->json, paths[i]);
        if (times[i] < least_time || times[i] > most_time)
            return differs(e, "%s is %.3g s, which no measurement gives", paths[i], times[i]);
    }
    const double slack = 1 + tolerance;
    if (times[1] > times[0] * slack || times[2] * slack < times[0])
        return differs(e, "summary.median_s is outside its own interval");
    if (times[3] > times[0] * slack || times[4] * slack < times[0])
        return differs(e, "summary.median_s is outside the samples' minimum and maximum");
    if (times[1] * slack < times[3] || times[2] > times[4] * slack)
        return differs(e, "its interval goes beyond the samples' minimum and maximum");
    const char *kind = json_string_value(json_at(e->result->json, "summary.kind"));
    if (kind && strcmp(kind, "warm") != 0 && strcmp(kind, "first") != 0)
        return differs(e, "summary.kind is \"%.20s\", and is warm or first", kind);
    const double confidence = read_number(e->result->json, "summary.confidence");
    if (confidence < 0 || confidence > 1)
        return differs(e, "summary.confidence is %.3g, which is no probability", confidence);
    return STATUS_OK;
}

/* Columns have one length, and no reason for low clocks was seen more often than samples taken. */
static enum status check_columns(const struct entry *e)
{
    static const char *const columns[] = {"wall_s", "launches"};
    const json_t *samples = json_object_get(e->result->json, "samples");
    const size_t length = json_array_size(json_object_get(samples, "device_s"));
    const double total = read_number(e->result->json, "summary.count");
    const char *name;
    json_t *value;
    for (size_t i = 0; length && i < sizeof columns / sizeof *columns; i++) {
        const json_t *column = json_object_get(samples, columns[i]);
        if (column && json_array_size(column) != length)
            return differs(e, "samples.%s has %zu values and samples.device_s %zu", columns[i],
                           json_array_size(column), length);
    }
    json_object_foreach((json_t *)json_at(e->result->json, "summary.throttled"), name, value)
    {
        if (json_number_value(value) > total)
            return differs(e, "summary.throttled.%.30s is %.6g, of %.6g samples", name,
                           json_number_value(value), total);
    }
    return STATUS_OK;
}

/* The figure at a path of the summary against what the samples give. */
static enum status check_figure(const struct entry *e, const char *path, double from_samples)
{
    const double figure = read_number(e->result->json, path);
    if (isnan(figure) || is_close(figure, from_samples))
        return STATUS_OK;
    return differs(e, "%s is %.9g and its samples give %.9g", path, figure, from_samples);
}

/* A file may keep a part of its samples; then only their range can be checked. */
static enum status check_samples(const struct entry *e)
{
    const double total = read_number(e->result->json, "summary.count");
    const json_t *array = json_at(e->result->json, "samples.device_s");
    const size_t count = json_array_size(array);
    if (count == 0)
        return STATUS_OK;
    double *seconds = need_array(count, sizeof *seconds);
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        const json_t *value = json_array_get(array, i);
        seconds[i] = json_is_number(value) ? json_number_value(value) : NAN;
        if (!(seconds[i] >= least_time && seconds[i] <= most_time))
            status = differs(e, "samples.device_s[%zu] is no time that a measurement gives", i);
    }
    if (status == STATUS_OK) {
        double *in_order = stats_sorted(seconds, count);
        const double least = read_number(e->result->json, "summary.min_s");
        const double most = read_number(e->result->json, "summary.max_s");
        const bool is_part = total > (double)count;
        if (!is_part)
            status = check_figure(e, "summary.median_s", stats_median(seconds, count));
        if (status == STATUS_OK && (!is_part || in_order[0] < least))
            status = check_figure(e, "summary.min_s", in_order[0]);
        if (status == STATUS_OK && (!is_part || in_order[count - 1] > most))
            status = check_figure(e, "summary.max_s", in_order[count - 1]);
        if (status == STATUS_OK && total < (double)count)
            status = check_figure(e, "summary.count", (double)count);
        free(in_order);
    }
    free(seconds);
    return status;
}

/* A reduction whose matrix fits into a cache may be faster than the memory. */
static enum status check_share(const struct entry *e, const json_t *document)
{
    const struct read_result *r = e->result;
    const double cache = read_number(document, "device.l2_bytes");
    const bool is_cached =
        strcmp(r->op, "reduce") == 0 && !(read_number(r->json, "speed.bytes") > 4 * cache);
    const double share = fmax(r->peak_share, read_number(r->json, "speed.peak_share"));
    if (share > most_share && !is_cached)
        return differs(e, "its median time is %.0f %% of the device's peak", 100 * share);
    const bool streams = strcmp(r->op, "reduce") == 0;
    const double own =
        read_number(r->json, streams ? "speed.bytes_per_s" : "speed.flops_done") / r->peak;
    const double said = read_number(r->json, "speed.peak_share");
    if (!isnan(said) && !isnan(own) && !is_close(said, own))
        return differs(e, "speed.peak_share is %.6g, and the device's peak makes it %.6g", said,
                       own);
    return STATUS_OK;
}

/* How many times as fast as the reference, where that is in the document. */
static enum status check_speedup(const struct entry *e, const json_t *document)
{
    const char *key = json_string_value(json_at(e->result->json, "reference.key"));
    const double speedup = read_number(e->result->json, "reference.speedup");
    const json_t *results = json_object_get(document, "results");
    for (size_t i = 0; key && !isnan(speedup) && i < json_array_size(results); i++) {
        const json_t *other = json_array_get(results, i);
        const char *its = json_string_value(json_object_get(other, "key"));
        const double own = read_number(other, "summary.median_s") /
                           read_number(e->result->json, "summary.median_s");
        if (its && strcmp(its, key) == 0 && !isnan(own))
            return is_close(speedup, own) ? STATUS_OK
                                          : differs(e,
                                                    "reference.speedup is %.6g, and the medians "
                                                    "make it %.6g",
                                                    speedup, own);
    }
    return STATUS_OK;
}

/* A median beside its samples: of single calls, and of copies. */
static enum status check_median(const struct entry *e, const json_t *times, const char *name)
{
    const json_t *samples = json_object_get(times, "samples_s");
    const size_t count = json_array_size(samples);
    const double median = read_number(times, "median_s");
    double *seconds = need_array(count, sizeof *seconds);
    for (size_t i = 0; i < count; i++)
        seconds[i] = json_number_value(json_array_get(samples, i));
    const double own = count ? stats_median(seconds, count) : median;
    free(seconds);
    return isnan(median) || is_close(median, own)
               ? STATUS_OK
               : differs(e, "%s.median_s is %.9g and its samples give %.9g", name, median, own);
}

static enum status check_speed(const struct entry *e, const json_t *document)
{
    static const char *const rates[][2] = {
        {"speed.flops", "speed.flop"},
        {"speed.flops_done", "speed.flop_done"},
        {"speed.bytes_per_s", "speed.bytes"},
    };
    const json_t *json = e->result->json;
    const double n = (double)e->result->n, median = read_number(json, "summary.median_s");
    const double flop = read_number(json, "speed.flop");
    const double of_op = strcmp(e->result->op, "reduce") == 0 ? n * n : 2 * n * n * n;
    const double done = read_number(json, "speed.flop_done");
    const bool is_half = e->result->is_symmetric && strcmp(e->result->op, "reduce") != 0;
    const char *type = json_string_value(json_at(document, "problem.type"));
    const double bytes = read_number(json, "speed.bytes");
    const double bytes_of_op = n * n * (type && strcmp(type, "f64") == 0 ? 8 : 4) *
                               (strcmp(e->result->op, "matmul") == 0 ? 2 : 1);
    if (!isnan(flop) && !is_close(flop, of_op))
        return differs(e, "speed.flop is %.9g, and n = %.0f makes it %.9g", flop, n, of_op);
    if (done > of_op * (1 + tolerance) || done < of_op * (0.5 - tolerance))
        return differs(e, "speed.flop_done is %.9g, and n = %.0f makes it %.9g or half of it", done,
                       n, of_op);
    if (is_half ? done > of_op * (n + 1) / (2 * n) * (1 + tolerance)
                : done < of_op * (1 - tolerance))
        return differs(e, "speed.flop_done is %.9g, and its symmetric is %s", done,
                       is_half ? "true" : "not true");
    if (!isnan(bytes) && !is_close(bytes, bytes_of_op))
        return differs(e, "speed.bytes is %.9g, and the problem makes it %.9g", bytes, bytes_of_op);
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        const double rate = read_number(json, rates[i][0]), work = read_number(json, rates[i][1]);
        if (!isnan(rate) && !isnan(work) && !is_close(rate * median, work))
            return differs(e, "%s is %.6g, and %s in the median time gives %.6g", rates[i][0], rate,
                           rates[i][1], work / median);
    }
    return check_share(e, document);
}

enum status consistent_result(const struct read_result *r, const json_t *document,
                              const char *source, size_t index, struct failure *why)
{
    static const char *const copies[] = {"copy_in.pinned", "copy_in.pageable"};
    const char *range = json_string_value(json_at(document, "problem.range"));
    const struct entry e = {r, source, index, range && strcmp(range, "[0,1)") == 0, why};
    enum status status = check_name(&e, document);
    if (status == STATUS_OK)
        status = check_verdict(&e);
    if (status == STATUS_OK)
        status = check_job(&e, document);
    if (status != STATUS_OK || r->state != READ_OK ||
        isnan(read_number(r->json, "summary.median_s")))
        return status;
    status = check_time(&e);
    if (status == STATUS_OK)
        status = check_samples(&e);
    if (status == STATUS_OK)
        status = check_columns(&e);
    if (status == STATUS_OK)
        status = check_speed(&e, document);
    if (status == STATUS_OK)
        status = check_speedup(&e, document);
    if (status == STATUS_OK)
        status = check_median(&e, json_object_get(r->json, "call"), "call");
    for (size_t i = 0; status == STATUS_OK && i < sizeof copies / sizeof *copies; i++)
        status = check_median(&e, json_at(document, copies[i]), copies[i]);
    return status;
}

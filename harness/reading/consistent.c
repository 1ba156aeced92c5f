/* consistent.c - computes again what follows from other fields of a result. */
#include "harness/reading/consistent.h"

#include "harness/base/need.h"
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

/* More than any limit of harness/measure/tolerance.c, and more than any device's peak allows: that
 * of a CPU is measured, and may be exceeded. */
static const double most_limit = 0.25, most_share = 2;

struct entry {
    const struct read_result *result;
    const char *source;
    size_t index;
    bool is_positive; /* all values of the matrix are */
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
    return STATUS_OK;
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
    return STATUS_OK;
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
    if (!isnan(flop) && !is_close(flop, of_op))
        return differs(e, "speed.flop is %.9g, and n = %.0f makes it %.9g", flop, n, of_op);
    if (done > of_op * (1 + tolerance) || done < of_op * (0.5 - tolerance))
        return differs(e, "speed.flop_done is %.9g, and n = %.0f makes it %.9g or half of it", done,
                       n, of_op);
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
    const char *range = json_string_value(json_at(document, "problem.range"));
    const struct entry e = {r, source, index, range && strcmp(range, "[0,1)") == 0, why};
    enum status status = check_name(&e, document);
    if (status == STATUS_OK)
        status = check_verdict(&e);
    if (status != STATUS_OK || r->state != READ_OK ||
        isnan(read_number(r->json, "summary.median_s")))
        return status;
    status = check_time(&e);
    if (status == STATUS_OK)
        status = check_samples(&e);
    return status == STATUS_OK ? check_speed(&e, document) : status;
}

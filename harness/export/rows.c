/* rows.c - sorts runs into rows and takes the medians of each row. */
#include "harness/export/rows.h"

#include "harness/base/need.h"
#include "harness/stats/stats.h"
#include "harness/text/clean.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_key(const struct read_result *r, const struct read_result *s)
{
    int order = strcmp(r->backend, s->backend);
    order = order ? order : strcmp(r->op, s->op);
    order = order ? order : strcmp(r->arithmetic, s->arithmetic);
    order = order ? order : strcmp(r->variant, s->variant);
    order = order ? order : (r->n > s->n) - (r->n < s->n);
    return order ? order : strcmp(r->key, s->key);
}

/* Runs of one row lie together, the earliest first. */
static int by_row(const void *a, const void *b)
{
    const struct export_run *x = a, *y = b;
    int order = by_key(x->result, y->result);
    order = order ? order : strcmp(x->reading->device, y->reading->device);
    order = order ? order : strcmp(x->reading->place, y->reading->place);
    order = order ? order : strcmp(x->reading->started, y->reading->started);
    return order ? order : (x->reading > y->reading) - (x->reading < y->reading);
}

static bool same_row(const struct export_run *a, const struct export_run *b)
{
    return strcmp(a->result->key, b->result->key) == 0 &&
           strcmp(a->reading->device, b->reading->device) == 0 &&
           strcmp(a->reading->place, b->reading->place) == 0;
}

static int by_host(const void *a, const void *b)
{
    const struct export_row *x = a, *y = b;
    int order = by_key(x->result, y->result);
    order = order ? order : strcmp(x->host, y->host);
    order = order ? order : strcmp(x->device, y->device);
    return order ? order : strcmp(x->place, y->place);
}

static bool is_timed(const struct read_result *r)
{
    return r->state == READ_OK && r->median_s > 0;
}

/* The median of a figure over the runs that have it; NaN if none does. */
static double median_of(const struct export_row *row, size_t offset, double *scratch)
{
    size_t count = 0;
    for (size_t i = 0; i < row->count; i++) {
        double value;
        memcpy(&value, (const char *)row->runs[i].result + offset, sizeof value);
        if (!isnan(value))
            scratch[count++] = value;
    }
    return count ? stats_median(scratch, count) : NAN;
}

static double half_width(double confidence, double low, double high, double median)
{
    return confidence >= 0.99 ? (high - low) / 2 / median : NAN;
}

double export_half_width(const struct export_row *row)
{
    return half_width(row->confidence, row->low_s, row->high_s, row->median_s);
}

bool export_is_noisy(const struct export_row *row)
{
    const double own = export_half_width(row);
    size_t noisy = 0;
    if (!isnan(own))
        return own > STATS_NOISY;
    for (size_t i = 0; i < row->count; i++) {
        const struct read_result *r = row->runs[i].result;
        noisy += half_width(r->confidence, r->low_s, r->high_s, r->median_s) > STATS_NOISY;
    }
    return noisy * 2 > row->count;
}

const char *export_ok(const struct export_row *row)
{
    return export_is_noisy(row) ? "ok, " STATS_NOISY_WHY : "ok";
}

static void sum_up(struct export_row *row, double *scratch)
{
    row->median_s = row->low_s = row->high_s = NAN;
    row->confidence = 0;
    if (row->count == 1) {
        const struct read_result *r = row->runs[0].result;
        row->median_s = r->median_s;
        row->low_s = r->low_s;
        row->high_s = r->high_s;
        row->confidence = r->confidence;
    } else if (row->count > 1) {
        for (size_t i = 0; i < row->count; i++)
            scratch[i] = row->runs[i].result->median_s;
        const struct interval interval = stats_median_interval(scratch, row->count, 0.99);
        row->median_s = interval.median;
        row->low_s = interval.low;
        row->high_s = interval.high;
        row->confidence = interval.confidence;
    }
    row->flops = median_of(row, offsetof(struct read_result, flops), scratch);
    row->bytes_per_s = median_of(row, offsetof(struct read_result, bytes_per_s), scratch);
    row->peak_share = median_of(row, offsetof(struct read_result, peak_share), scratch);
    for (size_t i = 0; i < row->count && isnan(row->peak_share); i++)
        row->is_over_peak = row->is_over_peak || row->runs[i].result->is_over_peak;
    row->sum_error = median_of(row, offsetof(struct read_result, sum_error), scratch);
}

/* Makes a row of runs that have its key, host and device. Moves the timed ones to the front (the
 * warm ones, or if there are none, single cold runs), those that failed or were wrong behind them,
 * and then those that were waived. */
static void make_row(struct export_row *row, struct export_run *runs, size_t count, double *scratch)
{
    struct export_run *bad = need_array(count, sizeof *bad);
    struct export_run *waived = need_array(count, sizeof *waived);
    const struct export_run *last = &runs[count - 1];
    *row = (struct export_row){.key = last->result->key,
                               .host = last->reading->label,
                               .place = last->reading->place,
                               .device = last->reading->device,
                               .card = last->reading->card,
                               .result = last->result,
                               .reading = last->reading,
                               .runs = runs};
    const char *reason = "";
    bool has_warm = false;
    for (size_t i = 0; i < count; i++)
        has_warm = has_warm || (is_timed(runs[i].result) && !runs[i].result->is_first_run);
    for (size_t i = 0; i < count; i++) {
        const struct read_result *r = runs[i].result;
        if (r->state == READ_OK) {
            if (is_timed(r) && !(has_warm && r->is_first_run))
                runs[row->count++] = runs[i];
            continue;
        }
        if (r->state == READ_WAIVED)
            waived[row->waived++] = runs[i];
        else
            bad[row->bad++] = runs[i];
        reason = r->reason;
    }
    memcpy(runs + row->count, bad, row->bad * sizeof *bad);
    memcpy(runs + row->count + row->bad, waived, row->waived * sizeof *waived);
    free(bad);
    free(waived);
    row->reason = clean_copy(reason);
    if (row->count) {
        row->result = runs[row->count - 1].result;
        row->reading = runs[row->count - 1].reading;
    }
    sum_up(row, scratch);
}

/* Neighbours with the same key differ in host, device or place, which their names then say. */
static void name_rows(struct export_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        struct export_row *row = &rows->list[i];
        const struct export_row *before = i > 0 ? row - 1 : NULL;
        const struct export_row *after = i + 1 < rows->count ? row + 1 : NULL;
        bool shared = false, same_host = false, same_model = false;
        for (int side = 0; side < 2; side++) {
            const struct export_row *other = side ? after : before;
            if (other && strcmp(other->key, row->key) == 0) {
                shared = true;
                const bool is_here = strcmp(other->host, row->host) == 0;
                same_host = same_host || is_here;
                same_model = same_model || (is_here && strcmp(other->device, row->device) == 0);
            }
        }
        size_t bytes;
        FILE *to = need_stream(&row->name, &bytes);
        fprintf(to, "%s%s%s%s%s", row->key, shared ? "@" : "", shared ? row->host : "",
                same_host ? "/" : "", same_host ? row->device : "");
        if (same_model)
            fprintf(to, "/%.12s", row->place);
        need_stream_end(to);
    }
}

void export_collect(const struct readings *readings, bool with_simulated, struct export_rows *rows)
{
    size_t count = 0;
    *rows = (struct export_rows){0};
    for (size_t i = 0; i < readings->count; i++) {
        count += readings->list[i].count;
        rows->simulated += readings->list[i].is_simulated && !with_simulated;
    }
    rows->runs = need_array(count, sizeof *rows->runs);
    double *scratch = need_array(count, sizeof *scratch);
    count = 0;
    for (size_t i = 0; i < readings->count; i++) {
        const struct reading *reading = &readings->list[i];
        if (reading->is_simulated && !with_simulated)
            continue;
        for (size_t k = 0; k < reading->count; k++)
            rows->runs[count++] = (struct export_run){reading, &reading->results[k]};
    }
    qsort(rows->runs, count, sizeof *rows->runs, by_row);
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count && same_row(&rows->runs[first], &rows->runs[end]);)
            end++;
        rows->list = need_room(rows->list, rows->count, sizeof *rows->list);
        make_row(&rows->list[rows->count++], &rows->runs[first], end - first, scratch);
    }
    if (rows->count)
        qsort(rows->list, rows->count, sizeof *rows->list, by_host);
    name_rows(rows);
    free(scratch);
}

char *export_message(const struct read_result *result)
{
    char *text;
    size_t bytes;
    FILE *to = need_stream(&text, &bytes);
    char *reason = clean_copy(result->reason);
    fprintf(to, "%s%s%s", read_state_name(result->state), *reason ? ": " : "", reason);
    free(reason);
    need_stream_end(to);
    return text;
}

char *export_untimed(const struct export_row *row)
{
    const char *state = row->bad ? "failed" : row->waived ? "waived" : "ok, but not timed";
    return need_format("%s%s%s", state, *row->reason ? ": " : "", row->reason);
}

size_t export_bad(const struct export_rows *rows)
{
    size_t bad = 0;
    for (size_t i = 0; i < rows->count; i++)
        bad += rows->list[i].bad;
    return bad;
}

void export_free(struct export_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        free(rows->list[i].name);
        free(rows->list[i].reason);
    }
    free(rows->list);
    free(rows->runs);
    *rows = (struct export_rows){0};
}

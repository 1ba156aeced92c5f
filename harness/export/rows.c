/* rows.c - sorts runs into rows and takes the medians of each row. */
#include "harness/export/rows.h"

#include "harness/base/need.h"
#include "harness/reading/identity_diff.h"
#include "harness/stats/stats.h"
#include "harness/text/append.h"
#include "harness/text/clean.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLASSES_SAID = 16 };

static int by_key(const struct read_result *r, const struct read_result *s)
{
    int order = strcmp(r->backend, s->backend);
    order = order ? order : strcmp(r->op, s->op);
    order = order ? order : strcmp(r->arithmetic, s->arithmetic);
    order = order ? order : strcmp(r->variant, s->variant);
    order = order ? order : (r->n > s->n) - (r->n < s->n);
    return order ? order : strcmp(r->key, s->key);
}

/* Runs of other classes (power limit, threads, several GPUs at once …), of a forced image or of a
 * streamed A are other measurements, also on the same card or host. */
static int by_class(const struct reading *r, const struct reading *s)
{
    int order = strcmp(r->fingerprint, s->fingerprint);
    order = order ? order : strcmp(r->image, s->image);
    return order ? order : r->is_streamed - s->is_streamed;
}

/* Runs of one row lie together, the earliest first. */
static int by_row(const void *a, const void *b)
{
    const struct export_run *x = a, *y = b;
    int order = by_key(x->result, y->result);
    order = order ? order : strcmp(x->reading->device, y->reading->device);
    order = order ? order : strcmp(x->reading->place, y->reading->place);
    order = order ? order : by_class(x->reading, y->reading);
    order = order ? order : strcmp(x->reading->started, y->reading->started);
    return order ? order : (x->reading > y->reading) - (x->reading < y->reading);
}

static bool same_row(const struct export_run *a, const struct export_run *b)
{
    return strcmp(a->result->key, b->result->key) == 0 &&
           strcmp(a->reading->device, b->reading->device) == 0 &&
           strcmp(a->reading->place, b->reading->place) == 0 &&
           by_class(a->reading, b->reading) == 0;
}

static int by_host(const void *a, const void *b)
{
    const struct export_row *x = a, *y = b;
    int order = by_key(x->result, y->result);
    order = order ? order : strcmp(x->host, y->host);
    order = order ? order : strcmp(x->device, y->device);
    order = order ? order : strcmp(x->place, y->place);
    return order ? order : by_class(x->reading, y->reading);
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

/* Makes a row of runs that have its key, host, device and class. Moves the timed ones to the front
 * (the warm ones, or if there are none, single cold runs), those that failed or were wrong behind
 * them, and then those that were waived. */
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
            if (is_timed(r) && has_warm && r->is_first_run)
                row->cold++;
            else if (is_timed(r))
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

static bool is_same_place(const struct export_row *a, const struct export_row *b)
{
    return strcmp(a->key, b->key) == 0 && strcmp(a->host, b->host) == 0 &&
           strcmp(a->device, b->device) == 0 && strcmp(a->place, b->place) == 0;
}

static void add_class(char *class, const char *name, const char *value)
{
    char text[sizeof((struct export_row *)0)->class];
    snprintf(text, sizeof text, "%.90s=%.90s", name, value);
    if (!strstr(class, text)) /* it may differ from several others in the same way */
        append_item(class, sizeof text, ",", "%s", text);
}

/* The first fact that sets a row apart from another of its key and place. Two rows never get the
 * same text, because they differ in this one. */
static void say_class(struct export_row *row, const struct export_row *other)
{
    struct difference first;
    const struct reading *r = row->reading, *o = other->reading;
    if (identity_hard_differences(o->identity, r->identity, &first, 1) > 0)
        add_class(row->class, first.path, first.now);
    else if (strcmp(r->image, o->image) != 0)
        add_class(row->class, "image", *r->image ? r->image : "-");
    else
        add_class(row->class, "streamed", r->is_streamed ? "yes" : "no");
    clean_utf8(row->class);
}

/* If there are many classes, the fingerprint is the name. */
static void say_classes(struct export_row *rows, size_t count)
{
    for (size_t i = 0; count > 1 && i < count; i++) {
        if (count > CLASSES_SAID)
            snprintf(rows[i].class, sizeof rows[i].class, "%.19s%s%s", rows[i].reading->fingerprint,
                     rows[i].reading->image, rows[i].reading->is_streamed ? ",streamed" : "");
        for (size_t k = 0; count <= CLASSES_SAID && k < count; k++)
            if (i != k)
                say_class(&rows[i], &rows[k]);
    }
}

/* The name of a row: its key, and as much of host, device and place as separates it from others.
 * `before` and `after` (or NULL) are the nearest rows that differ in these; the rows between differ
 * only in their class. */
static char *name_of(const struct export_row *row, const struct export_row *before,
                     const struct export_row *after)
{
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
    char *name;
    size_t bytes;
    FILE *to = need_stream(&name, &bytes);
    fprintf(to, "%s%s%s%s%s", row->key, shared ? "@" : "", shared ? row->host : "",
            same_host ? "/" : "", same_host ? row->device : "");
    if (same_model)
        fprintf(to, "/%.12s", row->place);
    if (*row->class)
        fprintf(to, "/%s", row->class);
    need_stream_end(to);
    return name;
}

static void name_rows(struct export_rows *rows)
{
    struct export_row *list = rows->list;
    for (size_t first = 0, end; first < rows->count; first = end) {
        for (end = first + 1; end < rows->count && is_same_place(&list[first], &list[end]);)
            end++;
        say_classes(&list[first], end - first);
        for (size_t i = first; i < end; i++)
            list[i].name = name_of(&list[i], first > 0 ? &list[first - 1] : NULL,
                                   end < rows->count ? &list[end] : NULL);
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
    const char *state = row->bad
                            ? read_state_name(row->runs[row->count + row->bad - 1].result->state)
                        : row->waived ? "waived"
                                      : "ok, but not timed";
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

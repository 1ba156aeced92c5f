/* time_series.c - the formats of databases of time series: OpenMetrics and InfluxDB's line
 * protocol.
 *
 * The first is written in the part that OpenMetrics, Prometheus' text format, node-exporter and the
 * Pushgateway read alike: gauges, HELP and TYPE, no timestamps, LF, "# EOF" last. */
#include "harness/base/need.h"
#include "harness/export/formats.h"
#include "harness/export/series.h"
#include "harness/text/clean.h"
#include "harness/text/json_text.h"

#include <inttypes.h>
#include <math.h>
#include <sha256.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static void row_labels(struct metric *m, const struct export_row *row)
{
    const struct read_result *r = row->result;
    char n[24];
    snprintf(n, sizeof n, "%" PRIu64, r->n);
    metric_label(m, "key", row->key);
    metric_label(m, "backend", r->backend);
    metric_label(m, "op", r->op);
    metric_label(m, "arithmetic", r->arithmetic);
    metric_label(m, "variant", r->variant);
    metric_label(m, "n", n);
    metric_label(m, "host", row->host);
    metric_label(m, "device", row->device);
    metric_label(m, "model", row->device);
    if (*row->card)
        metric_label(m, "uuid", row->card);
    else if (*row->reading->machine)
        metric_label(m, "machine", row->reading->machine);
    if (*row->class)
        metric_label(m, "class", row->class);
}

static void row_line(struct metric *m, const struct export_row *row, const char *stat, double value)
{
    if (isnan(value))
        return;
    metric_line(m);
    row_labels(m, row);
    if (stat)
        metric_label(m, "stat", stat);
    metric_value(m, value);
}

/* A figure of the table, as a row of several runs has it; NaN if only single runs have it. */
static double figure_of(const struct export_row *row, const struct series_row *figure)
{
    const struct {
        const char *path;
        double value;
    } known[] = {
        {"summary.median_s", row->median_s},     {"summary.low_s", row->low_s},
        {"summary.high_s", row->high_s},         {"speed.flops", row->flops},
        {"speed.bytes_per_s", row->bytes_per_s}, {"speed.peak_share", row->peak_share},
        {"verdict.sum_error", row->sum_error},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].path, figure->path) == 0)
            return known[i].value;
    return NAN;
}

/* Seconds since 1970; NaN if all runs were waived. */
static double latest_start(const struct export_row *row)
{
    double latest = NAN;
    for (size_t i = 0; i < row->count + row->bad; i++)
        latest = fmax(latest, (double)read_time(row->runs[i].reading->started));
    return latest;
}

void export_openmetrics(FILE *to, const struct export_rows *rows)
{
    for (size_t first = 0, end; first < series_row_count; first = end) {
        struct metric m = {series_rows[first].metric, series_rows[first].help, to, 0, '{'};
        for (end = first + 1;
             end < series_row_count && strcmp(series_rows[end].metric, m.name) == 0;)
            end++;
        for (size_t i = 0; i < rows->count; i++)
            for (size_t s = first; s < end; s++)
                row_line(&m, &rows->list[i], series_rows[s].stat,
                         figure_of(&rows->list[i], &series_rows[s]));
    }
    struct metric runs = {"gpubench_runs", "Runs that the figures are taken from.", to, 0, '{'};
    for (size_t i = 0; i < rows->count; i++)
        row_line(&runs, &rows->list[i], NULL, (double)rows->list[i].count);
    struct metric ok = {"gpubench_ok", "1 if all runs were right, 0 if one failed or was wrong.",
                        to, 0, '{'};
    for (size_t i = 0; i < rows->count; i++) {
        const struct export_row *row = &rows->list[i];
        /* A row with only waived runs has no value. */
        row_line(&ok, row, NULL, row->bad ? 0 : row->count ? 1 : NAN);
    }
    struct metric started = {SERIES_STARTED, "Start of the latest run, in seconds since 1970.", to,
                             0, '{'};
    for (size_t i = 0; i < rows->count; i++)
        row_line(&started, &rows->list[i], NULL, latest_start(&rows->list[i]));
    fputs("# EOF\n", to);
}

static int by_reading(const void *a, const void *b)
{
    const struct export_run *x = a, *y = b;
    const int order = (x->reading > y->reading) - (x->reading < y->reading);
    return order ? order : (x->result > y->result) - (x->result < y->result);
}

/* The points of one reading, whose document is read for them. */
static void put_points(FILE *to, const struct export_run *runs, size_t count)
{
    char digest[65], when[INFLUX_WHEN_BYTES];
    size_t bytes;
    json_t *document = readings_document(runs->reading, true);
    if (!document) {
        char name[READ_NAME_MAX + 1];
        fprintf(to, "# %s has changed while it was exported\n",
                clean_text(name, sizeof name, runs->reading->source));
        return;
    }
    char *text = json_text(document, &bytes);
    SHA256Data((const uint8_t *)text, bytes, digest);
    influx_when(when, document, digest);
    free(text);
    for (size_t i = 0; i < count; i++) {
        const size_t at = (size_t)(runs[i].result - runs[i].reading->results);
        influx_point(to, document, json_array_get(json_object_get(document, "results"), at), when);
    }
    json_decref(document);
}

/* One point for each run, with the time that publishing gives it: sent again it replaces itself,
 * and two runs of one second stay two. One document is in memory at a time. */
void export_influx(FILE *to, const struct export_rows *rows)
{
    size_t count = 0;
    for (size_t i = 0; i < rows->count; i++)
        count += rows->list[i].count + rows->list[i].bad;
    struct export_run *runs = need_array(count, sizeof *runs);
    count = 0;
    for (size_t i = 0; i < rows->count; i++)
        for (size_t k = 0; k < rows->list[i].count + rows->list[i].bad; k++)
            runs[count++] = rows->list[i].runs[k];
    qsort(runs, count, sizeof *runs, by_reading);
    for (size_t from = 0, end; from < count; from = end) {
        for (end = from + 1; end < count && runs[end].reading == runs[from].reading;)
            end++;
        put_points(to, &runs[from], end - from);
    }
    free(runs);
}

/* time_series.c - the formats of databases of time series: OpenMetrics and InfluxDB's line
 * protocol.
 *
 * The first is written in the part that OpenMetrics, Prometheus' text format, node-exporter and the
 * Pushgateway read alike: gauges, HELP and TYPE, no timestamps, LF, "# EOF" last. */
#include "harness/base/need.h"
#include "harness/export/formats.h"
#include "harness/export/series.h"
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
        /* What was waived says nothing. */
        row_line(&ok, row, NULL, row->bad ? 0 : row->count ? 1 : NAN);
    }
    fputs("# EOF\n", to);
}

/* The time of a reading's points. */
struct stamp {
    const struct reading *reading;
    char when[INFLUX_WHEN_BYTES];
};

static int by_reading(const void *a, const void *b)
{
    const struct stamp *x = a, *y = b;
    return (x->reading > y->reading) - (x->reading < y->reading);
}

/* The times of all readings that have a run in a row, once each, sorted. */
static struct stamp *stamps_of(const struct export_rows *rows, size_t *count)
{
    size_t runs = 0;
    for (size_t i = 0; i < rows->count; i++)
        runs += rows->list[i].count + rows->list[i].bad;
    struct stamp *stamps = need_array(runs, sizeof *stamps);
    runs = 0;
    for (size_t i = 0; i < rows->count; i++)
        for (size_t k = 0; k < rows->list[i].count + rows->list[i].bad; k++)
            stamps[runs++].reading = rows->list[i].runs[k].reading;
    qsort(stamps, runs, sizeof *stamps, by_reading);
    *count = 0;
    for (size_t i = 0; i < runs; i++)
        if (*count == 0 || stamps[i].reading != stamps[*count - 1].reading)
            stamps[(*count)++] = stamps[i];
    for (size_t i = 0; i < *count; i++) {
        char digest[65];
        size_t bytes;
        char *text = json_text(stamps[i].reading->document, &bytes);
        SHA256Data((const uint8_t *)text, bytes, digest);
        influx_when(stamps[i].when, stamps[i].reading->document, digest);
        free(text);
    }
    return stamps;
}

/* One point for each run, with the time that publishing gives it: sent again it replaces itself,
 * and two runs of one second stay two. */
void export_influx(FILE *to, const struct export_rows *rows)
{
    size_t count;
    struct stamp *stamps = stamps_of(rows, &count);
    for (size_t i = 0; i < rows->count; i++)
        for (size_t k = 0; k < rows->list[i].count + rows->list[i].bad; k++) {
            const struct export_run *run = &rows->list[i].runs[k];
            const struct stamp wanted = {.reading = run->reading};
            const struct stamp *stamp = bsearch(&wanted, stamps, count, sizeof *stamps, by_reading);
            influx_point(to, run->reading->document, run->result->json, stamp->when);
        }
    free(stamps);
}

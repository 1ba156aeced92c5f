/* export_series.c - the formats of databases of time series: OpenMetrics and InfluxDB's line
 * protocol.
 *
 * The first is written in the part that OpenMetrics, Prometheus' text format, node-exporter and the
 * Pushgateway read alike: gauges, HELP and TYPE, no timestamps, LF, "# EOF" last. */
#include "harness/export.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static void label(FILE *to, const char *before, const char *name, const char *value)
{
    fprintf(to, "%s%s=\"", before, name);
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            putc('\\', to);
        if (*value == '\n')
            fputs("\\n", to);
        else
            putc(*value, to);
    }
    putc('"', to);
}

static void row_labels(FILE *to, const struct export_row *row)
{
    const struct read_result *r = row->result;
    label(to, "{", "key", row->key);
    label(to, ",", "backend", r->backend);
    label(to, ",", "op", r->op);
    label(to, ",", "arithmetic", r->arithmetic);
    label(to, ",", "variant", r->variant);
    fprintf(to, ",n=\"%" PRIu64 "\"", r->n);
    label(to, ",", "host", row->host);
    label(to, ",", "device", row->device);
}

static double time_of(const struct export_row *row, size_t stat)
{
    return stat == 0 ? row->median_s : stat == 1 ? row->low_s : row->high_s;
}

static double flops_of(const struct export_row *row, size_t stat)
{
    (void)stat;
    return row->flops;
}

static double bytes_of(const struct export_row *row, size_t stat)
{
    (void)stat;
    return row->bytes_per_s;
}

static double share_of(const struct export_row *row, size_t stat)
{
    (void)stat;
    return row->peak_share;
}

static double error_of(const struct export_row *row, size_t stat)
{
    (void)stat;
    return row->sum_error;
}

static double runs_of(const struct export_row *row, size_t stat)
{
    (void)stat;
    return (double)row->count;
}

static double ok_of(const struct export_row *row, size_t stat)
{
    (void)stat;
    return row->bad ? 0 : row->count ? 1 : NAN; /* what was waived says nothing */
}

void export_openmetrics(FILE *to, const struct export_rows *rows)
{
    static const char *const stats[] = {"median", "low", "high"};
    static const struct {
        const char *name, *help;
        double (*value)(const struct export_row *row, size_t stat);
        size_t stats; /* 0: the metric has no such label */
    } metrics[] = {
        {"gpubench_time_seconds",
         "Time of one piece of work by the device's clock: the median, and its 99 % interval.",
         time_of, 3},
        {"gpubench_flops", "Nominal floating-point operations per second, at the median.", flops_of,
         0},
        {"gpubench_bytes_per_second", "Least memory traffic per second, at the median.", bytes_of,
         0},
        {"gpubench_peak_ratio", "Share of the device's peak.", share_of, 0},
        {"gpubench_sum_error_ratio", "Relative error of the sum against float64.", error_of, 0},
        {"gpubench_runs", "Runs that the figures are taken from.", runs_of, 0},
        {"gpubench_ok", "1 if all runs were right, 0 if one failed or was wrong.", ok_of, 0},
    };
    for (size_t m = 0; m < sizeof metrics / sizeof *metrics; m++) {
        bool begun = false;
        for (size_t i = 0; i < rows->count; i++) {
            const struct export_row *row = &rows->list[i];
            for (size_t s = 0; s < (metrics[m].stats ? metrics[m].stats : 1); s++) {
                const double value = metrics[m].value(row, s);
                if (isnan(value))
                    continue;
                if (!begun)
                    fprintf(to, "# HELP %s %s\n# TYPE %s gauge\n", metrics[m].name, metrics[m].help,
                            metrics[m].name);
                begun = true;
                fputs(metrics[m].name, to);
                row_labels(to, row);
                if (metrics[m].stats)
                    label(to, ",", "stat", stats[s]);
                fprintf(to, "} %.9g\n", value);
            }
        }
    }
    fputs("# EOF\n", to);
}

/* A tag's value; the empty one is an error to InfluxDB, so it is left out with its name. A
 * backslash would escape what follows it. */
static void tag(FILE *to, const char *name, const char *value)
{
    if (!*value)
        return;
    fprintf(to, ",%s=", name);
    for (; *value; value++) {
        if (strchr(", =", *value))
            putc('\\', to);
        putc(*value == '\\' ? '/' : *value, to);
    }
}

static void field(FILE *to, const char *name, double value)
{
    if (!isnan(value))
        fprintf(to, ",%s=%.9g", name, value);
}

/* A point a run, so that it can be sent again and again: same tags and time replace each other.
 * Tags are in the order of their names. */
void export_influx(FILE *to, const struct export_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        for (size_t k = 0; k < rows->list[i].count; k++) {
            const struct export_run *run = &rows->list[i].runs[k];
            const struct read_result *r = run->result;
            const int64_t when = export_seconds(run->reading->started);
            char n[24];
            snprintf(n, sizeof n, "%" PRIu64, r->n);
            fputs("gpubench", to);
            tag(to, "arithmetic", r->arithmetic);
            tag(to, "backend", r->backend);
            tag(to, "commit", run->reading->commit);
            tag(to, "device", run->reading->device);
            tag(to, "host", run->reading->host);
            tag(to, "key", r->key);
            tag(to, "n", n);
            tag(to, "op", r->op);
            tag(to, "variant", r->variant);
            fprintf(to, " samples=%zui", r->samples);
            field(to, "median_s", r->median_s);
            field(to, "low_s", r->low_s);
            field(to, "high_s", r->high_s);
            field(to, "flops", read_number(r->json, "speed.flops"));
            field(to, "bytes_per_s", read_number(r->json, "speed.bytes_per_s"));
            field(to, "peak_share", read_number(r->json, "speed.peak_share"));
            field(to, "sum_error", read_number(r->json, "verdict.sum_error"));
            if (when >= 0)
                fprintf(to, " %" PRId64, when);
            putc('\n', to);
        }
}

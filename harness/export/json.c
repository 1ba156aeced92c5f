/* json.c - the formats that are JSON: Google Benchmark's, github-action-benchmark's and
 * Bencher's. */
#include "harness/export/formats.h"

#include "harness/text/json_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The speed of a reduction is given in bytes, that of a product in FLOP. */
static bool is_reduce(const struct export_row *row)
{
    return strcmp(row->result->op, "reduce") == 0;
}

/* In nine digits, more than any of these times has: 38.757136 ms, and not 38.757135999999996. */
static json_t *figure(double value)
{
    char text[40];
    snprintf(text, sizeof text, "%.9g", value);
    return json_number(strtod(text, NULL));
}

static void write_and_free(FILE *to, json_t *document)
{
    if (document)
        json_text_write(document, to);
    json_decref(document);
}

static void google_times(json_t *entry, const struct export_row *row, const struct read_result *run)
{
    const double wall_s = isnan(run->wall_median_s) ? run->median_s : run->wall_median_s;
    json_object_update_new(entry,
                           json_pack("{s:I, s:o, s:o, s:s}", "iterations", (json_int_t)run->samples,
                                     "real_time", figure(1e9 * run->median_s), "cpu_time",
                                     figure(1e9 * wall_s), "time_unit", "ns"));
    const double rate = is_reduce(row) ? run->bytes_per_s : run->flops;
    if (!isnan(rate))
        json_object_set_new(entry, is_reduce(row) ? "bytes_per_second" : "FLOPS", figure(rate));
}

/* Google Benchmark 1.7 writes a run that failed with error_occurred and times of 0. Entries of one
 * name, one for each run, are what its compare.py tests. */
static json_t *google_entry(const struct export_row *row, size_t family, size_t index)
{
    const struct export_run *run = &row->runs[index];
    const double threads = run->reading->threads;
    json_t *entry =
        json_pack("{s:o, s:I, s:i, s:o, s:s, s:I, s:I, s:I}", "name", json_words(row->name),
                  "family_index", (json_int_t)family, "per_family_instance_index", 0, "run_name",
                  json_words(row->name), "run_type", "iteration", "repetitions",
                  (json_int_t)(row->count + row->bad), "repetition_index", (json_int_t)index,
                  "threads", (json_int_t)(threads >= 1 && threads < 1e9 ? threads : 1));
    if (index < row->count) {
        google_times(entry, row, run->result);
    } else {
        json_object_set_new(entry, "error_occurred", json_true());
        char *message = export_message(run->result);
        json_object_set_new(entry, "error_message", json_words(message));
        free(message);
        json_object_update_new(entry,
                               json_pack("{s:i, s:f, s:f, s:s}", "iterations", 0, "real_time", 0.0,
                                         "cpu_time", 0.0, "time_unit", "ns"));
    }
    return entry;
}

void export_google_benchmark(FILE *to, const struct export_rows *rows)
{
    json_t *entries = json_array();
    const struct reading *first = NULL;
    for (size_t r = 0; r < rows->count; r++)
        for (size_t i = 0; i < rows->list[r].count + rows->list[r].bad; i++) {
            first = first ? first : rows->list[r].runs[i].reading;
            json_array_append_new(entries, google_entry(&rows->list[r], r, i));
        }
    json_t *context =
        json_pack("{s:s, s:o, s:s, s:i, s:i, s:b, s:[], s:[], s:s}", "date",
                  first ? first->started : "", "host_name", json_words(first ? first->host : ""),
                  "executable", "gpubench", "num_cpus", 0, "mhz_per_cpu", 0, "cpu_scaling_enabled",
                  0, "caches", "load_avg", "library_build_type", "release");
    if (first) {
        const double threads = first->threads_online;
        if (threads >= 1 && threads < 1e9)
            json_object_set_new(context, "num_cpus", json_integer((json_int_t)threads));
        json_object_set_new(context, "gpubench.device", json_words(first->device));
        json_object_set_new(context, "gpubench.commit", json_words(first->commit));
    }
    write_and_free(to, json_pack("{s:o, s:o}", "context", context, "benchmarks", entries));
}

/* The text that github-action-benchmark shows with a value. */
static json_t *github_extra(const struct export_row *row)
{
    return json_sprintf("runs=%zu\nhost=%s\ndevice=%s\ncommit=%s%s%s", row->count, row->host,
                        row->device, row->reading->commit, row->bad ? "\nfailed: " : "",
                        row->bad ? row->reason : "");
}

static json_t *github_entry(const struct export_row *row, bool bigger)
{
    const bool reduce = is_reduce(row);
    const double rate = reduce ? row->bytes_per_s / 1e9 : row->flops / 1e12;
    const double half = (row->high_s - row->low_s) / 2;
    json_t *entry = json_pack(
        "{s:o, s:s, s:o, s:o}", "name", json_sprintf("%s %s", row->name, bigger ? "speed" : "time"),
        "unit", bigger ? reduce ? "GB/s" : "TFLOP/s" : "ms", "value",
        figure(bigger ? rate : row->median_s * 1e3), "extra", github_extra(row));
    if (half >= 0)
        json_object_set_new(
            entry, "range",
            json_sprintf("± %.3g", bigger ? rate * half / row->median_s : half * 1e3));
    return entry;
}

/* The format has no way to say "failed", only a value that is worse: how many runs failed where
 * smaller is better, a speed of 0 where bigger is. */
static json_t *github_bad(const struct export_row *row, bool bigger)
{
    const char *unit = !bigger ? "runs" : is_reduce(row) ? "GB/s" : "TFLOP/s";
    return json_pack("{s:o, s:s, s:I, s:o}", "name",
                     json_sprintf("%s %s", row->name, bigger ? "speed" : "failed"), "unit", unit,
                     "value", bigger ? (json_int_t)0 : (json_int_t)row->bad, "extra",
                     github_extra(row));
}

static void github(FILE *to, const struct export_rows *rows, bool bigger)
{
    json_t *entries = json_array();
    for (size_t i = 0; i < rows->count; i++) {
        const struct export_row *row = &rows->list[i];
        const double rate = is_reduce(row) ? row->bytes_per_s : row->flops;
        if (row->count && (!bigger || rate > 0))
            json_array_append_new(entries, github_entry(row, bigger));
        if (row->bad && (!bigger || !row->count))
            json_array_append_new(entries, github_bad(row, bigger));
    }
    write_and_free(to, entries);
}

void export_github_smaller(FILE *to, const struct export_rows *rows)
{
    github(to, rows, false);
}

void export_github_bigger(FILE *to, const struct export_rows *rows)
{
    github(to, rows, true);
}

static json_t *bencher_metric(double value, double low, double high)
{
    json_t *metric = json_pack("{s:o}", "value", figure(value));
    if (!isnan(low) && !isnan(high)) {
        json_object_set_new(metric, "lower_value", figure(low));
        json_object_set_new(metric, "upper_value", figure(high));
    }
    return metric;
}

/* Bencher's own "latency" is in nanoseconds; other measures may be named and scaled at will. */
void export_bencher(FILE *to, const struct export_rows *rows)
{
    json_t *all = json_object();
    for (size_t i = 0; i < rows->count; i++) {
        const struct export_row *row = &rows->list[i];
        if (!row->count && !row->bad)
            continue;
        const double rate = is_reduce(row) ? row->bytes_per_s : row->flops;
        json_t *measures = json_object();
        if (row->bad)
            json_object_set_new(measures, "failed-runs",
                                bencher_metric((double)row->bad, NAN, NAN));
        if (row->count)
            json_object_set_new(
                measures, "latency",
                bencher_metric(row->median_s * 1e9, row->low_s * 1e9, row->high_s * 1e9));
        if (row->count && rate > 0)
            json_object_set_new(measures, is_reduce(row) ? "bytes-per-second" : "flops",
                                bencher_metric(rate, rate * row->median_s / row->high_s,
                                               rate * row->median_s / row->low_s));
        json_object_set_new(all, row->name, measures);
    }
    write_and_free(to, all);
}

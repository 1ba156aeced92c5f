/* export_json.c - the formats that are JSON: Google Benchmark's, github-action-benchmark's and
 * Bencher's. */
#include "harness/export/formats.h"

#include "harness/text/json_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Reductions are quoted in bytes, products in FLOP. */
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

/* Google Benchmark 1.7: an entry a run, under one name, is what its compare.py tests. */
static json_t *google_entry(const struct export_row *row, size_t family, size_t index)
{
    const struct export_run *run = &row->runs[index];
    const double ms = 1e3 * run->result->median_s;
    double wall_ms = 1e3 * read_number(run->result->json, "summary.wall_median_s");
    if (isnan(wall_ms))
        wall_ms = ms;
    json_t *entry = json_pack(
        "{s:s, s:I, s:i, s:s, s:s, s:I, s:I, s:i, s:I, s:o, s:o, s:s}", "name", row->name,
        "family_index", (json_int_t)family, "per_family_instance_index", 0, "run_name", row->name,
        "run_type", "iteration", "repetitions", (json_int_t)row->count, "repetition_index",
        (json_int_t)index, "threads", 1, "iterations", (json_int_t)run->result->samples,
        "real_time", figure(ms), "cpu_time", figure(wall_ms), "time_unit", "ms");
    const char *path = is_reduce(row) ? "speed.bytes_per_s" : "speed.flops";
    const double rate = read_number(run->result->json, path);
    if (!isnan(rate))
        json_object_set_new(entry, is_reduce(row) ? "bytes_per_second" : "FLOPS", figure(rate));
    return entry;
}

void export_google_benchmark(FILE *to, const struct export_rows *rows)
{
    json_t *entries = json_array();
    const struct reading *first = NULL;
    for (size_t r = 0; r < rows->count; r++)
        for (size_t i = 0; i < rows->list[r].count; i++) {
            first = first ? first : rows->list[r].runs[i].reading;
            json_array_append_new(entries, google_entry(&rows->list[r], r, i));
        }
    json_t *context =
        json_pack("{s:s, s:s, s:s, s:i, s:i, s:b, s:[], s:[], s:s}", "date",
                  first ? first->started : "", "host_name", first ? first->host : "", "executable",
                  "gpubench", "num_cpus", 0, "mhz_per_cpu", 0, "cpu_scaling_enabled", 0, "caches",
                  "load_avg", "library_build_type", "release");
    if (first) {
        const double threads = read_number(first->document, "host.cpu.threads_online");
        if (threads > 0)
            json_object_set_new(context, "num_cpus", json_integer((json_int_t)threads));
        json_object_set_new(context, "gpubench.device", json_words(first->device));
        json_object_set_new(context, "gpubench.commit", json_words(first->commit));
    }
    write_and_free(to, json_pack("{s:o, s:o}", "context", context, "benchmarks", entries));
}

static json_t *github_entry(const struct export_row *row, bool bigger)
{
    char range[64] = "", extra[512];
    const bool reduce = is_reduce(row);
    const double rate = reduce ? row->bytes_per_s / 1e9 : row->flops / 1e12;
    const double half = (row->high_s - row->low_s) / 2;
    if (half >= 0)
        snprintf(range, sizeof range, "± %.3g", bigger ? rate * half / row->median_s : half * 1e3);
    snprintf(extra, sizeof extra, "runs=%zu\nhost=%s\ndevice=%s\ncommit=%s", row->count, row->host,
             row->device, row->reading->commit);
    json_t *name = json_sprintf("%s %s", row->name, bigger ? "speed" : "time");
    json_t *entry = json_pack("{s:o, s:s, s:o, s:s}", "name", name, "unit",
                              bigger ? reduce ? "GB/s" : "TFLOP/s" : "ms", "value",
                              figure(bigger ? rate : row->median_s * 1e3), "extra", extra);
    if (*range)
        json_object_set_new(entry, "range", json_string(range));
    return entry;
}

static void github(FILE *to, const struct export_rows *rows, bool bigger)
{
    json_t *entries = json_array();
    for (size_t i = 0; i < rows->count; i++) {
        const struct export_row *row = &rows->list[i];
        const double rate = is_reduce(row) ? row->bytes_per_s : row->flops;
        if (row->count && (!bigger || rate > 0))
            json_array_append_new(entries, github_entry(row, bigger));
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
        if (!row->count)
            continue;
        const double rate = is_reduce(row) ? row->bytes_per_s : row->flops;
        json_t *measures =
            json_pack("{s:o}", "latency",
                      bencher_metric(row->median_s * 1e9, row->low_s * 1e9, row->high_s * 1e9));
        if (rate > 0)
            json_object_set_new(measures, is_reduce(row) ? "bytes-per-second" : "flops",
                                bencher_metric(rate, rate * row->median_s / row->high_s,
                                               rate * row->median_s / row->low_s));
        json_object_set_new(all, row->name, measures);
    }
    write_and_free(to, all);
}

/* series.c - the table of figures, and what both writers ask of a document. */
#include "harness/export/series.h"

#include "harness/reading/digest.h"
#include "harness/reading/reading.h"

#include <math.h>
#include <string.h>

static const char time_help[] = "Time of one piece of work by the device's clock, once warm.";

const struct series_row series_rows[] = {
    {"summary.median_s", "gpubench_time_seconds", "median", "median_s", false, time_help},
    {"summary.low_s", "gpubench_time_seconds", "low", "low_s", false, time_help},
    {"summary.high_s", "gpubench_time_seconds", "high", "high_s", false, time_help},
    {"summary.min_s", "gpubench_time_seconds", "min", "min_s", false, time_help},
    {"summary.max_s", "gpubench_time_seconds", "max", "max_s", false, time_help},
    {"summary.count", "gpubench_samples", NULL, "samples", true,
     "Samples that the times are taken from."},
    {"speed.flops", "gpubench_flops", NULL, "flops", false,
     "Nominal floating-point operations per second, at the median."},
    {"speed.flops_done", "gpubench_flops_done", NULL, "flops_done", false,
     "Executed floating-point operations per second, at the median."},
    {"speed.bytes_per_s", "gpubench_bytes_per_second", NULL, "bytes_per_s", false,
     "Least memory traffic per second, at the median."},
    {"speed.peak_share", "gpubench_peak_ratio", NULL, "peak_share", false,
     "Share of the device's peak."},
    {"verdict.sum_error", "gpubench_sum_error_ratio", NULL, "sum_error", false,
     "Relative error of the sum against float64."},
};
const size_t series_row_count = sizeof series_rows / sizeof *series_rows;

const struct series_label series_entry_labels[SERIES_ENTRY_LABELS] = {
    {"arithmetic", "arithmetic"}, {"backend", "backend"}, {"n", "n"}, {"op", "op"},
    {"variant", "variant"},
};

const char *series_label_text(const struct series_label *label, const json_t *object, char *out,
                              size_t bytes)
{
    if (strcmp(label->path, "host.name") == 0)
        return clean_text(out, bytes, read_label(object));
    const double number = read_number(object, label->path);
    if (!isfinite(number))
        return read_text(object, label->path, out, bytes);
    snprintf(out, bytes, "%.0f", number);
    return out;
}

int series_ok(const json_t *entry)
{
    const char *state = json_string_value(json_object_get(entry, "state"));
    if (!state || strcmp(state, "waived") == 0)
        return -1;
    return strcmp(state, "ok") == 0;
}

int64_t series_started(const json_t *document)
{
    const char *text = json_string_value(json_object_get(document, "started"));
    return text ? read_time(text) : 0;
}

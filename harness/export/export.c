/* export.c - the table of formats. */
#include "harness/export/export.h"

#include <string.h>

const struct exporter exporters[] = {
    {"google-benchmark",
     "Google Benchmark's JSON: its compare.py, Bencher, github-action-benchmark",
     export_google_benchmark, false},
    {"github-action-smaller", "github-action-benchmark's customSmallerIsBetter: times",
     export_github_smaller, false},
    {"github-action-bigger", "github-action-benchmark's customBiggerIsBetter: speeds",
     export_github_bigger, false},
    {"bencher", "Bencher Metric Format", export_bencher, false},
    {"openmetrics", "OpenMetrics and Prometheus text: node-exporter, Pushgateway, GitLab",
     export_openmetrics, false},
    {"influx", "InfluxDB line protocol, times in seconds", export_influx, true},
    {"go-benchmark", "Go's benchmark format, which benchstat reads", export_go_benchmark, false},
    {"junit", "JUnit XML: what failed and what was skipped, for GitLab and Jenkins", export_junit,
     false},
    {"csv", "One line a run, for spreadsheets and data frames", export_csv, false},
    {"markdown", "A table for people", export_markdown, false},
};
const size_t exporter_count = sizeof exporters / sizeof *exporters;

const struct exporter *exporter_named(const char *name)
{
    for (size_t i = 0; i < exporter_count; i++)
        if (strcmp(exporters[i].name, name) == 0)
            return &exporters[i];
    return NULL;
}

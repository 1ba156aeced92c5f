/* export.h - results in the formats that other programs read: one table, one function a format.
 *
 * What is exported are rows: all runs of one key on one host and device. Formats with room for
 * single runs get each run's median, which is what benchmarks are compared by; the others the
 * median of these. Numbers are in base units, whatever the format lets us. */
#ifndef HARNESS_EXPORT_H
#define HARNESS_EXPORT_H

#include "harness/reading/readings.h"

#include <stdio.h>

/* One verified run of a row. */
struct export_run {
    const struct reading *reading;
    const struct read_result *result;
};

struct export_row {
    const char *key, *host, *device;
    char *name; /* the key, with the host (and device) behind it where the key is on several */
    const struct read_result *result; /* of the latest run */
    const struct reading *reading;
    struct export_run *runs; /* those that were right and timed, in the order they were started */
    size_t count;
    size_t bad, waived; /* runs that failed or were wrong; and that could not be */
    char reason[512];   /* of the last of these */

    /* Of the runs' medians; of one run, its own. NaN without a run. */
    double median_s, low_s, high_s, confidence;
    double flops, bytes_per_s, peak_share, sum_error;
};

struct export_rows {
    struct export_row *list; /* by backend, operation, arithmetic, variant, N, host, device */
    size_t count;
    struct export_run *runs; /* where the rows' runs are */
    size_t simulated;        /* readings of simulated devices that were left out */
};

/* Those of simulated devices only if they are asked for, because no such time means anything. */
enum status export_collect(const struct readings *readings, bool with_simulated,
                           struct export_rows *rows, struct failure *why);
void export_free(struct export_rows *rows);

struct exporter {
    const char *name; /* "google-benchmark" */
    const char *what; /* who reads it, in one line */
    /* Writes all rows; a write error shows in ferror(to). */
    void (*write)(FILE *to, const struct export_rows *rows);
};
extern const struct exporter exporters[];
extern const size_t exporter_count;

/* The exporter of that name, or NULL. */
const struct exporter *exporter_named(const char *name);

/* The formats, one function each. */
void export_google_benchmark(FILE *to, const struct export_rows *rows);
void export_github_smaller(FILE *to, const struct export_rows *rows);
void export_github_bigger(FILE *to, const struct export_rows *rows);
void export_bencher(FILE *to, const struct export_rows *rows);
void export_openmetrics(FILE *to, const struct export_rows *rows);
void export_influx(FILE *to, const struct export_rows *rows);
void export_go_benchmark(FILE *to, const struct export_rows *rows);
void export_junit(FILE *to, const struct export_rows *rows);
void export_csv(FILE *to, const struct export_rows *rows);
void export_markdown(FILE *to, const struct export_rows *rows);

#endif

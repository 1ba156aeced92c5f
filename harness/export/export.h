/* export.h - results in the formats that other programs read: one table, with one function for each
 * format.
 *
 * Rows are exported: all runs of one key on one host and device. Formats with room for single runs
 * get the median of each run, which is what benchmarks are compared by; the others get the median
 * of these. Numbers are in base units where the format allows it. Results that failed or were wrong
 * are written in the format's own way. */
#ifndef HARNESS_EXPORT_H
#define HARNESS_EXPORT_H

#include "harness/export/formats.h"
#include "harness/export/rows.h"

#include <stdio.h>

struct exporter {
    const char *name; /* "google-benchmark" */
    const char *what; /* who reads it, in one line; for --help */
    /* Writes all rows; a write error shows in ferror(to). */
    void (*write)(FILE *to, const struct export_rows *rows);
    bool needs_documents; /* lean readings are not enough */
};
extern const struct exporter exporters[];
extern const size_t exporter_count;

/* The exporter of that name, or NULL. */
const struct exporter *exporter_named(const char *name);

#endif

/* export.h - results in the formats that other programs read: one table, one function a format.
 *
 * What is exported are rows: all runs of one key on one host and device. Formats with room for
 * single runs get each run's median, which is what benchmarks are compared by; the others the
 * median of these. Numbers are in base units, whatever the format lets us. */
#ifndef HARNESS_EXPORT_H
#define HARNESS_EXPORT_H

#include "harness/export/formats.h"
#include "harness/export/rows.h"

#include <stdio.h>

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

#endif

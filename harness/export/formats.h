/* formats.h - one function for each format; export.c has the table of them. */
#ifndef HARNESS_EXPORT_FORMATS_H
#define HARNESS_EXPORT_FORMATS_H

#include "harness/export/rows.h"

#include <stdio.h>

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

/* series.h - the figures of a result that go to a time-series database: one table, from which both
 * the Prometheus text and the InfluxDB lines are made, and the two writers; what is published and
 * what is exported are written by the same. */
#ifndef HARNESS_SERIES_H
#define HARNESS_SERIES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A number in an entry of "results". */
struct series_row {
    const char *path;   /* in the entry: "summary.median_s" */
    const char *metric; /* Prometheus: "gpubench_time_seconds", */
    const char *stat;   /* and the value of its label "stat", NULL if it has none */
    const char *field;  /* InfluxDB: "median_s" */
    bool is_count;
    const char *help;
};
extern const struct series_row series_rows[];
extern const size_t series_row_count;

/* A text of the document ("driver.version") for a label or tag, with no control characters in it;
 * the path "host.name" gives read_label(). */
struct series_label {
    const char *name, *path;
};

/* The labels that name an entry of "results". */
enum { SERIES_ENTRY_LABELS = 5 };
extern const struct series_label series_entry_labels[SERIES_ENTRY_LABELS];

/* The text of a label; "" if the object has none. Counts are written as whole numbers. */
const char *series_label_text(const struct series_label *label, const json_t *object, char *out,
                              size_t bytes);

/* 1 if the entry was right, 0 if it failed or was wrong, -1 if it was waived and says nothing. */
int series_ok(const json_t *entry);

#define SERIES_STARTED "gpubench_started_timestamp_seconds"
/* The start of the run in seconds since 1970; 0 if the document's text is no time. */
int64_t series_started(const json_t *document);

/* One metric in Prometheus' text format: HELP and TYPE go before its first line. A line is begun,
 * gets its labels, and ends with its value. The label's text must have no control characters. */
struct metric {
    const char *name, *help;
    FILE *to;
    size_t lines;
    char before; /* the text before the next label */
};
void metric_line(struct metric *m);
void metric_label(struct metric *m, const char *name, const char *value);
void metric_value(struct metric *m, double value);

/* A document's metrics in that format; owned by the caller. */
char *prometheus_text(const json_t *document, size_t *bytes);

/* Appends the group that a document's metrics belong to on a Pushgateway,
 * "/metrics/job/gpubench/…", to the address; false if it does not fit. Each card (by its UUID),
 * device of a machine (by its digest) or device of a host (by its name) has one for each operation,
 * order and range. */
bool prometheus_group(const json_t *document, char *url, size_t bytes);

/* The document in InfluxDB's line protocol; owned by the caller. All
 * points carry the start of the run, in nanoseconds: the seconds are the document's, the rest is
 * taken from `digest` (hexadecimal), so that two runs of one second stay two. */
char *influx_lines(const json_t *document, const char *digest, size_t *bytes);

/* One point of these, for an entry of "results". `when` is text of influx_when(). */
void influx_point(FILE *to, const json_t *document, const json_t *entry, const char *when);

/* The time of a document's points in nanoseconds, as influx_lines() writes it. */
enum { INFLUX_WHEN_BYTES = 48 };
void influx_when(char *out, const json_t *document, const char *digest);

#endif

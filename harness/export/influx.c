/* influx.c - a result in InfluxDB's line protocol. Texts are tags, because VictoriaMetrics keeps no
 * text in a field; points of the same tags and time replace each other, so sending twice is sending
 * once. */
#include "harness/export/series.h"

#include "harness/base/need.h"
#include "harness/reading/readings.h"
#include "harness/text/json_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Sorted by name; otherwise the server would have to sort them. */
static const struct series_label of_run[] = {
    {"commit", "tool.commit"},      {"device", "device.name"},  {"driver", "driver.version"},
    {"fingerprint", "fingerprint"}, {"host", "host.name"},      {"machine", "host.machine"},
    {"place", "device.place"},      {"range", "problem.range"}, {"uuid", "device.uuid"},
    {"version", "tool.version"},
};
#define COUNT_OF(table) (sizeof(table) / sizeof *(table))

/* A backslash would escape what follows it, so it becomes a slash; no line may be broken. */
static void put_escaped(FILE *to, const char *text)
{
    for (; *text; text++) {
        if (strchr(", =", *text))
            fputc('\\', to);
        fputc(*text == '\\' ? '/' : *text, to);
    }
}

static void put_tags(FILE *to, const struct series_label *tags, size_t count, const json_t *object)
{
    for (size_t i = 0; i < count; i++) {
        char text[READ_NAME_MAX + 1];
        series_label_text(&tags[i], object, text, sizeof text);
        if (!*text) /* the server rejects an empty tag */
            continue;
        fprintf(to, ",%s=", tags[i].name);
        put_escaped(to, text);
    }
}

void influx_point(FILE *to, const json_t *document, const json_t *entry, const char *when)
{
    fputs("gpubench", to);
    put_tags(to, series_entry_labels, SERIES_ENTRY_LABELS, entry);
    put_tags(to, of_run, COUNT_OF(of_run), document);
    fprintf(to, " ok=%di", series_ok(entry));
    for (size_t r = 0; r < series_row_count; r++) {
        const double value = read_number(entry, series_rows[r].path);
        char text[JSON_REAL_BYTES];
        if (isfinite(value) && series_rows[r].is_count)
            fprintf(to, ",%s=%.0fi", series_rows[r].field, value);
        else if (isfinite(value))
            fprintf(to, ",%s=%s", series_rows[r].field, json_real_text(text, value));
    }
    fprintf(to, "%s%s\n", *when ? " " : "", when);
}

static void put_job(FILE *to, const json_t *document, const char *when)
{
    static const struct series_label of_job[] = {{"arithmetic", "job.arithmetic"},
                                                 {"backend", "device.backend"},
                                                 {"n", "problem.n"},
                                                 {"op", "problem.op"},
                                                 {"variant", "job.variant"}};
    char text[JSON_REAL_BYTES], name[READ_NAME_MAX + 1];
    const double taken = read_number(document, "job.time_taken_s");
    size_t i;
    const json_t *phase;
    if (!isfinite(taken))
        return;
    fputs("gpubench_job", to);
    put_tags(to, of_job, COUNT_OF(of_job), document);
    put_tags(to, of_run, COUNT_OF(of_run), document);
    fprintf(to, " time_taken_s=%s", json_real_text(text, taken));
    json_array_foreach(json_at(document, "job.phases"), i, phase)
    {
        const double seconds = read_number(phase, "seconds");
        if (!isfinite(seconds))
            continue;
        fputs(",phase_", to); /* "phase_matmul + sum", escaped as field keys are */
        put_escaped(to, read_text(phase, "name", name, sizeof name));
        fprintf(to, "_s=%s", json_real_text(text, seconds));
    }
    fprintf(to, " %s\n", when);
}

void influx_when(char *out, const json_t *document, const char *digest)
{
    char part[9];
    snprintf(part, sizeof part, "%.8s", digest);
    snprintf(out, INFLUX_WHEN_BYTES, "%" PRId64,
             series_started(document) * 1000000000 +
                 (int64_t)(strtoul(part, NULL, 16) % 1000000000));
}

char *influx_lines(const json_t *document, const char *digest, size_t *bytes)
{
    char *text, when[INFLUX_WHEN_BYTES];
    FILE *to = need_stream(&text, bytes);
    influx_when(when, document, digest);
    size_t i;
    const json_t *entry;
    json_array_foreach(json_object_get(document, "results"), i, entry)
    {
        if (series_ok(entry) >= 0)
            influx_point(to, document, entry, when);
    }
    put_job(to, document, when);
    need_stream_end(to);
    return text;
}

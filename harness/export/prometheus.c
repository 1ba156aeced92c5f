/* prometheus.c - a result as Prometheus' text format 0.0.4, in the part of it that OpenMetrics, the
 * Pushgateway, the textfile collector and VictoriaMetrics read alike: gauges only, no timestamps,
 * an "# EOF" at the end. */
#include "harness/export/series.h"

#include "harness/base/need.h"
#include "harness/net/destination.h"
#include "harness/reading/readings.h"
#include "harness/text/append.h"
#include "harness/text/json_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_BYTES = READ_NAME_MAX + 1 };

static const struct series_label of_run[] = {
    {"name", "device.name"},         {"driver", "driver.version"}, {"uuid", "device.uuid"},
    {"cpu", "host.cpu.model"},       {"kernel", "host.kernel"},    {"blas", "blas.version"},
    {"version", "tool.version"},     {"commit", "tool.commit"},    {"fingerprint", "fingerprint"},
    {"container", "container.kind"}, {"machine", "host.machine"},
};
#define COUNT_OF(table) (sizeof(table) / sizeof *(table))

void metric_line(struct metric *m)
{
    if (m->lines++ == 0)
        fprintf(m->to, "# HELP %s %s\n# TYPE %s gauge\n", m->name, m->help, m->name);
    fputs(m->name, m->to);
    m->before = '{';
}

void metric_label(struct metric *m, const char *name, const char *value)
{
    fprintf(m->to, "%c%s=\"", m->before, name);
    m->before = ',';
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            fputc('\\', m->to);
        fputc(*value, m->to);
    }
    fputc('"', m->to);
}

/* The labels of a table that the object has; counts are written as whole numbers. */
static void put_labels(struct metric *m, const struct series_label *labels, size_t count,
                       const json_t *object)
{
    for (size_t i = 0; i < count; i++) {
        char text[LABEL_BYTES];
        series_label_text(&labels[i], object, text, sizeof text);
        if (*text)
            metric_label(m, labels[i].name, text);
    }
}

void metric_value(struct metric *m, double value)
{
    char text[JSON_REAL_BYTES];
    fprintf(m->to, "%s %s\n", m->before == ',' ? "}" : "", json_real_text(text, value));
}

/* "gpu:0" of "/gpu:0", because a Pushgateway takes a slash for the end of a value. */
static const char *place_text(const struct series_label *label, const json_t *document, char *text)
{
    series_label_text(label, document, text, LABEL_BYTES);
    for (char *slash = text + 1; *text && (slash = strchr(slash, '/'));)
        *slash = '_';
    return *text == '/' ? text + 1 : text;
}

/* Begins a line with the labels that every metric has, because not every group has them. */
static void begin_line(struct metric *m, const json_t *document)
{
    static const struct series_label labels[] = {{"instance", "host.name"},
                                                 {"device", "device.place"}};
    metric_line(m);
    for (size_t i = 0; i < COUNT_OF(labels); i++) {
        char text[LABEL_BYTES];
        metric_label(m, labels[i].name, place_text(&labels[i], document, text));
    }
}

/* An entry's labels, and what rules that compare cards need: the device's model, and of several
 * ranks how many. */
static void put_entry(struct metric *m, const json_t *entry, const json_t *document)
{
    static const struct series_label of_entry[] = {{"model", "device.name"},
                                                   {"ranks", "ranks.count"}};
    begin_line(m, document);
    put_labels(m, series_entry_labels, SERIES_ENTRY_LABELS, entry);
    put_labels(m, of_entry, COUNT_OF(of_entry), document);
}

static void put_row(struct metric *m, const struct series_row *row, const json_t *document)
{
    size_t i;
    const json_t *entry;
    json_array_foreach(json_object_get(document, "results"), i, entry)
    {
        const double value = read_number(entry, row->path);
        if (!isfinite(value))
            continue;
        put_entry(m, entry, document);
        if (row->stat)
            metric_label(m, "stat", row->stat);
        metric_value(m, value);
    }
}

static void put_verdicts(FILE *to, const json_t *document)
{
    struct metric m = {"gpubench_ok", "1 if the result was right, 0 if it failed or was wrong.", to,
                       0, '{'};
    size_t i;
    const json_t *entry;
    json_array_foreach(json_object_get(document, "results"), i, entry)
    {
        if (series_ok(entry) < 0)
            continue;
        put_entry(&m, entry, document);
        metric_value(&m, series_ok(entry));
    }
}

static void put_throttling(FILE *to, const json_t *document)
{
    struct metric m = {"gpubench_throttled_samples",
                       "Samples during which the device held its clocks back, by reason.", to, 0,
                       '{'};
    size_t i;
    json_t *entry, *count;
    const char *reason;
    json_array_foreach(json_object_get(document, "results"), i, entry)
    {
        json_object_foreach(json_at(entry, "summary.throttled"), reason, count)
        {
            char text[LABEL_BYTES];
            if (!json_is_number(count))
                continue;
            json_t *name = json_pack("{s:s}", "name", reason);
            put_entry(&m, entry, document);
            metric_label(&m, "reason", read_text(name, "name", text, sizeof text));
            metric_value(&m, json_number_value(count));
            json_decref(name);
        }
    }
}

static void put_job(FILE *to, const json_t *document)
{
    struct metric job = {"gpubench_job_seconds",
                         "The main job, from opening the device to the sum on the host.", to, 0,
                         '{'};
    struct metric phase = {"gpubench_phase_seconds", "Where the time of the main job went.", to, 0,
                           '{'};
    const double taken = read_number(document, "job.time_taken_s");
    size_t i;
    const json_t *entry;
    if (isfinite(taken)) {
        static const struct series_label labels[] = {{"arithmetic", "job.arithmetic"},
                                                     {"variant", "job.variant"}};
        begin_line(&job, document);
        put_labels(&job, labels, COUNT_OF(labels), document);
        metric_value(&job, taken);
    }
    json_array_foreach(json_at(document, "job.phases"), i, entry)
    {
        char text[LABEL_BYTES];
        const double seconds = read_number(entry, "seconds");
        if (!isfinite(seconds))
            continue;
        begin_line(&phase, document);
        metric_label(&phase, "phase", read_text(entry, "name", text, sizeof text));
        metric_value(&phase, seconds);
    }
}

static void put_run(FILE *to, const json_t *document)
{
    struct metric started = {SERIES_STARTED, "Start of the run, in seconds since 1970.", to, 0,
                             '{'};
    struct metric info = {"gpubench_info", "What ran, and on what; always 1.", to, 0, '{'};
    begin_line(&started, document);
    metric_value(&started, (double)series_started(document));
    begin_line(&info, document);
    metric_label(&info, "simulated",
                 json_is_true(json_object_get(document, "simulated")) ? "true" : "false");
    put_labels(&info, of_run, COUNT_OF(of_run), document);
    metric_value(&info, 1);
}

char *prometheus_text(const json_t *document, size_t *bytes)
{
    char *text;
    FILE *to = need_stream(&text, bytes);
    struct metric m = {0};
    for (size_t r = 0; r < series_row_count; r++) {
        const struct series_row *row = &series_rows[r];
        if (!m.name || strcmp(m.name, row->metric) != 0)
            m = (struct metric){row->metric, row->help, to, 0, '{'};
        put_row(&m, row, document);
    }
    put_verdicts(to, document);
    put_throttling(to, document);
    put_job(to, document);
    put_run(to, document);
    fputs("# EOF\n", to);
    need_stream_end(to);
    return text;
}

bool prometheus_group(const json_t *document, char *url, size_t bytes)
{
    static const struct series_label group[] = {
        {"uuid", "device.uuid"},    {"machine", "host.machine"}, {"instance", "host.name"},
        {"device", "device.place"}, {"op", "problem.op"},        {"n", "problem.n"},
        {"range", "problem.range"}};
    /* Else a CPU, or several ranks ("2 ranks"), or the card is unknown because it did not open. */
    char place[LABEL_BYTES];
    read_text(document, "device.place", place, sizeof place);
    const bool has_card = json_at(document, "device.uuid") && (!*place || *place == '/');
    const bool has_machine = json_at(document, "host.machine");
    const bool is_left_out[COUNT_OF(group)] = {!has_card, has_card || !has_machine,
                                               has_card || has_machine, has_card};
    if (!append_text(url, bytes, "/metrics/job/gpubench"))
        return false;
    for (size_t i = 0; i < COUNT_OF(group); i++) {
        char text[LABEL_BYTES];
        if (is_left_out[i])
            continue;
        const char *value = place_text(&group[i], document, text);
        if (!append_text(url, bytes, "/%s/", group[i].name) ||
            !destination_append_encoded(url, bytes, *value ? value : "unknown"))
            return false;
    }
    return true;
}

/* text.c - the formats that are lines of text: Go's benchmark format, JUnit XML, CSV and
 * Markdown. */
#include "harness/export/formats.h"

#include "harness/text/markup.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_same_place(const struct reading *a, const struct reading *b)
{
    return strcmp(a->place, b->place) == 0 && strcmp(a->device, b->device) == 0;
}

static const char *place_name(const struct reading *r)
{
    return *r->card ? "uuid" : *r->machine ? "machine" : "host";
}

static void go_name(FILE *to, const struct export_row *row)
{
    fputs("BenchmarkGpubench/", to);
    for (const char *c = row->key; *c; c++) /* a name ends at a blank */
        putc(*c == ' ' ? '_' : *c, to);
}

static void go_run(FILE *to, const struct export_row *row, const struct read_result *r)
{
    const bool is_reduce = strcmp(r->op, "reduce") == 0;
    go_name(to, row);
    fprintf(to, "\t%zu\t%.9g ns/op", r->samples ? r->samples : 1, r->median_s * 1e9);
    if (is_reduce && r->bytes_per_s > 0)
        fprintf(to, "\t%.6g B/s", r->bytes_per_s);
    else if (r->flops > 0)
        fprintf(to, "\t%.6g FLOP/s", r->flops);
    putc('\n', to);
}

/* As `go test` reports a benchmark that failed; benchstat skips such lines. */
static void go_bad(FILE *to, const struct export_row *row, const struct read_result *r)
{
    char *message = export_message(r);
    fputs("--- FAIL: ", to);
    go_name(to, row);
    fprintf(to, "\n    %s\n", message);
    free(message);
}

/* Go's: "BenchmarkName iterations value unit …", a line for each run. benchstat takes each run for
 * a sample and makes a table for each set of "name: value" lines. The commit is a comment, because
 * it would put two commits in two tables, which benchstat never compares; so is the host's name,
 * which may be another in each container, where a UUID or digest tells the place. */
void export_go_benchmark(FILE *to, const struct export_rows *rows)
{
    const struct reading *last = NULL;
    const char *class = "";
    for (size_t i = 0; i < rows->count; i++)
        for (size_t k = 0; k < rows->list[i].count + rows->list[i].bad; k++) {
            const struct export_row *row = &rows->list[i];
            const struct reading *reading = row->runs[k].reading;
            const bool is_new =
                !last || !is_same_place(last, reading) || strcmp(class, row->class) != 0;
            class = row->class;
            if (is_new)
                fprintf(to, "%spkg: gpubench\n%s: %s\ndevice: %s\n", last ? "\n" : "",
                        place_name(reading), reading->place, reading->device);
            if (is_new && *class)
                fprintf(to, "class: %s\n", class);
            if (strcmp(reading->place, reading->host) != 0 &&
                (is_new || strcmp(last->host, reading->host) != 0))
                fprintf(to, "# host %s\n", reading->host);
            if (is_new || strcmp(last->commit, reading->commit) != 0)
                fprintf(to, "# commit %s\n", reading->commit);
            last = reading;
            if (k < row->count)
                go_run(to, row, row->runs[k].result);
            else
                go_bad(to, row, row->runs[k].result);
        }
}

/* Whether a run gave a wrong result, which is a failure; if runs only failed, that is an error. */
static bool has_wrong(const struct export_row *row)
{
    for (size_t i = row->count; i < row->count + row->bad; i++)
        if (row->runs[i].result->state == READ_WRONG)
            return true;
    return false;
}

static void junit_case(FILE *to, const struct export_row *row)
{
    fputs("    <testcase classname=\"gpubench.", to);
    markup_xml(to, row->result->backend);
    fputs("\" name=\"", to);
    markup_xml(to, row->name);
    fprintf(to, "\" time=\"%.3f\"", row->count ? row->median_s : 0.0);
    if (row->bad) { /* GitLab reads the text, Jenkins the attribute */
        char *message = export_message(row->runs[row->count + row->bad - 1].result);
        const char *element = has_wrong(row) ? "failure" : "error";
        fprintf(to, ">\n      <%s type=\"%s\" message=\"", element,
                has_wrong(row) ? "wrong" : "failed");
        markup_xml(to, message);
        fputs("\">", to);
        markup_xml(to, message);
        fprintf(to, "</%s>\n    </testcase>\n", element);
        free(message);
    } else if (!row->count) {
        char *state = export_untimed(row);
        fputs(">\n      <skipped message=\"", to);
        markup_xml(to, row->waived ? row->reason : state);
        fputs("\"/>\n    </testcase>\n", to);
        free(state);
    } else {
        fputs("/>\n", to);
    }
}

void export_junit(FILE *to, const struct export_rows *rows)
{
    size_t failures = 0, errors = 0, skipped = 0;
    double seconds = 0;
    const struct reading *last = NULL;
    for (size_t i = 0; i < rows->count; i++) {
        const struct export_row *row = &rows->list[i];
        failures += row->bad && has_wrong(row);
        errors += row->bad && !has_wrong(row);
        skipped += !row->bad && !row->count;
        seconds += row->count ? row->median_s : 0;
        if (!last || strcmp(row->reading->started, last->started) > 0)
            last = row->reading;
    }
    fprintf(to,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuites name=\"gpubench\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" "
            "time=\"%.3f\">\n"
            "  <testsuite name=\"gpubench\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" "
            "skipped=\"%zu\" time=\"%.3f\"",
            rows->count, failures, errors, seconds, rows->count, failures, errors, skipped,
            seconds);
    if (last) {
        fprintf(to, " timestamp=\"%.19s\" hostname=\"", last->started);
        markup_xml(to, last->host);
        putc('"', to);
    }
    fputs(">\n", to);
    if (last && *last->commit) {
        fputs("    <properties><property name=\"commit\" value=\"", to);
        markup_xml(to, last->commit);
        fputs("\"/></properties>\n", to);
    }
    for (size_t i = 0; i < rows->count; i++)
        junit_case(to, &rows->list[i]);
    fputs("  </testsuite>\n</testsuites>\n", to);
}

static void csv_number(FILE *to, double value)
{
    if (isnan(value))
        putc(',', to);
    else
        fprintf(to, ",%.9g", value);
}

static void csv_run(FILE *to, const struct export_run *run)
{
    const struct read_result *r = run->result;
    const char *const texts[] = {run->reading->started,
                                 run->reading->host,
                                 run->reading->device,
                                 run->reading->commit,
                                 r->key,
                                 r->backend,
                                 r->op,
                                 r->arithmetic,
                                 r->variant};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        markup_csv(to, texts[i]);
        putc(',', to);
    }
    fprintf(to, "%" PRIu64 ",%zu", r->n, r->samples);
    const double numbers[] = {r->median_s, r->low_s,       r->high_s,     r->min_s,     r->max_s,
                              r->flops,    r->bytes_per_s, r->peak_share, r->sum_error, r->sm_hz};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        csv_number(to, numbers[i]);
    putc(',', to);
    markup_csv(to, run->reading->card);
    putc(',', to);
    markup_csv(to, run->reading->machine);
    fprintf(to, ",%s,", read_state_name(r->state));
    markup_csv(to, r->reason);
    fprintf(to, ",%s", run->reading->fingerprint);
    putc('\n', to);
}

void export_csv(FILE *to, const struct export_rows *rows)
{
    fputs("started,host,device,commit,key,backend,op,arithmetic,variant,n,samples,median_s,low_s,"
          "high_s,min_s,max_s,flops,bytes_per_s,peak_share,sum_error,sm_hz,uuid,machine,"
          "state,reason,fingerprint\n",
          to);
    for (size_t i = 0; i < rows->count; i++) {
        const struct export_row *row = &rows->list[i];
        for (size_t k = 0; k < row->count + row->bad + row->waived; k++)
            csv_run(to, &row->runs[k]);
    }
}

/* Four digits and the unit that keeps them before the point. */
static void markdown_time(FILE *to, double s)
{
    const double scale = s >= 1 ? 1 : s >= 1e-3 ? 1e3 : 1e6;
    const double value = s * scale;
    fprintf(to, "%.*f %s",
            value < 10     ? 3
            : value < 100  ? 2
            : value < 1000 ? 1
                           : 0,
            value,
            scale == 1     ? "s"
            : scale == 1e3 ? "ms"
                           : "µs");
}

static void markdown_row(FILE *to, const struct export_row *row)
{
    const bool reduce = strcmp(row->result->op, "reduce") == 0;
    const double rate = reduce ? row->bytes_per_s : row->flops;
    const bool is_tera = !reduce && rate >= 1e12;
    fputs("| ", to);
    markup_markdown(to, row->name);
    fputs(" | ", to);
    if (!row->count) {
        fputs("- | | | | | ", to);
        char *state = export_untimed(row);
        markup_markdown(to, state);
        fputs(" |\n", to);
        free(state);
        return;
    }
    markdown_time(to, row->median_s);
    const double half_width = export_half_width(row);
    if (half_width >= 0)
        fprintf(to, " | %.1f %%", 100 * half_width);
    else
        fputs(" | -", to);
    if (isnan(rate))
        fputs(" | -", to);
    else
        fprintf(to, " | %.4g %s", rate / (is_tera ? 1e12 : 1e9),
                reduce    ? "GB/s"
                : is_tera ? "TFLOP/s"
                          : "GFLOP/s");
    if (isnan(row->peak_share))
        fputs(" | -", to);
    else
        fprintf(to, " | %.0f %%", 100 * row->peak_share);
    fprintf(to, " | %zu | ", row->count);
    if (row->bad) {
        fprintf(to, "%zu failed: ", row->bad);
        markup_markdown(to, row->reason);
    } else {
        fputs(export_ok(row), to);
    }
    fputs(" |\n", to);
}

void export_markdown(FILE *to, const struct export_rows *rows)
{
    fputs("| Benchmark | Median | ± 99 % | Speed | Of peak | Runs | State |\n"
          "|:---|---:|---:|---:|---:|---:|:---|\n",
          to);
    bool is_withheld = false;
    for (size_t i = 0; i < rows->count; i++) {
        markdown_row(to, &rows->list[i]);
        is_withheld = is_withheld || rows->list[i].is_over_peak;
    }
    if (is_withheld)
        fprintf(to, "\n%s\n", read_peak_note(true) + 1);
}

/* export_text.c - the formats that are lines of text: Go's benchmark format, JUnit XML, CSV and
 * Markdown. */
#include "harness/export/formats.h"

#include "harness/text/markup.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Bytes below the blank would break a line or the XML. */
static char plain(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f ? ' ' : c;
}

static void words(FILE *to, const char *text)
{
    for (; *text; text++)
        putc(plain(*text), to);
}

/* Go's: "BenchmarkName iterations value unit …", a line a run. benchstat takes each run for a
 * sample, and what stands behind "name:" for what all lines below have in common. */
void export_go_benchmark(FILE *to, const struct export_rows *rows)
{
    const struct reading *last = NULL;
    for (size_t i = 0; i < rows->count; i++)
        for (size_t k = 0; k < rows->list[i].count; k++) {
            const struct export_run *run = &rows->list[i].runs[k];
            const struct read_result *r = run->result;
            const double flops = read_number(r->json, "speed.flops");
            const double bytes = read_number(r->json, "speed.bytes_per_s");
            const bool reduce = strcmp(r->op, "reduce") == 0;
            if (!last || strcmp(last->host, run->reading->host) != 0 ||
                strcmp(last->device, run->reading->device) != 0 ||
                strcmp(last->commit, run->reading->commit) != 0) {
                fprintf(to, "%spkg: gpubench\nhost: ", last ? "\n" : "");
                words(to, run->reading->host);
                fputs("\ndevice: ", to);
                words(to, run->reading->device);
                fputs("\ncommit: ", to);
                words(to, run->reading->commit);
                putc('\n', to);
            }
            last = run->reading;
            fputs("BenchmarkGpubench/", to);
            for (const char *c = r->key; *c; c++) /* a name ends at a blank */
                putc(plain(*c) == ' ' ? '_' : *c, to);
            fprintf(to, "\t%zu\t%.9g ns/op", r->samples ? r->samples : 1, r->median_s * 1e9);
            if (reduce && bytes > 0)
                fprintf(to, "\t%.6g B/s", bytes);
            else if (flops > 0)
                fprintf(to, "\t%.6g FLOP/s", flops);
            putc('\n', to);
        }
}

static void junit_case(FILE *to, const struct export_row *row)
{
    fputs("    <testcase classname=\"gpubench.", to);
    markup_xml(to, row->result->backend);
    fputs("\" name=\"", to);
    markup_xml(to, row->name);
    fprintf(to, "\" time=\"%.6f\"", row->count ? row->median_s : 0.0);
    if (row->bad) {
        fputs(">\n      <failure type=\"wrong\" message=\"", to);
        markup_xml(to, row->reason);
        fputs("\">", to); /* GitLab reads the text, Jenkins the attribute */
        markup_xml(to, row->reason);
        fputs("</failure>\n    </testcase>\n", to);
    } else if (!row->count) {
        fputs(">\n      <skipped message=\"", to);
        markup_xml(to, row->reason);
        fputs("\"/>\n    </testcase>\n", to);
    } else {
        fputs("/>\n", to);
    }
}

void export_junit(FILE *to, const struct export_rows *rows)
{
    size_t bad = 0, skipped = 0;
    double seconds = 0;
    const struct reading *last = NULL;
    for (size_t i = 0; i < rows->count; i++) {
        const struct export_row *row = &rows->list[i];
        bad += row->bad > 0;
        skipped += !row->bad && !row->count;
        seconds += row->count ? row->median_s : 0;
        if (!last || strcmp(row->reading->started, last->started) > 0)
            last = row->reading;
    }
    fprintf(to,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuites name=\"gpubench\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" "
            "time=\"%.6f\">\n"
            "  <testsuite name=\"gpubench\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" "
            "skipped=\"%zu\" time=\"%.6f\"",
            rows->count, bad, seconds, rows->count, bad, skipped, seconds);
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

/* A field, in quotes if it has a comma, a quote or a line's end. */
static void csv_text(FILE *to, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, to);
        return;
    }
    putc('"', to);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', to);
        putc(*text, to);
    }
    putc('"', to);
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
        csv_text(to, texts[i]);
        putc(',', to);
    }
    fprintf(to, "%" PRIu64 ",%zu", r->n, r->samples);
    const double numbers[] = {r->median_s,
                              r->low_s,
                              r->high_s,
                              r->min_s,
                              r->max_s,
                              read_number(r->json, "speed.flops"),
                              read_number(r->json, "speed.bytes_per_s"),
                              read_number(r->json, "speed.peak_share"),
                              read_number(r->json, "verdict.sum_error"),
                              r->sm_hz};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        csv_number(to, numbers[i]);
    putc('\n', to);
}

void export_csv(FILE *to, const struct export_rows *rows)
{
    fputs("started,host,device,commit,key,backend,op,arithmetic,variant,n,samples,median_s,low_s,"
          "high_s,min_s,max_s,flops,bytes_per_s,peak_share,sum_error,sm_hz\n",
          to);
    for (size_t i = 0; i < rows->count; i++)
        for (size_t k = 0; k < rows->list[i].count; k++)
            csv_run(to, &rows->list[i].runs[k]);
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
    const double rate = reduce ? row->bytes_per_s / 1e9 : row->flops / 1e12;
    fputs("| ", to);
    markup_markdown(to, row->name);
    fputs(" | ", to);
    if (!row->count) {
        fputs("- | | | | | ", to);
        markup_markdown(to, row->bad ? "failed: " : "waived: ");
        markup_markdown(to, row->reason);
        fputs(" |\n", to);
        return;
    }
    markdown_time(to, row->median_s);
    if (row->confidence >= 0.99 && row->high_s >= row->low_s)
        fprintf(to, " | %.1f %%", 50 * (row->high_s - row->low_s) / row->median_s);
    else
        fputs(" | -", to);
    if (isnan(rate))
        fputs(" | -", to);
    else
        fprintf(to, " | %.4g %s", rate, reduce ? "GB/s" : "TFLOP/s");
    if (isnan(row->peak_share))
        fputs(" | -", to);
    else
        fprintf(to, " | %.0f %%", 100 * row->peak_share);
    fprintf(to, " | %zu | ", row->count);
    if (row->bad) {
        fprintf(to, "%zu failed: ", row->bad);
        markup_markdown(to, row->reason);
    } else {
        fputs("ok", to);
    }
    fputs(" |\n", to);
}

void export_markdown(FILE *to, const struct export_rows *rows)
{
    fputs("| Benchmark | Median | ± 99 % | Speed | Of peak | Runs | State |\n"
          "|:---|---:|---:|---:|---:|---:|:---|\n",
          to);
    for (size_t i = 0; i < rows->count; i++)
        markdown_row(to, &rows->list[i]);
}

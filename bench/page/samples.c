/* samples.c - the samples of one result in the order they were taken, and the clock meanwhile; and
 * what a soak saw over time. */
#include "bench/page/page.h"

#include "bench/terminal/sparkline.h"
#include "bench/terminal/words.h"
#include "harness/base/need.h"
#include "harness/text/clean.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* A list in the "samples" of the row's result in its document. */
static const json_t *column(const json_t *document, const struct export_row *row, const char *name)
{
    const size_t i = (size_t)(row->result - row->reading->results);
    const json_t *result = json_array_get(json_object_get(document, "results"), i);
    return json_object_get(json_object_get(result, "samples"), name);
}

/* An entry as a number; NaN if it is not a number. */
static double at(const json_t *list, size_t i)
{
    const json_t *value = json_array_get(list, i);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* The unit to draw times in, chosen by their median. */
static double unit_of(double seconds, const char **unit)
{
    *unit = seconds >= 1 ? "s" : seconds >= 1e-3 ? "ms" : "µs";
    return seconds >= 1 ? 1 : seconds >= 1e-3 ? 1e-3 : 1e-6;
}

/* Sets the y range and about four ticks at round numbers. The range is at least one percent of the
 * values, so that noise looks like noise. */
static void range_of(struct canvas *c, double least, double most)
{
    const double middle = (least + most) / 2, spread = fmax(most - least, middle / 100);
    const double power = pow(10, floor(log10(spread / 4))), share = spread / 4 / power;
    fprintf(c->script, "set yrange [%.9g:%.9g]\nset ytics %g textcolor %s\n", middle - 0.6 * spread,
            middle + 0.6 * spread,
            power * (share > 5   ? 10
                     : share > 2 ? 5
                     : share > 1 ? 2
                                 : 1),
            canvas_shade(SHADE_TEXT));
}

/* The shortest and the longest of the samples; a file may not have them in its summary. */
static void extremes_of(const json_t *times, double *least, double *most)
{
    *least = INFINITY;
    *most = 0;
    for (size_t i = 0; i < json_array_size(times); i++) {
        *least = fmin(*least, at(times, i));
        *most = fmax(*most, at(times, i));
    }
}

static void draw_samples(struct canvas *c, const struct section *s)
{
    const struct export_row *row = s->rows[0];
    const json_t *times = column(s->documents, row, "device_s");
    const json_t *clocks = column(s->documents, row, "sm_hz");
    const json_t *throttle = column(s->documents, row, "throttle");
    const char *unit;
    const double scale = unit_of(row->result->median_s, &unit);
    const size_t count = json_array_size(times);
    const bool panels = json_array_size(clocks) == count && !c->terminal;
    size_t throttled = 0, known = 0;
    FILE *to = c->script;
    canvas_begin(c, s->height);
    fputs("$s << E\n", to);
    for (size_t i = 0; i < count; i++)
        fprintf(to, "%zu %.9g\n", i + 1, at(times, i) / scale);
    fputs("E\n$t << E\n", to);
    for (size_t i = 0; i < count; i++)
        if (at(throttle, i) > 0) {
            fprintf(to, "%zu %.9g\n", i + 1, at(times, i) / scale);
            throttled++;
        }
    fputs("E\n$c << E\n", to);
    double slowest = INFINITY, fastest = -INFINITY;
    for (size_t i = 0; i < count; i++)
        if (!isnan(at(clocks, i))) {
            slowest = fmin(slowest, at(clocks, i) / 1e6);
            fastest = fmax(fastest, at(clocks, i) / 1e6);
            fprintf(to, "%zu %.9g\n", i + 1, at(clocks, i) / 1e6);
            known++;
        }
    fprintf(to, "E\nset xrange [0.5:%g]\nset border 3\n", (double)count + 0.5);
    if (panels && known)
        fprintf(to,
                "set multiplot\nset lmargin %d\nset rmargin 2\nset tmargin at screen %s\n"
                "set bmargin at screen 0.47\nset format x \"\"\n",
                c->narrow ? 10 : 11, c->narrow ? "0.83" : "0.90");
    else
        fputs("set xlabel \"sample\"\n", to);
    double least, most;
    extremes_of(times, &least, &most);
    range_of(c, least / scale, most / scale);
    fprintf(to,
            "set ylabel \"%s\"\nset key above horizontal left\n"
            "plot %.9g with lines lw 1 dt (6,4) lc %s title \"median\", $s using 1:2 with "
            "linespoints lw 1.2 pt 7 ps 0.5 lc %s title \"time\"",
            canvas_label(c, unit), row->result->median_s / scale, canvas_shade(SHADE_LINE),
            canvas_shade(SHADE_1));
    if (throttled)
        fprintf(to, ", $t using 1:2 with points pt 6 ps 1.1 lw 1.5 lc %s title \"clock held back\"",
                canvas_shade(SHADE_4));
    putc('\n', to);
    if (!panels || !known)
        return;
    fputs("set tmargin at screen 0.40\nset bmargin at screen 0.16\nset format x \"%g\"\n"
          "set xlabel \"sample\"\nset ylabel \"SM MHz\"\nunset key\n",
          to);
    range_of(c, slowest, fastest);
    fprintf(to, "plot $c using 1:2 with steps lw 1.5 lc %s notitle\nunset multiplot\n",
            canvas_shade(SHADE_3));
}

/* The first row that is not a library's, or the first, of those with samples, and its document,
 * which the caller owns. */
static const struct export_row *worth_showing(const struct export_row **rows, size_t count,
                                              json_t **document)
{
    for (int library = 0; library < 2; library++)
        for (size_t i = 0; i < count; i++) {
            if (rows[i]->result->is_library != (bool)library || !rows[i]->result->has_samples)
                continue;
            *document = readings_document(rows[i]->reading, true);
            if (json_array_size(column(*document, rows[i], "device_s")) > 1)
                return rows[i];
            json_decref(*document);
        }
    return NULL;
}

/* Says which clocks the samples had, for example "; the clock was 1950 to 1980 MHz". */
static void say_clocks(const json_t *clocks, char *out, size_t bytes)
{
    double least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < json_array_size(clocks); i++)
        if (!isnan(at(clocks, i))) {
            least = fmin(least, at(clocks, i));
            most = fmax(most, at(clocks, i));
        }
    *out = '\0';
    if (least < most)
        snprintf(out, bytes, "; the clock was %.0f to %.0f MHz", least / 1e6, most / 1e6);
    else if (least == most)
        snprintf(out, bytes, "; the clock was %.0f MHz throughout", most / 1e6);
}

void page_samples(struct page *page, const struct group *g, const char *op)
{
    const struct export_row **rows, *row;
    const uint64_t n = rows_best_n(g, op);
    char label[160], heading[240], clocks[80], least[WORDS_BYTES], most[WORDS_BYTES], *spark;
    const size_t row_count = rows_of(g, op, n, &rows);
    json_t *document;
    row = worth_showing(rows, row_count, &document);
    if (!row) {
        free(rows);
        return;
    }
    const json_t *times = column(document, row, "device_s");
    const size_t count = json_array_size(times);
    double *values = need_array(count, sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = at(times, i);
    double shortest, longest;
    extremes_of(times, &shortest, &longest);
    size_t bytes;
    FILE *to = need_stream(&spark, &bytes);
    sparkline(to, values, count, 60);
    need_stream_end(to);
    free(values);
    row_label(row, label, sizeof label);
    say_clocks(column(document, row, "sm_hz"), clocks, sizeof clocks);
    snprintf(heading, sizeof heading, "Samples of %s, %s at N = %" PRIu64, label, op, n);
    struct section *s =
        page_add(page, g, heading, "%zu samples in the order they were taken, %s to %s%s.  %s",
                 count, words_time(least, shortest), words_time(most, longest), clocks, spark);
    free(spark);
    rows[0] = row;
    s->documents = document;
    section_rows(s, op, n, rows, 1);
    s->is_detail = true;
    s->draw = draw_samples;
    s->height = 360;
    s->alt = need_format("Lines: time and clock of each sample of %s on %s", label, g->device);
}

/* ---- soaks ---- */

enum { SOAKS_SHOWN = 16 };

/* The panels of a soak's picture, one above the other over the same time. */
static const struct panel {
    const char *column, *label;
    double unit;
    enum shade shade;
} panels_of_soak[] = {
    {"flops", "TFLOP/s", 1e12, SHADE_1},
    {"sm_hz", "SM MHz", 1e6, SHADE_3},
    {"power_w", "W", 1, SHADE_2},
    {"temperature_c", "°C", 1, SHADE_5},
};
enum { PANELS = sizeof panels_of_soak / sizeof *panels_of_soak };

/* Writes a panel's data; its range goes to least and most. */
static void write_panel(FILE *to, const json_t *series, const struct panel *p, double *least,
                        double *most)
{
    const json_t *end = json_object_get(series, "to_s"),
                 *values = json_object_get(series, p->column);
    *least = INFINITY;
    *most = -INFINITY;
    fprintf(to, "$%s << E\n", p->column);
    for (size_t i = 0; i < json_array_size(values); i++)
        if (!isnan(at(values, i)) && !isnan(at(end, i))) {
            *least = fmin(*least, at(values, i) / p->unit);
            *most = fmax(*most, at(values, i) / p->unit);
            fprintf(to, "%.9g %.9g\n", at(end, i), at(values, i) / p->unit);
        }
    fputs("E\n", to);
}

static void draw_soak(struct canvas *c, const struct section *s)
{
    const json_t *series = json_object_get(s->documents, "series");
    const json_t *end = json_object_get(series, "to_s"), *wrong = json_object_get(series, "wrong"),
                 *flops = json_object_get(series, "flops");
    const size_t count = json_array_size(end);
    const double last = at(end, count - 1);
    double least[PANELS], most[PANELS], top = 0.93;
    FILE *to = c->script;
    size_t errors = 0, known = 0;
    canvas_begin(c, s->height);
    for (size_t i = 0; i < PANELS; i++) {
        write_panel(to, series, &panels_of_soak[i], &least[i], &most[i]);
        known += most[i] >= least[i];
    }
    const size_t panels = c->terminal ? 1 : known;
    const double height = 0.78 / (double)panels;
    fputs("$wrong << E\n", to);
    for (size_t i = 0; i < count; i++)
        if (at(wrong, i) > 0) {
            fprintf(to, "%.9g %.9g\n", at(end, i), at(flops, i) / panels_of_soak[0].unit);
            errors++;
        }
    fprintf(to, "E\nset border 3\nset xrange [0:%.9g]\n", last > 0 ? last : 1);
    if (panels > 1)
        fprintf(to, "set multiplot\nset lmargin %d\nset rmargin 2\nset format x \"\"\n",
                c->narrow ? 10 : 11);
    for (size_t i = 0, drawn = 0; i < PANELS && drawn < panels; i++) {
        const struct panel *p = &panels_of_soak[i];
        if (!(most[i] >= least[i]))
            continue;
        drawn++;
        if (panels > 1)
            fprintf(to, "set tmargin at screen %.3f\nset bmargin at screen %.3f\n", top,
                    top - height + 0.05);
        top -= height;
        if (drawn == panels)
            fputs("set format x \"%g\"\nset xlabel \"s\"\n", to);
        range_of(c, least[i], fmax(most[i], 1e-9));
        fprintf(to, "set ylabel \"%s\"\nplot $%s using 1:2 with lines lw 1.5 lc %s notitle",
                canvas_label(c, p->label), p->column, canvas_shade(p->shade));
        if (i == 0 && errors)
            fprintf(to, ", $wrong using 1:2 with points pt 2 ps 1.4 lw 2 lc %s notitle",
                    canvas_shade(SHADE_4));
        putc('\n', to);
    }
    if (panels > 1)
        fputs("unset multiplot\n", to);
}

void page_soaks(struct page *page, const struct group *g)
{
    size_t shown = 0;
    for (size_t i = 0; i < g->readings.count && shown < SOAKS_SHOWN; i++) {
        const struct reading *r = &g->readings.list[i];
        json_t *document = r->soak_verdict[0] ? readings_document(r, true) : NULL;
        json_t *soak = json_incref(json_object_get(document, "soak"));
        char heading[240], rate[WORDS_BYTES], reason[600], host[200];
        json_decref(document);
        if (json_array_size(json_object_get(json_object_get(soak, "series"), "to_s")) < 2) {
            json_decref(soak);
            continue;
        }
        shown++;
        read_text(soak, "reason", reason, sizeof reason);
        clean_text(host, sizeof host, r->host);
        snprintf(heading, sizeof heading, "Soak of %s, %.16s: %s", host, r->started,
                 r->soak_verdict);
        struct section *s = page_add(
            page, g, heading, "%s over %.0f s, %.0f launches checked, %.0f of them wrong%s%s.",
            words_rate(rate, read_number(soak, "flops"), "FLOP/s"), read_number(soak, "elapsed_s"),
            read_number(soak, "launches"), read_number(soak, "wrong_launches"), *reason ? ": " : "",
            reason);
        s->documents = soak;
        s->draw = draw_soak;
        s->height = 560;
        s->alt = need_format("Lines over time: throughput, SM clock, power and temperature of %s",
                             g->device);
    }
}

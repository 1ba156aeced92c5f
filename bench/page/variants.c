/* page_variants.c - the variants of one operation at one N: bars and a table; and error against
 * speed. */
#define _GNU_SOURCE 1 /* asprintf */

#include "bench/page/page.h"

#include "bench/terminal/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum kind { OWN, LIBRARY, REDUCED, CPU, KINDS };

static enum kind kind_of(const struct export_row *row)
{
    if (strcmp(row->result->backend, "cpu") == 0)
        return CPU;
    if (row->result->is_library)
        return LIBRARY;
    return strcmp(row->result->arithmetic, "f32") == 0 ? OWN : REDUCED;
}

static double scale_of(const struct section *s)
{
    return strcmp(s->op, "reduce") == 0 ? 1e9 : 1e12;
}

static const char *unit_of(const struct section *s)
{
    return strcmp(s->op, "reduce") == 0 ? "GB/s" : "TFLOP/s";
}

static void draw_bars(struct canvas *c, const struct section *s)
{
    static const char *const titles[KINDS] = {"gpubench, f32", "vendor's library",
                                              "gpubench, not f32", "CPU"};
    FILE *to = c->script;
    double most = 0;
    bool used[KINDS] = {false};
    canvas_begin(c, s->height + (c->narrow ? 40 : 0));
    for (size_t i = 0; i < s->count; i++)
        most = fmax(most, row_rate(s->rows[i]) / scale_of(s));
    for (int kind = 0; kind < KINDS; kind++) {
        fprintf(to, "$d%d << E\n", kind);
        for (size_t i = 0; i < s->count; i++) {
            const double rate = row_rate(s->rows[i]) / scale_of(s);
            char time[WORDS_BYTES], label[2 * WORDS_BYTES];
            if ((int)kind_of(s->rows[i]) != kind || !(rate > 0))
                continue;
            used[kind] = true;
            words_time(time, s->rows[i]->median_s);
            snprintf(label, sizeof label, rate < 1000 ? "%.3g%s%s" : "%.0f%s%s", rate,
                     c->narrow ? "" : " · ", c->narrow ? "" : time);
            fprintf(to, "%zu %.9g %s\n", i, rate, canvas_label(c, label));
        }
        fputs("E\n", to);
    }
    fprintf(to, "set yrange [%g:-0.6]\nset xrange [0:%.9g]\nset ytics (", (double)s->count - 0.4,
            most * (c->narrow ? 1.2 : 1.25));
    for (size_t i = 0; i < s->count; i++) {
        char label[160];
        fprintf(to, "%s\"%s\" %zu", i ? ", " : "",
                canvas_label(c, row_label(s->rows[i], label, sizeof label)), i);
    }
    fprintf(to, ") textcolor %s\nset xlabel \"%s%s\"\nset grid noytics\nset key %s\nplot ",
            canvas_shade(SHADE_TEXT), unit_of(s),
            strcmp(s->op, "reduce") == 0 ? "" : ", 2N³ counted for each",
            c->narrow ? "below vertical maxrows 4 left" : "above horizontal left");
    for (int kind = 0, shown = 0; kind < KINDS; kind++)
        if (used[kind])
            fprintf(
                to,
                "%s$d%d using (0):1:(0):2:($1-0.34):($1+0.34) with boxxyerror fs solid noborder "
                "lc %s title \"%s\", $d%d using 2:1:3 with labels left offset 0.6,0 tc %s "
                "notitle",
                shown++ ? ", " : "", kind, canvas_shade((enum shade)(SHADE_1 + kind)), titles[kind],
                kind, canvas_shade(SHADE_TEXT));
    putc('\n', to);
}

/* The library's plain f32 product, which others are quoted against: of several the one with the
 * shortest name, cublas-sgemm rather than cublas-sgemm-cub. */
static const struct export_row *reference_of(const struct export_row **rows, size_t count)
{
    const struct export_row *found = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct read_result *r = rows[i]->result;
        if (r->is_library && !r->is_symmetric && strcmp(r->arithmetic, "f32") == 0 &&
            strcmp(r->backend, "gpu") == 0 && (!found || strlen(r->key) < strlen(found->key)))
            found = rows[i];
    }
    return found;
}

static void fill_grid(struct section *s, const struct export_row *reference)
{
    static const char *const flops[] = {"variant", "arithmetic", "median",     "± 99 %", "TFLOP/s",
                                        "of peak", "× library",  "rel. error", "runs"};
    static const char *const bytes[] = {"variant", "arithmetic", "median",     "± 99 %", "GB/s",
                                        "of peak", "× library",  "rel. error", "runs"};
    struct grid *g = &s->grid;
    g->heads = strcmp(s->op, "reduce") == 0 ? bytes : flops;
    g->columns = 9;
    g->left = 3;
    for (size_t i = 0; i < s->count; i++) {
        const struct export_row *row = s->rows[i];
        char text[WORDS_BYTES];
        grid_addf(g, "%s%s", row->result->variant,
                  strcmp(row->result->backend, "cpu") == 0 ? " (CPU)" : "");
        grid_add(g, row->result->arithmetic);
        grid_add(g, words_time(text, row->median_s));
        if (row->confidence >= 0.99)
            grid_add(g, words_percent(text, (row->high_s - row->low_s) / 2 / row->median_s));
        else
            grid_add(g, "-");
        const double rate = row_rate(row) / scale_of(s);
        grid_addf(g, rate < 10 ? "%.3g" : rate < 1000 ? "%.1f" : "%.0f", rate);
        grid_add(g, isnan(row->peak_share) ? "-" : words_percent(text, row->peak_share));
        if (reference)
            grid_addf(g, "%.2f", reference->median_s / row->median_s);
        else
            grid_add(g, "-");
        grid_add(g, isnan(row->sum_error) ? "-" : words_error(text, row->sum_error));
        grid_addf(g, "%zu", row->count);
    }
}

void page_variants(struct page *page, const char *op)
{
    const uint64_t n = rows_best_n(page, op);
    const struct export_row **rows;
    const size_t count = n ? rows_of(page, op, n, &rows) : 0;
    char heading[96], best[160], time[WORDS_BYTES], rate[WORDS_BYTES], against[80] = "";
    if (count == 0) {
        if (n)
            free(rows);
        return;
    }
    const struct export_row *reference = reference_of(rows, count);
    snprintf(heading, sizeof heading, "%s at N = %" PRIu64, op, n);
    row_label(rows[0], best, sizeof best);
    words_time(time, rows[0]->median_s);
    words_rate(rate, row_rate(rows[0]), row_is_reduce(rows[0]) ? "B/s" : "FLOP/s");
    if (reference && reference != rows[0])
        snprintf(against, sizeof against, ", %.2f times as fast as %.40s",
                 reference->median_s / rows[0]->median_s, reference->result->variant);
    struct section *s = page_add(page, heading, "The fastest of %zu is %s: %s, %s%s.", count, best,
                                 time, rate, against);
    if (!s) {
        free(rows);
        return;
    }
    snprintf(s->tile, sizeof s->tile, "%s", time);
    snprintf(s->tile_note, sizeof s->tile_note, "%s, N = %" PRIu64 ", %.60s · %s", op, n, best,
             rate);
    s->op = op;
    s->n = n;
    s->rows = rows;
    s->count = count;
    s->draw = draw_bars;
    s->height = 120 + 28 * (unsigned)(count < 40 ? count : 40);
    if (asprintf(&s->alt, "Bars: speed of each variant of %s at N = %" PRIu64, op, n) < 0)
        s->alt = NULL;
    fill_grid(s, reference);
    if (s->count > 40)
        s->count = 40; /* the table has all of them */
}

/* ---- error against speed */

static void draw_errors(struct canvas *c, const struct section *s)
{
    FILE *to = c->script;
    const char *done[SHADE_LAST - SHADE_1 + 1];
    size_t kinds = 0;
    canvas_begin(c, s->height);
    fprintf(to,
            "set logscale y\nset format y \"1e%%+02T\"\nset offsets 0, 0, graph 0.1, graph 0.1\n"
            "set xlabel \"%s\"\nset key %s\nset border 3\n",
            unit_of(s), c->narrow ? "below vertical left" : "above horizontal left");
    for (size_t i = 0; i < s->count; i++) {
        const char *arithmetic = s->rows[i]->result->arithmetic;
        size_t k = 0;
        while (k < kinds && strcmp(done[k], arithmetic) != 0)
            k++;
        if (k < kinds || kinds == sizeof done / sizeof *done)
            continue;
        done[kinds++] = arithmetic;
        fprintf(to, "$e%zu << E\n", k);
        bool first = true;
        for (size_t r = i; r < s->count; r++) {
            const struct export_row *row = s->rows[r];
            char label[160];
            if (strcmp(row->result->arithmetic, arithmetic) != 0 || isnan(row->sum_error))
                continue;
            /* Rows are in order of speed; only the first has its name beside it. */
            fprintf(to, "%.9g %.9g %s\n", row_rate(row) / scale_of(s),
                    fmax(fabs(row->sum_error), 1e-12),
                    first ? canvas_label(c, row_label(row, label, sizeof label)) : "\"\"");
            first = false;
        }
        fputs("E\n", to);
    }
    fprintf(to, "set xrange [0:%.9g]\nplot ", row_rate(s->rows[0]) / scale_of(s) * 1.4);
    for (size_t k = 0; k < kinds; k++) {
        fprintf(to,
                "%s$e%zu using 1:2 with points pt %zu ps 1.1 lc %s title \"%s\", $e%zu using 1:2:3 "
                "with labels %s tc %s notitle",
                k ? ", " : "", k, 5 + 2 * (k % 5), canvas_shade((enum shade)(SHADE_1 + (int)k)),
                canvas_label(c, done[k]), k,
                c->narrow ? "center offset 0,0.9" : "left offset 0.9,0.4",
                canvas_shade(SHADE_TEXT));
    }
    putc('\n', to);
}

void page_errors(struct page *page, const char *op)
{
    const uint64_t n = rows_best_n(page, op);
    const struct export_row **rows;
    const size_t count = n ? rows_of(page, op, n, &rows) : 0;
    char heading[96];
    size_t known = 0;
    for (size_t i = 0; i < count; i++)
        known += isnan(rows[i]->sum_error) ? 0 : 1;
    snprintf(heading, sizeof heading, "Error against speed, %s at N = %" PRIu64, op, n);
    struct section *s =
        known < 2
            ? NULL
            : page_add(page, heading,
                       "The relative error of the sum, held against float64, of each variant. "
                       "Lower is more accurate, further to the right is faster.");
    if (!s) {
        if (n)
            free(rows);
        return;
    }
    s->op = op;
    s->n = n;
    s->rows = rows;
    s->count = count;
    s->draw = draw_errors;
    s->height = 340;
    if (asprintf(&s->alt, "Points: relative error against speed for %s", op) < 0)
        s->alt = NULL;
}

/* variants.c - the variants of one operation at one N: bars, and a table that quotes each against
 * the library of its own arithmetic. */
#include "bench/page/page.h"

#include "bench/terminal/words.h"
#include "harness/base/need.h"
#include "harness/stats/stats.h"
#include "harness/text/append.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BARS_MAX = 40 };
enum kind { OWN, LIBRARY, REDUCED, KINDS };

static enum kind kind_of(const struct export_row *row)
{
    if (row->result->is_library)
        return LIBRARY;
    return strcmp(row->result->arithmetic, "f32") == 0 ? OWN : REDUCED;
}

static size_t bars_of(const struct section *s)
{
    return s->count < BARS_MAX ? s->count : BARS_MAX;
}

static void draw_bars(struct canvas *c, const struct section *s)
{
    static const char *const titles[KINDS] = {"gpubench, f32", "a library", "gpubench, not f32"};
    FILE *to = c->script;
    const size_t bars = bars_of(s);
    const bool above = c->narrow && !c->terminal; /* names above their bars, not beside them */
    double most = 0;
    bool used[KINDS] = {false};
    canvas_begin(c, s->height + (c->narrow ? 40 : 0) + (above ? 12 * (unsigned)bars : 0));
    for (size_t i = 0; i < bars; i++)
        most = fmax(most, row_rate(s->rows[i]) / s->scale);
    for (int kind = 0; kind < KINDS; kind++) {
        fprintf(to, "$d%d << E\n", kind);
        for (size_t i = 0; i < bars; i++) {
            const double rate = row_rate(s->rows[i]) / s->scale;
            char time[WORDS_BYTES], label[2 * WORDS_BYTES];
            if ((int)kind_of(s->rows[i]) != kind || !(rate > 0))
                continue;
            used[kind] = true;
            words_time(time, s->rows[i]->median_s);
            snprintf(label, sizeof label, rate < 100 ? "%.3g%s%s" : "%.0f%s%s", rate,
                     c->narrow ? "" : " · ", c->narrow ? "" : time);
            fprintf(to, "%zu %.9g %s\n", i, rate, canvas_label(c, label));
        }
        fputs("E\n", to);
    }
    fprintf(to, "set yrange [%g:-0.6]\nset xrange [0:%.9g]\n", (double)bars - 0.4,
            most * (c->narrow ? 1.2 : 1.25));
    fputs(above ? "unset ytics\nunset xtics\nset lmargin 2\n" : "set ytics (", to);
    for (size_t i = 0; i < bars; i++) {
        char label[160];
        row_label(s->rows[i], label, sizeof label);
        if (above)
            fprintf(to, "set label \"%s\" at 0,%g left tc %s\n", canvas_label(c, label),
                    (double)i - 0.28, canvas_shade(SHADE_TEXT));
        else
            fprintf(to, "%s\"%s\" %zu", i ? ", " : "", canvas_label(c, label), i);
    }
    if (!above)
        fprintf(to, ") textcolor %s\n", canvas_shade(SHADE_TEXT));
    fprintf(to, "set xlabel \"%s%s\"\nset grid noytics\nset key %s\nplot ", s->unit,
            strcmp(s->op, "reduce") == 0 ? "" : ", counting 2N³ for each",
            c->narrow ? "below vertical maxrows 4 left" : "above vertical maxrows 3 left");
    const char *top = above ? "0.05" : "-0.34", *middle = above ? "0.21" : "0";
    for (int kind = 0, shown = 0; kind < KINDS; kind++)
        if (used[kind])
            fprintf(
                to,
                "%s$d%d using (0):1:(0):2:($1+%s):($1+0.36) with boxxyerror fs solid noborder "
                "lc %s title \"%s\", $d%d using 2:($1+%s):3 with labels left offset 0.6,0 tc %s "
                "notitle",
                shown++ ? ", " : "", kind, top, canvas_shade((enum shade)(SHADE_1 + kind)),
                titles[kind], kind, middle, canvas_shade(SHADE_TEXT));
    putc('\n', to);
}

static void fill_grid(struct section *s)
{
    static const char *const heads[] = {"variant", "arithmetic", "median",     "± 99 %", NULL,
                                        "of peak", "× library",  "rel. error", "runs"};
    struct grid *g = &s->grid;
    g->columns = sizeof heads / sizeof *heads;
    g->left = 3;
    for (size_t i = 0; i < g->columns; i++)
        grid_add(g, heads[i] ? heads[i] : s->unit);
    for (size_t i = 0; i < s->count; i++) {
        const struct export_row *row = s->rows[i], *reference = row_reference(s->group, row);
        char text[160];
        grid_add(g, row_variant(row, text, sizeof text));
        grid_add(g, row->result->arithmetic);
        grid_add(g, words_time(text, row->median_s));
        const double half_width = export_half_width(row);
        grid_add(g, isnan(half_width) ? "-" : words_percent(text, half_width));
        const double rate = row_rate(row) / s->scale;
        if (rate > 0)
            grid_addf(g, rate < 10 ? "%.3g" : rate < 1000 ? "%.1f" : "%.0f", rate);
        else
            grid_add(g, "-");
        grid_add(g, isnan(row->peak_share) ? "-" : words_percent(text, row->peak_share));
        if (export_is_noisy(row) || (reference && export_is_noisy(reference)))
            grid_add(g, STATS_NOISY_SHORT);
        else if (reference)
            grid_add(g, words_ratio(text, reference->median_s / row->median_s));
        else
            grid_add(g, "-");
        grid_add(g, isnan(row->sum_error) ? "-" : words_error(text, row->sum_error));
        grid_addf(g, "%zu", row->count);
    }
}

/* Describes a variant's speed, for example "18.27 ms, 109.4 TFLOP/s, 2.05 times as fast as
 * cublas-sgemm". */
static void describe(const struct group *g, const struct export_row *row, char *out, size_t bytes)
{
    const struct export_row *reference = row_reference(g, row);
    char time[WORDS_BYTES], rate[WORDS_BYTES], ratio[WORDS_BYTES], label[160], against[240] = "";
    if (export_is_noisy(row))
        snprintf(against, sizeof against, ", " STATS_NOISY_WHY);
    else if (reference && reference != row && !export_is_noisy(reference))
        snprintf(against, sizeof against, ", %s times as fast as %s",
                 words_ratio(ratio, reference->median_s / row->median_s),
                 row_label(reference, label, sizeof label));
    words_time(time, row->median_s);
    words_rate(rate, row_rate(row), row_is_reduce(row) ? "B/s" : "FLOP/s");
    snprintf(out, bytes, "%s%s%s%s", time, row_rate(row) > 0 ? ", " : "",
             row_rate(row) > 0 ? rate : "", against);
}

/* The first row is the fastest in its arithmetic, which is f32 wherever that was measured. A faster
 * one in another arithmetic has a sentence of its own. */
static void say_fastest(const struct section *s, char *out, size_t bytes)
{
    const struct export_row *first = s->rows[0], *fastest = first;
    char label[160], text[400];
    size_t rivals = 0;
    for (size_t i = 0; i < s->count; i++) {
        rivals += strcmp(s->rows[i]->result->arithmetic, first->result->arithmetic) == 0;
        if (s->rows[i]->median_s < fastest->median_s && !export_is_noisy(s->rows[i]))
            fastest = s->rows[i];
    }
    describe(s->group, first, text, sizeof text);
    row_variant(first, label, sizeof label);
    if (rivals < 2 || export_is_noisy(first))
        snprintf(out, bytes, "%s takes %s.", label, text);
    else
        snprintf(out, bytes, "Of %zu variants in %s, %s is the fastest: %s.", rivals,
                 first->result->arithmetic, label, text);
    if (fastest == first)
        return;
    describe(s->group, fastest, text, sizeof text);
    append_text(out, bytes, " In any arithmetic, the fastest is %s: %s.",
                row_label(fastest, label, sizeof label), text);
}

void page_variants(struct page *page, const struct group *g, const char *op)
{
    const uint64_t n = rows_best_n(g, op);
    const struct export_row **rows;
    char heading[96], text[1200], label[160], time[WORDS_BYTES], rate[WORDS_BYTES];
    if (n == 0)
        return;
    const size_t count = rows_of(g, op, n, &rows);
    struct section plan = {.group = g};
    section_rows(&plan, op, n, rows, count);
    say_fastest(&plan, text, sizeof text);
    snprintf(heading, sizeof heading, "%s at N = %" PRIu64, op, n);
    bool is_withheld = false;
    for (size_t i = 0; i < count; i++)
        is_withheld = is_withheld || rows[i]->is_over_peak;
    struct section *s = page_add(page, g, heading, "%s%s", text, read_peak_note(is_withheld));
    section_rows(s, op, n, rows, count);
    words_time(time, rows[0]->median_s);
    words_rate(rate, row_rate(rows[0]), row_is_reduce(rows[0]) ? "B/s" : "FLOP/s");
    snprintf(s->tile, sizeof s->tile, "%s", time);
    snprintf(s->tile_note, sizeof s->tile_note, "%s, N = %" PRIu64 ", %.60s%s · %s · %.60s", op, n,
             row_label(rows[0], label, sizeof label),
             export_is_noisy(rows[0]) ? ", " STATS_NOISY_WHY : "", rate, g->title);
    s->draw = NULL;
    for (size_t i = 0; i < bars_of(s) && !s->draw;
         i++) /* an empty chart is an error of gnuplot's */
        s->draw = row_rate(s->rows[i]) > 0 ? draw_bars : NULL;
    s->height = 150 + 28 * (unsigned)bars_of(s);
    s->alt =
        need_format("Bars: speed of each variant of %s at N = %" PRIu64 " on %s", op, n, g->device);
    fill_grid(s);
}

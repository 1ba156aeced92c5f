/* page_sweep.c - GPU against CPU over N, where there are points of a sweep. */
#include "bench/page/page.h"

#include "bench/terminal/words.h"
#include "harness/compare/sweep.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void draw_sweep(struct canvas *c, const struct section *s)
{
    FILE *to = c->script;
    struct sweep_row *rows;
    const size_t count = sweep_rows(s->documents, &rows);
    canvas_begin(c, s->height + (c->narrow ? 80 : 0));
    fprintf(to, "set logscale xy\nset xlabel \"N\" offset 0,0.5\nset border 3\nset key %s\n",
            c->narrow ? "below vertical left" : "above horizontal left");
    for (int line = -1; line < SWEEP_CASES; line++) {
        fprintf(to, "$w%d << E\n", line + 1);
        for (size_t i = 0; i < count; i++) {
            const double seconds = line < 0 ? rows[i].cpu_s : rows[i].gpu_s[line];
            if (!isnan(seconds) && strcmp(rows[i].op, s->op) == 0 &&
                strcmp(rows[i].arithmetic, rows[0].arithmetic) == 0)
                fprintf(to, "%" PRIu64 " %.9g\n", rows[i].n, seconds);
        }
        fputs("E\n", to);
    }
    fputs("set xtics (", to);
    uint64_t last = 0;
    for (size_t i = 0, shown = 0; i < count; i++) {
        if (rows[i].n <= last ||
            (shown && (double)rows[i].n < (double)last * (c->narrow ? 3 : 1.9)))
            continue;
        fprintf(to, "%s\"%" PRIu64 "\" %" PRIu64, shown++ ? ", " : "", rows[i].n, rows[i].n);
        last = rows[i].n;
    }
    fprintf(to, ") textcolor %s\n", canvas_shade(SHADE_TEXT));
    if (count)
        fprintf(to, "set xrange [%.9g:%.9g]\n", (double)rows[0].n / 1.12,
                (double)rows[count - 1].n * 1.12);
    canvas_time(c, "y");
    fprintf(to, "plot $w0 using 1:2 with linespoints lw 2.5 pt 5 ps 0.7 lc %s title \"CPU\"",
            canvas_shade(SHADE_2));
    static const enum shade shades[SWEEP_CASES] = {SHADE_1, SHADE_5, SHADE_3, SHADE_4};
    for (int line = 0; line < SWEEP_CASES; line++)
        fprintf(to, ", $w%d using 1:2 with linespoints lw 2 pt %d ps 0.7 lc %s title \"%s\"",
                line + 1, 7 + 2 * line, canvas_shade(shades[line]),
                canvas_label(c, sweep_case_title((enum sweep_case)line)));
    putc('\n', to);
    free(rows);
}

/* The documents of the lead host that are points of a sweep. */
static json_t *points_of(const struct page *page)
{
    json_t *points = json_array();
    for (size_t i = 0; points && page->host && i < page->readings.count; i++) {
        const struct reading *r = &page->readings.list[i];
        if (strcmp(r->host, page->host) == 0)
            json_array_append(points, r->document);
    }
    return points;
}

static void fill_grid(struct section *s, const struct sweep_row *rows, size_t count)
{
    static const char *const heads[] = {"arithmetic", "", "the GPU wins"};
    s->grid.heads = heads;
    s->grid.columns = 3;
    s->grid.left = 7;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].op, s->op) != 0 ||
            (i > 0 && strcmp(rows[i].op, rows[i - 1].op) == 0 &&
             strcmp(rows[i].arithmetic, rows[i - 1].arithmetic) == 0))
            continue;
        for (int c = 0; c < SWEEP_CASES; c++) {
            const struct crossover x =
                sweep_crossover(rows, count, s->op, rows[i].arithmetic, (enum sweep_case)c);
            char sentence[160];
            sweep_sentence(sentence, sizeof sentence, &x);
            grid_add(&s->grid, rows[i].arithmetic);
            grid_add(&s->grid, sweep_case_title((enum sweep_case)c));
            grid_add(&s->grid, sentence);
        }
    }
}

void page_sweep(struct page *page)
{
    json_t *points = points_of(page);
    struct sweep_row *rows;
    const size_t count = sweep_rows(points, &rows);
    size_t both = 0, at = 0;
    for (size_t i = 0; i < count; i++)
        if (rows[i].gpu_variant && rows[i].cpu_variant) {
            both++;
            at = i;
        }
    struct section *s =
        both < 2 ? NULL
                 : page_add(page, "GPU against CPU",
                            "%s: how long a caller waits for one answer, and from which N the GPU "
                            "is always the faster one.",
                            rows[at].op);
    if (s) {
        s->op = op_name(OP_SUM_AAT);
        for (int op = 0; op < OP_COUNT; op++)
            if (strcmp(op_name((enum op)op), rows[at].op) == 0)
                s->op = op_name((enum op)op);
        s->documents = json_incref(points);
        const struct crossover x =
            sweep_crossover(rows, count, s->op, rows[at].arithmetic, SWEEP_ON_DEVICE);
        if (x.kind == CROSSOVER_FROM || x.kind == CROSSOVER_ALWAYS) {
            snprintf(s->tile, sizeof s->tile, "N ≥ %" PRIu64, x.n);
            snprintf(s->tile_note, sizeof s->tile_note, "the GPU is faster than the CPU, %s",
                     s->op);
        }
        s->draw = draw_sweep;
        s->height = 400;
        s->alt =
            strdup("Lines: a caller's wait against N, on the CPU and on the GPU in four cases");
        fill_grid(s, rows, count);
    }
    free(rows);
    json_decref(points);
}

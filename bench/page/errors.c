/* errors.c - error against speed: each variant a point, the frontier drawn, and labels only where
 * they cover nothing: on the frontier and at the libraries. */
#include "bench/page/page.h"

#include "bench/draw/place.h"
#include "bench/terminal/words.h"
#include "harness/base/need.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* An error of 0 has no place on a logarithmic axis. */
static const double least_error = 1e-12;

enum { POINTS_MAX = 2000 }; /* gnuplot needs minutes for many more, and they cover each other */

struct point {
    const struct export_row *row;
    double rate, error;
    bool is_frontier; /* no faster point is as accurate */
};

static int fastest_first(const void *a, const void *b)
{
    const struct point *x = a, *y = b;
    return (x->rate < y->rate) - (x->rate > y->rate);
}

static size_t points_of(const struct section *s, struct point **list)
{
    struct point *points = need_array(s->count, sizeof *points);
    size_t count = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct export_row *row = s->rows[i];
        if (isfinite(row->sum_error) && row_rate(row) > 0)
            points[count++] = (struct point){row, row_rate(row) / s->scale,
                                             fmax(fabs(row->sum_error), least_error), false};
    }
    qsort(points, count, sizeof *points, fastest_first);
    double best = INFINITY;
    for (size_t i = 0; i < count; i++)
        if (points[i].error < best) {
            best = points[i].error;
            points[i].is_frontier = true;
        }
    *list = points;
    return count;
}

/* The plot's own area on the canvas, and its ranges. */
struct frame {
    struct box area;
    double width, height, most_x, low_y, high_y; /* low_y, high_y: exponents */
};

static double x_of(const struct frame *f, double rate)
{
    return f->area.left + rate / f->most_x * (f->area.right - f->area.left);
}

static double y_of(const struct frame *f, double error)
{
    return f->area.bottom -
           (log10(error) - f->low_y) / (f->high_y - f->low_y) * (f->area.bottom - f->area.top);
}

static struct frame begin(struct canvas *c, const struct section *s, const struct point *points,
                          size_t count)
{
    struct frame f = {.width = canvas_width(c), .most_x = points[0].rate * 1.15, .low_y = INFINITY};
    f.high_y = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        f.low_y = fmin(f.low_y, log10(points[i].error));
        f.high_y = fmax(f.high_y, log10(points[i].error));
    }
    f.low_y = floor(f.low_y - 0.3);
    f.high_y = ceil(f.high_y + 0.3);
    const unsigned more = c->narrow ? 80 : 0; /* for the legend below */
    f.height = s->height + more;
    f.area =
        (struct box){c->narrow ? 56 : 62, c->narrow ? 14 : 68, f.width - 20, f.height - 60 - more};
    canvas_begin(c, s->height + more);
    fprintf(c->script,
            "set logscale y\nset format y \"1e%%+02T\"\nset xlabel \"%s\"\nset border 3\n"
            "set key %s\nset xrange [0:%.9g]\nset yrange [1e%g:1e%g]\n",
            s->unit, c->narrow ? "below vertical maxrows 4 left" : "above horizontal left",
            f.most_x, f.low_y, f.high_y);
    if (!c->terminal)
        fprintf(c->script,
                "set lmargin at screen %.5f\nset rmargin at screen %.5f\n"
                "set tmargin at screen %.5f\nset bmargin at screen %.5f\n",
                f.area.left / f.width, f.area.right / f.width, 1 - f.area.top / f.height,
                1 - f.area.bottom / f.height);
    return f;
}

static void put_labels(struct canvas *c, const struct frame *f, const struct point *points,
                       size_t count)
{
    const double letter = c->narrow ? 7.4 : 8, line = c->narrow ? 15 : 16;
    struct places places = {.area = f->area};
    for (size_t i = 0; i < count; i++)
        place_point(&places, x_of(f, points[i].rate), y_of(f, points[i].error), 4);
    for (int libraries = 0; libraries < 2; libraries++) /* the frontier first */
        for (size_t i = 0; i < count; i++) {
            const struct point *p = &points[i];
            const bool is_library = p->row->result->is_library && !p->row->result->is_symmetric;
            char label[160];
            struct place place;
            if (libraries ? !is_library || p->is_frontier : !p->is_frontier)
                continue;
            row_label(p->row, label, sizeof label);
            if (place_label(&places, x_of(f, p->rate), y_of(f, p->error),
                            letter * (double)words_width(label), line, &place))
                fprintf(c->script, "set label \"%s\" at screen %.5f, screen %.5f %s tc %s\n",
                        canvas_label(c, label), place.x / f->width, 1 - place.middle / f->height,
                        place.align, canvas_shade(SHADE_TEXT));
        }
}

static void draw_errors(struct canvas *c, const struct section *s)
{
    FILE *to = c->script;
    const char *kinds[SHADE_LAST - SHADE_1 + 1];
    size_t kind_count = 0;
    struct point *points;
    const size_t all = points_of(s, &points), count = all < POINTS_MAX ? all : POINTS_MAX;
    const struct frame f = begin(c, s, points, count);
    put_labels(c, &f, points, count);
    fputs("$f << E\n", to);
    for (size_t i = 0; i < count; i++)
        if (points[i].is_frontier)
            fprintf(to, "%.9g %.9g\n", points[i].rate, points[i].error);
    fputs("E\n", to);
    for (size_t i = 0; i < count; i++) {
        const char *arithmetic = points[i].row->result->arithmetic;
        size_t k = 0;
        while (k < kind_count && strcmp(kinds[k], arithmetic) != 0)
            k++;
        if (k < kind_count || kind_count == sizeof kinds / sizeof *kinds)
            continue;
        kinds[kind_count++] = arithmetic;
        fprintf(to, "$e%zu << E\n", k);
        for (size_t r = i; r < count; r++)
            if (strcmp(points[r].row->result->arithmetic, arithmetic) == 0)
                fprintf(to, "%.9g %.9g %d\n", points[r].rate, points[r].error,
                        points[r].row->result->is_library ? 6 : 7);
        fputs("E\n", to);
    }
    fprintf(to, "plot $f using 1:2 with lines lw 1.5 dt (6,4) lc %s title \"best for its error\"",
            canvas_shade(SHADE_LINE));
    for (size_t k = 0; k < kind_count; k++)
        fprintf(to,
                ", $e%zu using 1:2:3 with points pt variable ps 0.9 lw 1.5 lc %s notitle, NaN with "
                "points pt 7 ps 0.9 lc %s title \"%s\"",
                k, canvas_shade((enum shade)(SHADE_1 + (int)k)),
                canvas_shade((enum shade)(SHADE_1 + (int)k)), canvas_label(c, kinds[k]));
    putc('\n', to);
    free(points);
}

void page_errors(struct page *page, const struct group *g, const char *op)
{
    const uint64_t n = rows_best_n(g, op);
    const struct export_row **rows;
    struct point *points;
    char heading[96], label[160];
    const size_t count = rows_of(g, op, n, &rows);
    struct section plan = {0};
    section_rows(&plan, op, n, rows, count);
    const size_t known = points_of(&plan, &points);
    const struct point *best = NULL;
    for (size_t i = 0; i < known; i++)
        best = !best || points[i].error < best->error ? &points[i] : best;
    if (known < 2) {
        free(points);
        free(rows);
        return;
    }
    snprintf(heading, sizeof heading, "Error against speed, %s at N = %" PRIu64, op, n);
    struct section *s = page_add(
        page, g, heading,
        "The relative error of each variant's sum against float64. Lower is more accurate, further "
        "right is faster; hollow points are libraries. Most accurate here: %s.%s",
        row_label(best->row, label, sizeof label),
        known > POINTS_MAX ? " Only the 2000 fastest are drawn." : "");
    section_rows(s, op, n, rows, count);
    s->needs_picture = s->is_detail = true;
    s->draw = draw_errors;
    s->height = 360;
    s->alt = need_format("Points: relative error against speed of each variant of %s on %s", op,
                         g->device);
    free(points);
}

/* page_orders.c - speed against N, logarithmic both ways, under the device's peak. */
#define _GNU_SOURCE 1 /* asprintf */

#include "bench/page/page.h"

#include "bench/terminal/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* More lines than that cannot be told from each other. */
enum { LINES_MAX = 8 };

struct line {
    char label[96];
    const struct export_row *fastest;
    size_t points;
};

static int most_points_first(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    if ((x->points > 1) != (y->points > 1))
        return x->points > 1 ? -1 : 1;
    const double p = row_done(x->fastest), q = row_done(y->fastest);
    return (p < q) - (p > q);
}

/* The lines of the rows that have several N, the fastest first. Returns how many. */
static size_t lines_of(const struct section *s, struct line *lines, size_t room)
{
    size_t count = 0;
    for (size_t i = 0; i < s->count; i++) {
        char label[96];
        size_t k = 0;
        if (isnan(row_done(s->rows[i])))
            continue;
        row_label(s->rows[i], label, sizeof label);
        while (k < count && strcmp(lines[k].label, label) != 0)
            k++;
        if (k == room)
            continue;
        if (k == count) {
            lines[count] = (struct line){.fastest = s->rows[i]};
            snprintf(lines[count++].label, sizeof label, "%s", label);
        }
        lines[k].points++;
        if (row_done(s->rows[i]) > row_done(lines[k].fastest))
            lines[k].fastest = s->rows[i];
    }
    /* cppcheck-suppress uninitvar ; the first `count` were written above */
    qsort(lines, count, sizeof *lines, most_points_first);
    while (count && lines[count - 1].points < 2)
        count--;
    return count < LINES_MAX ? count : LINES_MAX;
}

static int by_n(const void *a, const void *b)
{
    const struct export_row *x = *(const struct export_row *const *)a;
    const struct export_row *y = *(const struct export_row *const *)b;
    return (x->result->n > y->result->n) - (x->result->n < y->result->n);
}

/* The peak of each arithmetic that a line is in, once, as a dashed line over the whole width. */
static void draw_peaks(struct canvas *c, const struct line *lines, size_t count, double scale,
                       double *highest)
{
    double seen[LINES_MAX];
    size_t peaks = 0;
    for (size_t i = 0; i < count; i++) {
        const double peak = row_peak(lines[i].fastest) / scale;
        const bool cpu = strcmp(lines[i].fastest->result->backend, "cpu") == 0;
        bool again = !(peak > 0);
        for (size_t k = 0; k < peaks; k++)
            again = again || seen[k] == peak;
        if (again)
            continue;
        seen[peaks++] = peak;
        char label[96];
        snprintf(label, sizeof label, "%speak, %.40s", cpu ? "CPU's " : "",
                 row_is_reduce(lines[i].fastest) ? "memory" : lines[i].fastest->result->arithmetic);
        fprintf(
            c->script,
            "set arrow from graph 0, first %.9g to graph 1, first %.9g nohead dt (8,5) lw 1.5 lc "
            "%s\nset label \"%s\" at graph 0.01, first %.9g left offset 0,0.6 textcolor %s\n",
            peak, peak, canvas_shade(SHADE_LINE), canvas_label(c, label), peak,
            canvas_shade(SHADE_TEXT));
        *highest = fmax(*highest, peak);
    }
}

static void draw_curves(struct canvas *c, const struct section *s)
{
    FILE *to = c->script;
    struct line lines[64];
    const bool reduce = strcmp(s->op, "reduce") == 0;
    const double scale = reduce ? 1e9 : 1e12;
    const size_t count = lines_of(s, lines, 64);
    canvas_begin(c, s->height + (c->narrow ? 16 * (unsigned)count : 0));
    fprintf(to,
            "set logscale xy\nset xlabel \"N\" offset 0,0.5\nset ylabel \"%s\"\nset border 3\n"
            "set key %s\nset xtics (",
            reduce ? "GB/s" : "TFLOP/s executed",
            c->narrow ? "below vertical left" : "above horizontal left");
    uint64_t last = 0;
    for (size_t i = 0, shown = 0; i < s->count; i++) { /* rows are in the order of N here */
        const uint64_t n = s->rows[i]->result->n;
        /* Not closer to each other than they can be read. */
        if (shown && (double)n < (double)last * (c->narrow ? 1.9 : 1.35))
            continue;
        fprintf(to, "%s\"%" PRIu64 "\" %" PRIu64, shown++ ? ", " : "", n, n);
        last = n;
    }
    fprintf(to, ") textcolor %s\n", canvas_shade(SHADE_TEXT));
    for (size_t k = 0; k < count; k++) {
        fprintf(to, "$l%zu << E\n", k);
        for (size_t i = 0; i < s->count; i++) {
            char label[96];
            if (strcmp(row_label(s->rows[i], label, sizeof label), lines[k].label) == 0)
                fprintf(to, "%" PRIu64 " %.9g\n", s->rows[i]->result->n,
                        row_done(s->rows[i]) / scale);
        }
        fputs("E\n", to);
    }
    double highest = 0;
    draw_peaks(c, lines, count, scale, &highest);
    for (size_t k = 0; k < count; k++)
        highest = fmax(highest, row_done(lines[k].fastest) / scale);
    fprintf(to, "set xrange [%.9g:%.9g]\nset yrange [*:%.9g]\nplot ",
            (double)s->rows[0]->result->n / 1.12, (double)s->rows[s->count - 1]->result->n * 1.12,
            highest * 1.6);
    for (size_t k = 0; k < count; k++)
        fprintf(to, "%s$l%zu using 1:2 with linespoints lw 2 pt %zu ps 0.7 lc %s title \"%s\"",
                k ? ", " : "", k, 5 + 2 * (k % 5), canvas_shade((enum shade)(SHADE_1 + (int)k)),
                canvas_label(c, lines[k].label));
    putc('\n', to);
}

static void add_cell(struct grid *g, const struct section *s, uint64_t n, const struct line *line)
{
    for (size_t i = 0; i < s->count; i++) {
        char label[96];
        if (s->rows[i]->result->n != n ||
            strcmp(row_label(s->rows[i], label, sizeof label), line->label) != 0)
            continue;
        const double rate = row_rate(s->rows[i]) / (row_is_reduce(s->rows[i]) ? 1e9 : 1e12);
        grid_addf(g, rate < 1000 ? "%.3g" : "%.0f", rate);
        return;
    }
    grid_add(g, "");
}

/* A row an N, a column a line. */
static void fill_grid(struct section *s)
{
    struct line lines[64];
    const size_t count = lines_of(s, lines, 64);
    s->grid.columns = count + 1;
    grid_add(&s->grid, "N");
    for (size_t k = 0; k < count; k++)
        grid_add(&s->grid, lines[k].label);
    uint64_t last = 0;
    for (size_t i = 0; i < s->count; i++) {
        const uint64_t n = s->rows[i]->result->n;
        if (n == last)
            continue;
        last = n;
        grid_addf(&s->grid, "%" PRIu64, n);
        for (size_t k = 0; k < count; k++)
            add_cell(&s->grid, s, n, &lines[k]);
    }
}

void page_orders(struct page *page, const char *op)
{
    const struct export_row **rows;
    const size_t count = rows_of(page, op, 0, &rows);
    char heading[64];
    if (count)
        qsort(rows, count, sizeof *rows, by_n);
    struct line lines[64];
    const struct section all = {.rows = rows, .count = count};
    const bool several = lines_of(&all, lines, 64) > 0;
    const bool reduce = strcmp(op, "reduce") == 0;
    snprintf(heading, sizeof heading, "Speed against N, %s", op);
    struct section *s =
        !several ? NULL
                 : page_add(page, heading, "%s",
                            reduce ? "Bytes read a second, in GB/s, under the peak of the memory."
                                   : "The picture counts what was executed, so that the peak is a "
                                     "roof: a variant that computes one triangle of the symmetric "
                                     "product does half of 2N³. The table counts 2N³ for each, in "
                                     "TFLOP/s.");
    if (!s) {
        free(rows);
        return;
    }
    s->op = op;
    s->rows = rows;
    s->count = count;
    s->draw = draw_curves;
    s->height = 400;
    if (asprintf(&s->alt, "Lines: speed against N for each variant of %s, with the peak", op) < 0)
        s->alt = NULL;
    fill_grid(s);
}

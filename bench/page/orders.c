/* orders.c - speed against N in one arithmetic: 2N³ (or the bytes read) over the time, so that a
 * variant twice as fast is twice as high. */
#include "bench/page/page.h"

#include "harness/base/need.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A chart with more lines is not readable. */
enum { LINES_MAX = 8, VARIANTS_MAX = 64 };

struct line {
    char label[128];
    const struct export_row *fastest;
    size_t points;
};

static bool is_reference(const struct line *line)
{
    return line->fastest->result->is_library && !line->fastest->result->is_symmetric;
}

/* Lines of several points first; of these the library's, then the fastest. */
static int in_order(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    int order = (y->points > 1) - (x->points > 1);
    order = order ? order : is_reference(y) - is_reference(x);
    if (!order && is_reference(x)) /* cublas-sgemm before cublas-sgemm-cub */
        return (strlen(x->label) > strlen(y->label)) - (strlen(x->label) < strlen(y->label));
    const double p = row_rate(x->fastest), q = row_rate(y->fastest);
    return order ? order : (p < q) - (p > q);
}

/* The lines with at least two N. Returns how many, at most LINES_MAX. */
static size_t lines_of(const struct section *s, struct line lines[VARIANTS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct export_row *row = s->rows[i];
        char label[128];
        size_t k = 0;
        if (!(row_rate(row) > 0))
            continue;
        row_variant(row, label, sizeof label);
        while (k < count && strcmp(lines[k].label, label) != 0)
            k++;
        if (k == VARIANTS_MAX)
            continue;
        if (k == count) {
            lines[count] = (struct line){.fastest = row};
            snprintf(lines[count++].label, sizeof label, "%s", label);
        }
        lines[k].points++;
        if (row_rate(row) > row_rate(lines[k].fastest))
            lines[k].fastest = row;
    }
    /* cppcheck-suppress uninitvar ; the first `count` were written above */
    qsort(lines, count, sizeof *lines, in_order);
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

/* The rows of the lines at one N; NULL where a line has none. */
struct order {
    uint64_t n;
    const struct export_row *rows[LINES_MAX];
};

/* The N of the lines' points, ascending; *list is to be freed. */
static size_t orders_of(const struct section *s, const struct line *lines, size_t line_count,
                        struct order **list)
{
    size_t count = 0;
    *list = need_array(s->count + 1, sizeof **list);
    for (size_t i = 0; i < s->count; i++) { /* in the order of N */
        const struct export_row *row = s->rows[i];
        char label[128];
        row_variant(row, label, sizeof label);
        for (size_t k = 0; k < line_count; k++) {
            if (strcmp(label, lines[k].label) != 0)
                continue;
            if (count == 0 || (*list)[count - 1].n != row->result->n)
                (*list)[count++].n = row->result->n;
            if (!(*list)[count - 1].rows[k])
                (*list)[count - 1].rows[k] = row;
        }
    }
    return count;
}

static void draw_curves(struct canvas *c, const struct section *s)
{
    FILE *to = c->script;
    struct line lines[VARIANTS_MAX];
    struct order *orders;
    const size_t count = lines_of(s, lines), order_count = orders_of(s, lines, count, &orders);
    uint64_t *list = need_array(order_count, sizeof *list);
    double highest = 0, peak = 0;
    canvas_begin(c, s->height + (c->narrow ? 16 * (unsigned)count : 0));
    fprintf(to, "set logscale xy\nset xlabel \"N\" offset 0,0.5\nset ylabel \"%s\"\nset border 3\n",
            s->unit);
    fprintf(to, "set key %s\n", c->narrow ? "below vertical left" : "above horizontal left");
    for (size_t i = 0; i < order_count; i++)
        list[i] = orders[i].n;
    canvas_orders(c, list, order_count);
    free(list);
    for (size_t k = 0; k < count; k++) {
        fprintf(to, "$l%zu << E\n", k);
        for (size_t i = 0; i < order_count; i++) {
            const struct export_row *row = orders[i].rows[k];
            if (row)
                fprintf(to, "%" PRIu64 " %.9g\n", orders[i].n, row_rate(row) / s->scale);
        }
        fputs("E\n", to);
        highest = fmax(highest, row_rate(lines[k].fastest) / s->scale);
        peak = fmax(peak, row_peak(lines[k].fastest) / s->scale); /* fmax() passes over NaN */
    }
    free(orders);
    if (peak > 0)
        fprintf(to,
                "set arrow from graph 0, first %.9g to graph 1, first %.9g nohead dt (8,5) lw 1.5 "
                "lc %s\nset label \"peak\" at graph 0.01, first %.9g left offset 0,0.6 textcolor "
                "%s\n",
                peak, peak, canvas_shade(SHADE_LINE), peak, canvas_shade(SHADE_TEXT));
    fprintf(to, "set yrange [*:%.9g]\nplot ", fmax(highest, peak) * 1.6);
    for (size_t k = 0, own = 0; k < count; k++)
        fprintf(to, "%s$l%zu using 1:2 with linespoints lw 2 pt %zu ps 0.7 lc %s title \"%s\"",
                k ? ", " : "", k, 5 + 2 * (k % 5),
                k == 0 && is_reference(&lines[0]) ? canvas_shade(SHADE_2)
                                                  : canvas_line_shade(own++),
                canvas_label(c, lines[k].label));
    putc('\n', to);
}

/* One row for each N, one column for each line. */
static void fill_grid(struct section *s)
{
    struct line lines[VARIANTS_MAX];
    struct order *orders;
    const size_t count = lines_of(s, lines), order_count = orders_of(s, lines, count, &orders);
    s->grid.columns = count + 1;
    grid_add(&s->grid, "N");
    for (size_t k = 0; k < count; k++)
        grid_add(&s->grid, lines[k].label);
    for (size_t i = 0; i < order_count; i++) {
        grid_addf(&s->grid, "%" PRIu64, orders[i].n);
        for (size_t k = 0; k < count; k++) {
            const struct export_row *row = orders[i].rows[k];
            const double rate = row ? row_rate(row) / s->scale : 0;
            if (row)
                grid_addf(&s->grid, rate < 100 ? "%.3g" : "%.0f", rate);
            else
                grid_add(&s->grid, "");
        }
    }
    free(orders);
}

/* The rows are copied into the section. */
static void add_chart(struct page *page, const struct group *g, const char *op,
                      const struct export_row *const *rows, size_t count)
{
    const char *arithmetic = rows[0]->result->arithmetic;
    const bool reduce = strcmp(op, "reduce") == 0;
    struct line lines[VARIANTS_MAX];
    char heading[96];
    const struct export_row **own = need_copy(rows, count * sizeof *rows);
    struct section plan = {0};
    qsort(own, count, sizeof *own, by_n);
    section_rows(&plan, op, 0, own, count);
    const size_t line_count = lines_of(&plan, lines);
    if (line_count == 0) {
        free(own);
        return;
    }
    bool passes_peak = false;
    for (size_t k = 0; k < line_count; k++)
        passes_peak = passes_peak || row_rate(lines[k].fastest) > row_peak(lines[k].fastest);
    snprintf(heading, sizeof heading, "Speed against N, %s in %s", op, arithmetic);
    struct section *s = page_add(
        page, g, heading, "%s in %s.%s",
        reduce ? "Bytes read per second" : "2N³ divided by the time", plan.unit,
        passes_peak && !reduce
            ? " A variant that computes one triangle of the symmetric product does half of 2N³, "
              "and so can exceed the peak."
        : passes_peak ? " Data that fits in the cache is read faster than memory allows."
                      : "");
    section_rows(s, op, 0, own, count);
    s->arithmetic = arithmetic;
    s->is_detail = true;
    s->is_folded = strcmp(arithmetic, "f32") != 0;
    s->draw = draw_curves;
    s->height = 400;
    s->alt = need_format("Lines: speed against N of each variant of %s in %s on %s", op, arithmetic,
                         g->device);
    fill_grid(s);
}

void page_orders(struct page *page, const struct group *g, const char *op)
{
    const struct export_row **rows;
    const size_t count = rows_of(g, op, 0, &rows); /* by arithmetic, f32 first */
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && strcmp(rows[to]->result->arithmetic,
                                                 rows[from]->result->arithmetic) == 0;)
            to++;
        add_chart(page, g, op, rows + from, to - from);
    }
    free(rows);
}

/* canvas.c - what the pictures have in common: size, axes and quiet lines. */
#include "bench/page/page.h"

#include <math.h>

enum { WIDE = 760, NARROW = 380, LINE_HEIGHT = 18 };

void canvas_begin(struct canvas *c, unsigned height)
{
    FILE *to = c->script;
    fputs("reset\n", to);
    if (c->terminal)
        fprintf(to, "set terminal dumb noenhanced size %u,%u\n", c->columns,
                height / LINE_HEIGHT + 2);
    else
        fprintf(to,
                "set terminal svg size %d,%u dynamic noenhanced font \"sans-serif,%d\" rounded\n",
                c->narrow ? NARROW : WIDE, height, c->narrow ? 12 : 13);
    fprintf(to,
            "set encoding utf8\n"
            "set border 1 lc %s\n"
            "set tics nomirror scale 0 textcolor %s\n"
            "set key textcolor %s samplen 2 spacing 1.15 Left reverse\n"
            "set xlabel textcolor %s\nset ylabel textcolor %s\n",
            canvas_shade(SHADE_LINE), canvas_shade(SHADE_TEXT), canvas_shade(SHADE_TEXT),
            canvas_shade(SHADE_TEXT), canvas_shade(SHADE_TEXT));
    /* Dotted lines over characters would hide them. */
    if (!c->terminal)
        fprintf(to, "set grid lc %s lt 1 lw 1 dt solid back\n", canvas_shade(SHADE_GRID));
}

void canvas_time(struct canvas *c, const char *axis)
{
    static const struct {
        double scale;
        const char *unit;
    } units[] = {{1e-9, "ns"}, {1e-6, "µs"}, {1e-3, "ms"}, {1, "s"}};
    fprintf(c->script, "set %stics (", axis);
    for (int power = -9, first = 1; power <= 3; power++, first = 0) {
        const int unit = power < 0 ? (power + 9) / 3 : 3;
        fprintf(c->script, "%s\"%g %s\" 1e%d", first ? "" : ", ",
                round(pow(10, power) / units[unit].scale), units[unit].unit, power);
    }
    fprintf(c->script, ") textcolor %s\n", canvas_shade(SHADE_TEXT));
}

void page_sparkline(FILE *to, const double *values, size_t count, size_t columns)
{
    static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    double least = INFINITY, most = -INFINITY;
    if (columns > count)
        columns = count;
    for (size_t i = 0; i < count; i++) {
        least = fmin(least, values[i]);
        most = fmax(most, values[i]);
    }
    for (size_t c = 0; c < columns; c++) {
        const size_t from = c * count / columns, until = (c + 1) * count / columns;
        double mean = 0;
        for (size_t i = from; i < until; i++)
            mean += values[i] / (double)(until - from);
        const double share = most > least ? (mean - least) / (most - least) : 0;
        fputs(blocks[(size_t)(share * 7.999)], to);
    }
}

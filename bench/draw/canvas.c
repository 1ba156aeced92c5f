/* canvas.c - what all pictures have in common: size, axes, colours, labels. */
#include "bench/draw/canvas.h"

#include "bench/terminal/words.h"
#include "harness/base/need.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDE = 760, NARROW = 380, LINE_HEIGHT = 18, LABEL_COLUMNS_MAX = 44, LABELS_MAX = 1000 };

unsigned canvas_width(const struct canvas *c)
{
    return c->narrow ? NARROW : WIDE;
}

void canvas_begin(struct canvas *c, unsigned height)
{
    FILE *to = c->script;
    fputs("reset\n", to);
    if (c->terminal)
        fprintf(to, "set terminal dumb nofeed noenhanced size %u,%u\n", c->columns,
                height / LINE_HEIGHT + 2);
    else
        fprintf(to,
                "set terminal svg size %u,%u dynamic noenhanced font \"sans-serif,%d\" rounded\n",
                canvas_width(c), height, c->narrow ? 12 : 13);
    fprintf(to,
            "set encoding utf8\n"
            "set border 1 lc %s\n"
            "set tics nomirror scale 0 textcolor %s\n"
            "set key textcolor %s samplen 2 spacing 1.15 Left reverse\n"
            "set xlabel textcolor %s\nset ylabel textcolor %s\n",
            canvas_shade(SHADE_LINE), canvas_shade(SHADE_TEXT), canvas_shade(SHADE_TEXT),
            canvas_shade(SHADE_TEXT), canvas_shade(SHADE_TEXT));
    if (!c->terminal) /* among characters, dotted lines would hide the curves */
        fprintf(to, "set grid lc %s lt 1 lw 1 dt solid back\n", canvas_shade(SHADE_GRID));
}

/* The first LABEL_COLUMNS_MAX - 1 columns of the text and "…", or the whole text if it fits. */
static char *copy_cut(const char *text)
{
    static const char dots[] = "…";
    const size_t bytes = strlen(text);
    char *copy = need(bytes + sizeof dots);
    memcpy(copy, text, bytes + 1);
    if (words_width(text) <= LABEL_COLUMNS_MAX)
        return copy;
    size_t columns = 0;
    for (char *at = copy; *at; at++)
        if (((unsigned char)*at & 0xC0) != 0x80 && columns++ == LABEL_COLUMNS_MAX - 1) {
            memcpy(at, dots, sizeof dots);
            break;
        }
    return copy;
}

const char *canvas_label(struct canvas *c, const char *text)
{
    char *out = c->placeholder[c->turn++ % 8];
    *out = '\0';
    if (c->label_count == LABELS_MAX)
        return out;
    char *copy = copy_cut(text);
    c->labels = need_room(c->labels, c->label_count, sizeof *c->labels);
    const size_t columns = words_width(copy);
    c->labels[c->label_count] = copy;
    int length = snprintf(out, 16, "Z%03zu", c->label_count++);
    while ((size_t)length < columns)
        out[length++] = 'z';
    out[length] = '\0';
    return out;
}

const char *canvas_shade(enum shade shade)
{
    static const char *const colours[] = {"rgb \"#0a0000\"", "rgb \"#0a0001\"", "rgb \"#0a0002\"",
                                          "rgb \"#0a0003\"", "rgb \"#0a0004\"", "rgb \"#0a0005\"",
                                          "rgb \"#0a0006\"", "rgb \"#0a0007\"", "rgb \"#0a0008\"",
                                          "rgb \"#0a0009\"", "rgb \"#0a000a\""};
    _Static_assert(sizeof colours / sizeof *colours == SHADE_LAST + 1, "one for each shade");
    return colours[shade];
}

const char *canvas_line_shade(size_t k)
{
    static const enum shade lines[] = {SHADE_1, SHADE_3, SHADE_4, SHADE_5,
                                       SHADE_6, SHADE_7, SHADE_8, SHADE_2};
    return canvas_shade(lines[k % (sizeof lines / sizeof *lines)]);
}

void canvas_time(struct canvas *c, const char *axis)
{
    static const struct {
        double scale;
        const char *unit;
    } units[] = {{1e-9, "ns"}, {1e-6, "µs"}, {1e-3, "ms"}, {1, "s"}};
    fprintf(c->script, "set %stics (", axis);
    for (int power = -9; power <= 3; power++) {
        const int unit = power < 0 ? (power + 9) / 3 : 3;
        fprintf(c->script, "%s\"%g %s\" 1e%d", power > -9 ? ", " : "",
                round(pow(10, power) / units[unit].scale), units[unit].unit, power);
    }
    fprintf(c->script, ") textcolor %s\n", canvas_shade(SHADE_TEXT));
}

void canvas_orders(struct canvas *c, const uint64_t *list, size_t count)
{
    if (count == 0)
        return;
    const double least = (double)list[0] / 1.12, most = (double)list[count - 1] * 1.12;
    /* A character is about 8 units wide, and the axis takes 80 units less than the picture. */
    const double units = (canvas_width(c) - 80.0) / log(most / least);
    double end = -INFINITY;
    fputs("set xtics (", c->script);
    for (size_t i = 0, shown = 0; i < count; i++) {
        char text[24];
        const int length = snprintf(text, sizeof text, "%" PRIu64, list[i]);
        const double at = units * log((double)list[i] / least), half = 4.0 * length;
        if (at - half < end + 8)
            continue;
        fprintf(c->script, "%s\"%s\" %s", shown++ ? ", " : "", text, text);
        end = at + half;
    }
    fprintf(c->script, ") textcolor %s\nset xrange [%.9g:%.9g]\n", canvas_shade(SHADE_TEXT), least,
            most);
}

void canvas_free(struct canvas *c)
{
    for (size_t i = 0; i < c->label_count; i++)
        free(c->labels[i]);
    free(c->labels);
}

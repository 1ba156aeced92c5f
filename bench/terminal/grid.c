/* grid.c - lays out tables of text. */
#include "bench/terminal/grid.h"

#include "bench/terminal/words.h"
#include "harness/base/need.h"
#include "harness/text/clean.h"
#include "harness/text/markup.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void add(struct grid *g, char *cell)
{
    g->cells = need_room(g->cells, g->count, sizeof *g->cells);
    g->cells[g->count++] = cell;
}

void grid_add(struct grid *g, const char *text)
{
    add(g, clean_utf8(need_text(text)));
}

void grid_addf(struct grid *g, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    grid_add(g, text);
}

void grid_tint(struct grid *g, bool colored, enum tint tint, const char *text)
{
    char *cell;
    size_t bytes;
    FILE *to = need_stream(&cell, &bytes);
    color_print(to, colored, tint, text);
    need_stream_end(to);
    add(g, cell);
}

void grid_rest(struct grid *g, bool colored, enum tint tint, const char *text)
{
    grid_tint(g, colored, tint, text);
    while (g->count % g->columns)
        add(g, NULL);
}

size_t grid_rows(const struct grid *g)
{
    const size_t rows = g->count / g->columns;
    return g->heads || rows == 0 ? rows : rows - 1;
}

/* Of a row of cells, NULL included. */
static const char *raw_cell(const struct grid *g, size_t row, size_t column)
{
    return g->cells[(row + !g->heads) * g->columns + column];
}

static const char *cell(const struct grid *g, size_t row, size_t column)
{
    const char *text = raw_cell(g, row, column);
    return text ? text : "";
}

static const char *head(const struct grid *g, size_t column)
{
    if (g->heads)
        return g->heads[column];
    return column < g->count ? g->cells[column] : "";
}

static bool is_left(const struct grid *g, size_t column)
{
    return g->left >> column & 1;
}

/* Whether the text of a cell also covers the columns to its right. */
static bool is_rest(const struct grid *g, size_t row, size_t column)
{
    return column + 1 < g->columns && !raw_cell(g, row, column + 1);
}

/* How a table is laid out on a terminal. */
struct layout {
    size_t width[GRID_COLUMNS_MAX]; /* 0: the column is left out */
    unsigned below;                 /* bit c: column c has a line of its own */
    size_t indent, columns;
};

/* The columns of the terminal that a row takes. */
static size_t row_width(const struct grid *g, const struct layout *l)
{
    size_t all = l->indent;
    for (size_t c = 0; c < g->columns; c++)
        all += l->width[c] ? l->width[c] + (all > l->indent ? 2 : 0) : 0;
    return all;
}

static void move_below(struct layout *l, size_t column)
{
    l->below |= l->width[column] ? 1u << column : 0;
    l->width[column] = 0;
}

static bool is_same(const struct grid *g, size_t column)
{
    for (size_t r = 1; r < grid_rows(g); r++)
        if (strcmp(cell(g, r, column), cell(g, 0, column)) != 0)
            return false;
    return true;
}

static void fit(const struct grid *g, struct layout *l)
{
    for (size_t c = g->columns; c-- > 0 && row_width(g, l) > l->columns;)
        if (g->below >> c & 1)
            move_below(l, c);
    for (const char *d = g->drop; d && *d && row_width(g, l) > l->columns; d++) {
        const size_t c = (size_t)(tolower(*d) - 'a');
        if (isupper(*d) && !is_same(g, c))
            move_below(l, c);
        l->width[c] = 0;
    }
    for (size_t c = g->columns; c-- > 1 && row_width(g, l) > l->columns;)
        move_below(l, c);
}

/* Prints one row; row 0 holds the column headings. */
static void print_row(FILE *to, const struct grid *g, size_t row, const struct layout *l)
{
    const char *text[GRID_COLUMNS_MAX];
    size_t end = 0; /* one past the last cell with text, so that no line ends in blanks */
    for (size_t c = 0; c < g->columns; c++) {
        text[c] = row == 0 ? head(g, c) : cell(g, row - 1, c);
        end = *text[c] && l->width[c] ? c + 1 : end;
    }
    const size_t fold = l->indent + 2;
    const bool is_head = row == 0 && g->heads;
    size_t at = 0;
    for (size_t c = 0; c < end; c++) {
        if (l->width[c] == 0)
            continue;
        const size_t gap = at ? 2 : l->indent;
        words_left(to, "", gap);
        at += gap;
        if (c + 1 == end && (is_left(g, c) || (row > 0 && is_rest(g, row - 1, c)))) {
            const bool has_room = !is_head && l->columns - at >= 24;
            words_wrap(to, text[c], at, has_room ? at : fold, l->columns);
        } else {
            (is_left(g, c) ? words_left : words_right)(to, text[c], l->width[c]);
        }
        at += l->width[c];
    }
    for (size_t c = 0; !is_head && c < g->columns; c++)
        if (l->below >> c & 1 && *text[c]) {
            fputc('\n', to);
            words_left(to, "", fold);
            const bool is_figure =
                row > 0 && !is_left(g, c) && !is_rest(g, row - 1, c) && *head(g, c);
            if (is_figure)
                fprintf(to, "%s ", head(g, c));
            words_wrap(to, text[c], fold + (is_figure ? words_width(head(g, c)) + 1 : 0), fold,
                       l->columns);
        }
    if (at || !is_head)
        putc('\n', to);
}

void grid_text(FILE *to, const struct grid *g)
{
    struct layout l = {.indent = g->flush ? 0 : 2, .columns = terminal_width(to)};
    for (size_t c = 0; c < g->columns; c++) {
        l.width[c] = words_width(head(g, c));
        for (size_t r = 0; r < grid_rows(g); r++) {
            const size_t wide = words_width(cell(g, r, c));
            if (wide > l.width[c] && !is_rest(g, r, c))
                l.width[c] = wide;
        }
    }
    fit(g, &l);
    for (size_t r = 0; r <= grid_rows(g) && (g->heads || g->count); r++)
        print_row(to, g, r, &l);
}

void grid_markdown(FILE *to, const struct grid *g)
{
    for (size_t c = 0; c < g->columns; c++) {
        fputs(c ? " | " : "| ", to);
        markup_markdown(to, head(g, c));
    }
    fputs(" |\n|", to);
    for (size_t c = 0; c < g->columns; c++)
        fputs(is_left(g, c) ? ":---|" : "---:|", to);
    putc('\n', to);
    for (size_t r = 0; r < grid_rows(g); r++) {
        for (size_t c = 0; c < g->columns; c++) {
            fputs(c ? " | " : "| ", to);
            markup_markdown(to, cell(g, r, c));
        }
        fputs(" |\n", to);
    }
}

void grid_html(FILE *to, const struct grid *g)
{
    fputs("<div class=\"scroll\"><table>\n<thead><tr>", to);
    for (size_t c = 0; c < g->columns; c++) {
        fputs(is_left(g, c) ? "<th class=\"l\" scope=\"col\">" : "<th scope=\"col\">", to);
        markup_xml(to, head(g, c));
        fputs("</th>", to);
    }
    fputs("</tr></thead>\n<tbody>\n", to);
    for (size_t r = 0; r < grid_rows(g); r++) {
        fputs("<tr>", to);
        for (size_t c = 0; c < g->columns; c++) {
            /* The style sheet shows the head beside the cell on narrow screens. */
            fputs(is_left(g, c) ? "<td class=\"l\" data-head=\"" : "<td data-head=\"", to);
            markup_xml(to, head(g, c));
            fputs("\">", to);
            markup_xml(to, cell(g, r, c));
            fputs("</td>", to);
        }
        fputs("</tr>\n", to);
    }
    fputs("</tbody></table></div>\n", to);
}

void grid_free(struct grid *g)
{
    for (size_t i = 0; i < g->count; i++)
        free(g->cells[i]);
    free(g->cells);
    g->cells = NULL;
    g->count = 0;
}

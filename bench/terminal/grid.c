/* grid.c - see grid.h. */
#include "bench/terminal/grid.h"

#include "bench/terminal/words.h"
#include "harness/text/markup.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void grid_add(struct grid *g, const char *text)
{
    if (g->count == g->capacity) {
        const size_t capacity = g->capacity ? 2 * g->capacity : 64;
        char **cells = realloc(g->cells, capacity * sizeof *cells);
        if (!cells) {
            g->failed = true;
            return;
        }
        g->cells = cells;
        g->capacity = capacity;
    }
    char *copy = strdup(text);
    if (copy)
        g->cells[g->count++] = copy;
    else
        g->failed = true;
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

size_t grid_rows(const struct grid *g)
{
    const size_t rows = g->failed ? 0 : g->count / g->columns;
    return g->heads || rows == 0 ? rows : rows - 1;
}

static const char *cell(const struct grid *g, size_t row, size_t column)
{
    return g->cells[(row + !g->heads) * g->columns + column];
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

void grid_text(FILE *to, const struct grid *g)
{
    size_t width[32] = {0};
    for (size_t c = 0; c < g->columns; c++) {
        width[c] = words_width(head(g, c));
        for (size_t r = 0; r < grid_rows(g); r++) {
            const size_t wide = words_width(cell(g, r, c));
            width[c] = wide > width[c] ? wide : width[c];
        }
    }
    for (size_t r = 0; r <= grid_rows(g); r++) {
        for (size_t c = 0; c < g->columns; c++) {
            const char *text = r == 0 ? head(g, c) : cell(g, r - 1, c);
            fputs("  ", to);
            if (!is_left(g, c))
                words_right(to, text, width[c]);
            else if (c + 1 == g->columns) /* no blanks at the end of a line */
                fputs(text, to);
            else
                words_left(to, text, width[c]);
        }
        putc('\n', to);
    }
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
            fputs(is_left(g, c) ? "<td class=\"l\">" : "<td>", to);
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
    g->count = g->capacity = 0;
}

/* grid.h - a table of text that can be printed for a terminal, as Markdown and as HTML. */
#ifndef BENCH_GRID_H
#define BENCH_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct grid {
    const char *const *heads; /* one a column; NULL: the first cells are the heads */
    size_t columns;
    unsigned
        left;     /* bit c: column c holds words and starts at the left; figures end at the right */
    char **cells; /* row by row */
    size_t count, capacity;
    bool failed; /* memory ran out: nothing is printed but that */
};

/* Adds the next cell, a copy of the text; a row is full after `columns` of them. */
void grid_add(struct grid *g, const char *text);
void grid_addf(struct grid *g, const char *format, ...) __attribute__((format(printf, 2, 3)));
size_t grid_rows(const struct grid *g);

void grid_text(FILE *to, const struct grid *g);
void grid_markdown(FILE *to, const struct grid *g);
void grid_html(FILE *to, const struct grid *g);
void grid_free(struct grid *g);

#endif

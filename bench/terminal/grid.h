/* grid.h - a table of text that can be printed for a terminal, as Markdown and as HTML. */
#ifndef BENCH_GRID_H
#define BENCH_GRID_H

#include "bench/terminal/color.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { GRID_COLUMNS_MAX = 32 };

struct grid {
    const char *const *heads; /* one per column; NULL: the first row of cells holds the heads */
    size_t columns;           /* at most GRID_COLUMNS_MAX */
    unsigned left;            /* bit c: align column c left, as words are; figures align right */
    bool flush;               /* grid_text(): do not indent the table by two spaces */
    unsigned below;           /* bit c: on a terminal that is too narrow, column c goes to lines of
                                 its own below the row, from the last of them on */
    const char *drop;         /* then these columns are left out, in this order: 'a' is column 0;
                                 one that tells rows apart ('A') goes below if its cells differ */
    char **cells;             /* row by row; NULL where the cell to the left covers this column */
    size_t count;
};

/* Adds the next cell, a copy of the text; a row is full after `columns` cells. */
void grid_add(struct grid *g, const char *text);
void grid_addf(struct grid *g, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds the next cell, in colour if `colored`. */
void grid_tint(struct grid *g, bool colored, enum tint tint, const char *text);

/* Adds text that covers the rest of the row and does not widen its columns. */
void grid_rest(struct grid *g, bool colored, enum tint tint, const char *text);

size_t grid_rows(const struct grid *g);

/* Columns without any text are left out of grid_text(). On a terminal the lines fit its width:
 * columns of `below` move, those of `drop` go, and of what then does not fit the last ones move
 * too. */
void grid_text(FILE *to, const struct grid *g);
void grid_markdown(FILE *to, const struct grid *g);
void grid_html(FILE *to, const struct grid *g);
void grid_free(struct grid *g);

#endif

/* canvas.h - the script of one picture: its size, axes, colours and labels.
 *
 * gnuplot executes text in back quotes, so no name of a host or a variant may enter a script. A
 * script therefore holds numbers and, for each label, a placeholder as wide as the text
 * ("Z017zzzz"); gnuplot_run() puts the text in its place afterwards. Colours are roles (SHADE_…),
 * which the page's style sheet defines for light and for dark. */
#ifndef BENCH_CANVAS_H
#define BENCH_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum shade {
    SHADE_TEXT,
    SHADE_GRID,
    SHADE_LINE,
    SHADE_1,
    SHADE_2,
    SHADE_3,
    SHADE_4,
    SHADE_5,
    SHADE_6,
    SHADE_7,
    SHADE_8,
    SHADE_LAST = SHADE_8
};

struct canvas {
    FILE *script;
    bool narrow;      /* drawn for a phone */
    bool terminal;    /* drawn with characters instead of SVG */
    unsigned columns; /* of that terminal */
    char **labels;
    size_t label_count;
    char placeholder[8][64]; /* the last eight that canvas_label() returned */
    unsigned turn;
};

/* Begins a picture of that height, in units of which a wide picture is 760 across and a narrow one
 * 380. Sets the font, quiet axes and grid lines. */
void canvas_begin(struct canvas *canvas, unsigned height);
unsigned canvas_width(const struct canvas *canvas);

/* Returns a placeholder for `text`, to be put between quotes in the script; it is valid for the
 * next seven calls. Text of more than 44 columns is cut and ends in "…". */
const char *canvas_label(struct canvas *canvas, const char *text);

/* A colour as the script wants it: rgb "#0a0003". */
const char *canvas_shade(enum shade shade);

/* The same for line k of a picture, from 0; SHADE_2, the reference's, is the eighth. */
const char *canvas_line_shade(size_t k);

/* Labels the ticks of an axis ("y") with times: 1 ms, 10 ms, … */
void canvas_time(struct canvas *canvas, const char *axis);

/* Labels the ticks of a logarithmic x axis with the N in `list`, which ascends, and sets the range.
 * Leaves out an N whose label would touch the one before it. */
void canvas_orders(struct canvas *canvas, const uint64_t *list, size_t count);

/* Frees the labels. */
void canvas_free(struct canvas *canvas);

#endif

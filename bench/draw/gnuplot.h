/* gnuplot.h - pictures, drawn by gnuplot in a process of its own.
 *
 * What it is given is a script with nothing of anybody's in it but numbers: gnuplot runs commands
 * that it finds in back quotes, so names of hosts and variants never get there. A label is written
 * as a placeholder as wide as the text ("Z017zzzz"), and the text put in its place, escaped, in
 * what comes back. Colours are roles (SHADE_…), which the page's style sheet turns into light and
 * dark ones. */
#ifndef BENCH_GNUPLOT_H
#define BENCH_GNUPLOT_H

#include "harness/base/status.h"

#include <stdbool.h>
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
    SHADE_LAST = SHADE_1 + 7
};

/* A picture's script in the making. */
struct canvas {
    FILE *script;
    bool narrow;      /* for a phone */
    bool terminal;    /* characters instead of SVG */
    unsigned columns; /* of a terminal */
    char **labels;
    size_t label_count, label_capacity;
    char placeholder[8][64]; /* canvas_label()'s last eight */
    unsigned turn;
};

/* A text as a placeholder to stand in the script, within quotes; good for the next seven calls.
 * Long ones are cut. */
const char *canvas_label(struct canvas *canvas, const char *text);

/* A colour as the script wants it: rgb "#0a0003". */
const char *canvas_shade(enum shade shade);

void canvas_free(struct canvas *canvas);

/* Runs gnuplot on the script; *out, owned by the caller, is what it printed, with the labels in
 * place of the placeholders, escaped for HTML if that is what it is for. STATUS_FAILED with a
 * sentence if there is no gnuplot or it fails. */
enum status gnuplot_run(const struct canvas *canvas, const char *script, size_t bytes, bool html,
                        char **out, struct failure *why);

/* Writes the next of the SVG pictures in gnuplot's output, fit to stand in an HTML page, and
 * returns what follows; NULL if there is none. Each gets names of its own from `number`. */
const char *gnuplot_svg(FILE *to, const char *output, unsigned number, const char *title);

#endif

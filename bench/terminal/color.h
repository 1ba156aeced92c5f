/* color.h - whether a stream gets colour, and text in colour. */
#ifndef BENCH_COLOR_H
#define BENCH_COLOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* SGR codes of a terminal. */
enum tint { TINT_GOOD = 32, TINT_DIM = 2, TINT_BAD = 31, TINT_WARN = 33 };

/* Whether to colour a stream. COLOR_AUTO means if it is a terminal, unless NO_COLOR is set or TERM
 * is "dumb". */
bool color_wanted(FILE *to, enum color color);

/* Writes text, in colour if `colored`. */
void color_print(FILE *to, bool colored, enum tint tint, const char *text);

/* The width of a stream's terminal in columns; SIZE_MAX if the stream is not a terminal. */
size_t terminal_width(FILE *to);

#endif

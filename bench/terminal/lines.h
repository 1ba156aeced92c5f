/* lines.h - sentences and labelled lines that fit a terminal; a pipe gets each whole. */
#ifndef BENCH_LINES_H
#define BENCH_LINES_H

#include <stdio.h>

/* Writes lines of text. What does not fit the terminal goes on below, indented like the text behind
 * the line's label ("saved            /home/…"), if it has one. Takes the text apart. */
void lines_print(FILE *to, char *text);

/* Writes one line, which needs no line break at its end. */
void lines_printf(FILE *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

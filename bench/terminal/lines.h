/* lines.h - sentences and labelled lines that fit a terminal; a pipe gets each whole. */
#ifndef BENCH_LINES_H
#define BENCH_LINES_H

#include <stdio.h>

/* Writes lines of text. Breaks a line that is too long for the terminal and indents the rest like
 * the text after its label ("saved /home/…"), if it has one. Modifies the text. */
void lines_print(FILE *to, char *text);

/* Writes one line, which needs no line break at its end. */
void lines_printf(FILE *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

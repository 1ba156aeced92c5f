/* gnuplot.h - runs gnuplot, in a process of its own, on the script of a canvas. */
#ifndef BENCH_GNUPLOT_H
#define BENCH_GNUPLOT_H

#include "bench/draw/canvas.h"
#include "harness/base/status.h"

/* Runs gnuplot on the script. *out, owned by the caller, is what it printed, with the labels in
 * place of their placeholders, escaped for HTML if `html`. Returns STATUS_FAILED with a message if
 * gnuplot is missing or fails, and interrupt_check()'s status after Ctrl-C. */
enum status gnuplot_run(const struct canvas *canvas, const char *script, size_t bytes, bool html,
                        char **out, struct failure *why);

/* Writes the next SVG picture of gnuplot's output as an element of an HTML page, and returns what
 * follows it; NULL if there is no picture. `number` makes its identifiers unique in the page.
 * `title` names the subject, `finding` the result that can be seen. */
const char *gnuplot_svg(FILE *to, const char *output, unsigned number, const char *title,
                        const char *finding);

#endif

/* markup.h - text from outside, cleaned (clean.h) and escaped so that XML, HTML, Markdown and
 * spreadsheets show it as it is. */
#ifndef HARNESS_MARKUP_H
#define HARNESS_MARKUP_H

#include <stdio.h>

/* For XML and HTML: text, and attributes between " or '. */
void markup_xml(FILE *to, const char *text);

/* For Markdown: text, and cells of a table. */
void markup_markdown(FILE *to, const char *text);

/* For CSV: a field, in quotes if it needs them, with an apostrophe before what a spreadsheet would
 * take for a formula. */
void markup_csv(FILE *to, const char *text);

#endif

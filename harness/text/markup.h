/* markup.h - text that comes from outside, written so that it stays text: what XML, HTML or
 * Markdown would take for their own is escaped, and control characters become blanks. */
#ifndef HARNESS_MARKUP_H
#define HARNESS_MARKUP_H

#include <stdio.h>

/* In XML and HTML, attributes between " or ' too. */
void markup_xml(FILE *to, const char *text);

/* In Markdown, cells of a table too. */
void markup_markdown(FILE *to, const char *text);

#endif

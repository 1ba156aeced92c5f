/* json_text.h - JSON between us and Jansson: values that cannot be spoilt, and a text that people
 * can read.
 *
 * Jansson refuses NaN, infinity and broken UTF-8, and prints 0.01841 as 0.018409999999999999, one
 * number a line. */
#ifndef HARNESS_JSON_TEXT_H
#define HARNESS_JSON_TEXT_H

#include <jansson.h>
#include <stdio.h>

/* A real, or null for NaN and infinity. */
json_t *json_number(double value);

/* A string; bytes that are not UTF-8 become U+FFFD. NULL text gives null. */
json_t *json_words(const char *text);

/* The value at a dotted path of nested objects ("device.memory.total"), NULL if there is none. */
json_t *json_at(const json_t *object, const char *path);

/* A finite real in the fewest digits that read back as the same double. It always looks like one
 * (5.0, not 5), so that its type survives too. text has JSON_REAL_BYTES; returns it. */
enum { JSON_REAL_BYTES = 40 };
char *json_real_text(char *text, double value);

/* Writes a document with two spaces a level, arrays of scalars filled to 100 columns, short
 * rows of a table on one line, and each real in the fewest
 * digits that read back as the same double, whatever the locale. Returns 0, or -1 with errno on a
 * write error (a full disk may show only in fflush and fclose). */
int json_text_write(const json_t *document, FILE *to);

/* The same as a text, NUL-terminated and owned by the caller; NULL if memory runs out. */
char *json_text(const json_t *document, size_t *bytes);

#endif

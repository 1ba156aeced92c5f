/* json_text.h - makes JSON values that are always valid, and JSON text that people can read.
 *
 * Jansson refuses NaN, infinity and broken UTF-8, prints 0.01841 as 0.018409999999999999, and puts
 * each number of an array on a line of its own. */
#ifndef HARNESS_JSON_TEXT_H
#define HARNESS_JSON_TEXT_H

#include <jansson.h>
#include <stdio.h>

/* A real, or null for NaN and infinity. */
json_t *json_number(double value);

/* A string of safe characters (clean_text()); null for NULL. */
json_t *json_words(const char *text);

/* The value at a dotted path of nested objects ("device.memory.total"), or NULL. */
json_t *json_at(const json_t *object, const char *path);

/* Writes a finite real with the fewest digits that read back as the same double, and always as a
 * real (5.0, not 5), so that its type survives. text holds JSON_REAL_BYTES; returns text. */
enum { JSON_REAL_BYTES = 40 };
char *json_real_text(char *text, double value);

/* Writes a document with two spaces of indentation a level, arrays of scalars filled to 100
 * columns, short objects in arrays on one line, reals as json_real_text() writes them, in any
 * locale. Returns 0, or -1 on a write error; a full disk may show only in fflush() and fclose(). */
int json_text_write(const json_t *document, FILE *to);

/* The same as a text that ends with NUL; the caller frees it. */
char *json_text(const json_t *document, size_t *bytes);

#endif

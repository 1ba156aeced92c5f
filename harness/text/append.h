/* append.h - adds to the end of a text in an array, without going beyond it. */
#ifndef HARNESS_APPEND_H
#define HARNESS_APPEND_H

#include <stdbool.h>
#include <stddef.h>

/* Formats the arguments and adds the result to the end of a text, which has room for `bytes` with
 * its NUL. What does not fit is cut off, between two characters of UTF-8; false says so. */
bool append_text(char *text, size_t bytes, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for an item of a list: after a separator, unless the text is empty or nothing of the
 * item is added. */
bool append_item(char *text, size_t bytes, const char *separator, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif

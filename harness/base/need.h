/* need.h - memory for small things: names, lists, texts, JSON.
 *
 * None of these functions returns NULL. Linux rarely refuses a small allocation, and a program that
 * is refused one can do nothing useful except save its results and end. So a failure ends the
 * program with one message, and no caller needs a branch for it. Matrices are not small: allocate
 * them with malloc() and report STATUS_NO_MEMORY with the order N in the message. */
#ifndef HARNESS_NEED_H
#define HARNESS_NEED_H

#include <stddef.h>
#include <stdio.h>

/* Zeroed memory for `bytes`, or for `count` elements of `size` bytes; release it with free(). */
void *need(size_t bytes);
void *need_array(size_t count, size_t size);

/* realloc() for at least one byte. */
void *need_more(void *old, size_t bytes);

/* A copy of a text, or of `bytes` bytes. */
char *need_text(const char *text);
void *need_copy(const void *from, size_t bytes);

/* A text made as by printf(). */
char *need_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Room for one more element behind `count` others, for lists that grow one by one:
 *     list = need_room(list, count, sizeof *list);
 *     list[count++] = …;
 * The room doubles whenever `count` is a power of two, so no list stores its capacity. All growth
 * of a list must go through this function. */
void *need_room(void *list, size_t count, size_t size);

/* A stream whose output becomes a text. *text and *bytes are valid after need_stream_end(), which
 * closes the stream; the caller frees *text. A NUL follows the text and is not counted. */
FILE *need_stream(char **text, size_t *bytes);
void need_stream_end(FILE *stream);

/* Calls save(context) before the program ends for lack of memory, once, on the thread that failed;
 * NULL: nothing. A reserve of memory is released first. If save() fails for lack of memory too, the
 * program ends at once. */
void need_on_failure(void (*save)(void *context), void *context);

/* Prints the message and ends the program with exit status 1. `bytes` says how many were asked for.
 */
_Noreturn void need_failed(size_t bytes);

#endif

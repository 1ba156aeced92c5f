/* terminal.h - a terminal of a given width, and what a program has written to it. */
#ifndef TESTS_TERMINAL_H
#define TESTS_TERMINAL_H

#include <stdio.h>

/* Opens one and returns a stream that writes to it; skips the test where none can be made. One at a
 * time. */
FILE *terminal_open(unsigned short columns);

/* Waits until the text has been written, for ten seconds at most, and returns all that was written
 * since the last call. */
const char *terminal_until(const char *text);

/* Returns all that was written since the last call, and closes the stream. */
const char *terminal_close(void);

#endif

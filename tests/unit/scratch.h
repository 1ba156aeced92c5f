/* scratch.h - a directory that a test may fill, below the system's own place for such. */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <stddef.h>

/* Makes an empty directory and returns its name, which stays valid until scratch_remove(). One at a
 * time. */
const char *scratch_make(void);
void scratch_remove(void); /* with all that is in it */

/* Writes a file below it, making directories; NULL text makes a directory of that name. */
void scratch_file(const char *path, const char *text);

/* The full name of something below it; valid until the next call. */
const char *scratch_path(const char *path);

/* How many entries a directory below it has, without . and ..; -1 if there is no such directory. */
int scratch_count(const char *path);

#endif

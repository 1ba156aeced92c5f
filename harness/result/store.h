/* store.h - result files on disk: where they go, and written whole or not at all. */
#ifndef HARNESS_STORE_H
#define HARNESS_STORE_H

#include "harness/base/status.h"

#include <jansson.h>
#include <stddef.h>

/* The directory for results: option if given, else $GPUBENCH_RESULTS, else
 * $XDG_DATA_HOME/gpubench/results, else ~/.local/share/gpubench/results. STATUS_FAILED with a
 * sentence if there is no home either. */
enum status store_directory(const char *option, char *path, size_t path_bytes, struct failure *why);

/* Makes a directory and those above it, if they are not there. */
enum status store_make_directories(const char *directory, struct failure *why);

/* Writes the document as DIR/<fingerprint, 12 digits>/<started>-<commit>.json, making directories
 * as needed; a number is added if the name is taken. The final path goes to `path`. */
enum status store_save(const char *directory, json_t *document, char *path, size_t path_bytes,
                       struct failure *why);

/* Writes the document to a file of that name ("-" = standard output): temporary file in the same
 * directory, fsync, rename, fsync of the directory; a device or pipe such as /dev/full is written
 * in place. On failure the old file is untouched and no temporary file is left. */
enum status store_write(const char *file, json_t *document, struct failure *why);

/* Writes a document to standard output and releases it. NULL means that memory ran out while it was
 * made, and is STATUS_NO_MEMORY. */
enum status store_print(json_t *document, struct failure *why);

/* The same as store_write() for a text. */
enum status store_write_text(const char *file, const char *text, size_t bytes, struct failure *why);

/* SHA-256 of the canonical hard fields of a document ("sha256:…", 71 characters and NUL). */
void store_fingerprint(json_t *document, char out[72]);
/* The same of their text (identity_text(); NULL if memory ran out). */
void store_fingerprint_of_text(const char *identity, char out[72]);

#endif

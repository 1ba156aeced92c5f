/* store.h - result files on disk: where they go, and writing them completely or not at all. */
#ifndef HARNESS_STORE_H
#define HARNESS_STORE_H

#include "harness/base/status.h"

#include <jansson.h>
#include <stddef.h>

/* The directory for results: option if given, else $GPUBENCH_RESULTS, else
 * $XDG_DATA_HOME/gpubench/results, else ~/.local/share/gpubench/results. Returns
 * STATUS_FAILED if HOME is not set either. */
enum status store_directory(const char *option, char *path, size_t path_bytes, struct failure *why);

/* Makes a directory and its missing parents. */
enum status store_make_directories(const char *directory, struct failure *why);

/* Writes the document as DIR/<fingerprint, 12 digits>/<started>-<commit>.json, makes the
 * directories and appends a number if the name is taken. Puts the final path into `path`. */
enum status store_save(const char *directory, json_t *document, char *path, size_t path_bytes,
                       struct failure *why);

/* Writes the document to that file, or to standard output for "-". A regular file is replaced as a
 * whole (durable_write); a device or a pipe such as /dev/full is written in place. On failure the
 * old file is unchanged and no temporary file is left. */
enum status store_write(const char *file, json_t *document, struct failure *why);

/* Whether that file, or a file in that directory, which may not exist yet, can probably be written:
 * STATUS_FAILED with the reason if it certainly cannot. Creates nothing. */
enum status store_check_file(const char *file, struct failure *why);
enum status store_check_directory(const char *directory, struct failure *why);

/* Writes a document to standard output and releases it. */
enum status store_print(json_t *document, struct failure *why);

/* The same as store_write() for a text. */
enum status store_write_text(const char *file, const char *text, size_t bytes, struct failure *why);

/* "sha256:…" of the document's hard fields (identity_text()): 71 characters and NUL. */
void store_fingerprint(json_t *document, char out[72]);
void store_fingerprint_of_text(const char *identity, char out[72]);

#endif

/* reading.h - the layers below readings_add(): names.c uses many.c, which uses readings.c, which
 * uses reading.c. */
#ifndef HARNESS_READING_H
#define HARNESS_READING_H

#include "harness/reading/readings.h"

/* reading.c: checks one document and makes a reading of it. Takes over the document, also on
 * failure. */
enum status reading_take(struct reading *out, const char *source, json_t *document,
                         enum read_flags flags, struct failure *why);
void reading_free(struct reading *r);

/* readings.c: adds the documents of a file, or of standard input for "-". */
enum status readings_add_file(struct readings *to, const char *name, enum read_flags flags,
                              struct failure *why);

/* many.c: adds the documents of many files, with a few threads. Files that cannot be read are
 * counted in `skipped`. */
void readings_add_files(struct readings *to, char *const *paths, size_t count,
                        enum read_flags flags);

#endif

/* readings.h - result files read back, without trust in who wrote them.
 *
 * A reading is one run: a checked gpubench-result/1 document with its common fields taken out.
 * Sizes are bounded and types are checked. NaN, duplicate keys and unknown major versions are
 * refused, as is a file that contradicts itself (consistent.h). A run that is given twice counts
 * once. Unknown fields stay in `document` and are written out again. Names contain no control
 * characters, and read_text() replaces those of other texts, so that no file can send commands to a
 * terminal.
 *
 * A source may hold one gpubench-result/1 document, several in a row (JSON Lines, or cat *.json),
 * or a gpubench-baseline/1 or gpubench-scaling/1 document, which lists them under "runs". */
#ifndef HARNESS_READINGS_H
#define HARNESS_READINGS_H

#include "harness/reading/reading.h"

struct readings {
    struct reading *list;
    size_t count;

    /* Copies of a run are left out and counted. */
    size_t copies;
    uint64_t *digests; /* of the runs in the list: open addressing, 0 is free */
    size_t digest_room, digest_count;

    /* How many files of directories could not be read, and the message of the first. */
    size_t skipped;
    char skipped_why[1024];
};

/* Adds a file, standard input ("-"), or every .json file below a directory in the order of the
 * paths. STATUS_NOT_COMPARABLE if the file does not exist or the directory holds no result,
 * STATUS_FAILED if it cannot be read; a bad file in a directory only counts in `skipped`. Earlier
 * readings stay. */
enum status readings_add(struct readings *to, const char *name, enum read_flags flags,
                         struct failure *why);

/* Whether the name is a directory's. */
bool readings_is_directory(const char *name);

/* The text of a file, or of standard input for "-"; the caller frees it. Fails as readings_add()
 * does. */
enum status readings_text(const char *name, char **text, size_t *bytes, struct failure *why);

/* Adds the documents in a text, all of them or none; messages call it `source`. */
enum status readings_add_text(struct readings *to, const char *source, const char *text,
                              size_t bytes, enum read_flags flags, struct failure *why);

/* The document of a reading, without the samples of its results if wanted; NULL if the file has
 * changed since it was read. The caller owns it. */
json_t *readings_document(const struct reading *r, bool with_samples);

/* Samples that an earlier result of the same key has too, bit for bit, but with another start, are
 * no other measurement. Sets is_copy where that result is on the same side, is_old where it is on
 * the side of the base; `now` may be NULL. Returns the number of copies. */
size_t readings_mark_copies(struct readings *base, struct readings *now);

/* Takes over a run; one that is in the list already is freed and counted in `copies`. */
void readings_take(struct readings *to, struct reading *run);

/* Makes `place` the label of each card or host that several labels are of: of one GPU, say, whose
 * containers have other names each time. Call it once all are added. */
void readings_label(struct readings *r);

/* Frees all readings, or those from `count` on. */
void readings_free(struct readings *r);
void readings_shorten(struct readings *r, size_t count);

/* The layers below readings_add() (names.c). many.c reads many files with a few threads and counts
 * those that cannot be read in `skipped`; readings.c adds the documents of a file, or of standard
 * input for "-". */
void readings_add_files(struct readings *to, char *const *paths, size_t count,
                        enum read_flags flags);
enum status readings_add_file(struct readings *to, const char *name, enum read_flags flags,
                              struct failure *why);

#endif

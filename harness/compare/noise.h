/* noise.h - how far apart two measurements of the same thing are on a machine: what `check
 * --self-test` finds out, kept beside the results as noise.json, with how many checks in a row were
 * UNSURE. */
#ifndef HARNESS_NOISE_H
#define HARNESS_NOISE_H

#include "harness/base/status.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct noise_entry {
    char fingerprint[72]; /* of the class of machine */
    char *key;
    double noise; /* the largest change within the 99 % interval of A against A: 0.004 is 0.4 % */
    double smallest; /* the smallest change that the gate finds 98 times of 100 */
    size_t processes;
    char measured[24]; /* when: "2026-11-29T10:15:02Z"; "" if unknown */
    size_t unsure;     /* the last checks in a row that were UNSURE */
};

struct noise {
    struct noise_entry *entries;
    size_t count;
};

/* Adds what is known of a class of machine in a results directory: nothing, if there is no such
 * file or it cannot be read. */
void noise_load(struct noise *n, const char *directory, const char *fingerprint);
void noise_free(struct noise *n);

/* The entry of a key on that class of machine, or NULL. Its noise is NaN if only checks are known.
 * n may be NULL. The next noise_put() may move it. */
const struct noise_entry *noise_of(const struct noise *n, const char *fingerprint, const char *key);

/* Removes every noise.json of a results directory; *count says how many. */
enum status noise_forget(const char *directory, size_t *count, struct failure *why);

/* Puts a copy of an entry in, or in the place of the one of that machine and key. */
void noise_put(struct noise *n, const struct noise_entry *entry);

/* Writes the entries of a class of machine to DIR/<12 digits of the fingerprint>/noise.json; its
 * path goes to `path`. */
enum status noise_save(const struct noise *n, const char *fingerprint, const char *directory,
                       char *path, size_t path_bytes, struct failure *why);

/* The entries of a class of machine (of all, if NULL) as a JSON array. */
json_t *noise_to_json(const struct noise *n, const char *fingerprint);

/* Process medians of one thing, in the order taken: noise and smallest visible change. Those taken
 * in turn (1st, 3rd, 5th … against 2nd, 4th …) are A and A; the smallest change is found by drawing
 * `processes` a side from them again and again (seeded: the same answer each time). NaN if fewer
 * than 10. */
struct noise_entry noise_estimate(const double *medians_s, size_t count, size_t processes,
                                  double threshold);

#endif

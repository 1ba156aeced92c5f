/* noise.h - how much two measurements of the same program differ on a machine. `check --self-test`
 * measures it and stores it beside the results in noise.json, which also counts how many checks in
 * a row were UNSURE. */
#ifndef HARNESS_NOISE_H
#define HARNESS_NOISE_H

#include "harness/base/status.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct noise_entry {
    char fingerprint[72]; /* fingerprint of the class of machine */
    char *key;
    double noise; /* the largest change within the 99 % interval of A against A: 0.004 is 0.4 % */
    double smallest; /* the smallest change that the gate finds 98 times of 100 */
    size_t processes;
    char measured[24]; /* date of the measurement: "2026-11-29T10:15:02Z"; "" if unknown */
    size_t unsure;     /* how many checks in a row, up to the last, were UNSURE */
};

struct noise {
    struct noise_entry *entries;
    size_t count;
};

/* Adds the stored entries of a class of machine in a results directory. Adds nothing if the file is
 * missing or cannot be read. */
void noise_load(struct noise *n, const char *directory, const char *fingerprint);
void noise_free(struct noise *n);

/* Returns the entry of a key on a class of machine, or NULL. Its noise is NaN if only checks were
 * counted. n may be NULL. The pointer is valid until the next noise_put(). */
const struct noise_entry *noise_of(const struct noise *n, const char *fingerprint, const char *key);

/* Removes every noise.json of a results directory, and sets *count to their number. */
enum status noise_forget(const char *directory, size_t *count, struct failure *why);

/* Adds a copy of an entry, or replaces the entry of the same machine and key. */
void noise_put(struct noise *n, const struct noise_entry *entry);

/* Writes the entries of a class of machine to DIR/<12 digits of the fingerprint>/noise.json, and
 * that path to `path`. */
enum status noise_save(const struct noise *n, const char *fingerprint, const char *directory,
                       char *path, size_t path_bytes, struct failure *why);

/* Returns the entries of a class of machine (NULL: of all) as a JSON array. */
json_t *noise_to_json(const struct noise *n, const char *fingerprint);

/* Estimates noise and smallest visible change from process medians of one program, in the order of
 * measuring. Every other median (1st, 3rd, 5th … against 2nd, 4th …) makes two equal sides, whose
 * difference is the noise. The smallest change is found by repeatedly drawing `processes` medians
 * per side, from a fixed seed. Both are NaN with fewer than 10 medians. */
struct noise_entry noise_estimate(const double *medians_s, size_t count, size_t processes,
                                  double threshold);

#endif

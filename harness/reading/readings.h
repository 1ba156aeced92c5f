/* readings.h - result files read back, without trust in who wrote them.
 *
 * A reading is one run: a checked gpubench-result/1 document with its common fields taken out.
 * Sizes are bounded and types are checked. NaN, duplicate keys and unknown major versions are
 * refused. Unknown fields stay in `document` and are written out again. Names contain no control
 * characters, and read_text() replaces those of other texts, so that no file can send commands to a
 * terminal.
 *
 * A source may hold one gpubench-result/1 document, several in a row (JSON Lines, or cat *.json),
 * or a gpubench-baseline/1 document, which lists them under "runs". */
#ifndef HARNESS_READINGS_H
#define HARNESS_READINGS_H

#include "harness/base/status.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The largest file, and the longest name, that is accepted. */
enum { READ_BYTES_MAX = 64 << 20, READ_NAME_MAX = 512 };

enum read_state { READ_OK, READ_WAIVED, READ_FAILED, READ_WRONG };

/* One entry of "results". Pointers belong to the reading. */
struct read_result {
    const json_t *json; /* NULL if READ_LEAN */
    const char *key, *backend, *op, *variant, *arithmetic;
    uint64_t n;
    bool is_symmetric, is_library;
    enum read_state state;

    /* NaN if the file does not say. Only a READ_OK result has a time. */
    double median_s, low_s, high_s, confidence, min_s, max_s;
    size_t samples;
    double sm_hz;      /* the median clock while sampling; NaN if unknown */
    double cpu_flops;  /* a CPU's multiply-adds in the same process (cpu/chip/peak.h), in FLOP/s;
                          NaN if unknown */
    uint32_t throttle; /* all reasons seen while sampling, as NVML's bits (throttle_name()) */
};

struct reading {
    char *source;         /* the file's name, "standard input", or what the caller called it */
    json_t *document;     /* one gpubench-result/1 document, whole; NULL if READ_LEAN */
    char *identity;       /* its hard fields as text, a line each (identity_text()) */
    char fingerprint[72]; /* computed from `identity`; the file's own is ignored */
    const char *started;  /* "2026-11-24T10:15:02Z" */
    const char *host, *device, *commit; /* "" if the file does not say */
    const char *card;                   /* the device's UUID, "" if it has none */
    bool is_simulated;
    struct read_result *results;
    size_t count;
    char *names; /* READ_LEAN: owns the texts of the names above */
};

struct readings {
    struct reading *list;
    size_t count;

    /* How many files of directories could not be read, and the message of the first. */
    size_t skipped;
    char skipped_why[1024];
};

/* READ_LEAN drops the document and the `json` of results, so that ten thousand files fit in memory.
 * Such readings cannot be written out again. */
enum read_flags { READ_WHOLE = 0, READ_LEAN = 1 };

/* Adds a file, standard input ("-"), or every .json file below a directory in the order of the
 * paths. STATUS_NOT_COMPARABLE if the file does not exist or the directory holds no result,
 * STATUS_FAILED if it cannot be read; a bad file in a directory only counts in `skipped`. Earlier
 * readings stay. */
enum status readings_add(struct readings *to, const char *name, enum read_flags flags,
                         struct failure *why);

/* Adds the documents in a text, all of them or none; messages call it `source`. */
enum status readings_add_text(struct readings *to, const char *source, const char *text,
                              size_t bytes, enum read_flags flags, struct failure *why);

/* Frees all readings, or those from `count` on. */
void readings_free(struct readings *r);
void readings_shorten(struct readings *r, size_t count);

/* The value at a dotted path ("speed.flops"): a number, or NaN; a text whose control characters
 * became spaces, or "". */
double read_number(const json_t *object, const char *path);
const char *read_text(const json_t *object, const char *path, char *out, size_t out_bytes);

/* "ok", "waived", "failed", "wrong" */
const char *read_state_name(enum read_state state);

#endif

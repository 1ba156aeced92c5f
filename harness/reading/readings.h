/* readings.h - result files read back, as if a stranger had written them.
 *
 * A reading is one run: one gpubench-result/1 document, checked, with its common fields taken out.
 * Sizes are bounded, types checked; NaN, duplicate keys and unknown majors are refused; fields that
 * nobody here knows stay in `document` and go out again when it is written. Names are free of
 * control characters; read_text() gives other text without them, so that no file can paint on a
 * terminal.
 *
 * What is read may be a gpubench-result/1 document, several of them one after another (JSON Lines,
 * or cat *.json), or a gpubench-baseline/1 document, which is a list of them under "runs". */
#ifndef HARNESS_READINGS_H
#define HARNESS_READINGS_H

#include "harness/base/status.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The largest file that is read, and the longest of the texts that are taken as names. */
enum { READ_BYTES_MAX = 64 << 20, READ_NAME_MAX = 512 };

enum read_state { READ_OK, READ_WAIVED, READ_FAILED, READ_WRONG };

/* One entry of "results". Pointers belong to the reading. */
struct read_result {
    const json_t *json; /* NULL if READ_LEAN */
    const char *key, *backend, *op, *variant, *arithmetic;
    uint64_t n;
    bool is_symmetric, is_library;
    enum read_state state;

    /* NaN where the file does not say. A result that is not READ_OK has no time. */
    double median_s, low_s, high_s, confidence, min_s, max_s;
    size_t samples;
    double sm_hz;      /* the median clock while sampling; NaN if unknown */
    double cpu_flops;  /* of a CPU: the multiply-adds it did in this very process (cpu/chip/peak.h),
                          in  FLOP/s; NaN if unknown */
    uint32_t throttle; /* all reasons seen while sampling, as NVML's bits (throttle_name()) */
};

struct reading {
    char *source;         /* the file's name, "standard input", or what the caller called it */
    json_t *document;     /* one gpubench-result/1 document, whole; NULL if READ_LEAN */
    char *identity;       /* its hard fields as text, a line each (identity_text()) */
    char fingerprint[72]; /* of these, whatever the file itself claims */
    const char *started;  /* "2026-11-24T10:15:02Z" */
    const char *host, *device, *commit; /* "" if the file does not say */
    const char *card;                   /* the device's UUID, "" if it has none */
    bool is_simulated;
    struct read_result *results;
    size_t count;
    char *names; /* READ_LEAN: what the names above point into */
};

struct readings {
    struct reading *list;
    size_t count, capacity;

    /* Files in directories that were no result that can be read, and why the first was not. */
    size_t skipped;
    char skipped_why[1024];
};

/* READ_LEAN keeps only what is in struct reading: no document, and no `json` of results. For ten
 * thousand files; not for what is written again. */
enum read_flags { READ_WHOLE = 0, READ_LEAN = 1 };

/* Adds what a name stands for: a file, "-" (standard input), or a directory with every .json file
 * below it, in the order of their paths. A named file that cannot be read, and a directory without
 * any result, is STATUS_FAILED, or STATUS_NOT_COMPARABLE if there is no such file; a bad file among
 * those of a directory is counted in `skipped`. What was added before stays. */
enum status readings_add(struct readings *to, const char *name, enum read_flags flags,
                         struct failure *why);

/* Adds the documents in a text, which is called `source` in sentences. All of them or none. */
enum status readings_add_text(struct readings *to, const char *source, const char *text,
                              size_t bytes, enum read_flags flags, struct failure *why);

/* Everything of a struct readings, or of the readings from `count` on. */
void readings_free(struct readings *r);
void readings_shorten(struct readings *r, size_t count);

/* The value at a dotted path ("speed.flops", see json_at()): as a number, NaN if it is none; as
 * text without control characters, "" if it is none. */
double read_number(const json_t *object, const char *path);
const char *read_text(const json_t *object, const char *path, char *out, size_t out_bytes);

/* "ok", "waived", "failed", "wrong" */
const char *read_state_name(enum read_state state);

/* How three files of one reader share the work: readings.c has names and texts, readings_many.c the
 * files of a directory, reading.c one document, which it takes over, also when it is refused. */
bool readings_reserve(struct readings *to);
enum status readings_add_files(struct readings *to, char *const *paths, size_t count,
                               enum read_flags flags, struct failure *why);
enum status reading_take(struct reading *out, const char *source, json_t *document,
                         enum read_flags flags, struct failure *why);
void reading_free(struct reading *r);

#endif

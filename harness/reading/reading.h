/* reading.h - one run read back: a checked gpubench-result/1 document. */
#ifndef HARNESS_READING_H
#define HARNESS_READING_H

#include "harness/base/status.h"
#include "harness/text/clean.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The largest file, and the longest name, that is accepted. */
enum { READ_BYTES_MAX = 64 << 20, READ_NAME_MAX = CLEAN_NAME_MAX };

enum read_state { READ_OK, READ_WAIVED, READ_FAILED, READ_WRONG };

/* One entry of "results". Pointers belong to the reading. */
struct read_result {
    const json_t *json; /* NULL if READ_LEAN */
    const char *key, *backend, *op, *variant, *arithmetic;
    const char *reason; /* as the file has it, not clean; "" if it has none */
    uint64_t n;
    bool is_symmetric, is_library;
    bool is_over_peak; /* then there is neither `peak` nor `peak_share` (PEAK_WITHHELD_WHY) */
    bool has_samples;  /* two or more, in the document */
    enum read_state state;

    /* NaN if the file does not say. Only a READ_OK result has a time. */
    double median_s, low_s, high_s, confidence, min_s, max_s, wall_median_s;
    double flops, bytes_per_s, peak_share, sum_error;
    size_t samples;
    bool is_first_run; /* of one run, the first and cold: not to be pooled or ranked with warm ones
                        */
    double sm_hz;      /* the median clock while sampling; NaN if unknown */
    double cpu_flops;  /* a CPU's multiply-adds in the same process (cpu/chip/peak.h), in FLOP/s;
                          NaN if unknown */
    double peak;       /* of the device: FLOP/s in this arithmetic, of a reduce bytes per second */
    double link_share; /* of a GPU: the PCIe link's speed, of its maximum; NaN if unknown */
    double load, cpus; /* of the host of a CPU's result, as it began; NaN for a GPU or if unknown */
    bool is_copy, is_old; /* has the samples of another result (readings_mark_copies()) */
    uint64_t measured;    /* digest of the samples: equal only for copies; 0 if that is unknown */
    uint32_t throttle;    /* all reasons seen while sampling, as NVML's bits (throttle_name()) */
};

struct reading {
    char *source;         /* the file's name, "standard input", or what the caller called it */
    json_t *document;     /* one gpubench-result/1 document, whole; NULL if READ_LEAN */
    size_t at, bytes;     /* READ_AGAIN: where in the file `source` the document is */
    char *identity;       /* its hard fields as text, a line each (identity_text()) */
    uint64_t digest;      /* of start, place and results: equal only for copies of one run */
    char fingerprint[72]; /* computed from `identity`; the file's own is ignored */
    const char *started;  /* "2026-11-24T10:15:02Z" */
    const char *host, *device, *commit; /* "" if the file does not say */
    const char *machine;                /* a digest that separates hosts of one name */
    const char *card;                   /* the device's UUID, "" if it has none */
    const char *place;                  /* the card, machine or host: read_place() */
    const char *label;                  /* the host for people: read_label(), readings_label() */
    const char *soak_verdict, *soak_reason; /* of a soak: "OK", …, "FAULTY", and why (not clean) */
    double threads, threads_online; /* of the CPU's computation, of the host; NaN if unknown */
    const char *range, *image;      /* of the problem; forced by --image, or "" */
    bool is_simulated, is_streamed; /* is_streamed: A did not fit into the device's memory */
    struct read_result *results;
    size_t count;
    char *names; /* READ_LEAN: owns the texts of the names above */
};

/* READ_LEAN drops the document and the `json` of results, so that ten thousand files fit in memory.
 * READ_AGAIN does so as well, but readings_document() can read the document again. What cannot be
 * read twice (standard input, a baseline's runs) stays whole. */
enum read_flags { READ_WHOLE = 0, READ_LEAN = 1, READ_AGAIN = 2 };

/* Checks the types of a document and makes a reading of it. Takes over the document, also on
 * failure. */
enum status reading_take(struct reading *out, const char *source, json_t *document,
                         struct failure *why);

/* Copies the names and releases the document (READ_LEAN). */
void reading_make_lean(struct reading *r);
void reading_free(struct reading *r);

/* The value at a dotted path ("speed.flops"): a number, or NaN; a clean text
 * (clean_text()), or "". */
double read_number(const json_t *object, const char *path);
const char *read_text(const json_t *object, const char *path, char *out, size_t out_bytes);

/* Identifies a run's host: the digest of the machine, else the label. */
const char *reading_host(const struct reading *r);

/* Seconds since 1970 of a text like "2026-11-24T10:15:02Z"; 0 for any other text. */
int64_t read_time(const char *text);

/* A sentence for results over the peak, " No share of peak is given where …"; or "". */
const char *read_peak_note(bool is_over_peak);

/* The word for a state: "ok", "waived", "failed" or "wrong". */
const char *read_state_name(enum read_state state);

#endif

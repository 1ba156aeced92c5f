/* noise.c - reads and writes noise.json beside the results, and estimates noise from repeated
 * measurements. */
#include "harness/compare/noise.h"

#include "harness/base/need.h"
#include "harness/reading/readings.h"
#include "harness/result/store.h"
#include "harness/stats/change.h"
#include "harness/stats/stats.h"
#include "harness/text/json_text.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the list */

static struct noise_entry *find(const struct noise *n, const char *fingerprint, const char *key)
{
    for (size_t i = 0; n && i < n->count; i++)
        if (strcmp(n->entries[i].fingerprint, fingerprint) == 0 &&
            strcmp(n->entries[i].key, key) == 0)
            return &n->entries[i];
    return NULL;
}

const struct noise_entry *noise_of(const struct noise *n, const char *fingerprint, const char *key)
{
    return find(n, fingerprint, key);
}

void noise_put(struct noise *n, const struct noise_entry *entry)
{
    struct noise_entry *known = find(n, entry->fingerprint, entry->key);
    if (!known) {
        n->entries = need_room(n->entries, n->count, sizeof *n->entries);
        known = &n->entries[n->count++];
        known->key = need_text(entry->key);
    }
    char *key = known->key;
    *known = *entry;
    known->key = key;
}

void noise_free(struct noise *n)
{
    for (size_t i = 0; i < n->count; i++)
        free(n->entries[i].key);
    free(n->entries);
    *n = (struct noise){0};
}

json_t *noise_to_json(const struct noise *n, const char *fingerprint)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n->count; i++) {
        const struct noise_entry *e = &n->entries[i];
        if (!fingerprint || strcmp(fingerprint, e->fingerprint) == 0)
            json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:I, s:s, s:I}", "key", e->key,
                                                  "noise", json_number(e->noise), "smallest_change",
                                                  json_number(e->smallest), "processes",
                                                  (json_int_t)e->processes, "measured", e->measured,
                                                  "unsure_checks", (json_int_t)e->unsure));
    }
    return list;
}

static size_t whole_at(const json_t *object, const char *name)
{
    const double number = read_number(object, name);
    return number > 0 && number < 1e9 ? (size_t)number : 0;
}

static void put_all(struct noise *n, const char *fingerprint, const json_t *entries)
{
    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *json = json_array_get(entries, i);
        struct noise_entry e = {.key = (char *)json_string_value(json_object_get(json, "key")),
                                .noise = read_number(json, "noise"),
                                .smallest = read_number(json, "smallest_change"),
                                .processes = whole_at(json, "processes"),
                                .unsure = whole_at(json, "unsure_checks")};
        read_text(json, "measured", e.measured, sizeof e.measured);
        snprintf(e.fingerprint, sizeof e.fingerprint, "%s", fingerprint);
        if (e.noise > STATS_NOISY) /* of an older release: it would hide every change */
            e.noise = NAN;
        if (e.key && (e.noise >= 0 || e.unsure))
            noise_put(n, &e);
    }
}

/* ---- the file */

static bool name_file(char *path, size_t bytes, const char *directory, const char *fingerprint)
{
    return (size_t)snprintf(path, bytes, "%s/%.12s/noise.json", directory, fingerprint + 7) < bytes;
}

void noise_load(struct noise *n, const char *directory, const char *fingerprint)
{
    char path[PATH_MAX];
    struct stat known;
    if (!name_file(path, sizeof path, directory, fingerprint) || stat(path, &known) != 0 ||
        !S_ISREG(known.st_mode) || known.st_size > READ_BYTES_MAX)
        return;
    json_t *document = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    const char *schema = json_string_value(json_object_get(document, "schema"));
    const char *of = json_string_value(json_object_get(document, "fingerprint"));
    if (schema && of && strcmp(schema, "gpubench-noise/1") == 0 && strcmp(of, fingerprint) == 0)
        put_all(n, fingerprint, json_object_get(document, "entries"));
    json_decref(document);
}

enum status noise_save(const struct noise *n, const char *fingerprint, const char *directory,
                       char *path, size_t path_bytes, struct failure *why)
{
    char folder[PATH_MAX];
    if (!name_file(path, path_bytes, directory, fingerprint) ||
        (size_t)snprintf(folder, sizeof folder, "%s", path) >= sizeof folder)
        return fail(why, STATUS_FAILED, "the name of the results directory is too long.");
    *strrchr(folder, '/') = '\0';
    enum status status = store_make_directories(folder, why);
    if (status != STATUS_OK)
        return status;
    json_t *document = json_pack("{s:s, s:s, s:o}", "schema", "gpubench-noise/1", "fingerprint",
                                 fingerprint, "entries", noise_to_json(n, fingerprint));
    status = store_write(path, document, why);
    json_decref(document);
    return status;
}

enum status noise_forget(const char *directory, size_t *count, struct failure *why)
{
    char pattern[2 * PATH_MAX + 16], *to = pattern;
    glob_t found = {0};
    enum status status = STATUS_OK;
    *count = 0;
    for (const char *from = directory; *from && from < directory + PATH_MAX; from++) {
        if (strchr("*?[\\", *from))
            *to++ = '\\';
        *to++ = *from;
    }
    strcpy(to, "/*/noise.json");
    if (glob(pattern, GLOB_NOSORT, NULL, &found) != 0)
        return STATUS_OK; /* there is no file */
    for (size_t i = 0; i < found.gl_pathc && status == STATUS_OK; i++)
        if (unlink(found.gl_pathv[i]) == 0)
            ++*count;
        else
            status = fail(why, STATUS_FAILED, "cannot remove %s: %s.", found.gl_pathv[i],
                          strerror(errno));
    globfree(&found);
    return status;
}

/* ---- finding it */

/* A random number from a counter (splitmix64), so that every change is tried with the same draws.
 */
static uint64_t draw(uint64_t n)
{
    uint64_t z = n * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

enum { DRAWS = 200, DRAWN_MAX = 64 };

/* Returns how many of DRAWS simulated comparisons report SLOW if one side is slower by `shift` (a
 * logarithm). */
static size_t times_found(const double *logs, size_t count, size_t processes, double threshold,
                          double shift)
{
    double x[DRAWN_MAX], y[DRAWN_MAX];
    size_t found = 0;
    uint64_t n = 0;
    for (int k = 0; k < DRAWS; k++) {
        for (size_t i = 0; i < processes; i++) {
            x[i] = logs[draw(++n) % count];
            y[i] = logs[draw(++n) % count] + shift;
        }
        const struct shift s = rank_independent(x, processes, y, processes, CHANGE_ALPHA);
        found += change_judge(&s, s.p, CHANGE_ALPHA, threshold) == CHANGE_SLOW;
    }
    return found;
}

static double smallest_found(const double *logs, size_t count, size_t processes, double threshold)
{
    double low = 0, high = log(2);
    if (times_found(logs, count, processes, threshold, high) < DRAWS * 98 / 100)
        return NAN; /* even a change to half the speed is not found reliably */
    while (high - low > 0.0005) {
        const double middle = (low + high) / 2;
        if (times_found(logs, count, processes, threshold, middle) >= DRAWS * 98 / 100)
            high = middle;
        else
            low = middle;
    }
    return change_of(high);
}

struct noise_entry noise_estimate(const double *medians_s, size_t count, size_t processes,
                                  double threshold)
{
    struct noise_entry e = {.noise = NAN, .smallest = NAN, .processes = count};
    if (count < 10 || processes > DRAWN_MAX)
        return e;
    double *logs = need_array(3 * count, sizeof *logs);
    double *a = logs + count, *b = a + count;
    for (size_t i = 0; i < count; i++) {
        logs[i] = log(medians_s[i]);
        *(i % 2 ? &b[i / 2] : &a[i / 2]) = logs[i];
    }
    const struct shift s = rank_independent(a, (count + 1) / 2, b, count / 2, CHANGE_ALPHA);
    e.noise = fmax(change_of(s.high), -change_of(s.low));
    e.smallest = smallest_found(logs, count, processes, fmax(threshold, 2 * e.noise));
    free(logs);
    return e;
}

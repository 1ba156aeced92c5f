/* readings.c - files, directories and standard input as lists of readings. */
#include "harness/reading/readings.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- bytes */

struct text {
    char *bytes;
    size_t count, capacity;
};

static enum status too_large(const char *source, struct failure *why)
{
    return fail(why, STATUS_FAILED,
                "%s is larger than %d MiB, and no result is: give the name of a result file.",
                source, READ_BYTES_MAX >> 20);
}

/* Reads a file or pipe to its end, never more than the limit. */
static enum status slurp(int fd, const char *source, struct text *out, struct failure *why)
{
    struct stat known;
    if (fstat(fd, &known) == 0 && S_ISREG(known.st_mode)) {
        if (known.st_size > READ_BYTES_MAX)
            return too_large(source, why);
        out->capacity = (size_t)known.st_size + 1;
    } else {
        out->capacity = 1 << 16;
    }
    out->bytes = malloc(out->capacity);
    while (out->bytes) {
        if (out->count == out->capacity) {
            char *more = realloc(out->bytes, 2 * out->capacity);
            if (!more)
                break;
            out->bytes = more;
            out->capacity *= 2;
        }
        const ssize_t got = read(fd, out->bytes + out->count, out->capacity - out->count);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(why, STATUS_FAILED, "cannot read %s: %s.", source, strerror(errno));
        if (got == 0)
            return STATUS_OK;
        out->count += (size_t)got;
        if (out->count > READ_BYTES_MAX)
            return too_large(source, why);
    }
    return fail(why, STATUS_NO_MEMORY, "no memory to read %s.", source);
}

/* ---- documents */

bool readings_reserve(struct readings *to)
{
    if (to->count == to->capacity) {
        const size_t capacity = to->capacity ? 2 * to->capacity : 16;
        struct reading *list = realloc(to->list, capacity * sizeof *list);
        if (!list)
            return false;
        to->list = list;
        to->capacity = capacity;
    }
    return true;
}

/* Takes over the document. */
static enum status add_run(struct readings *to, const char *source, json_t *document,
                           enum read_flags flags, struct failure *why)
{
    if (!readings_reserve(to)) {
        json_decref(document);
        return fail(why, STATUS_NO_MEMORY, "no memory to read %s.", source);
    }
    const enum status status = reading_take(&to->list[to->count], source, document, flags, why);
    to->count += status == STATUS_OK;
    return status;
}

/* The runs of a baseline, each of them named by its place. */
static enum status add_runs(struct readings *to, const char *source, json_t *document,
                            enum read_flags flags, struct failure *why)
{
    json_t *runs = json_object_get(document, "runs");
    const size_t count = json_array_size(runs);
    enum status status = STATUS_OK;
    if (count == 0)
        status = fail(why, STATUS_FAILED, "%s is a baseline without runs: make it again.", source);
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        char name[4200];
        snprintf(name, sizeof name, "%s (run %zu)", source, i + 1);
        status = add_run(to, name, json_incref(json_array_get(runs, i)), flags, why);
    }
    json_decref(document);
    return status;
}

static enum status add_document(struct readings *to, const char *source, json_t *document,
                                enum read_flags flags, struct failure *why)
{
    char schema[64];
    read_text(document, "schema", schema, sizeof schema);
    if (strcmp(schema, "gpubench-baseline/1") == 0)
        return add_runs(to, source, document, flags, why);
    if (strncmp(schema, "gpubench-baseline/", 18) == 0) {
        json_decref(document);
        return fail(why, STATUS_FAILED,
                    "%s is in the format %s and this gpubench reads gpubench-baseline/1: use the "
                    "gpubench that wrote it, or a newer one.",
                    source, schema);
    }
    return add_run(to, source, document, flags, why);
}

/* Jansson's own words quote the file, which may hold anything; these do not. */
static enum status not_json(const char *source, const json_error_t *error, struct failure *why)
{
    const char *what = "is not JSON";
    switch (json_error_code(error)) {
    case json_error_premature_end_of_input:
        what = "ends in the middle";
        break;
    case json_error_duplicate_key:
        what = "has the same key twice in one object";
        break;
    case json_error_numeric_overflow:
        what = "has a number that is too large for any computer";
        break;
    case json_error_invalid_utf8:
        what = "is not UTF-8 text";
        break;
    case json_error_stack_overflow:
        what = "is nested too deeply";
        break;
    case json_error_out_of_memory:
        return fail(why, STATUS_NO_MEMORY, "no memory to read %s.", source);
    default:
        break;
    }
    return fail(why, STATUS_FAILED, "%s cannot be read: it %s (line %d, column %d).", source, what,
                error->line, error->column);
}

static size_t skip_space(const char *text, size_t bytes)
{
    size_t at = 0;
    while (at < bytes && strchr(" \t\r\n", text[at]) && text[at])
        at++;
    return at;
}

enum status readings_add_text(struct readings *to, const char *source, const char *text,
                              size_t bytes, enum read_flags flags, struct failure *why)
{
    const size_t before = to->count;
    size_t at = skip_space(text, bytes);
    if (at == bytes)
        return fail(why, STATUS_FAILED, "%s is empty: give the name of a result file.", source);
    if (bytes > READ_BYTES_MAX)
        return too_large(source, why);
    while (at < bytes) {
        json_error_t error;
        json_t *document = json_loadb(text + at, bytes - at,
                                      JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &error);
        const enum status status = document ? add_document(to, source, document, flags, why)
                                            : not_json(source, &error, why);
        if (status != STATUS_OK) {
            readings_shorten(to, before);
            return status;
        }
        at += (size_t)error.position; /* how far it read */
        at += skip_space(text + at, bytes - at);
    }
    return STATUS_OK;
}

/* ---- files */

static enum status add_file(struct readings *to, const char *name, enum read_flags flags,
                            struct failure *why)
{
    const bool is_stdin = strcmp(name, "-") == 0;
    const char *source = is_stdin ? "standard input" : name;
    const int fd = is_stdin ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(why, errno == ENOENT ? STATUS_NOT_COMPARABLE : STATUS_FAILED,
                    "cannot read %s: %s.", source, strerror(errno));
    struct text text = {0};
    enum status status = slurp(fd, source, &text, why);
    if (status == STATUS_OK)
        status = readings_add_text(to, source, text.bytes, text.count, flags, why);
    free(text.bytes);
    if (!is_stdin)
        close(fd);
    return status;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool is_result_name(const FTSENT *entry)
{
    const size_t length = entry->fts_namelen;
    return entry->fts_name[0] != '.' && strcmp(entry->fts_name, "noise.json") != 0 && length > 5 &&
           strcmp(entry->fts_name + length - 5, ".json") == 0;
}

struct paths {
    char **list;
    size_t count, capacity;
};

static bool put_path(struct paths *p, const char *path)
{
    if (p->count == p->capacity) {
        const size_t capacity = p->capacity ? 2 * p->capacity : 64;
        char **list = realloc(p->list, capacity * sizeof *list);
        if (!list)
            return false;
        p->list = list;
        p->capacity = capacity;
    }
    p->list[p->count] = strdup(path);
    return p->list[p->count] && ++p->count;
}

/* All result files below a directory, in order. Only ordinary files: a pipe would wait for ever. */
static enum status find_files(const char *name, struct paths *paths, struct failure *why)
{
    char *const roots[] = {(char *)name, NULL};
    FTS *walk = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
    enum status status = STATUS_OK;
    if (!walk)
        return fail(why, STATUS_FAILED, "cannot read %s: %s.", name, strerror(errno));
    for (FTSENT *entry; status == STATUS_OK && (entry = fts_read(walk));) {
        if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR)
            status = fail(why, STATUS_FAILED, "cannot read %s: %s.", entry->fts_path,
                          strerror(entry->fts_errno));
        else if (entry->fts_info == FTS_F && is_result_name(entry) &&
                 !put_path(paths, entry->fts_path))
            status = fail(why, STATUS_NO_MEMORY, "no memory for the files in %s.", name);
    }
    fts_close(walk);
    return status;
}

static enum status add_directory(struct readings *to, const char *name, enum read_flags flags,
                                 struct failure *why)
{
    const size_t before = to->count;
    struct paths paths = {0};
    enum status status = find_files(name, &paths, why);
    if (status == STATUS_OK)
        status = readings_add_files(to, paths.list, paths.count, flags, why);
    for (size_t i = 0; i < paths.count; i++)
        free(paths.list[i]);
    free(paths.list);
    if (status != STATUS_OK || to->count > before)
        return status;
    if (to->skipped > 0)
        return fail(why, STATUS_FAILED, "%.300s holds no result that can be read: %.600s", name,
                    to->skipped_why);
    return fail(why, STATUS_NOT_COMPARABLE,
                "%s holds no result: no .json file is in it or below it.", name);
}

enum status readings_add(struct readings *to, const char *name, enum read_flags flags,
                         struct failure *why)
{
    struct stat known;
    if (strcmp(name, "-") != 0 && stat(name, &known) == 0 && S_ISDIR(known.st_mode))
        return add_directory(to, name, flags, why);
    return add_file(to, name, flags, why);
}

void readings_shorten(struct readings *r, size_t count)
{
    while (r->count > count)
        reading_free(&r->list[--r->count]);
}

void readings_free(struct readings *r)
{
    readings_shorten(r, 0);
    free(r->list);
    *r = (struct readings){0};
}

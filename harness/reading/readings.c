/* readings.c - the documents in a text or in a file as a list of readings. */
#include "harness/reading/readings.h"

#include "harness/base/durable.h"
#include "harness/base/need.h"
#include "harness/reading/consistent.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status too_large(const char *source, struct failure *why)
{
    return fail(why, STATUS_FAILED,
                "%s is larger than %d MiB, and no result is: give the name of a result file.",
                source, READ_BYTES_MAX >> 20);
}

/* Where a digest is, or where it goes. */
static uint64_t *slot_of(const struct readings *r, uint64_t digest)
{
    size_t at = digest % r->digest_room;
    while (r->digests[at] && r->digests[at] != digest)
        at = (at + 1) % r->digest_room;
    return &r->digests[at];
}

/* Adds the runs of the list that are missing in the hash table, which stays at most half full. */
static void index_runs(struct readings *r)
{
    if (2 * r->count + 2 > r->digest_room) {
        r->digest_room = 4 * r->count + 16;
        r->digest_count = 0;
        free(r->digests);
        r->digests = need_array(r->digest_room, sizeof *r->digests);
    }
    for (; r->digest_count < r->count; r->digest_count++)
        *slot_of(r, r->list[r->digest_count].digest) = r->list[r->digest_count].digest;
}

void readings_take(struct readings *to, struct reading *run)
{
    index_runs(to);
    if (*slot_of(to, run->digest)) {
        to->copies++;
        reading_free(run);
        return;
    }
    to->list = need_room(to->list, to->count, sizeof *to->list);
    to->list[to->count++] = *run;
}

/* The n-th name that points into the document, NULL after the last. */
static const char **name_number(struct reading *r, size_t n)
{
    const char **const own[] = {&r->started, &r->host,  &r->machine,      &r->device,
                                &r->commit,  &r->card,  &r->soak_verdict, &r->soak_reason,
                                &r->range,   &r->image, &r->place,        &r->label};
    if (n < sizeof own / sizeof *own)
        return own[n];
    n -= sizeof own / sizeof *own;
    struct read_result *result = &r->results[n / 6];
    if (n / 6 >= r->count)
        return NULL;
    const char **const of_result_n[] = {&result->key,     &result->backend,    &result->op,
                                        &result->variant, &result->arithmetic, &result->reason};
    return of_result_n[n % 6];
}

void reading_make_lean(struct reading *r)
{
    size_t bytes = 0;
    const char **name;
    for (size_t n = 0; (name = name_number(r, n)); n++)
        bytes += strlen(*name) + 1;
    char *to = r->names = need(bytes);
    for (size_t n = 0; (name = name_number(r, n)); n++) {
        const char *from = *name;
        *name = to;
        to = stpcpy(to, from) + 1;
    }
    for (size_t i = 0; i < r->count; i++)
        r->results[i].json = NULL;
    json_decref(r->document);
    r->document = NULL;
}

static int by_key(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A result that is in its document twice would count as two runs. */
static enum status check_keys(const struct reading *run, struct failure *why)
{
    const char **keys = need_array(run->count, sizeof *keys), *twice = NULL;
    for (size_t i = 0; i < run->count; i++)
        keys[i] = run->results[i].key;
    qsort(keys, run->count, sizeof *keys, by_key);
    for (size_t i = 1; i < run->count && !twice; i++)
        twice = strcmp(keys[i], keys[i - 1]) == 0 ? keys[i] : NULL;
    free(keys);
    return twice ? fail(why, STATUS_FAILED,
                        "%.500s cannot be used: it has the result %.200s twice; gpubench did not "
                        "write it so, measure again.",
                        run->source, twice)
                 : STATUS_OK;
}

/* Takes over the document, which is `bytes` long (0: unknown) from byte `at` of the source on. */
static enum status add_run(struct readings *to, const char *source, json_t *document, size_t at,
                           size_t bytes, enum read_flags flags, struct failure *why)
{
    struct reading run;
    enum status status = reading_take(&run, source, document, why);
    if (status != STATUS_OK)
        return status;
    status = check_keys(&run, why);
    for (size_t i = 0; status == STATUS_OK && i < run.count; i++)
        status = consistent_result(&run.results[i], document, source, i, why);
    if (status != STATUS_OK) {
        reading_free(&run);
        return status;
    }
    run.at = at;
    run.bytes = flags & READ_AGAIN ? bytes : 0;
    if (flags & READ_LEAN || run.bytes)
        reading_make_lean(&run);
    readings_take(to, &run);
    return STATUS_OK;
}

/* Adds the runs of a baseline or of a scaling; each is called by its position. */
static enum status add_runs(struct readings *to, const char *source, json_t *document,
                            enum read_flags flags, struct failure *why)
{
    json_t *runs = json_object_get(document, "runs");
    const size_t count = json_array_size(runs);
    enum status status = STATUS_OK;
    if (count == 0)
        status = fail(why, STATUS_FAILED,
                      "%s lists no runs: make it again, or give the runs' result files.", source);
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        char name[4200];
        snprintf(name, sizeof name, "%s (run %zu)", source, i + 1);
        status = add_run(to, name, json_incref(json_array_get(runs, i)), 0, 0, flags, why);
    }
    json_decref(document);
    return status;
}

static enum status add_document(struct readings *to, const char *source, json_t *document,
                                size_t at, size_t bytes, enum read_flags flags, struct failure *why)
{
    char schema[64];
    read_text(document, "schema", schema, sizeof schema);
    if (strcmp(schema, "gpubench-baseline/1") == 0 || strcmp(schema, "gpubench-scaling/1") == 0)
        return add_runs(to, source, document, flags, why);
    if (strncmp(schema, "gpubench-baseline/", 18) == 0) {
        json_decref(document);
        return fail(why, STATUS_FAILED,
                    "%s is in the format %s and this gpubench reads gpubench-baseline/1: use the "
                    "gpubench that wrote it, or a newer one.",
                    source, schema);
    }
    return add_run(to, source, document, at, bytes, flags, why);
}

/* Jansson's own messages quote the file, which may contain anything; these do not. */
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
        const enum status status =
            document ? add_document(to, source, document, at, (size_t)error.position, flags, why)
                     : not_json(source, &error, why);
        if (status != STATUS_OK) {
            readings_shorten(to, before);
            return status;
        }
        at += (size_t)error.position; /* where the document ended */
        at += skip_space(text + at, bytes - at);
    }
    return STATUS_OK;
}

static const char *source_of(const char *name)
{
    return strcmp(name, "-") == 0 ? "standard input" : name;
}

enum status readings_text(const char *name, char **text, size_t *bytes, struct failure *why)
{
    const bool is_stdin = strcmp(name, "-") == 0;
    const int fd = is_stdin ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    *text = NULL;
    if (fd < 0)
        return fail(why, errno == ENOENT ? STATUS_NOT_COMPARABLE : STATUS_FAILED,
                    "cannot read %s: %s.", source_of(name), strerror(errno));
    const int error = durable_read_fd(fd, READ_BYTES_MAX, text, bytes);
    if (!is_stdin)
        close(fd);
    if (error == EFBIG)
        return too_large(source_of(name), why);
    return error ? fail(why, STATUS_FAILED, "cannot read %s: %s.", source_of(name), strerror(error))
                 : STATUS_OK;
}

enum status readings_add_file(struct readings *to, const char *name, enum read_flags flags,
                              struct failure *why)
{
    char *text;
    size_t bytes;
    enum status status = readings_text(name, &text, &bytes, why);
    struct stat is;
    if (strcmp(name, "-") == 0 || stat(name, &is) != 0 || !S_ISREG(is.st_mode))
        flags &= READ_LEAN; /* a pipe can be read once */
    if (status == STATUS_OK)
        status = readings_add_text(to, source_of(name), text, bytes, flags, why);
    free(text);
    return status;
}

/* Reads the document from its file again; NULL if the file has changed. */
static json_t *read_again(const struct reading *r)
{
    char *text = need(r->bytes);
    json_t *document = NULL;
    struct reading again = {0};
    const int fd = open(r->source, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && pread(fd, text, r->bytes, (off_t)r->at) == (ssize_t)r->bytes)
        document = json_loadb(text, r->bytes, JSON_REJECT_DUPLICATES, NULL);
    if (fd >= 0)
        close(fd);
    free(text);
    if (!document || reading_take(&again, r->source, document, NULL) != STATUS_OK)
        return NULL;
    document = again.digest == r->digest ? json_incref(document) : NULL;
    reading_free(&again);
    return document;
}

json_t *readings_document(const struct reading *r, bool with_samples)
{
    if (r->document && with_samples)
        return json_incref(r->document);
    json_t *document = r->document ? json_deep_copy(r->document) : r->bytes ? read_again(r) : NULL;
    json_t *results = json_object_get(document, "results");
    for (size_t i = 0; !with_samples && i < json_array_size(results); i++)
        json_object_del(json_array_get(results, i), "samples");
    return document;
}

static int by_place(const void *a, const void *b)
{
    const struct reading *x = *(struct reading *const *)a, *y = *(struct reading *const *)b;
    return strcmp(x->place, y->place);
}

void readings_label(struct readings *r)
{
    struct reading **list = need_array(r->count, sizeof *list);
    for (size_t i = 0; i < r->count; i++)
        list[i] = &r->list[i];
    qsort(list, r->count, sizeof *list, by_place);
    for (size_t from = 0, to; from < r->count; from = to) {
        bool is_one = true;
        for (to = from; to < r->count && by_place(&list[from], &list[to]) == 0; to++)
            is_one = is_one && strcmp(list[from]->label, list[to]->label) == 0;
        for (size_t i = from; i < to && !is_one; i++)
            list[i]->label = list[i]->place;
    }
    free(list);
}

struct measurement {
    struct read_result *result;
    const char *started;
    size_t side, order;
};

static int by_samples(const void *a, const void *b)
{
    const struct measurement *x = a, *y = b;
    const uint64_t first = x->result->measured, second = y->result->measured;
    return first != second ? (first > second) - (first < second)
                           : strcmp(x->result->key, y->result->key);
}

static int by_samples_and_order(const void *a, const void *b)
{
    const struct measurement *x = a, *y = b;
    const int order = by_samples(a, b);
    return order ? order : (x->order > y->order) - (x->order < y->order);
}

/* Marks the results that have the samples of list[0]. */
static size_t mark_group(struct measurement *list, size_t count)
{
    const struct measurement *first[2] = {NULL, NULL};
    size_t copies = 0;
    for (size_t i = 0; i < count; i++) {
        struct measurement *m = &list[i];
        const struct measurement **own = &first[m->side];
        *own = *own ? *own : m;
        m->result->is_copy = strcmp((*own)->started, m->started) != 0;
        m->result->is_old = m->side && first[0] && strcmp(first[0]->started, m->started) != 0;
        copies += m->result->is_copy;
    }
    return copies;
}

size_t readings_mark_copies(struct readings *base, struct readings *now)
{
    struct readings *const sides[] = {base, now};
    struct measurement *all = NULL;
    size_t count = 0, copies = 0;
    for (size_t side = 0; side < 2 && sides[side]; side++)
        for (size_t i = 0; i < sides[side]->count; i++)
            for (size_t k = 0; k < sides[side]->list[i].count; k++) {
                struct reading *run = &sides[side]->list[i];
                if (!run->results[k].measured)
                    continue;
                all = need_room(all, count, sizeof *all);
                all[count] = (struct measurement){&run->results[k], run->started, side, count};
                count++;
            }
    if (count)
        qsort(all, count, sizeof *all, by_samples_and_order);
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && by_samples(&all[from], &all[to]) == 0;)
            to++;
        copies += mark_group(&all[from], to - from);
    }
    free(all);
    return copies;
}

void readings_shorten(struct readings *r, size_t count)
{
    while (r->count > count)
        reading_free(&r->list[--r->count]);
    if (r->digest_count > count)
        r->digest_room = 0; /* index_runs() makes the table again */
}

void readings_free(struct readings *r)
{
    readings_shorten(r, 0);
    free(r->list);
    free(r->digests);
    *r = (struct readings){0};
}

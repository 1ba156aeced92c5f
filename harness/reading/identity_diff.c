/* identity_diff.c - compares two sets of facts, first all of the base, then what only the other
 * has. */
#include "harness/reading/identity_diff.h"

#include "harness/base/need.h"
#include "harness/reading/readings.h"
#include "harness/text/clean.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Differences found so far; only the first `max` are kept. */
struct found {
    struct difference *list;
    size_t max, count;
};

static void add(struct found *found, const struct difference *d)
{
    if (found->count < found->max)
        found->list[found->count] = *d;
    found->count++;
}

/* ---- hard: lines of identity_text() */

/* Writes a value for people: 700000000e-6 as 700, 2^(108/3) as a size in GiB. */
static void put_value(char *out, size_t bytes, const char *value, size_t length)
{
    double third;
    char text[96], *whole = need_format("%.*s", (int)length, value);
    clean_text(text, sizeof text, whole);
    free(whole);
    if (length > 3 && length < sizeof text && strcmp(text + length - 3, "e-6") == 0)
        snprintf(out, bytes, "%.10g", strtod(text, NULL));
    else if (sscanf(text, "2^(%lf/3)", &third) == 1)
        snprintf(out, bytes, "about %.3g GiB", exp2(third / 3 - 30));
    else
        clean_text(out, bytes, text);
}

/* The line of `text` that begins with the same path as `like`, or NULL. */
static const char *line_like(const char *text, const char *like, size_t path_length)
{
    for (const char *at = text; *at;) {
        if (strncmp(at, like, path_length) == 0 && at[path_length] == '=')
            return at;
        at += strcspn(at, "\n");
        at += *at == '\n';
    }
    return NULL;
}

static void put_side(char *out, size_t bytes, const char *line, size_t path_length)
{
    if (!line)
        snprintf(out, bytes, "-");
    else
        put_value(out, bytes, line + path_length + 1, strcspn(line, "\n") - path_length - 1);
}

/* Compares the lines of `from` with those of `other`. The second pass, with the sides exchanged,
 * only adds lines that the first side lacks. */
static void hard_pass(const char *from, const char *other, bool is_second, struct found *found)
{
    for (const char *line = from; *line;) {
        const size_t length = strcspn(line, "\n"), path = strcspn(line, "=\n");
        const char *twin = line[path] == '=' ? line_like(other, line, path) : line;
        const bool is_same =
            twin && strcspn(twin, "\n") == length && memcmp(twin, line, length) == 0;
        if (is_second ? !twin : !is_same) {
            struct difference d;
            snprintf(d.path, sizeof d.path, "%.*s", (int)path, line);
            put_side(d.base, sizeof d.base, is_second ? twin : line, path);
            put_side(d.now, sizeof d.now, is_second ? line : twin, path);
            add(found, &d);
        }
        line += length + (line[length] == '\n');
    }
}

size_t identity_hard_differences(const char *base, const char *now, struct difference *out,
                                 size_t max)
{
    struct found found = {.list = out, .max = max};
    hard_pass(base, now, false, &found);
    hard_pass(now, base, true, &found);
    return found.count;
}

/* ---- soft: all fields of the documents that are not hard, volatile or provenance */

struct soft {
    const char *backend;
    struct found found;
};

static void put_json(char *out, size_t bytes, const json_t *value)
{
    if (!value) {
        snprintf(out, bytes, "-");
        return;
    }
    char *text = json_is_string(value) ? need_text(json_string_value(value))
                                       : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    put_value(out, bytes, text, strlen(text));
    free(text);
}

static void soft_value(struct soft *s, const char *path, const json_t *base, const json_t *now);

/* Compares the members of two objects; if is_second, only those that `other` lacks. */
static void soft_members(struct soft *s, const char *path, const json_t *from, const json_t *other,
                         bool is_second)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)from, key, value)
    {
        char below[sizeof((struct difference *)0)->path];
        const json_t *twin = json_object_get(other, key);
        if (is_second && twin)
            continue;
        if ((size_t)snprintf(below, sizeof below, "%s%s%s", path, *path ? "." : "", key) >=
            sizeof below)
            continue;
        soft_value(s, below, is_second ? NULL : value, is_second ? value : twin);
    }
}

static void soft_value(struct soft *s, const char *path, const json_t *base, const json_t *now)
{
    if (json_is_object(base) || json_is_object(now)) {
        soft_members(s, path, base, now, false);
        soft_members(s, path, now, base, true);
        return;
    }
    if (json_equal(base, now) || identity_class_of(path, s->backend) != IDENTITY_SOFT)
        return;
    struct difference d;
    put_value(d.path, sizeof d.path, path, strlen(path));
    put_json(d.base, sizeof d.base, base);
    put_json(d.now, sizeof d.now, now);
    add(&s->found, &d);
}

static bool is_facts(const char *key)
{
    static const char *const others[] = {"problem", "job", "results"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(key, others[i]) == 0)
            return false;
    return true;
}

size_t identity_soft_differences(const struct reading *base, const struct reading *now,
                                 struct difference *out, size_t max)
{
    struct soft s = {.found = {.list = out, .max = max}};
    char backend[16];
    json_t *const documents[] = {readings_document(base, true), readings_document(now, true)};
    s.backend = read_text(documents[0], "device.backend", backend, sizeof backend);
    for (int pass = 0; documents[0] && documents[1] && pass < 2; pass++) {
        const char *key;
        json_t *value;
        json_object_foreach(documents[pass], key, value)
        {
            const json_t *twin = json_object_get(documents[1 - pass], key);
            if (json_is_object(value) && is_facts(key) && !(pass && twin))
                soft_value(&s, key, pass ? NULL : value, pass ? value : twin);
        }
    }
    json_decref(documents[0]);
    json_decref(documents[1]);
    return s.found.count;
}

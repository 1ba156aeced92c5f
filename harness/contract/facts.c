/* facts.c - an ordered list of path = value, searched linearly because it has about a hundred
 * entries. */
#include "harness/contract/facts.h"

#include "harness/base/need.h"
#include "harness/text/clean.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct fact *find(const struct facts *f, const char *path)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->list[i].path, path) == 0)
            return &f->list[i];
    return NULL;
}

/* The fact at a path, added if it is new. */
static struct fact *slot(struct facts *f, const char *path)
{
    struct fact *known = find(f, path);
    if (known)
        return known;
    f->list = need_room(f->list, f->count, sizeof *f->list);
    f->list[f->count] = (struct fact){.path = need_text(path)};
    return &f->list[f->count++];
}

/* Replaces a fact's value; takes over `value.text`. */
static void put(struct facts *f, const char *path, struct fact value)
{
    struct fact *fact = slot(f, path);
    free(fact->text);
    value.path = fact->path;
    *fact = value;
}

void facts_clean(char *text, size_t bytes)
{
    text[bytes - 1] = '\0';
    char *raw = need_text(text);
    clean_text(text, bytes, raw);
    free(raw);
}

void facts_text(struct facts *f, const char *path, const char *text)
{
    char cleaned[CLEAN_NAME_MAX + 1];
    if (text) /* copied before put() frees the old text, because `text` may be the old one */
        put(f, path,
            (struct fact){.type = FACT_TEXT,
                          .text = need_text(clean_text(cleaned, sizeof cleaned, text))});
}

void facts_integer(struct facts *f, const char *path, int64_t value)
{
    put(f, path, (struct fact){.type = FACT_INTEGER, .integer = value});
}

void facts_real(struct facts *f, const char *path, double value)
{
    if (!isnan(value))
        put(f, path, (struct fact){.type = FACT_REAL, .real = value});
}

void facts_boolean(struct facts *f, const char *path, bool value)
{
    put(f, path, (struct fact){.type = FACT_BOOLEAN, .integer = value});
}

const struct fact *facts_get(const struct facts *f, const char *path)
{
    return find(f, path);
}

const char *facts_get_text(const struct facts *f, const char *path)
{
    const struct fact *fact = find(f, path);
    return fact && fact->type == FACT_TEXT ? fact->text : "";
}

void facts_free(struct facts *f)
{
    for (size_t i = 0; i < f->count; i++) {
        free(f->list[i].path);
        free(f->list[i].text);
    }
    free(f->list);
    *f = (struct facts){0};
}

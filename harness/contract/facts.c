/* facts.c - an ordered list of path = value. Linear search: there are about a hundred of them. */
#include "harness/contract/facts.h"

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

/* The fact at path, new if need be, or NULL if memory runs out: then it is simply not known. */
static struct fact *slot(struct facts *f, const char *path)
{
    struct fact *known = find(f, path);
    if (known)
        return known;

    if (f->count == f->capacity) {
        const size_t capacity = f->capacity ? 2 * f->capacity : 32;
        struct fact *list = realloc(f->list, capacity * sizeof *list);
        if (!list)
            return NULL;
        f->list = list;
        f->capacity = capacity;
    }
    char *copy = strdup(path);
    if (!copy)
        return NULL;
    f->list[f->count] = (struct fact){.path = copy};
    return &f->list[f->count++];
}

/* Replaces a fact's value; takes over `value.text`. */
static void put(struct facts *f, const char *path, struct fact value)
{
    struct fact *fact = slot(f, path);
    if (!fact) {
        free(value.text);
        return;
    }
    free(fact->text);
    value.path = fact->path;
    *fact = value;
}

void facts_text(struct facts *f, const char *path, const char *text)
{
    /* Copied before the old text goes: `text` may be the old text. */
    char *copy = text ? strdup(text) : NULL;
    if (copy)
        put(f, path, (struct fact){.type = FACT_TEXT, .text = copy});
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

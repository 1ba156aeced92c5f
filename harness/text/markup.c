/* markup.c - escapes text character by character. */
#include "harness/text/markup.h"

#include "harness/text/clean.h"

#include <stdlib.h>
#include <string.h>

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    }
    return NULL;
}

/* Writes a clean text, with characters of `entities` as entities and a backslash before those of
 * `marks`. */
static void put(FILE *to, const char *text, const char *entities, const char *marks)
{
    char *clean = clean_copy(text);
    for (const char *c = clean; *c; c++)
        if (strchr(entities, *c))
            fputs(entity(*c), to);
        else
            fprintf(to, strchr(marks, *c) ? "\\%c" : "%c", *c);
    free(clean);
}

void markup_xml(FILE *to, const char *text)
{
    put(to, text, "&<>\"'", "");
}

void markup_markdown(FILE *to, const char *text)
{
    put(to, text, "&<", "\\`*_[]|#~!");
}

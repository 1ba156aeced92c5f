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

/* The characters that make a spreadsheet take a cell for a formula, the wide ones in Japanese. */
static bool is_formula(const char *text)
{
    static const char *const signs[] = {
        "=", "+", "-", "@", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strncmp(text, signs[i], strlen(signs[i])) == 0)
            return true;
    return false;
}

void markup_csv(FILE *to, const char *text)
{
    char *clean = clean_copy(text);
    const bool is_quoted = is_formula(clean) || strpbrk(clean, ",;\"");
    bool begins = true; /* a cell: some spreadsheets end cells at ";" */
    if (is_quoted)
        putc('"', to);
    for (const char *c = clean; *c; c++) {
        if (begins && is_formula(c))
            putc('\'', to);
        begins = *c == ';' || (begins && *c == ' ');
        if (*c == '"')
            putc('"', to);
        putc(*c, to);
    }
    if (is_quoted)
        putc('"', to);
    free(clean);
}

/* markup.c - escapes text character by character. */
#include "harness/text/markup.h"

#include <string.h>

/* The bytes of the control character (C0, DEL, or C1 in UTF-8) that text begins with, else 0. */
static size_t control_bytes(const char *text)
{
    const unsigned char *t = (const unsigned char *)text;
    if (t[0] < 0x20 || t[0] == 0x7f)
        return 1;
    return t[0] == 0xc2 && t[1] >= 0x80 && t[1] < 0xa0 ? 2 : 0;
}

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

/* Writes text, with characters of `entities` as entities and a backslash before those of `marks`.
 */
static void put(FILE *to, const char *text, const char *entities, const char *marks)
{
    while (*text) {
        const size_t control = control_bytes(text);
        if (control)
            putc(' ', to);
        else if (strchr(entities, *text))
            fputs(entity(*text), to);
        else
            fprintf(to, strchr(marks, *text) ? "\\%c" : "%c", *text);
        text += control ? control : 1;
    }
}

void markup_xml(FILE *to, const char *text)
{
    put(to, text, "&<>\"'", "");
}

void markup_markdown(FILE *to, const char *text)
{
    put(to, text, "&<", "\\`*_[]|#~!");
}

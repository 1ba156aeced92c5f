/* clean.c - replaces control characters and broken UTF-8 in text. */
#include "harness/text/clean.h"

#include "harness/base/need.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char replacement[] = "\xEF\xBF\xBD";

/* The length of the UTF-8 character that a text begins with, and its code; 0 if it is invalid. */
static size_t decode(const unsigned char *t, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const size_t length = t[0] < 0x80             ? 1
                          : (t[0] & 0xe0) == 0xc0 ? 2
                          : (t[0] & 0xf0) == 0xe0 ? 3
                          : (t[0] & 0xf8) == 0xf0 ? 4
                                                  : 0;
    if (length < 2) {
        *code = t[0];
        return length;
    }
    *code = t[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((t[i] & 0xc0) != 0x80) /* includes the NUL, so nothing after the end is read */
            return 0;
        *code = *code << 6 | (t[i] & 0x3f);
    }
    const bool is_surrogate = *code >= 0xd800 && *code < 0xe000;
    return *code < least[length] || *code > 0x10ffff || is_surrogate ? 0 : length;
}

static bool is_unsafe(uint32_t code)
{
    static const uint32_t ranges[][2] = {
        {0x00, 0x1f},     {0x7f, 0x9f},     {0x61c, 0x61c},   {0x200e, 0x200f},
        {0x2028, 0x202e}, {0x2066, 0x2069}, {0xfdd0, 0xfdef},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (code >= ranges[i][0] && code <= ranges[i][1])
            return true;
    return (code & 0xfffe) == 0xfffe;
}

/* GitHub's runner skips these at the beginning of a line. */
static bool is_space(uint32_t code)
{
    return code == ' ' || code == 0xa0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200a) ||
           code == 0x202f || code == 0x205f || code == 0x3000;
}

/* Whether a command of a CI runner begins here: "::" of GitHub, "##[" of GitHub and Azure,
 * "##vso[", "##teamcity[". `is_word` says that only a space is before it, so that it may begin a
 * line. */
static bool is_command(const char *text, bool is_word)
{
    if (strncmp(text, "##", 2) != 0)
        return is_word && strncmp(text, "::", 2) == 0;
    for (text += 2; isalpha((unsigned char)*text);)
        text++;
    return *text == '[';
}

char *clean_text(char *out, size_t bytes, const char *text)
{
    char *to = out;
    bool is_word = true;
    while (*text) {
        uint32_t code;
        const size_t length = decode((const unsigned char *)text, &code);
        const bool is_blank = length && (is_unsafe(code) || is_command(text, is_word));
        const char *from = !length ? replacement : is_blank ? " " : text;
        const size_t more = !length ? sizeof replacement - 1 : is_blank ? 1 : length;
        if ((size_t)(to - out) + more >= bytes)
            break;
        memcpy(to, from, more);
        to += more;
        is_word = length && code != ':' && (*from == ' ' || is_space(code));
        text += length ? length : 1;
    }
    *to = '\0';
    return out;
}

char *clean_copy(const char *text)
{
    const size_t bytes = strlen(text) * (sizeof replacement - 1) + 1;
    return clean_text(need(bytes), bytes, text);
}

bool clean_is(const char *text)
{
    char *clean = clean_copy(text);
    const bool is_clean = strcmp(clean, text) == 0;
    free(clean);
    return is_clean;
}

char *clean_utf8(char *text)
{
    char *to = text;
    for (const char *from = text; *from;) {
        uint32_t code;
        const size_t length = decode((const unsigned char *)from, &code);
        memmove(to, from, length);
        to += length;
        from += length ? length : 1;
    }
    *to = '\0';
    return text;
}

void clean_json(FILE *to, const char *json, char also)
{
    while (*json) {
        uint32_t code;
        const size_t length = decode((const unsigned char *)json, &code);
        const bool is_hash = code == '#' && json[1] == '#';
        if (length && code > 0xffff && is_unsafe(code))
            fprintf(to, "\\u%04x\\u%04x", 0xd7c0u + (code >> 10), 0xdc00u + (code & 0x3ff));
        else if (length &&
                 (is_hash || code == (unsigned char)also || (code >= 0x7f && is_unsafe(code))))
            fprintf(to, "\\u%04x", code);
        else
            fwrite(json, 1, length ? length : 1, to);
        json += length ? length : 1;
    }
}

/* secrets.c - replaces credentials in text by stars. A server may write a secret bare, as user and
 * password in base64, with percent signs, or in pieces, so the text is searched as it is, decoded,
 * and reduced to its letters and digits. */
#define _GNU_SOURCE 1 /* strcasestr */

#include "harness/net/secrets.h"

#include "harness/base/durable.h"
#include "harness/base/need.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHORTEST = 4, FRAGMENT = 8, SIGNATURE = 64, NETRC_MOST = 1 << 20 };
static const char stars[] = "***";

/* A view of a text, as it is or decoded: its bytes, and where each of them begins and ends in the
 * text itself. */
struct view {
    char *bytes;
    size_t *from, *to, count;
};

static struct view view_whole(const char *text)
{
    struct view v = {.bytes = need_text(text), .count = strlen(text)};
    v.from = need_array(v.count, sizeof *v.from);
    v.to = need_array(v.count, sizeof *v.to);
    for (size_t i = 0; i < v.count; i++) {
        v.from[i] = i;
        v.to[i] = i + 1;
    }
    return v;
}

static void view_free(struct view *v)
{
    explicit_bzero(v->bytes, v->count);
    free(v->bytes);
    free(v->from);
    free(v->to);
}

/* Writes one byte of the view at place `to`; it replaces bytes `i` to `last` of the view before. */
static void put_byte(struct view *v, size_t i, size_t last, char byte, size_t to)
{
    v->from[to] = v->from[i];
    v->to[to] = v->to[last];
    v->bytes[to] = byte;
}

static void end_view(struct view *v, size_t count)
{
    v->count = count;
    v->bytes[count] = '\0';
}

/* "%41" becomes "A". */
static void view_decode(struct view *v)
{
    size_t used = 0;
    for (size_t i = 0; i < v->count; i++) {
        unsigned code = (unsigned char)v->bytes[i];
        const char *at = v->bytes + i;
        const bool is_code = *at == '%' && isxdigit((unsigned char)at[1]) &&
                             isxdigit((unsigned char)at[2]) && sscanf(at + 1, "%2x", &code) == 1;
        const size_t last = is_code ? i + 2 : i;
        put_byte(v, i, last, (char)code, used++);
        i = last;
    }
    end_view(v, used);
}

/* Letters and digits remain, in lower case. */
static void view_squeeze(struct view *v)
{
    size_t used = 0;
    for (size_t i = 0; i < v->count; i++)
        if (isalnum((unsigned char)v->bytes[i]))
            put_byte(v, i, i, (char)tolower((unsigned char)v->bytes[i]), used++);
    end_view(v, used);
}

/* Marks where the view has `least` bytes of the secret in a row, or its beginning at the end of the
 * text, where it may be cut off. */
static void mark(bool *hidden, const struct view *v, const struct view *secret, size_t least)
{
    for (size_t i = 0; i < v->count; i++)
        for (size_t j = 0; j < secret->count; j++) {
            size_t same = 0;
            while (i + same < v->count && j + same < secret->count &&
                   v->bytes[i + same] == secret->bytes[j + same])
                same++;
            if (same >= least || (j == 0 && same >= SHORTEST && i + same == v->count))
                memset(hidden + v->from[i], true, v->to[i + same - 1] - v->from[i]);
        }
}

/* The text as it is and with its percent signs decoded once and twice; and the letters of each. */
enum { READINGS = 3 };
struct masking {
    struct view whole[READINGS], letters[READINGS];
    bool *hidden; /* for each byte of the text */
};

static void hide_form(const struct masking *m, const char *secret)
{
    struct view whole = view_whole(secret), letters = view_whole(secret);
    view_squeeze(&letters);
    for (size_t i = 0; i < READINGS; i++) {
        if (whole.count >= SHORTEST)
            mark(m->hidden, &m->whole[i], &whole, whole.count);
        if (letters.count >= SHORTEST)
            mark(m->hidden, &m->letters[i], &letters,
                 letters.count < FRAGMENT ? letters.count : FRAGMENT);
    }
    view_free(&whole);
    view_free(&letters);
}

/* The base64 of `before` other bytes and the secret, less the digits that depend on the former. */
static void hide_base64(const struct masking *m, const char *secret, size_t before)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const size_t bits = 8 * (before + strlen(secret)), first = (8 * before + 5) / 6;
    char *out = need(bits / 6 + 2), *to = out;
    for (size_t digit = first; 6 * digit < bits; digit++) {
        unsigned value = 0;
        for (size_t bit = 6 * digit; bit < 6 * digit + 6; bit++)
            value = value << 1 | ((unsigned char)secret[bit / 8 - before] >> (7 - bit % 8) & 1);
        *to++ = digits[value];
    }
    hide_form(m, out);
    explicit_bzero(out, (size_t)(to - out));
    free(out);
}

static void hide(const struct masking *m, const char *secret)
{
    if (!secret || !*secret)
        return;
    hide_form(m, secret);
    for (size_t before = 0; before < 3; before++)
        hide_base64(m, secret, before);
}

/* The same for a part of an address: as it is written and percent-decoded. */
static void hide_encoded(const struct masking *m, const char *from, size_t length)
{
    char *part = need_copy(from, length + 1);
    part[length] = '\0';
    struct view meant = view_whole(part);
    view_decode(&meant);
    hide(m, part);
    hide(m, meant.bytes);
    view_free(&meant);
    free(part);
}

static void hide_login(const struct masking *m, const char *user, const char *password)
{
    char *both = need_format("%s:%s", user, password);
    hide(m, password);
    hide(m, both);
    explicit_bzero(both, strlen(both));
    free(both);
}

/* The next word of a netrc file, which may stand in quotes; NULL at the end. */
static char *next_word(char **at)
{
    *at += strspn(*at, " \t\r\n");
    if (!**at)
        return NULL;
    char *word = *at, *to = word;
    const bool quoted = *word == '"';
    char *c = word + quoted;
    for (; *c && (quoted ? *c != '"' : !strchr(" \t\r\n", *c)); c++) {
        c += quoted && *c == '\\' && c[1];
        *to++ = *c;
    }
    *at = c + (*c != '\0');
    *to = '\0';
    return word;
}

static void hide_netrc(const struct masking *m)
{
    const char *named = getenv("NETRC"), *home = getenv("HOME"), *login = "";
    char *path = named ? need_text(named) : need_format("%s/.netrc", home ? home : "");
    char *all = NULL;
    size_t bytes;
    if (durable_read(path, NETRC_MOST, &all, &bytes) == 0) {
        char *at = all;
        for (char *word; (word = next_word(&at));) {
            const bool is_login = strcmp(word, "login") == 0;
            if (!is_login && strcmp(word, "password") != 0)
                continue;
            char *value = next_word(&at);
            if (is_login && value)
                login = value;
            else if (value)
                hide_login(m, login, value);
        }
        explicit_bzero(all, bytes);
    }
    free(all);
    free(path);
}

/* http://USER:PASSWORD@PROXY, which libcurl sends to the proxy. */
static void hide_proxy(const struct masking *m, const char *address)
{
    const char *scheme = address ? strstr(address, "://") : NULL;
    const char *user = scheme ? scheme + 3 : address;
    const char *end = user ? strchr(user, '@') : NULL;
    const char *password = end ? memchr(user, ':', (size_t)(end - user)) : NULL;
    if (!password)
        return;
    hide_encoded(m, user, (size_t)(end - user));
    hide_encoded(m, password + 1, (size_t)(end - password - 1));
}

static void hide_query(const struct masking *m, const char *url)
{
    const char *query = strchr(url, '?');
    while (query && *query) {
        const size_t name = strcspn(++query, "=&");
        query += query[name] == '=' ? name + 1 : 0;
        const size_t value = strcspn(query, "&");
        hide_encoded(m, query, value);
        query += value;
    }
}

/* Signatures and digests of requests to S3. */
static void hide_signatures(const struct masking *m)
{
    const char *text = m->whole->bytes;
    for (size_t i = 0, run = 0; text[i]; i++) {
        run = isxdigit((unsigned char)text[i]) ? run + 1 : 0;
        if (run >= SIGNATURE)
            memset(m->hidden + i + 1 - run, true, run);
    }
}

/* Each run of marked bytes becomes three stars, as far as the text has room for them. */
static void put_stars(char *text, const bool *hidden)
{
    const size_t length = strlen(text);
    char *out = need(length * (sizeof stars - 1) + 1), *to = out;
    for (size_t i = 0; i < length; i++)
        if (!hidden[i])
            *to++ = text[i];
        else if (i == 0 || !hidden[i - 1])
            to = stpcpy(to, stars);
    snprintf(text, length + 1, "%s", out);
    free(out);
}

void secrets_mask(char *text, const struct http_access *access, const char *url)
{
    static const char *const carriers[] = {"basic ", "bearer ", "token ", "authorization"};
    static const char *const variables[] = {"GPUBENCH_TOKEN", "AWS_SECRET_ACCESS_KEY",
                                            "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID"};
    static const char *const proxies[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                          "ALL_PROXY"};
    for (size_t i = 0; i < sizeof carriers / sizeof *carriers; i++)
        if (strcasestr(text, carriers[i]))
            *text = '\0';
    struct masking m = {.hidden = need(strlen(text) + 1)};
    for (size_t i = 0; i < READINGS; i++) {
        m.whole[i] = view_whole(text);
        m.letters[i] = view_whole(text);
        for (size_t times = 0; times < i; times++) {
            view_decode(&m.whole[i]);
            view_decode(&m.letters[i]);
        }
        view_squeeze(&m.letters[i]);
    }
    hide(&m, access->token);
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        hide(&m, getenv(variables[i]));
    for (size_t i = 0; i < sizeof proxies / sizeof *proxies; i++)
        hide_proxy(&m, getenv(proxies[i]));
    hide_query(&m, url);
    hide_netrc(&m);
    hide_signatures(&m);
    put_stars(text, m.hidden);
    for (size_t i = READINGS; i-- > 0;) {
        view_free(&m.whole[i]);
        view_free(&m.letters[i]);
    }
    free(m.hidden);
}

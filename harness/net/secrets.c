/* secrets.c - see secrets.h. */
#define _GNU_SOURCE 1 /* strcasestr */

#include "harness/net/secrets.h"

#include "harness/base/durable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHORTEST = 4, NETRC_MOST = 1 << 20 };
static const char stars[] = "***";

static void mask(char *text, const char *secret)
{
    const size_t length = secret ? strlen(secret) : 0;
    if (length < SHORTEST)
        return;
    for (char *at = text; *at; at++) {
        const size_t left = strlen(at), same = left < length ? left : length;
        if (same < SHORTEST || strncmp(at, secret, same) != 0)
            continue;
        memmove(at + sizeof stars - 1, at + same, left - same + 1);
        memcpy(at, stars, sizeof stars - 1);
        at += sizeof stars - 2;
    }
}

static void mask_netrc(char *text)
{
    const char *named = getenv("NETRC"), *home = getenv("HOME");
    char path[4096], *all = NULL, *rest = NULL;
    size_t bytes;
    snprintf(path, sizeof path, "%s%s", named ? named : home ? home : "", named ? "" : "/.netrc");
    if (durable_read(path, NETRC_MOST, &all, &bytes) != 0)
        return;
    bool is_password = false;
    for (char *word = strtok_r(all, " \t\r\n", &rest); word;
         word = strtok_r(NULL, " \t\r\n", &rest)) {
        if (is_password)
            mask(text, word);
        is_password = !is_password && strcmp(word, "password") == 0;
    }
    explicit_bzero(all, bytes);
    free(all);
}

void secrets_mask(char *text, const struct http_access *access, const char *url)
{
    static const char *const carriers[] = {"basic ", "bearer ", "token ", "authorization"};
    static const char *const variables[] = {"GPUBENCH_TOKEN", "AWS_SECRET_ACCESS_KEY",
                                            "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID"};
    for (size_t i = 0; i < sizeof carriers / sizeof *carriers; i++)
        if (strcasestr(text, carriers[i]))
            *text = '\0';
    mask(text, access->token);
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        mask(text, getenv(variables[i]));
    const char *query = strchr(url, '?');
    mask(text, query ? query + 1 : NULL);
    for (; query && *query; query += strcspn(query, "&")) { /* and each value of it */
        char value[1024];
        query += strcspn(query, "=");
        query += *query == '=';
        snprintf(value, sizeof value, "%.*s", (int)strcspn(query, "&"), query);
        mask(text, value);
    }
    mask_netrc(text);
}

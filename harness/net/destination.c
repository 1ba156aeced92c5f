/* destination.c - parses addresses. The grammar is a strict subset of RFC 3986, so that libcurl
 * never sees an address that could be read in two ways. */
#include "harness/net/destination.h"

#include "harness/text/append.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct {
    const char *prefix;
    enum destination_kind kind;
    bool tls;
} schemes[] = {
    {"https://", TO_HTTP, true},
    {"http://", TO_HTTP, false},
    {"s3+https://", TO_S3, true},
    {"s3+http://", TO_S3, false},
    {"pushgateway+https://", TO_PUSHGATEWAY, true},
    {"pushgateway+http://", TO_PUSHGATEWAY, false},
    {"influx+https://", TO_INFLUX, true},
    {"influx+http://", TO_INFLUX, false},
    {"file://", TO_FILE, false},
};
enum { SCHEME_COUNT = sizeof schemes / sizeof *schemes };

static const char known_schemes[] = "https://, s3+https://, pushgateway+https://, influx+https:// "
                                    "or file://";

bool destination_is_url(const char *text)
{
    size_t length = 0;
    while (isalnum((unsigned char)text[length]) || text[length] == '+')
        length++;
    return length > 0 && strncmp(text + length, "://", 3) == 0;
}

/* Copies an address without its query and without a user and password. */
char *destination_shown(const char *text, char *out, size_t bytes)
{
    const char *host = strstr(text, "://");
    host = host ? host + 3 : text;
    const size_t authority = strcspn(host, "/?#");
    const char *at = NULL;
    for (size_t i = 0; i < authority; i++)
        if (host[i] == '@')
            at = host + i;
    snprintf(out, bytes, "%.*s%s%.*s", (int)(host - text), text, at ? "..." : "",
             (int)strcspn(at ? at : host, "?#"), at ? at : host);
    return out;
}

static bool names_loopback(const char *host)
{
    struct in_addr address;
    if (strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
        return true;
    return inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

/* HOST or HOST:PORT; a host is a name, an IPv4 address, or an IPv6 address in brackets. */
static bool parse_authority(const char *text, size_t length, struct destination *to)
{
    size_t host = 0;
    if (length > 0 && text[0] == '[') {
        while (host < length && text[host] != ']')
            host++;
        host++;
        if (host > length || strspn(text + 1, "0123456789abcdefABCDEF:.") + 2 != host)
            return false;
    } else {
        while (host < length &&
               (isalnum((unsigned char)text[host]) || strchr("-._", text[host]) != NULL))
            host++;
    }
    if (host == 0 || host >= sizeof to->host)
        return false;
    for (size_t i = 0; i < host; i++)
        to->host[i] = (char)tolower((unsigned char)text[i]);
    to->host[host] = '\0';

    snprintf(to->port, sizeof to->port, "%s", to->tls ? "443" : "80");
    if (host == length)
        return true;
    const size_t digits = length - host - 1;
    if (text[host] != ':' || digits == 0 || digits > 5)
        return false;
    for (size_t i = 0; i < digits; i++)
        if (!isdigit((unsigned char)text[host + 1 + i]))
            return false;
    snprintf(to->port, sizeof to->port, "%.*s", (int)digits, text + host + 1);
    const int port = atoi(to->port);
    return port > 0 && port <= 65535;
}

/* Whether RFC 3986 allows all these characters in a path or a query. */
static bool is_clean(const char *text)
{
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && !strchr("-._~:/?@!$&'()*+,;=%", *text))
            return false;
    return true;
}

static bool percent_decode(char *text)
{
    char *out = text;
    for (const char *in = text; *in; in++) {
        unsigned value;
        if (*in != '%') {
            *out++ = *in;
        } else if (isxdigit((unsigned char)in[1]) && isxdigit((unsigned char)in[2]) &&
                   sscanf(in + 1, "%2x", &value) == 1 && value != 0) {
            *out++ = (char)value;
            in += 2;
        } else {
            return false;
        }
    }
    *out = '\0';
    return true;
}

/* An InfluxDB address may have only the parameters that name a database or a bucket. */
static enum status parse_influx(struct destination *to, struct failure *why)
{
    static const char *const known[] = {"db", "rp", "org", "orgID", "bucket"};
    bool has_db = false, has_bucket = false;
    for (const char *at = to->query; *at;) {
        const size_t length = strcspn(at, "&"), name = strcspn(at, "=&");
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            found = found || (strlen(known[i]) == name && strncmp(at, known[i], name) == 0);
        if (!found)
            return fail(why, STATUS_USAGE,
                        "the address %s takes db and rp, or org and bucket, after its \"?\" and "
                        "nothing else; a token belongs in --token-file, $GPUBENCH_TOKEN or "
                        ".netrc.",
                        to->shown);
        const bool has_value = length > name + 1;
        has_db = has_db || (has_value && strncmp(at, "db=", 3) == 0);
        has_bucket = has_bucket || (has_value && strncmp(at, "bucket=", 7) == 0);
        at += length + (at[length] == '&');
    }
    if (has_db == has_bucket)
        return fail(why, STATUS_USAGE,
                    "the address %s must name where the points go: ?db=DATABASE (InfluxDB 1), or "
                    "?org=ORG&bucket=BUCKET (InfluxDB 2).",
                    to->shown);
    to->is_influx_v2 = has_bucket;
    append_text(to->shown, sizeof to->shown, "?%s", to->query);
    to->needs_query = false;
    return STATUS_OK;
}

static enum status parse_file(const char *rest, struct destination *to, struct failure *why)
{
    snprintf(to->path, sizeof to->path, "%s", rest);
    if (to->path[0] != '/' || strchr(rest, '?') || !is_clean(rest) || !percent_decode(to->path))
        return fail(
            why, STATUS_USAGE,
            "%s is not the address of a file: write file:///DIRECTORY/ with three slashes, and "
            "spaces as %%20.",
            to->shown);
    return STATUS_OK;
}

enum status destination_parse(const char *text, bool insecure_http, struct destination *to,
                              struct failure *why)
{
    size_t scheme = 0;
    *to = (struct destination){0};
    destination_shown(text, to->shown, sizeof to->shown);
    while (scheme < SCHEME_COUNT &&
           strncmp(text, schemes[scheme].prefix, strlen(schemes[scheme].prefix)) != 0)
        scheme++;
    if (scheme == SCHEME_COUNT)
        return fail(why, STATUS_USAGE, "\"%.200s\" is not a valid address: use %s.", to->shown,
                    known_schemes);
    if (strlen(text) >= URL_BYTES / 2)
        return fail(why, STATUS_USAGE, "the address %.100s... is too long (%zu bytes, at most %d).",
                    to->shown, strlen(text), URL_BYTES / 2 - 1);
    to->kind = schemes[scheme].kind;
    to->tls = schemes[scheme].tls;

    const char *host = text + strlen(schemes[scheme].prefix);
    const size_t authority = strcspn(host, "/?#");
    const char *path = host + authority;
    if (to->kind == TO_FILE)
        return parse_file(host, to, why);
    if (memchr(host, '@', authority))
        return fail(why, STATUS_USAGE,
                    "the address %s has a user or a password in it: they belong in --token-file, "
                    "$GPUBENCH_TOKEN or .netrc.",
                    to->shown);
    if (!parse_authority(host, authority, to) || !is_clean(path))
        return fail(
            why, STATUS_USAGE,
            "\"%.200s\" is not a valid address: write https://HOST[:PORT]/PATH, special characters "
            "as %%XX.",
            to->shown);
    to->is_loopback = names_loopback(to->host);
    if (!to->tls && !insecure_http && !to->is_loopback)
        return fail(why, STATUS_USAGE,
                    "%s would send results, and a token, in clear text: use https, or allow it "
                    "with --insecure-http.",
                    to->shown);
    const size_t length = strcspn(path, "?");
    snprintf(to->path, sizeof to->path, "%.*s", (int)length, length ? path : "/");
    if (!length)
        snprintf(to->path, sizeof to->path, "/");
    snprintf(to->query, sizeof to->query, "%s", path[length] ? path + length + 1 : "");
    to->needs_query = to->query[0] != '\0';
    return to->kind == TO_INFLUX ? parse_influx(to, why) : STATUS_OK;
}

bool destination_is_object(const struct destination *to)
{
    struct stat known;
    if (to->kind == TO_PUSHGATEWAY || to->kind == TO_INFLUX ||
        to->path[strlen(to->path) - 1] == '/')
        return false;
    return to->kind != TO_FILE || stat(to->path, &known) != 0 || !S_ISDIR(known.st_mode);
}

bool destination_same_server(const struct destination *a, const struct destination *b)
{
    return a->tls == b->tls && strcmp(a->host, b->host) == 0 && strcmp(a->port, b->port) == 0;
}

void destination_origin(const struct destination *to, char *out, size_t bytes)
{
    const bool is_usual = strcmp(to->port, to->tls ? "443" : "80") == 0;
    snprintf(out, bytes, "%s://%s%s%s", to->tls ? "https" : "http", to->host, is_usual ? "" : ":",
             is_usual ? "" : to->port);
}

bool destination_append_encoded(char *out, size_t bytes, const char *text)
{
    bool fits = true;
    for (; *text && fits; text++) {
        const unsigned char c = (unsigned char)*text;
        const bool is_plain = isalnum(c) || strchr("-._~", c);
        fits = append_text(out, bytes, is_plain ? "%c" : "%%%02X", c);
    }
    return fits;
}

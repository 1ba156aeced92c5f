/* redact.c - replaces names in a result by digests. */
#include "harness/publish/redact.h"

#include "harness/base/need.h"
#include "harness/text/json_text.h"

#include <ctype.h>
#include <sha256.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UUID_LENGTH = 36 };

struct redaction {
    const char *host; /* "" if the document names none */
    const char *salt;
    bool hides_host; /* where free text stands: a host may be called "gpu" or "AMD" */
};

/* A PCI id alone has few values, so the host's name goes into its digest, and into that of the
 * name. It does not go into a UUID's, because a card and a machine may have several names. */
static void put_digest(FILE *to, const struct redaction *r, bool is_of_host, const char *text,
                       size_t length)
{
    SHA256_CTX context;
    char hex[SHA256_DIGEST_STRING_LENGTH];
    const char *const parts[] = {"gpubench-redact/1", r->salt, is_of_host ? r->host : ""};
    SHA256Init(&context);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        SHA256Update(&context, (const uint8_t *)parts[i], strlen(parts[i]) + 1);
    SHA256Update(&context, (const uint8_t *)text, length);
    fprintf(to, "redacted-%.12s", SHA256End(&context, hex));
}

/* Returns how many bytes at the start of the text match the form, in which 'x' is any hexadecimal
 * digit; 0 if they do not match. */
static size_t match_form(const char *text, const char *form)
{
    size_t i = 0;
    for (; form[i]; i++)
        if (form[i] == 'x' ? !isxdigit((unsigned char)text[i]) : text[i] != form[i])
            return 0;
    return i;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_';
}

/* How many bytes at `text` are a name to hide; `before` is the byte before it. */
static size_t match(const struct redaction *r, const char *text, char before)
{
    static const char *const forms[] = {
        "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", /* behind "GPU-" or "MIG-" */
        "xxxxxxxx:xx:xx.x",
        "xxxx:xx:xx.x",
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const size_t length = match_form(text, forms[i]);
        if (length)
            return length;
    }
    const size_t length = strlen(r->host);
    if (r->hides_host && length && !is_word(before) && strncmp(text, r->host, length) == 0 &&
        !is_word(text[length]))
        return length;
    return 0;
}

static json_t *redact_text(const struct redaction *r, const char *text)
{
    char *out;
    size_t bytes;
    FILE *to = need_stream(&out, &bytes);
    for (size_t i = 0; text[i];) {
        const size_t length = match(r, text + i, i ? text[i - 1] : ' ');
        if (length)
            put_digest(to, r, length != UUID_LENGTH, text + i, length);
        else
            fputc(text[i], to);
        i += length ? length : 1;
    }
    need_stream_end(to);
    json_t *string = json_string(out);
    free(out);
    return string;
}

static json_t *redact_value(const struct redaction *r, const json_t *value);

static json_t *redact_members(const struct redaction *r, const json_t *object)
{
    json_t *out = json_object();
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)object, key, member)
    {
        json_t *name = redact_text(r, key);
        json_object_set_new(out, json_string_value(name), redact_value(r, member));
        json_decref(name);
    }
    return out;
}

static json_t *redact_value(const struct redaction *r, const json_t *value)
{
    if (json_is_string(value))
        return redact_text(r, json_string_value(value));
    if (json_is_object(value))
        return redact_members(r, value);
    if (!json_is_array(value))
        return json_copy((json_t *)value);
    json_t *out = json_array();
    for (size_t i = 0; i < json_array_size(value); i++)
        json_array_append_new(out, redact_value(r, json_array_get(value, i)));
    return out;
}

/* A digest of the whole text. */
static json_t *redact_whole(const struct redaction *r, bool is_of_host, const char *text)
{
    char *out;
    size_t bytes;
    FILE *to = need_stream(&out, &bytes);
    put_digest(to, r, is_of_host, text, strlen(text));
    need_stream_end(to);
    json_t *string = json_string(out);
    free(out);
    return string;
}

/* The command line may hold anything, so only a digest of it is kept. */
static json_t *redact_arguments(const struct redaction *r, const json_t *argv)
{
    char *all = json_dumps(argv, JSON_COMPACT | JSON_ENCODE_ANY);
    json_t *result = json_pack("[o]", redact_whole(r, true, all));
    free(all);
    return result;
}

/* Members of a document that hold fixed words, never the name of a host. */
static bool is_structure(const char *key)
{
    static const char *const known[] = {"schema", "fingerprint", "started", "tool", "host",
                                        "device", "driver",      "problem", "job",  "results",
                                        "cpu",    "blas",        "images"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(key, known[i]) == 0)
            return true;
    return false;
}

/* A baseline: each of its runs has a host of its own. */
static json_t *redact_runs(const json_t *runs)
{
    json_t *out = json_array();
    for (size_t i = 0; i < json_array_size(runs); i++)
        json_array_append_new(out, redact_document(json_array_get(runs, i)));
    return out;
}

json_t *redact_document(const json_t *document)
{
    const char *host = json_string_value(json_at(document, "host.name"));
    const char *machine = json_string_value(json_at(document, "host.machine"));
    const char *salt = getenv("GPUBENCH_REDACT_SALT");
    struct redaction r = {host ? host : "", salt ? salt : "", false};
    json_t *out = json_object(), *member;
    const char *key;
    json_object_foreach((json_t *)document, key, member)
    {
        r.hides_host = !is_structure(key);
        json_object_set_new(out, key,
                            strcmp(key, "argv") == 0   ? redact_arguments(&r, member)
                            : strcmp(key, "runs") == 0 ? redact_runs(member)
                                                       : redact_value(&r, member));
    }
    r.hides_host = true;
    if (host)
        json_object_set_new(json_object_get(out, "host"), "name", redact_text(&r, host));
    if (machine)
        json_object_set_new(json_object_get(out, "host"), "machine",
                            redact_whole(&r, false, machine));
    return out;
}

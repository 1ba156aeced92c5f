/* digest.c - digests of runs, samples and machines. */
#include "harness/reading/digest.h"

#include "harness/text/json_text.h"

#include <stdbool.h>
#include <string.h>

static uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint64_t digest_text(const char *text)
{
    uint64_t digest = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (; *text; text++)
        digest = (digest ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return mix(digest);
}

/* The same for values that are equal, whatever the order of an object's members. */
static uint64_t digest_value(const json_t *value)
{
    if (!value)
        return 0;
    uint64_t digest = (uint64_t)json_typeof(value);
    const char *key;
    json_t *member;
    size_t i;
    json_object_foreach((json_t *)value, key, member) digest +=
        mix(digest_text(key) + 3 * digest_value(member));
    json_array_foreach(value, i, member) digest = mix(digest + 1) + digest_value(member);
    if (json_is_string(value))
        digest = digest_text(json_string_value(value));
    if (json_is_number(value)) {
        const double number = json_number_value(value);
        memcpy(&digest, &number, sizeof digest);
    }
    return mix(digest);
}

uint64_t digest_of(const json_t *document)
{
    static const char *const names[] = {"started",     "host.name",   "host.machine",
                                        "device.name", "device.uuid", "device.place"};
    const json_t *results = json_object_get(document, "results");
    if (!json_at(json_array_get(results, 0), "samples.device_s"))
        return digest_value(document);
    uint64_t digest =
        mix(digest_value(results) + digest_value(json_object_get(document, "simulated")));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        digest = mix(digest + 1) + digest_value(json_at(document, names[i]));
    return digest;
}

static const char *text_at(const json_t *document, const char *path)
{
    const char *text = json_string_value(json_at(document, path));
    return text ? text : "";
}

const char *read_place(const json_t *document)
{
    static const char *const paths[] = {"device.uuid", "host.machine", "host.name"};
    const char *place = "";
    for (size_t i = 0; i < sizeof paths / sizeof *paths && !*place; i++)
        place = text_at(document, paths[i]);
    return place;
}

const char *read_label(const json_t *document)
{
    const char *name = text_at(document, "host.name");
    const bool is_identifier = strlen(name) == 12 && name[strspn(name, "0123456789abcdef")] == '\0';
    if (is_identifier && json_at(document, "container.kind"))
        return read_place(document);
    return name;
}

uint64_t digest_of_samples(const json_t *seconds)
{
    enum { NEEDED = 3 };
    double different[NEEDED];
    size_t i, count = 0;
    json_t *value;
    json_array_foreach(seconds, i, value)
    {
        const double time = json_number_value(value);
        bool is_new = count < NEEDED;
        for (size_t k = 0; is_new && k < count; k++)
            is_new = different[k] < time || different[k] > time;
        if (is_new)
            different[count++] = time;
    }
    return count == NEEDED ? digest_value(seconds) : 0;
}

const char *read_soak_verdict(const json_t *document)
{
    const char *verdict = json_string_value(json_at(document, "soak.verdict"));
    if (!verdict)
        return "";
    return strcmp(verdict, "OK") == 0 && json_is_true(json_at(document, "soak.interrupted"))
               ? SOAK_CUT_SHORT
               : verdict;
}

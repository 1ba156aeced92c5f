/* identity.c - the table of classes, and the hard fields of a document as text. */
#include "harness/result/identity.h"

#include "harness/base/need.h"
#include "harness/text/json_text.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HARD       IDENTITY_HARD
#define SOFT       IDENTITY_SOFT
#define VOLATILE   IDENTITY_VOLATILE
#define PROVENANCE IDENTITY_PROVENANCE

/* The order of the hard rows is part of every fingerprint, so add new ones at the end of their
 * block. */
static const struct identity_field fields[] = {
    {"device.simulated", HARD, HARD},

    {"device.name", HARD, SOFT},
    {"device.compute_capability", HARD, SOFT},
    {"device.sms", HARD, SOFT},
    {"device.memory.total", HARD, SOFT},
    {"device.mig", HARD, SOFT},
    {"device.ecc", HARD, SOFT},
    {"device.power_limit_w", HARD, SOFT},
    {"device.at_once", HARD, SOFT},

    {"host.cpu.model", SOFT, HARD},
    {"host.cpu.smt", SOFT, HARD},
    {"host.limits.affinity", SOFT, HARD},
    {"host.limits.cpu_quota", SOFT, HARD},
    {"cpu.threads", SOFT, HARD},
    {"cpu.isa", SOFT, HARD},
    {"blas.name", SOFT, HARD},
    {"blas.core", SOFT, HARD},
    {"blas.threads", SOFT, HARD},
    {"cpu.bound", SOFT, HARD},

    {"device.memory.free", VOLATILE, VOLATILE},
    {"device.index", VOLATILE, VOLATILE},
    {"device.place", VOLATILE, VOLATILE},
    {"device.summary", VOLATILE, VOLATILE},
    {"device.peak.*", VOLATILE, VOLATILE},
    {"device.temperature_c", VOLATILE, VOLATILE},
    {"device.power_w", VOLATILE, VOLATILE},
    {"cpu.peak_f32_flops", VOLATILE, VOLATILE},
    {"host.memory.available", VOLATILE, VOLATILE},
    {"host.load_1min", VOLATILE, VOLATILE},
    {"host.numa_node", VOLATILE, VOLATILE},

    {"tool.build", SOFT, SOFT}, /* a sanitizer or no optimiser makes it slower */
    {"tool.*", PROVENANCE, PROVENANCE},
    {"container.*", PROVENANCE, PROVENANCE},
};

enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

const struct identity_field *identity_fields(size_t *count)
{
    *count = FIELD_COUNT;
    return fields;
}

static bool covers(const char *pattern, const char *path)
{
    const size_t length = strlen(pattern);
    if (pattern[length - 1] == '*')
        return strncmp(pattern, path, length - 1) == 0;
    return strcmp(pattern, path) == 0;
}

static enum identity_class class_in(const struct identity_field *field, const char *backend)
{
    return strcmp(backend, "gpu") == 0 ? field->gpu : field->cpu;
}

enum identity_class identity_class_of(const char *path, const char *backend)
{
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (covers(fields[i].path, path))
            return class_in(&fields[i], backend);
    return IDENTITY_SOFT;
}

/* Different drivers report the memory of the same card with differences up to 1 %, so the identity
 * holds only its size class: a third of an octave, which is a factor of 1.26. */
static double size_class(double bytes)
{
    return bytes >= 1 ? round(3 * log2(bytes)) : 0;
}

/* 700 and 700.0 give the same text. Numbers are written in millionths, because a locale may have
 * another decimal point. */
static void put_field(FILE *to, const char *path, const json_t *value)
{
    if (json_is_string(value))
        fprintf(to, "%s=%s\n", path, json_string_value(value));
    else if (json_is_boolean(value))
        fprintf(to, "%s=%s\n", path, json_is_true(value) ? "true" : "false");
    else if (json_is_number(value) && strcmp(path, "device.memory.total") == 0)
        fprintf(to, "%s=2^(%.0f/3)\n", path, size_class(json_number_value(value)));
    else if (json_is_number(value))
        fprintf(to, "%s=%.0fe-6\n", path, round(json_number_value(value) * 1e6));
}

char *identity_text(const json_t *document)
{
    const char *backend = json_string_value(json_at(document, "device.backend"));
    if (!backend)
        backend = "";
    char *text;
    size_t bytes;
    FILE *to = need_stream(&text, &bytes);
    fprintf(to, "gpubench-identity/1\nbackend=%s\n", backend);
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const json_t *value = json_at(document, fields[i].path);
        if (value && class_in(&fields[i], backend) == IDENTITY_HARD)
            put_field(to, fields[i].path, value);
    }
    need_stream_end(to);
    return text;
}

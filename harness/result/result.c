/* result.c - the document of one run, and the facts in it. */
#include "harness/result/result.h"

#include "harness/result/parts.h"
#include "harness/result/store.h"
#include "harness/text/json_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void result_key(const struct result *r, const struct variant *v, char *key, size_t key_bytes)
{
    static const char *const ranges[] = {
        [RANGE_UNIT] = "", [RANGE_SIGNED] = "/signed", [RANGE_WIDE] = "/wide"};
    snprintf(key, key_bytes, "%s/%s/%s/%s/n=%llu%s%s", r->backend_name, op_name(v->op),
             arithmetic_name(v->arithmetic), v->name, (unsigned long long)r->problem.n,
             ranges[r->problem.range], r->is_cold ? "/cold" : "");
}

bool result_in_cache(const struct result *r)
{
    return !r->is_cold && problem_bytes(&r->problem) <= (double)r->device.cache_bytes;
}

/* More phases than there are lines: the last one takes their time, so that the lines still add up.
 */
void result_add_phase(struct result *r, const char *name, nanos ns, const char *place,
                      const char *what, ...)
{
    if (r->phase_count == PHASES_MAX) {
        r->phases[PHASES_MAX - 1].ns += ns;
        return;
    }
    struct phase *phase = &r->phases[r->phase_count++];
    *phase = (struct phase){.name = name, .ns = ns};
    snprintf(phase->place, sizeof phase->place, "%s", place ? place : "");
    if (what) {
        va_list arguments;
        va_start(arguments, what);
        vsnprintf(phase->what, sizeof phase->what, what, arguments);
        va_end(arguments);
    }
}

static json_t *fact_value(const struct fact *fact)
{
    switch (fact->type) {
    case FACT_TEXT:
        return json_words(fact->text);
    case FACT_INTEGER:
        return json_integer(fact->integer);
    case FACT_REAL:
        return json_number(fact->real);
    case FACT_BOOLEAN:
        return json_boolean(fact->integer != 0);
    }
    return json_null();
}

/* Puts value at a dotted path below object. A path through something that is no object is dropped:
 * the first fact there keeps its place. Takes over value; false if memory runs out. */
static bool put_at(json_t *object, const char *path, json_t *value)
{
    for (;;) {
        const size_t length = strcspn(path, ".");
        if (!path[length])
            break;
        char key[128];
        snprintf(key, sizeof key, "%.*s", (int)length, path);
        json_t *next = json_object_get(object, key);
        if (!next) {
            next = json_object();
            if (json_object_set_new(object, key, next) != 0) {
                json_decref(value);
                return false;
            }
        }
        if (!json_is_object(next)) {
            json_decref(value);
            return true;
        }
        object = next;
        path += length + 1;
    }
    if (json_is_object(json_object_get(object, path))) {
        json_decref(value);
        return true;
    }
    json_t *clean = json_words(path);
    const bool ok = value && json_object_set_new(object, json_string_value(clean), value) == 0;
    json_decref(clean);
    return ok;
}

json_t *facts_to_json(const struct facts *facts)
{
    json_t *object = json_object();
    for (size_t i = 0; object && i < facts->count; i++) {
        if (!put_at(object, facts->list[i].path, fact_value(&facts->list[i]))) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

/* What every backend tells, below "device" beside the backend's own facts, which stay if they say
 * more. */
static json_t *device_to_json(const struct result *r)
{
    const struct device_facts *d = &r->device;
    json_t *device = json_pack("{s:s, s:o, s:o, s:o, s:b}", "backend", r->backend_name, "name",
                               json_words(d->name), "place", json_words(d->place), "summary",
                               json_words(d->summary), "simulated", d->simulated);
    bool ok = device != NULL;
    for (int a = 0; ok && a < ARITH_COUNT; a++) {
        char path[64];
        snprintf(path, sizeof path, "peak.%s_flops", arithmetic_name((enum arithmetic)a));
        if (d->peak_flops[a] > 0)
            ok = put_at(device, path, json_number(d->peak_flops[a]));
    }
    if (ok && d->peak_bytes > 0)
        ok = put_at(device, "peak.memory_bytes_per_s", json_number(d->peak_bytes));
    if (ok && d->memory_total > 0)
        ok = put_at(device, "memory.total", json_integer((json_int_t)d->memory_total)) &&
             put_at(device, "memory.free", json_integer((json_int_t)d->memory_free));
    if (ok)
        return device;
    json_decref(device);
    return NULL;
}

/* Many readers of JSON keep 53 bits of a number; a larger seed is a string of digits. */
static json_t *seed_to_json(uint64_t seed)
{
    if (seed < UINT64_C(1) << 53)
        return json_integer((json_int_t)seed);
    return json_sprintf("%llu", (unsigned long long)seed);
}

static json_t *problem_to_json(const struct problem *p)
{
    return json_pack("{s:s, s:I, s:o, s:s}", "op", op_name(p->op), "n", (json_int_t)p->n, "seed",
                     seed_to_json(p->seed), "range", range_name(p->range));
}

static json_t *measuring_to_json(const struct result *r)
{
    return json_pack("{s:s, s:o*}", "cache", r->is_cold ? "cold" : "hot", "in_cache",
                     r->device.cache_bytes > 0 ? json_boolean(result_in_cache(r)) : NULL);
}

static json_t *phases_to_json(const struct result *r)
{
    json_t *phases = json_array();
    for (size_t i = 0; phases && i < r->phase_count; i++) {
        const struct phase *p = &r->phases[i];
        json_t *phase = json_pack("{s:o, s:o, s:o*, s:o*}", "name", json_words(p->name), "seconds",
                                  json_number((double)p->ns / 1e9), "place",
                                  p->place[0] ? json_words(p->place) : NULL, "what",
                                  p->what[0] ? json_words(p->what) : NULL);
        if (json_array_append_new(phases, phase) != 0) {
            json_decref(phases);
            return NULL;
        }
    }
    return phases;
}

static json_t *job_to_json(const struct result *r)
{
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "variant", r->job_variant->name,
                     "arithmetic", arithmetic_name(r->job_variant->arithmetic), "place",
                     json_words(r->device.place), "sum", json_number(r->sum), "time_taken_s",
                     json_number((double)r->time_taken_ns / 1e9), "phases", phases_to_json(r));
}

static json_t *argv_to_json(const struct result *r)
{
    json_t *words = json_array();
    for (int i = 0; words && i < r->argc; i++) {
        if (json_array_append_new(words, json_words(r->argv[i])) != 0) {
            json_decref(words);
            return NULL;
        }
    }
    return words;
}

static json_t *results_to_json(const struct result *r)
{
    json_t *results = json_array();
    for (size_t i = 0; results && i < r->contestant_count; i++) {
        if (json_array_append_new(results, contestant_to_json(r, &r->contestants[i])) != 0) {
            json_decref(results);
            return NULL;
        }
    }
    return results;
}

/* 20261124T101502Z as 2026-11-24T10:15:02Z, which jq and databases read; anything else as it is. */
static json_t *started_to_json(const char *text)
{
    const char *t = text;
    if (strlen(t) == 16 && t[8] == 'T' && t[15] == 'Z')
        return json_sprintf("%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", t, t + 4, t + 6, t + 9, t + 11,
                            t + 13);
    return json_words(text);
}

/* Facts first, where their order is kept; the document's own words then win over any fact of the
 * same name. */
json_t *result_to_json(const struct result *r)
{
    json_t *document = json_pack("{s:s, s:s, s:o, s:b, s:o}", "schema", "gpubench-result/1",
                                 "fingerprint", "", "started", started_to_json(r->started),
                                 "simulated", r->device.simulated, "argv", argv_to_json(r));
    json_t *facts = facts_to_json(&r->facts);
    json_t *device = device_to_json(r);
    if (!document || !facts || !device)
        goto fail;
    if (json_object_update_missing(document, facts) != 0)
        goto fail;

    json_t *known = json_object_get(document, "device");
    if (json_is_object(known) ? json_object_update_recursive(device, known) != 0 : false)
        goto fail;
    if (json_object_set(document, "device", device) != 0 ||
        json_object_set_new(document, "problem", problem_to_json(&r->problem)) != 0 ||
        json_object_set_new(document, "measuring", measuring_to_json(r)) != 0 ||
        (r->job_variant && json_object_set_new(document, "job", job_to_json(r)) != 0) ||
        json_object_set_new(document, "results", results_to_json(r)) != 0)
        goto fail;

    char fingerprint[72];
    store_fingerprint(document, fingerprint);
    if (json_object_set_new(document, "fingerprint", json_string(fingerprint)) != 0)
        goto fail;
    json_decref(device);
    json_decref(facts);
    return document;

fail:
    json_decref(device);
    json_decref(facts);
    json_decref(document);
    return NULL;
}

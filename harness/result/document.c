/* document.c - the document of one run, and the facts in it. */
#include "harness/result/document.h"

#include "harness/result/contestant.h"
#include "harness/result/store.h"
#include "harness/text/json_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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

/* Sets the value at a dotted path below object and makes the objects on the way. Drops a value
 * whose path contradicts an earlier fact: one that runs through a plain value or would replace an
 * object. Takes over value. */
static void put_at(json_t *object, const char *path, json_t *value)
{
    const char *dot;
    while ((dot = strchr(path, '.'))) {
        char key[128];
        snprintf(key, sizeof key, "%.*s", (int)(dot - path), path);
        if (!json_object_get(object, key))
            json_object_set_new(object, key, json_object());
        object = json_object_get(object, key);
        path = dot + 1;
    }
    json_t *clean = json_words(path);
    if (json_is_object(object) && !json_is_object(json_object_get(object, path)))
        json_object_set(object, json_string_value(clean), value);
    json_decref(clean);
    json_decref(value);
}

json_t *facts_to_json(const struct facts *facts)
{
    json_t *object = json_object();
    for (size_t i = 0; i < facts->count; i++)
        put_at(object, facts->list[i].path, fact_value(&facts->list[i]));
    return object;
}

/* What every backend states about its device. */
static json_t *device_to_json(const struct result *r)
{
    const struct device_facts *d = &r->device;
    json_t *device = json_pack("{s:s, s:o, s:o, s:o, s:b}", "backend", r->backend_name, "name",
                               json_words(d->name), "place", json_words(d->place), "summary",
                               json_words(d->summary), "simulated", d->simulated);
    for (int a = 0; a < ARITH_COUNT; a++) {
        char path[64];
        snprintf(path, sizeof path, "peak.%s_flops", arithmetic_name((enum arithmetic)a));
        if (d->peak_flops[a] > 0)
            put_at(device, path, json_number(d->peak_flops[a]));
    }
    if (d->peak_bytes > 0)
        put_at(device, "peak.memory_bytes_per_s", json_number(d->peak_bytes));
    if (d->memory_total > 0) {
        put_at(device, "memory.total", json_integer((json_int_t)d->memory_total));
        put_at(device, "memory.free", json_integer((json_int_t)d->memory_free));
    }
    return device;
}

/* Many JSON readers keep only 53 bits of a number, so a larger seed becomes a string of digits. */
static json_t *seed_to_json(uint64_t seed)
{
    if (seed < UINT64_C(1) << 53)
        return json_integer((json_int_t)seed);
    return json_sprintf("%llu", (unsigned long long)seed);
}

static json_t *problem_to_json(const struct problem *p)
{
    return json_pack("{s:s, s:I, s:o, s:s, s:s*}", "op", op_name(p->op), "n", (json_int_t)p->n,
                     "seed", seed_to_json(p->seed), "range", range_name(p->range), "type",
                     p->element == ELEMENT_F64 ? element_name(p->element) : NULL);
}

static json_t *measuring_to_json(const struct result *r)
{
    return json_pack("{s:s, s:o*}", "cache", r->is_cold ? "cold" : "hot", "in_cache",
                     r->device.cache_bytes > 0 ? json_boolean(result_in_cache(r)) : NULL);
}

static json_t *phases_to_json(const struct result *r)
{
    json_t *phases = json_array();
    for (size_t i = 0; i < r->phase_count; i++) {
        const struct phase *p = &r->phases[i];
        json_array_append_new(phases,
                              json_pack("{s:o, s:o, s:o*, s:o*}", "name", json_words(p->name),
                                        "seconds", json_number((double)p->ns / 1e9), "place",
                                        p->place[0] ? json_words(p->place) : NULL, "what",
                                        p->what[0] ? json_words(p->what) : NULL));
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
    for (int i = 0; i < r->argc; i++)
        json_array_append_new(words, json_words(r->argv[i]));
    return words;
}

static json_t *seconds_to_json(const double *seconds, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_number(seconds[i]));
    return array;
}

static json_t *ranks_to_json(const struct rank_results *ranks)
{
    json_t *list = json_array();
    for (int i = 0; i < ranks->count; i++) {
        const struct rank_result *k = &ranks->list[i];
        json_array_append_new(
            list,
            json_pack(
                "{s:i, s:o, s:o, s:o, s:o*, s:o*, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
                "rank", i, "host", json_words(k->host), "device", json_words(k->device), "place",
                json_words(k->place), "pci", k->pci[0] ? json_words(k->pci) : NULL, "uuid",
                k->uuid[0] ? json_words(k->uuid) : NULL, "shares_device", k->shares_device, "share",
                json_number(k->share), "part", json_number(k->part), "want", json_number(k->want),
                "error", json_number(k->error), "sm_hz",
                json_number(k->sm_mhz > 0 ? k->sm_mhz * 1e6 : NAN), "compute_s",
                seconds_to_json(k->compute_s, ranks->samples), "waiting_s",
                seconds_to_json(k->waiting_s, ranks->samples), "exchange_s",
                seconds_to_json(k->exchange_s, ranks->samples), "link_bytes_per_s",
                json_number(k->link_bytes_s > 0 ? k->link_bytes_s : NAN)));
    }
    return json_pack("{s:i, s:i, s:i, s:o, s:s, s:o*, s:s, s:o, s:o, s:o}", "count", ranks->count,
                     "hosts", ranks->hosts, "devices", ranks->devices, "transport",
                     json_words(ranks->transport), "exchange", ranks->exchange, "links",
                     ranks->links[0] ? json_words(ranks->links) : NULL, "balance", ranks->balance,
                     "alone_s", json_number(ranks->alone_s), "efficiency",
                     json_number(ranks->efficiency), "list", list);
}

static json_t *results_to_json(const struct result *r)
{
    json_t *results = json_array();
    for (size_t i = 0; i < r->contestant_count; i++)
        json_array_append_new(results, contestant_to_json(r, &r->contestants[i]));
    return results;
}

/* Turns 20261124T101502Z into 2026-11-24T10:15:02Z, which jq and databases can read. Any other text
 * stays as it is. */
static json_t *started_to_json(const char *text)
{
    const char *t = text;
    if (strlen(t) == 16 && t[8] == 'T' && t[15] == 'Z')
        return json_sprintf("%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", t, t + 4, t + 6, t + 9, t + 11,
                            t + 13);
    return json_words(text);
}

/* Facts are added first to keep their order. The document's own fields replace facts of the same
 * name, and the backend's own facts about the device replace those that every backend states. */
json_t *result_to_json(const struct result *r)
{
    json_t *document = json_pack("{s:s, s:s, s:o, s:b, s:o}", "schema", "gpubench-result/1",
                                 "fingerprint", "", "started", started_to_json(r->started),
                                 "simulated", r->device.simulated, "argv", argv_to_json(r));
    json_t *facts = facts_to_json(&r->facts), *device = device_to_json(r);
    json_object_update_missing(document, facts);
    json_object_update_recursive(device, json_object_get(document, "device"));
    json_object_set_new(document, "device", device);
    json_object_set_new(document, "problem", problem_to_json(&r->problem));
    json_object_set_new(document, "measuring", measuring_to_json(r));
    if (r->job_variant)
        json_object_set_new(document, "job", job_to_json(r));
    if (r->ranks)
        json_object_set_new(document, "ranks", ranks_to_json(r->ranks));
    json_object_set_new(document, "results", results_to_json(r));
    json_decref(facts);

    char fingerprint[72];
    store_fingerprint(document, fingerprint);
    json_object_set_new(document, "fingerprint", json_string(fingerprint));
    return document;
}

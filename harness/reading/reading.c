/* reading.c - checks one result document field by field and takes out the common fields. */
#define _GNU_SOURCE 1 /* strptime, timegm */

#include "harness/reading/reading.h"

#include "harness/base/need.h"
#include "harness/reading/digest.h"
#include "harness/result/contestant.h"
#include "harness/result/identity.h"
#include "harness/result/store.h"
#include "harness/stats/stats.h"
#include "harness/text/clean.h"
#include "harness/text/json_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum kind { TEXT, WHOLE, REAL, TRUTH, OBJECT, ARRAY };

static const char *const kind_names[] = {"a text",        "a whole number", "a number",
                                         "true or false", "an object",      "an array"};

/* The type that a field must have if it is present; null counts as absent. A name is a text that is
 * printed and compared, so it must be clean (clean_is()). */
struct rule {
    const char *path;
    enum kind kind;
    bool is_required, is_name;
};

static const struct rule of_document[] = {
    {"started", TEXT, true, true},        {"simulated", TRUTH, true, false},
    {"argv", ARRAY, false, false},        {"tool", OBJECT, false, false},
    {"tool.commit", TEXT, false, true},   {"host", OBJECT, false, false},
    {"host.name", TEXT, false, true},     {"host.machine", TEXT, false, true},
    {"device", OBJECT, true, false},      {"device.backend", TEXT, true, true},
    {"device.name", TEXT, true, true},    {"device.uuid", TEXT, false, true},
    {"problem", OBJECT, true, false},     {"problem.op", TEXT, true, true},
    {"problem.n", WHOLE, true, false},    {"problem.range", TEXT, false, true},
    {"results", ARRAY, true, false},      {"soak", OBJECT, false, false},
    {"soak.verdict", TEXT, false, true},  {"soak.reason", TEXT, false, false},
    {"images.forced", TEXT, false, true},
};

static const struct rule of_result[] = {
    {"key", TEXT, true, true},
    {"backend", TEXT, true, true},
    {"op", TEXT, true, true},
    {"variant", TEXT, true, true},
    {"arithmetic", TEXT, true, true},
    {"n", WHOLE, true, false},
    {"state", TEXT, true, true},
    {"symmetric", TRUTH, false, false},
    {"library", TRUTH, false, false},
    {"reason", TEXT, false, false},
    {"verdict", OBJECT, false, false},
    {"speed", OBJECT, false, false},
    {"summary", OBJECT, false, false},
    {"summary.low_s", REAL, false, false},
    {"summary.high_s", REAL, false, false},
    {"summary.confidence", REAL, false, false},
    {"summary.min_s", REAL, false, false},
    {"summary.max_s", REAL, false, false},
    {"summary.count", WHOLE, false, false},
    {"summary.warmups", WHOLE, false, false},
    {"summary.kind", TEXT, false, false},
    {"summary.throttled", OBJECT, false, false},
    {"samples", OBJECT, false, false},
    {"samples.sm_hz", ARRAY, false, false},
    {"samples.device_s", ARRAY, false, false},
};

#define COUNT_OF(table) (sizeof(table) / sizeof *(table))

double read_number(const json_t *object, const char *path)
{
    const json_t *value = json_at(object, path);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

const char *read_text(const json_t *object, const char *path, char *out, size_t out_bytes)
{
    const char *text = json_string_value(json_at(object, path));
    return clean_text(out, out_bytes, text ? text : "");
}

static const char *name_at(const json_t *object, const char *path)
{
    const char *text = json_string_value(json_at(object, path));
    return text ? text : "";
}

const char *reading_host(const struct reading *r)
{
    return *r->machine ? r->machine : r->label;
}

int64_t read_time(const char *text)
{
    struct tm utc = {0};
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &utc);
    if (end && *end == '.')
        end += 1 + strspn(end + 1, "0123456789");
    /* From 1970 to 2199, so that its nanoseconds are a number too. */
    const bool is_time = end && strcmp(end, "Z") == 0 && utc.tm_year >= 70 && utc.tm_year < 300;
    return is_time ? (int64_t)timegm(&utc) : 0;
}

const char *read_state_name(enum read_state state)
{
    static const char *const names[] = {"ok", "waived", "failed", "wrong"};
    return (unsigned)state < COUNT_OF(names) ? names[state] : "unknown";
}

static bool is_of_kind(const json_t *value, enum kind kind)
{
    switch (kind) {
    case TEXT:
        return json_is_string(value);
    case WHOLE: /* 700.0 counts too, because other programs may have rewritten the file */
        return json_is_number(value) && json_number_value(value) >= 0 &&
               json_number_value(value) <= 9007199254740992.0 &&
               json_number_value(value) == floor(json_number_value(value));
    case REAL:
        return json_is_number(value);
    case TRUTH:
        return json_is_boolean(value);
    case OBJECT:
        return json_is_object(value);
    case ARRAY:
        return json_is_array(value);
    }
    return false;
}

/* `where` is "" or "results[3].", the beginning of the field's full name. */
static enum status check(const struct rule *rules, size_t count, const json_t *object,
                         const char *source, const char *where, struct failure *why)
{
    for (size_t i = 0; i < count; i++) {
        const struct rule *rule = &rules[i];
        const json_t *value = json_at(object, rule->path);
        if (!value || json_is_null(value)) {
            if (rule->is_required)
                return fail(why, STATUS_FAILED,
                            "%s is no complete result: it has no %s%s; measure again.", source,
                            where, rule->path);
            continue;
        }
        if (!is_of_kind(value, rule->kind))
            return fail(why, STATUS_FAILED,
                        "%s cannot be used: its %s%s is not %s; gpubench did not write it so.",
                        source, where, rule->path, kind_names[rule->kind]);
        if (rule->is_name &&
            (json_string_length(value) > READ_NAME_MAX || !clean_is(json_string_value(value))))
            return fail(why, STATUS_FAILED,
                        "%s cannot be used: its %s%s has characters that are not for printing, or "
                        "is longer than %d bytes; gpubench did not write it so.",
                        source, where, rule->path, READ_NAME_MAX);
    }
    return STATUS_OK;
}

static bool state_named(const char *name, enum read_state *state)
{
    for (int i = READ_OK; i <= READ_WRONG; i++)
        if (strcmp(name, read_state_name((enum read_state)i)) == 0) {
            *state = (enum read_state)i;
            return true;
        }
    return false;
}

/* The reasons in summary.throttled, {"sw_power_cap": 3}, as bits. A bit without a name is "bit_11".
 */
static uint32_t throttle_bits(const json_t *result)
{
    uint32_t bits = 0;
    const json_t *seen = json_at(result, "summary.throttled");
    for (unsigned bit = 0; bit < 32; bit++) {
        char number[16];
        snprintf(number, sizeof number, "bit_%u", bit);
        const char *name = throttle_name(bit);
        const json_t *count = json_object_get(seen, name ? name : number);
        if (json_is_number(count) && json_number_value(count) > 0)
            bits |= (uint32_t)1 << bit;
    }
    return bits;
}

/* The median of the numbers in an array; NaN if there are none. */
static double median_of(const json_t *array)
{
    const size_t length = json_array_size(array);
    double *values = need_array(length, sizeof *values);
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        const json_t *value = json_array_get(array, i);
        if (json_is_number(value))
            values[count++] = json_number_value(value);
    }
    const double median = count ? stats_median(values, count) : NAN;
    free(values);
    return median;
}

/* Only right results have a time, which must be positive. */
static enum status take_time(struct read_result *out, const char *source, size_t index,
                             struct failure *why)
{
    const json_t *json = out->json;
    const json_t *median = json_at(json, "summary.median_s");
    out->median_s = out->low_s = out->high_s = out->confidence = out->min_s = out->max_s = NAN;
    out->wall_median_s = out->flops = out->bytes_per_s = out->peak_share = NAN;
    out->sum_error = out->sm_hz = NAN;
    if (out->state != READ_OK || !median || json_is_null(median))
        return STATUS_OK;
    if (!json_is_number(median) || !(json_number_value(median) > 0))
        return fail(why, STATUS_FAILED,
                    "%s cannot be used: its results[%zu].summary.median_s is no time above 0; "
                    "gpubench did not write it so.",
                    source, index);
    out->median_s = json_number_value(median);
    out->low_s = read_number(json, "summary.low_s");
    out->high_s = read_number(json, "summary.high_s");
    out->confidence = read_number(json, "summary.confidence");
    out->min_s = read_number(json, "summary.min_s");
    out->max_s = read_number(json, "summary.max_s");
    out->wall_median_s = read_number(json, "summary.wall_median_s");
    out->flops = read_number(json, "speed.flops");
    out->bytes_per_s = read_number(json, "speed.bytes_per_s");
    out->peak_share = read_number(json, "speed.peak_share");
    out->sum_error = read_number(json, "verdict.sum_error");
    const double count = read_number(json, "summary.count");
    out->samples = count >= 1 ? (size_t)count : 0;
    const char *kind = json_string_value(json_at(json, "summary.kind"));
    out->is_first_run =
        kind ? strcmp(kind, "first") == 0 : count == 1 && read_number(json, "summary.warmups") == 0;
    out->has_samples = json_array_size(json_at(json, "samples.device_s")) > 1;
    out->measured = digest_of_samples(json_at(json, "samples.device_s"));
    out->sm_hz = median_of(json_at(json, "samples.sm_hz"));
    out->throttle = throttle_bits(json);
    return STATUS_OK;
}

static enum status take_result(struct read_result *out, const json_t *json, const char *source,
                               size_t index, struct failure *why)
{
    char where[48];
    snprintf(where, sizeof where, "results[%zu].", index);
    if (!json_is_object(json))
        return fail(why, STATUS_FAILED, "%s cannot be used: its results[%zu] is not an object.",
                    source, index);
    const enum status status = check(of_result, COUNT_OF(of_result), json, source, where, why);
    if (status != STATUS_OK)
        return status;
    *out = (struct read_result){.json = json,
                                .key = name_at(json, "key"),
                                .backend = name_at(json, "backend"),
                                .op = name_at(json, "op"),
                                .variant = name_at(json, "variant"),
                                .arithmetic = name_at(json, "arithmetic"),
                                .reason = name_at(json, "reason"),
                                .n = (uint64_t)read_number(json, "n"),
                                .is_symmetric = json_is_true(json_at(json, "symmetric")),
                                .is_library = json_is_true(json_at(json, "library"))};
    if (!state_named(name_at(json, "state"), &out->state))
        return fail(why, STATUS_FAILED,
                    "%s cannot be used: its %sstate is \"%.40s\"; ok, waived, failed and wrong are "
                    "known.",
                    source, where, name_at(json, "state"));
    return take_time(out, source, index, why);
}

static enum status check_schema(const json_t *document, const char *source, struct failure *why)
{
    static const char known[] = "gpubench-result/1";
    char schema[64];
    read_text(document, "schema", schema, sizeof schema);
    if (strcmp(schema, known) == 0)
        return STATUS_OK;
    if (strncmp(schema, known, sizeof known - 2) == 0)
        return fail(why, STATUS_FAILED,
                    "%s is in the format %s and this gpubench reads %s: use the gpubench that "
                    "wrote it, or a newer one.",
                    source, schema, known);
    return fail(why, STATUS_FAILED,
                "%s is JSON but no result of gpubench: its schema is %s%s%s, not \"%s\".", source,
                schema[0] ? "\"" : "", schema[0] ? schema : "missing", schema[0] ? "\"" : "",
                known);
}

static double peak_of(const json_t *document, const struct read_result *r)
{
    char path[128] = "device.peak.memory_bytes_per_s";
    if (strcmp(r->op, "reduce") != 0)
        snprintf(path, sizeof path, "device.peak.%.64s_flops", r->arithmetic);
    return read_number(document, path) * fmax(read_number(document, "ranks.devices"), 1);
}

/* Takes the share of the peak from checked figures; none if it shows that a CPU's peak is wrong. */
static void check_share(struct read_result *r, json_t *json)
{
    json_t *speed = json_object_get(json, "speed");
    const char *rate = strcmp(r->op, "reduce") == 0 ? "bytes_per_s" : "flops_done";
    const double share = read_number(speed, rate) / r->peak;
    if (share > 0 && isfinite(share) && !(fabs(r->peak_share - share) < 1e-5 * share))
        r->peak_share = share;
    r->is_over_peak = peak_share_is_withheld(r->backend, r->peak_share);
    if (r->is_over_peak) {
        r->peak_share = r->peak = NAN;
        json_object_set_new(speed, "peak_share", json_null());
    }
}

const char *read_peak_note(bool is_over_peak)
{
    return is_over_peak ? " No share of peak is given where it would be " PEAK_WITHHELD_WHY "."
                        : "";
}

/* A generation is twice as fast as the one before. */
static double link_share(const json_t *document)
{
    return exp2(read_number(document, "device.pcie.generation") -
                read_number(document, "device.pcie.generation_max")) *
           read_number(document, "device.pcie.width") /
           read_number(document, "device.pcie.width_max");
}

enum status reading_take(struct reading *out, const char *source, json_t *document,
                         struct failure *why)
{
    *out = (struct reading){.document = document, .source = need_text(source)};
    enum status status = check_schema(document, source, why);
    if (status == STATUS_OK)
        status = check(of_document, COUNT_OF(of_document), document, source, "", why);
    if (status == STATUS_OK && !read_time(name_at(document, "started")))
        status = fail(why, STATUS_FAILED,
                      "%s cannot be used: its started is no time like 2026-11-24T10:15:02Z; "
                      "gpubench did not write it so.",
                      source);
    if (status != STATUS_OK)
        goto refused;

    const json_t *results = json_object_get(document, "results");
    out->count = json_array_size(results);
    out->results = need_array(out->count, sizeof *out->results);
    for (size_t i = 0; i < out->count; i++) {
        json_t *json = json_array_get(results, i);
        status = take_result(&out->results[i], json, source, i, why);
        if (status != STATUS_OK)
            goto refused;
        const double flops = read_number(document, "device.peak.f32_flops");
        const bool is_cpu = strcmp(out->results[i].backend, "cpu") == 0;
        out->results[i].cpu_flops = is_cpu && flops > 0 ? flops : NAN;
        out->results[i].peak = peak_of(document, &out->results[i]);
        check_share(&out->results[i], json);
        out->results[i].link_share = is_cpu ? NAN : link_share(document);
        out->results[i].load = is_cpu ? read_number(document, "host.load_1min") : NAN;
        out->results[i].cpus = read_number(document, "host.cpu.threads_online");
    }
    out->started = name_at(document, "started");
    out->host = name_at(document, "host.name");
    out->machine = name_at(document, "host.machine");
    out->device = name_at(document, "device.name");
    out->commit = name_at(document, "tool.commit");
    out->card = name_at(document, "device.uuid");
    out->place = read_place(document);
    out->label = read_label(document);
    out->soak_verdict = read_soak_verdict(document);
    out->soak_reason = name_at(document, "soak.reason");
    out->range = name_at(document, "problem.range");
    out->image = name_at(document, "images.forced");
    out->is_streamed = read_number(document, "device.memory.panel_rows") > 0;
    out->is_simulated = json_is_true(json_object_get(document, "simulated")) ||
                        json_is_true(json_at(document, "device.simulated"));
    out->digest = digest_of(document);
    out->identity = identity_text(document);
    store_fingerprint_of_text(out->identity, out->fingerprint);
    out->threads = read_number(document, "cpu.threads");
    out->threads_online = read_number(document, "host.cpu.threads_online");
    return STATUS_OK;

refused:
    reading_free(out);
    return status;
}

void reading_free(struct reading *r)
{
    json_decref(r->document);
    free(r->source);
    free(r->results);
    free(r->identity);
    free(r->names);
}

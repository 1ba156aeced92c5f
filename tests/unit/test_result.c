#include "harness/identity.h"
#include "harness/json_text.h"
#include "harness/result.h"
#include "harness/result_parts.h"
#include "harness/store.h"
#include "harness/tool.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct variant fused = {
    .op = OP_SUM_AAT, .name = "syrk-fused", .symmetric = true, .steps = {"matmul + sum"}};
static const struct variant cublas = {
    .op = OP_SUM_AAT, .name = "cublas", .library = true, .steps = {"matmul", "reduce"}};
static const struct variant hopper = {.op = OP_SUM_AAT,
                                      .name = "sm90-fused",
                                      .arithmetic = ARITH_F32_3XF16,
                                      .steps = {"matmul + sum"}};
static const struct variant tiled = {.op = OP_SUM_AAT, .name = "tiled", .steps = {"matmul + sum"}};

/* A run on an invented device: the example of docs/results-format.md. */
struct example {
    struct result r;
    struct contestant contestants[4];
    struct sample fused_samples[6], cublas_samples[5];
};

static void add_facts(struct facts *f)
{
    facts_text(f, "tool.version", "0.1.0");
    facts_text(f, "tool.commit", "1a2b3c4d5e6f");
    facts_boolean(f, "tool.dirty", false);
    facts_text(f, "tool.build", "release");
    facts_text(f, "host.name", "node1");
    facts_text(f, "host.cpu.model", "Example CPU");
    facts_integer(f, "host.cpu.cores", 16);
    facts_integer(f, "host.memory.total", INT64_C(68719476736));
    facts_real(f, "host.limits.cpu_quota", 3.5);
    facts_text(f, "container.kind", "podman");
    facts_text(f, "env.CUDA_VISIBLE_DEVICES", "0");
    facts_text(f, "device.compute_capability", "9.0");
    facts_integer(f, "device.sms", 132);
    facts_text(f, "driver.version", "580.1");
}

static struct verdict right(double error)
{
    return (struct verdict){
        .ok = true,
        .sum = 250015.25,
        .want = 250015.25,
        .sum_error = error,
        .row_error = NAN,
        .rel_f = NAN,
        .bias = NAN,
        .worst_entry = NAN,
        .limit = {.sum = 1e-6, .row = 2e-6, .rel_f = 3e-6, .bias = 5e-6, .entry = 4e-6}};
}

static void fill(struct example *e)
{
    static char *argv[] = {"gpubench", "gpu", "100", "--all"};
    static const nanos fused_ns[] = {18410, 18400, 18420, 18430, 18410, 18390};
    *e = (struct example){0};
    for (int i = 0; i < 6; i++)
        e->fused_samples[i] = (struct sample){.launches = 3,
                                              .device_ns = fused_ns[i],
                                              .wall_ns = fused_ns[i] + 2000,
                                              .sm_mhz = 1755,
                                              .throttle = i < 2 ? 0x4 : 0};
    e->fused_samples[5].sm_mhz = 0;
    for (unsigned i = 0; i < 5; i++)
        e->cublas_samples[i] = (struct sample){.launches = 1,
                                               .device_ns = 38300 + i,
                                               .wall_ns = 40000 + i,
                                               .step_ns = {38000, 300 + i}};
    e->contestants[0] = (struct contestant){.variant = &fused,
                                            .verdict = right(-3.1e-8),
                                            .samples = e->fused_samples,
                                            .count = 6,
                                            .warmups = 3,
                                            .stop = STOP_CONVERGED,
                                            .launches_per_sample = 3};
    e->contestants[1] = (struct contestant){.variant = &cublas,
                                            .verdict = right(2e-8),
                                            .samples = e->cublas_samples,
                                            .count = 5,
                                            .warmups = 3,
                                            .stop = STOP_TIME,
                                            .launches_per_sample = 1};
    e->contestants[2] = (struct contestant){
        .variant = &hopper, .state = CONTESTANT_WAIVED, .reason = "needs cc 9.0, this is 3.0"};
    e->contestants[3] = (struct contestant){
        .variant = &tiled, .state = CONTESTANT_WRONG, .reason = "rel. error 2.4e-04, limit 1e-06"};
    e->contestants[3].samples = e->fused_samples;
    e->contestants[3].count = 6;
    e->contestants[3].verdict = right(2.4e-4);
    e->contestants[3].verdict.ok = false;
    e->contestants[3].verdict.sum = NAN;
    strcpy(e->contestants[3].verdict.reason, "the sum is not a number");

    struct result *r = &e->r;
    r->problem = (struct problem){.op = OP_SUM_AAT, .n = 100, .seed = 1};
    r->backend_name = "gpu";
    r->device = (struct device_facts){.name = "Example GPU",
                                      .place = "/gpu:0",
                                      .summary = "cc 9.0, driver 580.1, image portable",
                                      .peak_bytes = 3.35e12,
                                      .memory_total = UINT64_C(85899345920),
                                      .memory_free = UINT64_C(84825604096),
                                      .simulated = true};
    r->device.peak_flops[ARITH_F32] = 66.9e12;
    add_facts(&r->facts);
    strcpy(r->started, "20261124T101502Z");
    r->argc = 4;
    r->argv = argv;
    r->job_variant = &fused;
    r->sum = 250015.25;
    r->time_taken_ns = 352114000;
    result_add_phase(r, "open", 214100000, NULL, "driver and context");
    result_add_phase(r, "matmul + sum", 18410, "/gpu:0", "sum-aat/f32/%s", "syrk-fused");
    r->contestants = e->contestants;
    r->contestant_count = 4;
}

static json_t *example_document(void)
{
    struct example e;
    fill(&e);
    json_t *document = result_to_json(&e.r);
    facts_free(&e.r.facts);
    cr_assert_not_null(document);
    return document;
}

static char *text_of(const json_t *document)
{
    char *text = NULL;
    size_t bytes;
    FILE *to = open_memstream(&text, &bytes);
    json_text_write(document, to);
    fclose(to);
    return text;
}

/* "results.0.summary.median_s" */
static const json_t *at(const json_t *here, const char *path)
{
    char words[200], *save = NULL;
    snprintf(words, sizeof words, "%s", path);
    for (char *word = strtok_r(words, ".", &save); here && word; word = strtok_r(NULL, ".", &save))
        here = json_is_array(here) ? json_array_get(here, strtoul(word, NULL, 10))
                                   : json_object_get(here, word);
    return here;
}

Test(result, each_field_is_where_the_format_says)
{
    static const struct {
        const char *path, *json;
    } cases[] = {
        {"schema", "\"gpubench-result/1\""},
        {"started", "\"2026-11-24T10:15:02Z\""},
        {"simulated", "true"},
        {"argv.1", "\"gpu\""},
        {"tool.commit", "\"1a2b3c4d5e6f\""},
        {"host.limits.cpu_quota", "3.5"},
        {"device.backend", "\"gpu\""},
        {"device.name", "\"Example GPU\""},
        {"device.sms", "132"},
        {"device.memory.total", "85899345920"},
        {"device.peak.f32_flops", "66900000000000.0"},
        {"problem.op", "\"sum-aat\""},
        {"problem.seed", "1"},
        {"problem.range", "\"[0,1)\""},
        {"job.sum", "250015.25"},
        {"job.time_taken_s", "0.35211399999999998"},
        {"job.phases.0.what", "\"driver and context\""},
        {"job.phases.1.place", "\"/gpu:0\""},
        {"results.0.key", "\"gpu/sum-aat/f32/syrk-fused/n=100\""},
        {"results.0.state", "\"ok\""},
        {"results.0.symmetric", "true"},
        {"results.0.verdict.row_error", "null"},
        {"results.0.verdict.limits.entry", "3.9999999999999998e-6"},
        {"results.0.summary.median_s", "1.841e-5"},
        {"results.0.summary.min_s", "1.8389999999999998e-5"},
        {"results.0.summary.max_s", "1.8430000000000001e-5"},
        {"results.0.summary.wall_median_s", "2.0409999999999998e-5"},
        {"results.0.summary.count", "6"},
        {"results.0.summary.stop", "\"converged\""},
        {"results.0.summary.throttled.sw_power_cap", "2"},
        {"results.0.speed.flop", "2000000.0"},
        {"results.0.speed.flop_done", "1010000.0"},
        {"results.0.samples.launches.5", "3"},
        {"results.0.samples.sm_hz.0", "1755000000.0"},
        {"results.0.samples.sm_hz.5", "null"},
        {"results.0.samples.throttle.1", "4"},
        {"results.0.samples.throttle.2", "0"},
        {"results.1.library", "true"},
        {"results.1.samples.steps_s.reduce.4", "3.0400000000000002e-7"},
        {"results.2.state", "\"waived\""},
        {"results.2.arithmetic", "\"f32-3xf16\""},
        {"results.2.reason", "\"needs cc 9.0, this is 3.0\""},
        {"results.3.state", "\"wrong\""},
        {"results.3.verdict.ok", "false"},
        {"results.3.verdict.sum", "null"},
    };
    json_t *document = example_document();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const json_t *found = at(document, cases[i].path);
        json_t *wanted = json_loads(cases[i].json, JSON_DECODE_ANY, NULL);
        cr_assert_not_null(found, "%s", cases[i].path);
        char *text = json_dumps(found, JSON_ENCODE_ANY);
        const bool same = json_is_real(found) && json_is_real(wanted)
                              ? fabs(json_real_value(found) / json_real_value(wanted) - 1) < 1e-14
                              : json_equal(found, wanted);
        cr_expect(same, "%s is %s", cases[i].path, text);
        free(text);
        json_decref(wanted);
    }
    const double median = json_real_value(at(document, "results.0.summary.median_s"));
    cr_expect_float_eq(json_real_value(at(document, "results.0.speed.flops")), 2e6 / median, 1);
    cr_expect_float_eq(json_real_value(at(document, "results.0.speed.peak_share")),
                       1.01e6 / median / 66.9e12, 1e-12);
    json_decref(document);
}

Test(result, fields_that_would_mislead_are_absent)
{
    static const char *const absent[] = {
        "results.0.reason",        "results.0.samples.steps_s",  "results.0.verdict.reason",
        "results.1.samples.sm_hz", "results.1.samples.throttle", "results.2.verdict",
        "results.2.samples",       "results.3.samples",          "results.3.summary",
        "results.3.speed",         "job.phases.0.place",         "results.2.summary",
    };
    json_t *document = example_document();
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++)
        cr_expect_null(at(document, absent[i]), "%s", absent[i]);
    json_decref(document);
}

Test(result, a_failed_contestant_has_no_time_even_after_good_samples)
{
    struct example e;
    fill(&e);
    e.contestants[0].state = CONTESTANT_FAILED;
    strcpy(e.contestants[0].reason, "launch timed out");
    json_t *document = result_to_json(&e.r);
    facts_free(&e.r.facts);
    cr_expect_str_eq(json_string_value(at(document, "results.0.state")), "failed");
    cr_expect_null(at(document, "results.0.summary"));
    cr_expect_null(at(document, "results.0.samples"));
    cr_expect_null(at(document, "results.0.verdict"));
    json_decref(document);
}

Test(result, a_run_of_no_single_job_has_no_job)
{
    struct example e;
    fill(&e);
    e.r.job_variant = NULL;
    json_t *document = result_to_json(&e.r);
    facts_free(&e.r.facts);
    cr_expect_null(at(document, "job"));
    json_decref(document);
}

Test(result, a_reduction_is_held_against_the_memory_bandwidth)
{
    static const struct variant sum = {.op = OP_REDUCE, .name = "tree", .steps = {"reduce"}};
    struct example e;
    fill(&e);
    e.r.problem.op = OP_REDUCE;
    e.contestants[0].variant = &sum;
    json_t *document = result_to_json(&e.r);
    facts_free(&e.r.facts);
    const double rate = json_real_value(at(document, "results.0.speed.bytes_per_s"));
    cr_expect_gt(rate, 40000 / 1.9e-5);
    cr_expect_float_eq(json_real_value(at(document, "results.0.speed.peak_share")), rate / 3.35e12,
                       1e-12);
    json_decref(document);
}

Test(result, an_unknown_peak_gives_no_share)
{
    struct example e;
    fill(&e);
    e.r.device.peak_flops[ARITH_F32] = 0;
    json_t *document = result_to_json(&e.r);
    facts_free(&e.r.facts);
    cr_expect(json_is_null(at(document, "results.0.speed.peak_share")));
    json_decref(document);
}

Test(result, the_key_tells_signed_entries_from_the_usual_ones)
{
    struct result r = {.backend_name = "cpu", .problem = {.n = 4000, .range = RANGE_SIGNED}};
    char key[100];
    result_key(&r, &hopper, key, sizeof key);
    cr_expect_str_eq(key, "cpu/sum-aat/f32-3xf16/sm90-fused/n=4000/signed");
    r.is_cold = true;
    result_key(&r, &hopper, key, sizeof key);
    cr_expect_str_eq(key, "cpu/sum-aat/f32-3xf16/sm90-fused/n=4000/signed/cold");
}

Test(result, what_fits_into_the_cache_was_in_it_unless_it_was_emptied)
{
    struct result r = {.problem = {.op = OP_REDUCE, .n = 1024}};
    r.device.cache_bytes = 4 << 20;
    cr_expect(result_in_cache(&r));
    r.problem.op = OP_MATMUL; /* C too */
    cr_expect_not(result_in_cache(&r));
    r.problem.op = OP_REDUCE;
    r.problem.n = 1025;
    cr_expect_not(result_in_cache(&r));
    r.problem.n = 1024;
    r.is_cold = true;
    cr_expect_not(result_in_cache(&r));
    r.is_cold = false;
    r.device.cache_bytes = 0; /* unknown */
    cr_expect_not(result_in_cache(&r));
}

Test(result, a_seed_beyond_what_readers_of_json_keep_is_a_string)
{
    static const struct {
        uint64_t seed;
        const char *json;
    } cases[] = {{UINT64_C(9007199254740991), "9007199254740991"},
                 {UINT64_C(9007199254740992), "\"9007199254740992\""},
                 {UINT64_MAX, "\"18446744073709551615\""}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct result r = {.backend_name = "gpu", .problem = {.n = 1, .seed = cases[i].seed}};
        json_t *document = result_to_json(&r);
        char *text = json_dumps(at(document, "problem.seed"), JSON_ENCODE_ANY);
        cr_expect_str_eq(text, cases[i].json);
        free(text);
        json_decref(document);
    }
}

Test(result, facts_become_nested_objects_and_none_is_lost_to_another)
{
    struct facts f = {0};
    facts_text(&f, "a.b", "text");
    facts_integer(&f, "a.b.c", 1);
    facts_real(&f, "x.y.z", 0.5);
    facts_boolean(&f, "x.y", true);
    facts_real(&f, "x.infinite", INFINITY);
    facts_text(&f, "a.broken", "caf\xe9 \xe2\x82\xac");
    json_t *object = facts_to_json(&f);
    json_t *wanted = json_loads("{\"a\":{\"b\":\"text\",\"broken\":\"caf\\ufffd \\u20ac\"},"
                                "\"x\":{\"y\":{\"z\":0.5},\"infinite\":null}}",
                                0, NULL);
    cr_assert_not_null(wanted);
    cr_expect(json_equal(object, wanted));
    json_decref(object);
    json_decref(wanted);
    facts_free(&f);
}

Test(result, a_fact_cannot_take_the_place_of_the_documents_own_words)
{
    struct result r = {.backend_name = "cpu", .problem = {.n = 5}};
    facts_text(&r.facts, "schema", "other/9");
    facts_text(&r.facts, "problem.n", "x");
    facts_text(&r.facts, "device", "x");
    facts_text(&r.facts, "results", "x");
    json_t *document = result_to_json(&r);
    cr_assert_not_null(document);
    cr_expect_str_eq(json_string_value(at(document, "schema")), "gpubench-result/1");
    cr_expect_eq(json_integer_value(at(document, "problem.n")), 5);
    cr_expect_str_eq(json_string_value(at(document, "device.backend")), "cpu");
    cr_expect(json_is_array(at(document, "results")));
    json_decref(document);
    facts_free(&r.facts);
}

Test(result, a_backends_own_device_facts_stand_beside_the_common_ones)
{
    json_t *document = example_document();
    cr_expect_str_eq(json_string_value(at(document, "device.compute_capability")), "9.0");
    cr_expect_str_eq(json_string_value(at(document, "device.place")), "/gpu:0");
    json_decref(document);
}

Test(result, more_phases_than_lines_still_add_up)
{
    struct result r = {0};
    for (int i = 0; i < PHASES_MAX + 3; i++)
        result_add_phase(&r, "step", 10, "/cpu:0", NULL);
    nanos total = 0;
    for (size_t i = 0; i < r.phase_count; i++)
        total += r.phases[i].ns;
    cr_expect_eq(r.phase_count, PHASES_MAX);
    cr_expect_eq(total, 10 * (PHASES_MAX + 3));
}

Test(result, each_throttle_reason_has_its_name)
{
    cr_expect_str_eq(throttle_name(0), "gpu_idle");
    cr_expect_str_eq(throttle_name(2), "sw_power_cap");
    cr_expect_str_eq(throttle_name(6), "hw_thermal_slowdown");
    cr_expect_str_eq(throttle_name(7), "hw_power_brake");
    cr_expect_null(throttle_name(31));
    cr_expect_null(throttle_name(32));
}

Test(result, ten_thousand_samples_stay_below_a_megabyte)
{
    enum { COUNT = 10000 };
    struct example e;
    fill(&e);
    struct sample *samples = calloc(COUNT, sizeof *samples);
    for (unsigned i = 0; i < COUNT; i++)
        samples[i] = (struct sample){.launches = 1,
                                     .device_ns = 18410123 + i * 7,
                                     .wall_ns = 18420456 + i * 11,
                                     .sm_mhz = 1755};
    e.contestants[0].samples = samples;
    e.contestants[0].count = COUNT;
    json_t *document = result_to_json(&e.r);
    char *text = text_of(document);
    cr_expect_lt(strlen(text), 1000000, "%zu bytes", strlen(text));
    free(text);
    free(samples);
    facts_free(&e.r.facts);
    json_decref(document);
}

Test(result, what_is_written_reads_back_equal_to_the_last_bit_in_any_locale)
{
    static const double values[] = {0.1,
                                    1.0 / 3,
                                    0.01841,
                                    5,
                                    -2.5e-300,
                                    1e22,
                                    123456789.125,
                                    4.9406564584124654e-324,
                                    1.7976931348623157e308,
                                    0};
    /* "C" alone is sure to exist; a locale with a comma is used where there is one. */
    static const char *const locales[] = {"C", "de_DE.UTF-8", "fr_FR.UTF-8"};
    for (size_t l = 0; l < sizeof locales / sizeof locales[0]; l++) {
        setlocale(LC_ALL, locales[l]);
        json_t *array = json_array();
        for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
            json_array_append_new(array, json_number(values[i]));
        json_array_append_new(array, json_string("\"\\\n\x01 µ"));
        json_array_append_new(array, json_integer(INT64_MIN));
        json_array_append_new(array, json_object());
        json_array_append_new(array, json_array());
        json_array_append_new(array, json_number(NAN));
        char *text = text_of(array);
        json_t *read = json_loads(text, 0, NULL);
        cr_expect(json_equal(array, read), "%s: %s", locales[l], text);
        free(text);
        json_decref(array);
        json_decref(read);
    }
    setlocale(LC_ALL, "C");
}

Test(result, reals_take_as_few_digits_as_they_need_and_lines_are_short)
{
    json_t *document = example_document();
    char *text = text_of(document);
    cr_expect_not_null(strstr(text, "\"time_taken_s\": 0.352114,"), "%s", text);
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
        cr_expect_leq(strcspn(line, "\n"), 160, "%.*s", (int)strcspn(line, "\n"), line);
    free(text);
    json_decref(document);
}

/* The validator's complaints about the files in the scratch directory, "" if it has none. */
static const char *complaints(void)
{
    static char text[1 << 16];
    char command[PATH_MAX + 64];
    snprintf(command, sizeof command, "scripts/validate-result %s/*.json 2>&1", scratch_path(""));
    FILE *pipe = popen(command, "r");
    cr_assert_not_null(pipe);
    text[fread(text, 1, sizeof text - 1, pipe)] = '\0';
    const int rc = pclose(pipe);
    cr_assert_eq(rc == 0, text[0] == '\0', "status %d: %s", rc, text);
    return text;
}

static const char *complaints_about(const json_t *document)
{
    scratch_make();
    cr_assert_eq(json_dump_file(document, scratch_path("x.json"), 0), 0);
    const char *text = complaints();
    scratch_remove();
    return text;
}

Test(result, the_document_is_valid_by_the_schema)
{
    json_t *document = example_document();
    cr_expect_str_empty(complaints_about(document));
    json_decref(document);

    struct result bare = {
        .backend_name = "cpu", .started = "20261124T101502Z", .problem = {.n = 1}};
    tool_facts(&bare.facts);
    facts_text(&bare.facts, "host.name", "node1");
    document = result_to_json(&bare);
    cr_expect_str_empty(complaints_about(document));
    json_decref(document);
    facts_free(&bare.facts);
}

Test(result, the_schema_refuses_what_the_format_forbids)
{
    static const struct {
        const char *what, *path, *key, *json, *complaint;
    } cases[] = {
        {"another major", "", "schema", "\"gpubench-result/2\"", "$.schema:"},
        {"a fingerprint cut short", "", "fingerprint", "\"sha256:12\"", "$.fingerprint:"},
        {"a time in another zone", "", "started", "\"2026-11-24T10:15:02+01:00\"", "$.started:"},
        {"a word for a number", "problem", "n", "\"100\"", "$.problem.n:"},
        {"a state of no meaning", "results.0", "state", "\"good\"", "$.results[0].state:"},
        {"a right result without verdict", "results.0", "verdict", NULL, "$.results[0]:"},
        {"a right result whose verdict is not ok", "results.0.verdict", "ok", "false",
         "$.results[0]:"},
        {"times without samples", "results.0", "samples", NULL, "$.results[0]:"},
        {"a wrong result with a time", "results.3", "summary", "{}", "$.results[3]"},
        {"a waived result without a reason", "results.2", "reason", NULL, "$.results[2]:"},
        {"a negative time", "results.0.samples", "device_s", "[-1.0]",
         "$.results[0].samples.device_s[0]:"},
        {"a key without n", "results.0", "key", "\"gpu/sum-aat/f32/syrk-fused\"",
         "$.results[0].key:"},
    };
    const size_t count = sizeof cases / sizeof cases[0];
    char name[64];
    scratch_make();
    for (size_t i = 0; i < count; i++) {
        json_t *document = example_document();
        json_t *object = (json_t *)at(document, cases[i].path);
        cr_assert(json_is_object(object), "%s", cases[i].what);
        if (cases[i].json)
            json_object_set_new(object, cases[i].key,
                                json_loads(cases[i].json, JSON_DECODE_ANY, NULL));
        else
            json_object_del(object, cases[i].key);
        snprintf(name, sizeof name, "case-%zu.json", i);
        cr_assert_eq(json_dump_file(document, scratch_path(name), 0), 0);
        json_decref(document);
    }
    const char *text = complaints(); /* one start of the validator for all */
    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof name, "case-%zu.json: %s", i, cases[i].complaint);
        cr_expect_not_null(strstr(text, name), "%s: %s", cases[i].what, text);
    }
    scratch_remove();
}

Test(result, a_field_of_a_later_version_is_no_error)
{
    json_t *document = example_document();
    json_object_set_new(document, "later", json_true());
    json_object_set_new((json_t *)at(document, "results.0"), "energy_j", json_real(1.5));
    cr_expect_str_empty(complaints_about(document));
    json_decref(document);
}

/* The documentation's example is this test's: so it cannot go stale. */
Test(result, the_example_in_the_documentation_is_what_is_written)
{
    FILE *file = fopen("docs/results-format.md", "r");
    cr_assert_not_null(file, "run from the repository's root");
    static char page[1 << 16];
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    fclose(file);

    char *start = strstr(page, "```json\n");
    cr_assert_not_null(start);
    start += strlen("```json\n");
    char *end = strstr(start, "```");
    cr_assert_not_null(end);
    *end = '\0';
    json_t *document = example_document();
    char *text = text_of(document);
    cr_expect_str_eq(start, text, "docs/results-format.md should have:\n%s", text);
    free(text);
    json_decref(document);
}

/* ---- identity */

static void fingerprint_with(const char *backend, const char *path, const char *json, char out[72])
{
    struct result r = {.backend_name = backend, .problem = {.n = 10}};
    add_facts(&r.facts);
    json_t *document = result_to_json(&r);
    if (path) {
        char *dot = strrchr(path, '.');
        char parent[100];
        snprintf(parent, sizeof parent, "%.*s", (int)(dot - path), path);
        json_t *patch = json_loads(json, JSON_DECODE_ANY, NULL), *object = NULL;
        char *save = NULL;
        object = document;
        for (char *w = strtok_r(parent, ".", &save); w; w = strtok_r(NULL, ".", &save)) {
            if (!json_object_get(object, w))
                json_object_set_new(object, w, json_object());
            object = json_object_get(object, w);
        }
        json_object_set_new(object, dot + 1, patch);
    }
    store_fingerprint(document, out);
    json_decref(document);
    facts_free(&r.facts);
}

Test(identity, hard_facts_change_the_fingerprint_and_others_do_not)
{
    static const struct {
        const char *path, *json;
        bool gpu, cpu; /* whether it changes a result's of that backend */
    } cases[] = {
        {"device.name", "\"another\"", true, false},
        {"device.compute_capability", "\"8.0\"", true, false},
        {"device.sms", "114", true, false},
        {"device.ecc", "true", true, false},
        {"device.mig", "\"1g.10gb\"", true, false},
        {"device.power_limit_w", "600", true, false},
        {"device.simulated", "true", true, true},
        {"host.cpu.model", "\"another\"", false, true},
        {"host.limits.cpu_quota", "2", false, true},
        {"host.limits.affinity", "3", false, true},
        {"host.cpu.smt", "false", false, true},
        {"cpu.threads", "7", false, true},
        {"blas.core", "\"Zen\"", false, true},
        {"blas.threads", "3", false, true},
        {"blas.name", "\"OpenBLAS\"", false, true},
        {"host.name", "\"node2\"", false, false},
        {"host.load_1min", "99.5", false, false},
        {"host.memory.total", "1", false, false},
        {"driver.version", "\"418.40\"", false, false},
        {"device.uuid", "\"GPU-1\"", false, false},
        {"device.memory.free", "1", false, false},
        {"env.OMP_NUM_THREADS", "\"3\"", false, false},
        {"tool.commit", "\"fffffff\"", false, false},
        {"container.kind", "\"docker\"", false, false},
        {"problem.n", "11", false, false},
    };
    char before[72], after[72];
    for (int cpu = 0; cpu <= 1; cpu++) {
        fingerprint_with(cpu ? "cpu" : "gpu", NULL, NULL, before);
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            fingerprint_with(cpu ? "cpu" : "gpu", cases[i].path, cases[i].json, after);
            cr_expect_eq(strcmp(before, after) != 0, cpu ? cases[i].cpu : cases[i].gpu, "%s of %s",
                         cases[i].path, cpu ? "cpu" : "gpu");
        }
    }
}

Test(identity, the_fingerprint_is_the_sha256_of_the_canonical_text)
{
    json_t *document = json_loads("{\"device\": {\"backend\": \"gpu\", \"simulated\": false,"
                                  "\"name\": \"Example GPU\", \"sms\": 132, \"power_limit_w\": 700,"
                                  "\"memory\": {\"total\": 85899345920}}}",
                                  0, NULL);
    char *text = identity_text(document), out[72];
    cr_expect_str_eq(text, "gpubench-identity/1\nbackend=gpu\ndevice.simulated=false\n"
                           "device.name=Example GPU\ndevice.sms=132000000e-6\n"
                           "device.memory.total=2^(109/3)\ndevice.power_limit_w=700000000e-6\n");
    free(text);
    store_fingerprint(document, out);
    cr_expect_eq(strlen(out), 71);
    cr_expect_str_eq(out,
                     "sha256:8a70c854eb3fad25188ce89def41ae21b19b5305d5858093957ac65b4e0b0b1a");
    json_decref(document);
}

Test(identity, backends_never_share_a_fingerprint)
{
    char gpu[72], cpu[72];
    fingerprint_with("gpu", NULL, NULL, gpu);
    fingerprint_with("cpu", NULL, NULL, cpu);
    cr_expect_str_neq(gpu, cpu);
}

Test(identity, a_whole_number_counts_the_same_as_a_real_of_that_value)
{
    char whole[72], real[72];
    fingerprint_with("gpu", "device.power_limit_w", "700", whole);
    fingerprint_with("gpu", "device.power_limit_w", "700.0", real);
    cr_expect_str_eq(whole, real);
}

Test(identity, what_drivers_report_differently_of_one_cards_memory_is_one_size)
{
    static const struct {
        const char *one, *other;
        bool same;
    } cases[] = {
        {"85520809984", "84929150976", true}, /* H100 80 GB by drivers 535 and 580 */
        {"2096889856", "2147155968", true},
        {"42505273344", "85899345920", false}, /* A100 40 GB and 80 GB */
        {"6442450944", "3221225472", false},
    };
    char one[72], other[72];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fingerprint_with("gpu", "device.memory.total", cases[i].one, one);
        fingerprint_with("gpu", "device.memory.total", cases[i].other, other);
        cr_expect_eq(strcmp(one, other) == 0, cases[i].same, "%s and %s", cases[i].one,
                     cases[i].other);
    }
}

Test(identity, each_fact_has_one_class_for_a_backend)
{
    cr_expect_eq(identity_class_of("blas.threads", "cpu"), IDENTITY_HARD);
    cr_expect_eq(identity_class_of("blas.threads", "gpu"), IDENTITY_SOFT);
    cr_expect_eq(identity_class_of("tool.commit", "gpu"), IDENTITY_PROVENANCE);
    cr_expect_eq(identity_class_of("host.load_1min", "cpu"), IDENTITY_VOLATILE);
    cr_expect_eq(identity_class_of("device.peak.f32_flops", "gpu"), IDENTITY_VOLATILE);
    cr_expect_eq(identity_class_of("of.a.later.version", "gpu"), IDENTITY_SOFT);
    cr_expect_str_eq(identity_class_name(IDENTITY_HARD), "hard");

    size_t count;
    const struct identity_field *fields = identity_fields(&count);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            cr_expect_str_neq(fields[i].path, fields[k].path);
}

Test(tool, a_build_without_the_makefile_says_unknown_and_never_nothing)
{
    struct facts f = {0};
    tool_facts(&f);
    static const char *const paths[] = {"tool.version", "tool.commit", "tool.build",
                                        "tool.compiler"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        cr_expect_gt(strlen(facts_get_text(&f, paths[i])), 3, "%s", paths[i]);
    cr_expect_not_null(facts_get(&f, "tool.dirty"));
    facts_free(&f);
}

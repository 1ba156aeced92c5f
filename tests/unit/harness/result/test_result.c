/* test_result.c - what a run leaves, as a document. */
#include "harness/result/contestant.h"
#include "harness/result/document.h"
#include "harness/text/json_text.h"
#include "tests/unit/example_result.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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
        {"results.0.key", "\"gpu/sum-aat/f32/warp-triangle/n=100\""},
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
        const json_t *found = json_value(document, cases[i].path);
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
    const double median = json_real_value(json_value(document, "results.0.summary.median_s"));
    cr_expect_float_eq(json_real_value(json_value(document, "results.0.speed.flops")), 2e6 / median,
                       1);
    cr_expect_float_eq(json_real_value(json_value(document, "results.0.speed.peak_share")),
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
        cr_expect_null(json_value(document, absent[i]), "%s", absent[i]);
    json_decref(document);
}

Test(result, a_failed_contestant_has_no_time_even_after_good_samples)
{
    struct example e;
    example_fill(&e);
    e.contestants[0].state = CONTESTANT_FAILED;
    strcpy(e.contestants[0].reason, "launch timed out");
    json_t *document = result_to_json(&e.r);
    facts_free(&e.r.facts);
    cr_expect_str_eq(json_string_value(json_value(document, "results.0.state")), "failed");
    cr_expect_null(json_value(document, "results.0.summary"));
    cr_expect_null(json_value(document, "results.0.samples"));
    cr_expect_null(json_value(document, "results.0.verdict"));
    json_decref(document);
}

Test(result, a_run_of_no_single_job_has_no_job)
{
    struct example e;
    example_fill(&e);
    e.r.job_variant = NULL;
    json_t *document = result_to_json(&e.r);
    facts_free(&e.r.facts);
    cr_expect_null(json_value(document, "job"));
    json_decref(document);
}

Test(result, a_reduction_is_held_against_the_memory_bandwidth)
{
    static const struct variant sum = {.op = OP_REDUCE, .name = "tree", .steps = {"reduce"}};
    struct example e;
    example_fill(&e);
    e.r.problem.op = OP_REDUCE;
    e.contestants[0].variant = &sum;
    json_t *document = result_to_json(&e.r);
    facts_free(&e.r.facts);
    const double rate = json_real_value(json_value(document, "results.0.speed.bytes_per_s"));
    cr_expect_gt(rate, 40000 / 1.9e-5);
    cr_expect_float_eq(json_real_value(json_value(document, "results.0.speed.peak_share")),
                       rate / 3.35e12, 1e-12);
    json_decref(document);
}

Test(result, an_unknown_peak_gives_no_share)
{
    struct example e;
    example_fill(&e);
    e.r.device.peak_flops[ARITH_F32] = 0;
    json_t *document = result_to_json(&e.r);
    facts_free(&e.r.facts);
    cr_expect(json_is_null(json_value(document, "results.0.speed.peak_share")));
    json_decref(document);
}

static const struct variant hopper = {.op = OP_SUM_AAT,
                                      .name = "wgmma-sm90",
                                      .arithmetic = ARITH_F32_3XF16,
                                      .steps = {"matmul + sum"}};

Test(result, the_key_tells_signed_entries_from_the_usual_ones)
{
    struct result r = {.backend_name = "cpu", .problem = {.n = 4000, .range = RANGE_SIGNED}};
    char key[100];
    result_key(&r, &hopper, key, sizeof key);
    cr_expect_str_eq(key, "cpu/sum-aat/f32-3xf16/wgmma-sm90/n=4000/signed");
    r.is_cold = true;
    result_key(&r, &hopper, key, sizeof key);
    cr_expect_str_eq(key, "cpu/sum-aat/f32-3xf16/wgmma-sm90/n=4000/signed/cold");
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
        char *text = json_dumps(json_value(document, "problem.seed"), JSON_ENCODE_ANY);
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
    cr_expect_str_eq(json_string_value(json_value(document, "schema")), "gpubench-result/1");
    cr_expect_eq(json_integer_value(json_value(document, "problem.n")), 5);
    cr_expect_str_eq(json_string_value(json_value(document, "device.backend")), "cpu");
    cr_expect(json_is_array(json_value(document, "results")));
    json_decref(document);
    facts_free(&r.facts);
}

Test(result, a_backends_own_device_facts_stand_beside_the_common_ones)
{
    json_t *document = example_document();
    cr_expect_str_eq(json_string_value(json_value(document, "device.compute_capability")), "9.0");
    cr_expect_str_eq(json_string_value(json_value(document, "device.place")), "/gpu:0");
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
    example_fill(&e);
    struct sample *samples = calloc(COUNT, sizeof *samples);
    for (unsigned i = 0; i < COUNT; i++)
        samples[i] = (struct sample){.launches = 1,
                                     .device_ns = 18410123 + i * 7,
                                     .wall_ns = 18420456 + i * 11,
                                     .sm_mhz = 1755};
    e.contestants[0].samples = samples;
    e.contestants[0].count = COUNT;
    json_t *document = result_to_json(&e.r);
    char *text = example_text(document);
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
        char *text = example_text(array);
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
    char *text = example_text(document);
    cr_expect_not_null(strstr(text, "\"time_taken_s\": 0.352114,"), "%s", text);
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
        cr_expect_leq(strcspn(line, "\n"), 160, "%.*s", (int)strcspn(line, "\n"), line);
    free(text);
    json_decref(document);
}

Test(result, ranks_are_counted_in_words_and_memory_is_left_out_where_it_is_unknown)
{
    struct result r = {.backend_name = "gpu"};
    result_name_ranks(&r, 1);
    cr_expect_str_eq(r.device.place, "1 rank");
    result_name_ranks(&r, 2);
    cr_expect_str_eq(r.device.place, "2 ranks");
    strcpy(r.started, "20261129T000000Z");
    json_t *document = result_to_json(&r);
    cr_expect_null(json_value(document, "device.memory"));
    cr_expect_null(json_value(document, "device.peak"));
    json_decref(document);
    r.device.memory_total = 2;
    r.device.memory_free = 1;
    document = result_to_json(&r);
    size_t bytes;
    char *text = json_text(document, &bytes);
    cr_expect_not_null(strstr(text, "\"memory\": {\n      \"total\": 2,\n      \"free\": 1\n"),
                       "%s", text);
    cr_expect_eq(strlen(text), bytes);
    free(text);
    json_decref(document);
}

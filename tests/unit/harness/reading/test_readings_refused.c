/* test_readings_refused.c - texts that are refused, each with its reason. */
#include "harness/reading/readings.h"
#include "tests/unit/harness/reading/document.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Test(readings, bad_input_is_a_sentence_and_adds_nothing)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", "is empty"},
        {" \n\t ", "is empty"},
        {"{", "ends in the middle (line 1, column 1)"},
        {"{\"schema\":\"gpubench-result/1\",", "ends in the middle"},
        {"\x7f"
         "ELF\x02\x01\x01",
         "not JSON"},
        {"\xff\xfe{\x01}", "not UTF-8"},
        {"nonsense", "not JSON"},
        {"42", "not JSON"},
        {"[]", "schema is missing"},
        {"{}", "schema is missing"},
        {"{\"schema\":1}", "schema is missing"},
        {"{\"schema\":\"other/1\"}", "its schema is \"other/1\""},
        {"{\"schema\":\"a\\u001b[31mb\"}", "its schema is \"a [31mb\""},
        {"{\"schema\":\"gpubench-result/2\"}", "a newer one"},
        {"{\"schema\":\"gpubench-result/10\"}", "a newer one"},
        {"{\"schema\":\"gpubench-results/1\"}", "its schema is \"gpubench-results/1\""},
        {"{\"schema\":\"gpubench-baseline/2\"}", "a newer one"},
        {"{\"schema\":\"gpubench-baseline/1\"}", "lists no runs"},
        {"{\"schema\":\"gpubench-baseline/1\",\"runs\":[]}", "lists no runs"},
        {"{\"schema\":\"gpubench-scaling/1\"}", "lists no runs"},
        {"{\"schema\":\"gpubench-baseline/1\",\"runs\":[1]}", "schema is missing"},
        {"{\"schema\":\"gpubench-result/1\"}", "it has no started"},
        {"{\"schema\":\"gpubench-result/1\",\"schema\":\"gpubench-result/1\"}", "same key twice"},
        {DOCUMENT("\"x\":NaN,", ""), "not JSON"},
        {DOCUMENT("\"x\":-Infinity,", ""), "not JSON"},
        {DOCUMENT("\"x\":1e999,", ""), "too large"},
        {DOCUMENT("\"x\":123456789012345678901234567890,", ""), "too large"},
        {DOCUMENT("\"x\":\"\\u0000\",", ""), "not JSON"},
        {DOCUMENT("\"host\":7,", ""), "host is not an object"},
        {DOCUMENT("\"host\":{\"name\":[]},", ""), "host.name is not a text"},
        {DOCUMENT("\"host\":{\"name\":\"\\u001b[2J\"},", ""), "not for printing"},
        {DOCUMENT("\"host\":{\"name\":\"a\\u009bb\"},", ""), "host.name has characters"},
        {DOCUMENT("\"host\":{\"name\":\"\\u202eb\"},", ""), "host.name has characters"},
        {DOCUMENT("\"host\":{\"name\":\"::stop-commands::x\"},", ""), "host.name has characters"},
        {DOCUMENT("", "7"), "results[0] is not an object"},
        {DOCUMENT("", "{}"), "it has no results[0].key"},
        {DOCUMENT("", RESULT("\"failed\"", "") "," RESULT("\"waived\"", "")),
         "it has the result gpu/sum-aat/f32/tiled/n=100 twice"},
        {"{\"schema\":\"gpubench-result/1\",\"started\":\"yesterday\",\"simulated\":false,"
         "\"device\":{\"backend\":\"gpu\",\"name\":\"X\"},"
         "\"problem\":{\"op\":\"sum-aat\",\"n\":100},\"results\":[]}",
         "its started is no time like"},
        {DOCUMENT("", RESULT("\"excellent\"", "")), "state is \"excellent\""},
        {DOCUMENT("", RESULT("null", "")), "it has no results[0].state"},
        {DOCUMENT("", RESULT("\"ok\"", ",\"summary\":[]")), "summary is not an object"},
        {DOCUMENT("", RESULT("\"ok\"", ",\"summary\":{\"median_s\":-1}")), "no time above 0"},
        {DOCUMENT("", RESULT("\"ok\"", ",\"summary\":{\"median_s\":0}")), "no time above 0"},
        {DOCUMENT("", RESULT("\"ok\"", ",\"summary\":{\"median_s\":\"1\"}")), "no time above 0"},
        {DOCUMENT("", RESULT("\"ok\"", ",\"summary\":{\"count\":2.5}")), "not a whole number"},
        {DOCUMENT("", RESULT("\"ok\"", ",\"summary\":{\"count\":-1}")), "not a whole number"},
        {DOCUMENT("", RESULT("\"ok\"", ",\"summary\":{\"count\":9007199254740994}")),
         "not a whole number"},
        {DOCUMENT("", RESULT("\"ok\"", ",\"samples\":{\"sm_hz\":1}")), "sm_hz is not an array"},
        {DOCUMENT("", "") "{", "ends in the middle"},
        {DOCUMENT("", "") "]", "not JSON"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct readings r = {0};
        struct failure why = {0};
        cr_assert_eq(add(&r, cases[i].text, &why), STATUS_FAILED, "case %zu", i);
        cr_expect_eq(r.count, 0, "case %zu", i);
        cr_expect_not_null(strstr(why.text, cases[i].says), "case %zu: %s", i, why.text);
        cr_expect_not_null(strstr(why.text, "x.json"), "case %zu: %s", i, why.text);
        for (const char *c = why.text; *c; c++)
            cr_expect((unsigned char)*c >= ' ' && *c != 127, "case %zu: a control character", i);
        readings_free(&r);
    }
}

Test(readings, a_deep_nest_is_refused_not_followed)
{
    enum { DEPTH = 1000000 };
    char *text = malloc(DEPTH);
    memset(text, '[', DEPTH);
    struct readings r = {0};
    struct failure why = {0};
    cr_assert_eq(readings_add_text(&r, "x", text, DEPTH, READ_WHOLE, &why), STATUS_FAILED);
    cr_expect_not_null(strstr(why.text, "nested too deeply"), "%s", why.text);
    free(text);
    readings_free(&r);
}

Test(readings, every_cut_of_a_document_is_refused)
{
    static const char text[] =
        DOCUMENT("\"host\":{\"name\":\"ü\"},", RESULT("\"ok\"", ",\"summary\":{\"median_s\":1}"));
    for (size_t bytes = 0; bytes < sizeof text - 1; bytes++) {
        struct readings r = {0};
        cr_expect_eq(readings_add_text(&r, "x", text, bytes, READ_WHOLE, NULL), STATUS_FAILED,
                     "%zu bytes", bytes);
        readings_free(&r);
    }
}

/* Everything of a result that agrees with itself, then each disagreement by its name. */
Test(readings, a_file_that_contradicts_itself_is_refused)
{
#define VERDICT(ok, error)                                                                         \
    ",\"verdict\":{\"ok\":" ok ",\"sum\":250000,\"want\":250000,\"sum_error\":" error              \
    ",\"row_error\":null,\"bias\":1e-9,\"limits\":{\"sum\":1e-6,\"row\":1e-5,\"bias\":1e-8}}"
#define SUMMARY(median)                                                                            \
    ",\"summary\":{\"median_s\":" median ",\"low_s\":1,\"high_s\":3,\"count\":3}"
#define SAMPLES      ",\"samples\":{\"device_s\":[1,2,3]}"
#define SPEED(flops) ",\"speed\":{\"flop\":2e6,\"flops\":" flops "}"
    static const struct {
        const char *text, *says;
    } cases[] = {
        {RESULT("\"ok\"", VERDICT("true", "1e-7") SUMMARY("2") SAMPLES SPEED("1e6")), NULL},
        {RESULT("\"wrong\"", VERDICT("false", "1e-5")), NULL},
        {RESULT("\"ok\"", VERDICT("false", "1e-7")), "verdict.ok is false"},
        {RESULT("\"wrong\"", VERDICT("true", "1e-7")), "verdict.ok is true"},
        {RESULT("\"ok\"", VERDICT("true", "-1e-5")), "verdict.sum_error is -1e-05, above"},
        {RESULT("\"ok\"", VERDICT("true", "null")), "verdict.sum_error is no number"},
        {RESULT("\"ok\"", SUMMARY("1.8") SAMPLES),
         "summary.median_s is 1.8 and its samples give 2"},
        {RESULT("\"ok\"", SUMMARY("4")), "outside its own interval"},
        {RESULT("\"ok\"", SUMMARY("2") ",\"samples\":{\"device_s\":[1,2,-3]}"),
         "device_s[2] is no"},
        {RESULT("\"ok\"", SUMMARY("2") SPEED("1.1e6")), "speed.flops is 1.1e+06"},
        {RESULT("\"ok\"", SUMMARY("2") ",\"speed\":{\"flop\":1e6}"), "speed.flop is 1000000"},
        {RESULT("\"ok\"", ",\"unit\":\"ms\""), "its unit is \"ms\""},
        {RESULT("\"ok\"", ",\"better\":\"higher\""), "better is \"higher\""},
        {RESULT("\"ok\"", ",\"summary\":{\"median_s\":1e-12},\"samples\":{\"device_s\":[1e-12]}"),
         NULL},
        {RESULT("\"ok\"", ",\"summary\":{\"median_s\":1e9},\"samples\":{\"device_s\":[1e9]}"),
         NULL},
        {RESULT("\"ok\"", ",\"summary\":{\"median_s\":9e-13}"), "which no measurement gives"},
        {RESULT("\"ok\"", ",\"summary\":{\"median_s\":1.1e9}"), "which no measurement gives"},
        {RESULT("\"ok\"", ",\"summary\":{\"median_s\":1e-320}"), "which no measurement gives"},
        {RESULT("\"ok\"", ",\"summary\":{\"median_s\":1e300}"), "which no measurement gives"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct readings r = {0};
        struct failure why = {0};
        char text[2048];
        snprintf(text, sizeof text, DOCUMENT("", "%s"), cases[i].text);
        cr_expect_eq(add(&r, text, &why), cases[i].says ? STATUS_FAILED : STATUS_OK, "case %zu: %s",
                     i, why.text);
        if (cases[i].says)
            cr_expect(strstr(why.text, "x.json") && strstr(why.text, cases[i].says), "case %zu: %s",
                      i, why.text);
        readings_free(&r);
    }
}

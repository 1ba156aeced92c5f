#include "harness/reading/readings.h"
#include "harness/text/json_text.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A document as small as one can be, with a hole for what a case adds at the top, and one for its
 * results. */
#define DOCUMENT(top, results)                                                                     \
    "{\"schema\":\"gpubench-result/1\",\"started\":\"2026-11-24T10:15:02Z\",\"simulated\":false,"  \
    "\"device\":{\"backend\":\"gpu\",\"name\":\"Example GPU\"},"                                   \
    "\"problem\":{\"op\":\"sum-aat\",\"n\":100}," top "\"results\":[" results "]}"
#define RESULT(state, rest)                                                                        \
    "{\"key\":\"gpu/sum-aat/f32/tiled/n=100\",\"backend\":\"gpu\",\"op\":\"sum-aat\","             \
    "\"variant\":\"tiled\",\"arithmetic\":\"f32\",\"n\":100,\"state\":" state rest "}"

static enum status add(struct readings *to, const char *text, struct failure *why)
{
    return readings_add_text(to, "x.json", text, strlen(text), READ_WHOLE, why);
}

Test(readings, the_common_fields_are_taken_out)
{
    struct readings r = {0};
    struct failure why = {0};
    cr_assert_eq(
        add(&r,
            DOCUMENT("\"host\":{\"name\":\"node1\"},\"tool\":{\"commit\":\"1a2b\"},",
                     RESULT("\"ok\"", ",\"symmetric\":true,\"summary\":{\"median_s\":0.5,\"low_s\":"
                                      "null,\"high_s\":0.75,\"count\":3,\"throttled\":{"
                                      "\"sw_power_cap\":2,\"bit_11\":1,\"unheard_of\":1}},"
                                      "\"samples\":{\"sm_hz\":[1.0e9,null,2.0e9,4.0e9]}")),
            &why),
        STATUS_OK, "%s", why.text);
    cr_assert_eq(r.count, 1);
    const struct reading *one = &r.list[0];
    cr_expect_str_eq(one->host, "node1");
    cr_expect_str_eq(one->device, "Example GPU");
    cr_expect_str_eq(one->commit, "1a2b");
    cr_expect_str_eq(one->card, "");
    cr_expect_eq(one->is_simulated, false);
    cr_assert_eq(one->count, 1);
    const struct read_result *result = &one->results[0];
    cr_expect_str_eq(result->key, "gpu/sum-aat/f32/tiled/n=100");
    cr_expect_eq(result->n, 100);
    cr_expect(result->is_symmetric && !result->is_library);
    cr_expect_eq(result->median_s, 0.5);
    cr_expect(isnan(result->low_s));
    cr_expect_eq(result->high_s, 0.75);
    cr_expect_eq(result->samples, 3);
    cr_expect_eq(result->sm_hz, 2e9);
    cr_expect_eq(result->throttle, 1u << 2 | 1u << 11);
    readings_free(&r);
}

Test(readings, a_throttling_that_was_seen_in_no_sample_does_not_count)
{
    struct readings r = {0};
    struct failure why = {0};
    cr_assert_eq(add(&r,
                     DOCUMENT("", RESULT("\"ok\"", ",\"summary\":{\"median_s\":0.5,\"throttled\":{"
                                                   "\"hw_slowdown\":0,\"bit_11\":-1,"
                                                   "\"sw_power_cap\":1}}")),
                     &why),
                 STATUS_OK, "%s", why.text);
    cr_expect_eq(r.list[0].results[0].throttle, 1u << 2);
    readings_free(&r);
}

Test(readings, simulated_is_what_the_document_or_its_device_says)
{
    static const struct {
        const char *document, *device;
        bool want;
    } cases[] = {
        {"false", "false", false},
        {"true", "false", true},
        {"false", "true", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[1024];
        snprintf(text, sizeof text,
                 "{\"schema\":\"gpubench-result/1\",\"started\":\"2026-11-24T10:15:02Z\","
                 "\"simulated\":%s,\"device\":{\"backend\":\"gpu\",\"name\":\"G\","
                 "\"simulated\":%s},\"problem\":{\"op\":\"sum-aat\",\"n\":1},\"results\":[]}",
                 cases[i].document, cases[i].device);
        struct readings r = {0};
        struct failure why = {0};
        cr_assert_eq(add(&r, text, &why), STATUS_OK, "%s", why.text);
        cr_expect_eq(r.list[0].is_simulated, cases[i].want, "case %zu", i);
        readings_free(&r);
    }
}

Test(readings, what_did_not_run_right_has_no_time)
{
    static const char *const states[] = {"\"waived\"", "\"failed\"", "\"wrong\""};
    for (int i = 0; i < 3; i++) {
        char text[1024];
        snprintf(text, sizeof text, DOCUMENT("", RESULT("%s", ",\"summary\":{\"median_s\":0.5}")),
                 states[i]);
        struct readings r = {0};
        struct failure why = {0};
        cr_assert_eq(add(&r, text, &why), STATUS_OK, "%s", why.text);
        cr_expect_eq(r.list[0].results[0].state, (enum read_state)(READ_WAIVED + i));
        cr_expect(isnan(r.list[0].results[0].median_s));
        readings_free(&r);
    }
}

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
        {"{\"schema\":\"gpubench-baseline/2\"}", "a newer one"},
        {"{\"schema\":\"gpubench-baseline/1\"}", "without runs"},
        {"{\"schema\":\"gpubench-baseline/1\",\"runs\":[]}", "without runs"},
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
        {DOCUMENT("", RESULT("\"excellent\"", "")), "state is \"excellent\""},
        {DOCUMENT("", RESULT("null", "")), "it has no results[0].state"},
        {DOCUMENT("", RESULT("\"ok\"", ",\"summary\":[]")), "summary is not an object"},
        {DOCUMENT("", RESULT("\"ok\"", ",\"summary\":{\"median_s\":-1}")), "no time above 0"},
        {DOCUMENT("", RESULT("\"ok\"", ",\"summary\":{\"median_s\":0}")), "no time above 0"},
        {DOCUMENT("", RESULT("\"ok\"", ",\"summary\":{\"median_s\":\"1\"}")), "no time above 0"},
        {DOCUMENT("", RESULT("\"ok\"", ",\"summary\":{\"count\":2.5}")), "not a whole number"},
        {DOCUMENT("", RESULT("\"ok\"", ",\"summary\":{\"count\":-1}")), "not a whole number"},
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

Test(readings, a_whole_number_may_be_written_with_a_point)
{
    struct readings r = {0};
    struct failure why = {0};
    cr_assert_eq(add(&r, DOCUMENT("", RESULT("\"ok\"", ",\"summary\":{\"count\":3.0}")), &why),
                 STATUS_OK, "%s", why.text);
    readings_free(&r);
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

Test(readings, documents_may_follow_one_another_and_a_baseline_holds_several)
{
    struct readings r = {0};
    struct failure why = {0};
#define NUMBERED(n) DOCUMENT("\"run\":" #n ",", "")
    cr_assert_eq(add(&r, NUMBERED(1) "\n" NUMBERED(2) NUMBERED(3) "\n", &why), STATUS_OK, "%s",
                 why.text);
    cr_expect_eq(r.count, 3);
    cr_assert_eq(
        add(&r, "{\"schema\":\"gpubench-baseline/1\",\"runs\":[" NUMBERED(4) "," NUMBERED(5) "]}",
            &why),
        STATUS_OK, "%s", why.text);
    cr_expect_eq(r.count, 5);
    cr_expect_str_eq(r.list[4].source, "x.json (run 2)");
    cr_expect_eq(add(&r, DOCUMENT("", "") "{", &why), STATUS_FAILED);
    cr_expect_eq(r.count, 5, "all of a text or nothing");
    cr_expect_eq(add(&r, NUMBERED(6) NUMBERED(2) NUMBERED(6), &why), STATUS_OK);
    cr_expect_eq(r.count, 6, "a copy counts once");
    cr_expect_eq(r.copies, 2);
    readings_free(&r);
}

Test(readings, a_copy_is_known_by_its_start_its_place_and_its_samples)
{
#define RUN(n, host, samples)                                                                      \
    DOCUMENT("\"run\":" #n ",\"host\":{\"name\":\"" host "\"},",                                   \
             RESULT("\"ok\"", ",\"samples\":{\"device_s\":[" samples "]}"))
    struct readings r = {0};
    struct failure why = {0};
    cr_assert_eq(add(&r, RUN(1, "a", "1,2") RUN(2, "a", "1,2"), &why), STATUS_OK, "%s", why.text);
    cr_expect_eq(r.count, 1);
    cr_assert_eq(add(&r, RUN(1, "b", "1,2") RUN(1, "a", "2,1"), &why), STATUS_OK, "%s", why.text);
    cr_expect_eq(r.count, 3);
    cr_expect_eq(r.copies, 1);
    readings_free(&r);
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

Test(readings, unknown_fields_stay)
{
    struct readings r = {0};
    cr_assert_eq(
        add(&r, DOCUMENT("\"later\":{\"a\":[1,2]},", RESULT("\"ok\"", ",\"new\":5")), NULL),
        STATUS_OK);
    cr_expect_eq(json_integer_value(json_at(r.list[0].results[0].json, "new")), 5);
    cr_expect_eq(json_array_size(json_at(r.list[0].document, "later.a")), 2);
    readings_free(&r);
}

Test(readings, lean_keeps_names_and_numbers_and_drops_the_document)
{
    static const char text[] = DOCUMENT("", RESULT("\"ok\"", ",\"summary\":{\"median_s\":1},"
                                                             "\"samples\":{\"sm_hz\":[1.5e9]}"));
    struct readings r = {0};
    cr_assert_eq(readings_add_text(&r, "x", text, sizeof text - 1, READ_LEAN, NULL), STATUS_OK);
    cr_expect_eq(r.list[0].results[0].sm_hz, 1.5e9);
    cr_expect_str_eq(r.list[0].results[0].key, "gpu/sum-aat/f32/tiled/n=100");
    cr_expect_str_eq(r.list[0].started, "2026-11-24T10:15:02Z");
    cr_expect_not_null(strstr(r.list[0].identity, "device.name=Example GPU\n"));
    cr_expect_null(r.list[0].document);
    cr_expect_null(r.list[0].results[0].json);
    readings_free(&r);
}

Test(readings, a_document_is_read_again_from_its_file_unless_that_has_changed)
{
    char text[4096];
    size_t used = 0;
    for (size_t i = 0; i < 2; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "  %s\n",
                                 i ? DOCUMENT("", RESULT("\"failed\"", ",\"reason\":\"x\""))
                                   : DOCUMENT("\"argv\":[\"a\"],", ""));
    scratch_make();
    scratch_file("two.json", text);
    struct readings r = {0};
    cr_assert_eq(readings_add(&r, scratch_path("two.json"), READ_AGAIN, NULL), STATUS_OK);
    cr_assert_eq(r.count, 2);
    cr_expect_null(r.list[0].document);
    json_t *first = readings_document(&r.list[0], true),
           *second = readings_document(&r.list[1], false);
    cr_expect_not_null(json_at(first, "argv"));
    cr_expect_eq(json_array_size(json_at(second, "results")), 1);
    json_decref(first);
    json_decref(second);
    text[40] = text[40] == 'x' ? 'y' : 'x';
    scratch_file("two.json", text);
    cr_expect_null(readings_document(&r.list[0], true));
    scratch_remove();
    cr_expect_null(readings_document(&r.list[1], true), "the file is gone");
    readings_free(&r);
}

Test(readings, the_fingerprint_is_worked_out_again)
{
    struct readings r = {0};
    cr_assert_eq(add(&r, DOCUMENT("\"fingerprint\":\"sha256:00\",", ""), NULL), STATUS_OK);
    cr_assert_eq(add(&r, DOCUMENT("", ""), NULL), STATUS_OK);
    cr_expect_eq(strlen(r.list[0].fingerprint), 71);
    cr_expect_str_eq(r.list[0].fingerprint, r.list[1].fingerprint);
    readings_free(&r);
}

Test(readings, a_directory_gives_its_results_in_order_and_counts_the_rest)
{
    scratch_make();
    scratch_file("all/b/2.json", DOCUMENT("\"host\":{\"name\":\"two\"},", ""));
    scratch_file("all/a/9.json", DOCUMENT("\"host\":{\"name\":\"one\"},", ""));
    scratch_file("all/c.json", DOCUMENT("\"host\":{\"name\":\"three\"},", ""));
    scratch_file("all/broken.json", "{\"schema\":");
    scratch_file("all/other.json", "{}");
    scratch_file("all/notes.txt", "{");
    scratch_file("all/.gpubench-1-1.json", "{");
    cr_assert_eq(mkfifo(scratch_path("all/pipe.json"), 0600), 0);
    cr_assert_eq(symlink("..", scratch_path("all/a/loop")), 0);

    struct readings r = {0};
    struct failure why = {0};
    cr_assert_eq(readings_add(&r, scratch_path("all"), READ_WHOLE, &why), STATUS_OK, "%s",
                 why.text);
    cr_assert_eq(r.count, 3);
    cr_expect_str_eq(r.list[0].host, "one");
    cr_expect_str_eq(r.list[1].host, "two");
    cr_expect_str_eq(r.list[2].host, "three");
    cr_expect_eq(r.skipped, 3, "%zu", r.skipped);
    cr_expect_not_null(strstr(r.skipped_why, "all/a/loop: a link to a directory is not followed"),
                       "%s", r.skipped_why);
    readings_free(&r);
    scratch_remove();
}

Test(readings, what_is_not_there_is_not_comparable_and_what_cannot_be_read_failed)
{
    scratch_make();
    scratch_file("empty", NULL);
    scratch_file("bad/x.json", "{");
    struct readings r = {0};
    struct failure why = {0};
    cr_expect_eq(readings_add(&r, scratch_path("none.json"), READ_WHOLE, &why),
                 STATUS_NOT_COMPARABLE);
    cr_expect_not_null(strstr(why.text, "No such file"), "%s", why.text);
    cr_expect_eq(readings_add(&r, scratch_path("empty"), READ_WHOLE, &why), STATUS_NOT_COMPARABLE);
    cr_expect_eq(readings_add(&r, scratch_path("bad"), READ_WHOLE, &why), STATUS_FAILED);
    cr_expect_not_null(strstr(why.text, "ends in the middle"), "%s", why.text);
    cr_expect_eq(r.count, 0);
    readings_free(&r);
    scratch_remove();
}

Test(readings, a_huge_file_is_refused_by_its_size)
{
    scratch_make();
    scratch_file("huge.json", "{");
    cr_assert_eq(truncate(scratch_path("huge.json"), 200 << 20), 0);
    struct readings r = {0};
    struct failure why = {0};
    cr_expect_eq(readings_add(&r, scratch_path("huge.json"), READ_WHOLE, &why), STATUS_FAILED);
    cr_expect_not_null(strstr(why.text, "larger than 64 MiB"), "%s", why.text);
    cr_expect_eq(readings_add(&r, "/dev/zero", READ_WHOLE, &why), STATUS_FAILED);
    cr_expect_not_null(strstr(why.text, "larger than 64 MiB"), "%s", why.text);
    scratch_remove();
    readings_free(&r);
}

/* test_readings.c - what is read from the text of a result. */
#include "harness/reading/readings.h"
#include "harness/text/json_text.h"
#include "tests/unit/harness/reading/document.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

Test(readings, the_common_fields_are_taken_out)
{
    struct readings r = {0};
    struct failure why = {0};
    cr_assert_eq(
        add(&r,
            DOCUMENT("\"host\":{\"name\":\"node1\",\"cpu\":{\"threads_online\":16}},"
                     "\"tool\":{\"commit\":\"1a2b\"},",
                     RESULT("\"ok\"",
                            ",\"symmetric\":true,\"summary\":{\"median_s\":0.5,\"low_s\":"
                            "null,\"high_s\":0.75,\"count\":3,\"throttled\":{"
                            "\"gpu_idle\":1,\"sw_power_cap\":2,\"bit_11\":1,\"unheard_of\":1}},"
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
    cr_expect_eq(result->throttle, 1u | 1u << 2 | 1u << 11);
    cr_expect_eq(result->cpus, 16);
    cr_expect_eq(one->threads_online, 16);
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

Test(readings, a_whole_number_may_be_written_with_a_point)
{
    struct readings r = {0};
    struct failure why = {0};
    cr_assert_eq(add(&r, DOCUMENT("", RESULT("\"ok\"", ",\"summary\":{\"count\":3.0}")), &why),
                 STATUS_OK, "%s", why.text);
    readings_free(&r);
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

Test(readings, the_fingerprint_is_worked_out_again)
{
    struct readings r = {0};
    cr_assert_eq(add(&r, DOCUMENT("\"fingerprint\":\"sha256:00\",", ""), NULL), STATUS_OK);
    cr_assert_eq(add(&r, DOCUMENT("", ""), NULL), STATUS_OK);
    cr_expect_eq(strlen(r.list[0].fingerprint), 71);
    cr_expect_str_eq(r.list[0].fingerprint, r.list[1].fingerprint);
    readings_free(&r);
}

Test(readings, a_card_of_several_labels_is_called_by_its_place)
{
    struct reading list[] = {{.place = "GPU-2", .label = "pod-1"},
                             {.place = "GPU-1", .label = "pod-1"},
                             {.place = "GPU-2", .label = "pod-2"},
                             {.place = "GPU-1", .label = "pod-1"}};
    struct readings r = {.list = list, .count = 4};
    readings_label(&r);
    static const char *const want[] = {"GPU-2", "pod-1", "GPU-2", "pod-1"};
    for (size_t i = 0; i < 4; i++)
        cr_expect_str_eq(list[i].label, want[i], "%zu: %s", i, list[i].label);
}

/* A double holds each whole number up to there, and who rewrites a file may use doubles. */
Test(readings, a_whole_number_goes_up_to_two_to_the_power_of_53)
{
    struct readings r = {0};
    struct failure why = {0};
    cr_expect_eq(
        add(&r, DOCUMENT("", RESULT("\"ok\"", ",\"summary\":{\"count\":9007199254740992}")), &why),
        STATUS_OK, "%s", why.text);
    readings_free(&r);
}

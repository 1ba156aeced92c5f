/* test_baseline.c - a baseline is written whole or not at all. */
#include "harness/baseline/baseline.h"
#include "harness/reading/readings.h"
#include "harness/result/tool.h"
#include "tests/unit/harness/compare/run_of.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <string.h>
#include <time.h>

Test(baseline, it_is_written_whole_or_not_at_all)
{
    struct readings r = {0}, read = {0};
    struct failure why = {0};
    scratch_make();
    cr_expect_eq(baseline_write(scratch_path("none.json"), &r, &why), STATUS_FAILED);
    add(&r, "", "a", 1);
    add(&r, "", "a", 2);
    cr_assert_eq(baseline_write(scratch_path("two.json"), &r, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(baseline_load(scratch_path("two.json"), NULL, &read, &why), STATUS_OK, "%s",
                 why.text);
    cr_assert_eq(read.count, 2);
    cr_expect_eq(read.list[1].results[0].median_s, 2);
    cr_expect_str_eq(read.list[0].fingerprint, r.list[0].fingerprint);
    r.list[1].results[0].state = READ_WRONG;
    cr_expect_eq(baseline_write(scratch_path("wrong.json"), &r, &why), STATUS_FAILED);
    r.list[1].results[0].state = READ_OK;
    r.list[1].is_simulated = true;
    cr_expect_eq(baseline_write(scratch_path("wrong.json"), &r, &why), STATUS_NOT_COMPARABLE);
    cr_expect_eq(scratch_count(""), 1);
    readings_free(&r);
    readings_free(&read);
    scratch_remove();
}

Test(baseline, every_run_needs_a_time_and_keeps_its_samples)
{
    static const char text[] =
        "{\"schema\":\"gpubench-result/1\",\"started\":\"2026-11-24T10:15:02Z\",\"simulated\":false,"
        "\"device\":{"
        "\"backend\":\"gpu\",\"name\":\"G\"},\"problem\":{\"op\":\"sum-aat\",\"n\":9},\"results\":"
        "[{\"key\":\"gpu/k\",\"backend\":\"gpu\",\"op\":\"sum-aat\",\"variant\":\"v\","
        "\"arithmetic\":\"f32\",\"n\":9,\"state\":\"ok\",\"summary\":{\"median_s\":0.5,\"count\":2},"
        "\"samples\":{\"s\":[0.25,0.75]}}]}";
    struct readings r = {0}, read = {0};
    struct failure why = {0};
    scratch_make();
    cr_assert_eq(readings_add_text(&r, "it", text, strlen(text), READ_WHOLE, &why), STATUS_OK, "%s",
                 why.text);
    cr_assert_eq(baseline_write(scratch_path("one.json"), &r, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(baseline_load(scratch_path("one.json"), NULL, &read, &why), STATUS_OK);
    const json_t *samples =
        json_object_get(json_object_get(read.list[0].results[0].json, "samples"), "s");
    cr_expect_eq(json_array_size(samples), 2);
    r.list[0].results[0].state = READ_WAIVED;
    cr_expect_eq(baseline_write(scratch_path("none.json"), &r, &why), STATUS_FAILED);
    cr_expect_str_eq(why.text, "no baseline was written: it has no time in it.");
    r.list[0].results[0].state = READ_OK;
    r.list[0].results[0].median_s = 0;
    cr_expect_eq(baseline_write(scratch_path("none.json"), &r, &why), STATUS_FAILED);
    r.list[0].results[0].state = READ_FAILED;
    cr_expect_eq(baseline_write(scratch_path("none.json"), &r, &why), STATUS_FAILED);
    cr_expect_str_eq(why.text, "no baseline was written: gpu/k is failed in it.");
    cr_expect_eq(scratch_count(""), 1);
    readings_free(&r);
    readings_free(&read);
    scratch_remove();
}

static const char *text_of(const json_t *document, const char *key)
{
    const char *text = json_string_value(json_object_get(document, key));
    return text ? text : "";
}

Test(baseline, it_says_what_made_it_when_and_of_which_runs)
{
    struct readings r = {0};
    struct failure why = {0};
    char before[32], after[32];
    scratch_make();
    add(&r, ",\"sms\":1", "a", 1);
    add(&r, ",\"sms\":2", "a", 1);
    const time_t from = time(NULL);
    cr_assert_eq(baseline_write(scratch_path("x.json"), &r, &why), STATUS_OK, "%s", why.text);
    const time_t to = time(NULL);
    json_t *document = json_load_file(scratch_path("x.json"), 0, NULL);
    const json_t *tool = json_object_get(document, "tool");
    strftime(before, sizeof before, "%Y-%m-%dT%H:%M:%SZ", gmtime(&from));
    strftime(after, sizeof after, "%Y-%m-%dT%H:%M:%SZ", gmtime(&to));
    const char *made = text_of(document, "made");
    cr_expect(strcmp(before, made) <= 0 && strcmp(made, after) <= 0, "%s", made);
    cr_expect_str_eq(text_of(document, "schema"), "gpubench-baseline/1");
    cr_expect_str_eq(text_of(tool, "version"), tool_version());
    cr_expect_str_eq(text_of(tool, "commit"), tool_commit());
    cr_expect_str_eq(text_of(document, "fingerprint"), r.list[0].fingerprint);
    cr_expect_neq(strcmp(r.list[0].fingerprint, r.list[1].fingerprint), 0);
    cr_expect_eq(json_integer_value(json_object_get(document, "processes")), 2);
    cr_expect_eq(json_array_size(json_object_get(document, "runs")), 2);
    json_decref(document);
    readings_free(&r);
    scratch_remove();
}

/* Of what was read for its numbers alone the whole is read again, from the same bytes or not. */
Test(baseline, a_run_that_has_changed_since_it_was_read_is_not_kept)
{
    struct readings r = {0};
    struct failure why = {0};
    char file[4096], want[8192];
    scratch_make();
    add(&r, "", "a", 1);
    json_t *document = readings_document(&r.list[0], true);
    snprintf(file, sizeof file, "%s", scratch_path("one.json"));
    cr_assert_eq(json_dump_file(document, file, 0), 0);
    json_decref(document);
    readings_free(&r);
    cr_assert_eq(baseline_load(file, NULL, &r, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(r.count, 1);
    cr_expect_eq(baseline_keep(scratch_path("kept.json"), &r, &why), STATUS_OK, "%s", why.text);
    scratch_file("one.json", "{}");
    cr_expect_eq(baseline_keep(scratch_path("lost.json"), &r, &why), STATUS_NO_MEMORY);
    snprintf(want, sizeof want,
             "cannot write %s: a run has changed since it was read, or memory is short.",
             scratch_path("lost.json"));
    cr_expect_str_eq(why.text, want);
    cr_expect_eq(scratch_count(""), 2);
    readings_free(&r);
    scratch_remove();
}

/* test_baseline.c - a baseline is written whole or not at all. */
#include "harness/baseline/baseline.h"
#include "harness/reading/readings.h"
#include "tests/unit/harness/compare/run_of.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <string.h>

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

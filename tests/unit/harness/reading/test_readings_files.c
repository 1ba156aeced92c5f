/* test_readings_files.c - results are read from files and directories. */
#include "harness/reading/readings.h"
#include "harness/text/json_text.h"
#include "tests/unit/harness/reading/document.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

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

Test(readings, a_document_whose_share_of_peak_is_withheld_is_read_again_without_it)
{
    scratch_make();
    scratch_file("over.json",
                 "{\"schema\":\"gpubench-result/1\",\"started\":\"2026-11-24T10:15:02Z\","
                 "\"simulated\":false,\"device\":{\"backend\":\"cpu\",\"name\":\"X\","
                 "\"peak\":{\"f32_flops\":1e9}},\"problem\":{\"op\":\"sum-aat\",\"n\":100},"
                 "\"results\":[{\"key\":\"cpu/sum-aat/f32/loop/n=100\",\"backend\":\"cpu\","
                 "\"op\":\"sum-aat\",\"variant\":\"loop\",\"arithmetic\":\"f32\",\"n\":100,"
                 "\"state\":\"ok\",\"summary\":{\"median_s\":1e-3},"
                 "\"speed\":{\"flops_done\":2e9,\"peak_share\":2},"
                 "\"samples\":{\"device_s\":[1e-3]}}]}");
    struct readings r = {0};
    cr_assert_eq(readings_add(&r, scratch_path("over.json"), READ_AGAIN, NULL), STATUS_OK);
    cr_expect(r.list[0].results[0].is_over_peak);
    json_t *again = readings_document(&r.list[0], true);
    const json_t *result = json_array_get(json_at(again, "results"), 0);
    cr_expect(json_is_null(json_at(result, "speed.peak_share")));
    json_decref(again);
    readings_free(&r);
    scratch_remove();
}

/* A file of that name is another thing. */
Test(readings, standard_input_is_kept_whole_because_it_is_read_once)
{
    const char *text = DOCUMENT("\"argv\":[\"a\"],", "");
    struct readings r = {0};
    scratch_make();
    scratch_file("-", text);
    scratch_file("input", text);
    cr_assert_not_null(freopen(scratch_path("input"), "r", stdin));
    cr_assert_eq(chdir(scratch_path("")), 0);
    cr_assert_eq(readings_add(&r, "-", READ_AGAIN, NULL), STATUS_OK);
    cr_assert_eq(r.count, 1);
    cr_expect_str_eq(r.list[0].source, "standard input");
    json_t *document = readings_document(&r.list[0], true);
    cr_expect_not_null(json_at(document, "argv"));
    json_decref(document);
    readings_free(&r);
    cr_assert_eq(chdir("/"), 0);
    scratch_remove();
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
    cr_assert_eq(symlink("../pipe.json", scratch_path("all/a/piped.json")), 0);
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

Test(readings, what_gates_and_the_noise_of_a_machine_left_is_read_only_by_name)
{
    struct readings r = {0};
    struct failure why = {0};
    scratch_make();
    scratch_file("all/gates/1.json", DOCUMENT("\"run\":1,", ""));
    scratch_file("all/2.json", DOCUMENT("\"run\":2,", ""));
    scratch_file("all/noise.json", DOCUMENT("\"run\":3,", ""));
    scratch_file("all/.json", DOCUMENT("\"run\":4,", ""));
    scratch_file("all/5.json5", DOCUMENT("\"run\":5,", ""));
    scratch_file("all/6json", DOCUMENT("\"run\":6,", ""));
    cr_expect_eq(readings_add(&r, scratch_path("all"), READ_WHOLE, &why), STATUS_OK);
    cr_expect_eq(r.count, 1);
    cr_expect_eq(r.skipped, 0);
    cr_expect_eq(readings_add(&r, scratch_path("all/gates"), READ_WHOLE, &why), STATUS_OK);
    cr_expect_eq(readings_add(&r, scratch_path("all/noise.json"), READ_WHOLE, &why), STATUS_OK);
    cr_expect_eq(r.count, 3);
    readings_free(&r);
    scratch_remove();
}

Test(readings, a_directory_of_copies_is_none_without_results)
{
    struct readings r = {0};
    struct failure why = {0};
    scratch_make();
    scratch_file("one/1.json", DOCUMENT("", "") DOCUMENT("", ""));
    scratch_file("two/2.json", DOCUMENT("", ""));
    scratch_file("none", NULL);
    cr_expect_eq(readings_add(&r, scratch_path("one"), READ_WHOLE, &why), STATUS_OK);
    cr_expect_eq(r.copies, 1, "of one file");
    cr_expect_eq(readings_add(&r, scratch_path("two"), READ_WHOLE, &why), STATUS_OK);
    cr_expect_eq(r.count, 1);
    cr_expect_eq(r.copies, 2);
    cr_expect_eq(readings_add(&r, scratch_path("none"), READ_WHOLE, &why), STATUS_NOT_COMPARABLE);
    cr_expect(strstr(why.text, "holds no result: no .json file is in it"), "%s", why.text);
    readings_free(&r);
    scratch_remove();
}

Test(readings, of_several_files_that_cannot_be_read_the_first_is_told)
{
    struct readings r = {0};
    struct failure why = {0};
    scratch_make();
    scratch_file("all/1.json", "{");
    scratch_file("all/2.json", "nonsense");
    scratch_file("all/3.json", DOCUMENT("", ""));
    scratch_file("all/4.json", DOCUMENT("", ""));
    cr_expect_eq(readings_add(&r, scratch_path("all"), READ_WHOLE, &why), STATUS_OK);
    cr_expect_eq(r.skipped, 2);
    cr_expect_eq(r.copies, 1);
    cr_expect(strstr(r.skipped_why, "1.json cannot be read: it ends"), "%s", r.skipped_why);
    readings_free(&r);
    scratch_remove();
}

Test(readings, a_link_to_a_result_is_that_result_and_one_to_nothing_counts_as_left_out)
{
    struct readings r = {0};
    struct failure why = {0};
    scratch_make();
    scratch_file("kept/a.json", DOCUMENT("\"host\":{\"name\":\"one\"},", ""));
    scratch_file("all/notes.txt", "x");
    cr_assert_eq(symlink("../kept/a.json", scratch_path("all/link.json")), 0);
    cr_assert_eq(symlink("../kept/a.json", scratch_path("all/link.txt")), 0);
    cr_assert_eq(symlink("../kept/none.txt", scratch_path("all/nothing.txt")), 0);
    cr_assert_eq(readings_add(&r, scratch_path("all"), READ_WHOLE, &why), STATUS_OK, "%s",
                 why.text);
    cr_expect_eq(r.count, 1);
    cr_expect_str_eq(r.list[0].host, "one");
    cr_expect_eq(r.skipped, 0);
    readings_free(&r);
    cr_assert_eq(symlink("../kept/none.json", scratch_path("all/nothing.json")), 0);
    cr_assert_eq(readings_add(&r, scratch_path("all"), READ_WHOLE, &why), STATUS_OK);
    cr_expect_eq(r.count, 1);
    cr_expect_eq(r.skipped, 1);
    cr_expect(strstr(r.skipped_why, "nothing.json: No such file"), "%s", r.skipped_why);
    readings_free(&r);
    scratch_remove();
}

Test(readings, a_time_is_one_of_utc_from_1970_to_2199)
{
    static const struct {
        const char *text;
        int64_t seconds; /* 0: no time */
    } cases[] = {
        {"2026-11-24T10:15:02Z", 1795515302},
        {"2026-11-24T10:15:02.5Z", 1795515302},
        {"2026-11-24T10:15:02.123456Z", 1795515302},
        {"1970-01-01T00:00:01Z", 1},
        {"2199-12-31T23:59:59Z", INT64_C(7258118399)},
        {"2200-01-01T00:00:00Z", 0},
        {"1969-12-31T23:59:59Z", 0},
        {"2026-11-24T10:15:02", 0},
        {"2026-11-24T10:15:02.5", 0},
        {"2026-11-24T10:15:02ZZ", 0},
        {"2026-11-24T10:15:02+01:00", 0},
        {"2026-11-24 10:15:02Z", 0},
        {"", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_eq(read_time(cases[i].text), cases[i].seconds, "%s", cases[i].text);
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
    cr_expect_eq(readings_add(&r, scratch_path("bad/x.json/y.json"), READ_WHOLE, &why),
                 STATUS_FAILED);
    cr_expect_not_null(strstr(why.text, "Not a directory"), "%s", why.text);
    cr_expect_eq(readings_add(&r, scratch_path("empty"), READ_WHOLE, &why), STATUS_NOT_COMPARABLE);
    cr_expect_eq(readings_add(&r, scratch_path("bad"), READ_WHOLE, &why), STATUS_FAILED);
    cr_expect_not_null(strstr(why.text, "ends in the middle"), "%s", why.text);
    cr_expect_eq(r.count, 0);
    readings_free(&r);
    scratch_remove();
}

/* A process that may open no file more: root may open any other one. */
Test(readings, a_directory_that_cannot_be_opened_failed)
{
    struct readings r = {0};
    struct failure why = {0};
    struct rlimit before;
    char want[4200];
    scratch_make();
    scratch_file("closed/x.json", "{");
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &(struct rlimit){0, before.rlim_max}), 0);
    const enum status status = readings_add(&r, scratch_path("closed"), READ_WHOLE, &why);
    setrlimit(RLIMIT_NOFILE, &before);
    snprintf(want, sizeof want, "cannot read %s: %s.", scratch_path("closed"), strerror(EMFILE));
    cr_expect_eq(status, STATUS_FAILED);
    cr_expect_str_eq(why.text, want);
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

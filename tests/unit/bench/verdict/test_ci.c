/* test_ci.c - a comparison for programs and CI systems. */
#include "harness/text/json_text.h"
#include "tests/unit/bench/verdict/example_rows.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Compares a file's text from the first `from` on. */
static void expect_file(const char *path, const char *from, const char *want)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *file = fopen(path, "re");
    cr_assert(file, "%s", path);
    cr_assert(getdelim(&text, &bytes, '\0', file) > 0);
    fclose(file);
    const char *at = strstr(text, from);
    cr_assert(at, "%s", text);
    cr_expect_str_eq(at, want);
    free(text);
}

#define CHANGED(WORD, CHANGE, LOW, HIGH, PERCENT)                                                  \
    WORD " " CHANGE " " PERCENT " (99 " PERCENT " interval " LOW " … " HIGH " " PERCENT            \
         ", threshold 3 " PERCENT ", 10+12 runs)"

Test(verdicts_ci, junit_has_failures_and_skipped_cases)
{
    static const char cases[] =
        "    <testcase classname=\"gpubench.compare\" name=\"a\" time=\"1.500\">\n"
        "    </testcase>\n"
        "    <testcase classname=\"gpubench.compare\" name=\"b\" time=\"1.410\">\n"
        "    </testcase>\n"
        "    <testcase classname=\"gpubench.compare\" name=\"c\" time=\"1.590\">\n"
        "      <failure type=\"regression\" message=\"" CHANGED("SLOW", "+6.0", "+5.0", "+7.0", "%") "\">" CHANGED(
            "SLOW", "+6.0", "+5.0", "+7.0",
            "%") "; base 125.0 ms ± 0.2 %, now 132.5 ms ± 0.2 %</failure>\n"
                 "    </testcase>\n"
                 "    <testcase classname=\"gpubench.compare\" name=\"d\" time=\"1.530\">\n"
                 "      <skipped message=\"" CHANGED(
                     "UNSURE", "+2.0", "+1.0", "+3.0",
                     "%") ": too few\"/>\n"
                          "    </testcase>\n"
                          "    <testcase classname=\"gpubench.compare\" name=\"e\" time=\"0.000\">\n"
                          "      <failure type=\"regression\" message=\"OTHER MACHINE: other GPU\">OTHER MACHINE: "
                          "other GPU</failure>\n"
                          "    </testcase>\n"
                          "    <testcase classname=\"gpubench.compare\" name=\"f\" time=\"0.000\">\n"
                          "      <skipped message=\"ONLY BASE\"/>\n"
                          "    </testcase>\n"
                          "    <testcase classname=\"gpubench.compare\" name=\"g\" time=\"0.000\">\n"
                          "      <skipped message=\"ONLY NEW\"/>\n"
                          "    </testcase>\n"
                          "    <testcase classname=\"gpubench.compare\" name=\"h\" time=\"0.000\">\n"
                          "      <failure type=\"regression\" message=\"WRONG: sum is wrong\">WRONG: sum is "
                          "wrong</failure>\n"
                          "    </testcase>\n"
                          "    <testcase classname=\"gpubench.compare\" name=\"i\" time=\"0.000\">\n"
                          "      <failure type=\"regression\" message=\"FAILED: no memory\">FAILED: no "
                          "memory</failure>\n"
                          "    </testcase>\n"
                          "  </testsuite>\n</testsuites>\n";
    struct verdicts *v = example_verdicts();
    struct failure why = {0};
    char text[64 + sizeof cases];
    scratch_make();
    cr_expect_eq(verdicts_write_junit(v, scratch_path("junit.xml"), &why), STATUS_OK);
    snprintf(text, sizeof text, "\" hostname=\"node1\">\n%s", cases);
    expect_file(scratch_path("junit.xml"), "\" hostname=", text);

    ((struct compare_rules *)v->rules)->is_complete = true; /* a missing row is a failure */
    verdicts_write_junit(v, scratch_path("junit.xml"), &why);
    snprintf(text, sizeof text, "failures=\"5\" errors=\"0\" skipped=\"2\" time=\"1.500\"");
    char *whole = NULL;
    size_t bytes = 0;
    FILE *file = fopen(scratch_path("junit.xml"), "re");
    cr_assert(file && getdelim(&whole, &bytes, '\0', file) > 0);
    fclose(file);
    cr_expect(strstr(whole, text), "%s", whole);
    cr_expect(strstr(whole, "message=\"ONLY BASE\">ONLY BASE</failure>"), "%s", whole);
    free(whole);
    cr_expect_eq(verdicts_write_junit(v, scratch_path("none/junit.xml"), &why), STATUS_FAILED);
    scratch_remove();
}

static void begin_github(const char *actions)
{
    scratch_make();
    setenv("GITHUB_ACTIONS", actions, 1);
    setenv("GITHUB_STEP_SUMMARY", scratch_path("summary"), 1);
    setenv("GITHUB_OUTPUT", scratch_path("output"), 1);
}

Test(verdicts_ci, github_gets_annotations_a_table_and_the_verdict)
{
    begin_github("true");
    example_verdicts();
    example_row("c")->key = "c:1,2";
    char *text = example_printed(verdicts_tell_github);
    cr_expect_str_eq(
        text,
        "::error title=gpubench c%3A1%2C2::" CHANGED("SLOW", "+6.0", "+5.0", "+7.0", "%25") "\n::warning title=gpubench d::" CHANGED(
            "UNSURE", "+2.0", "+1.0", "+3.0",
            "%25") ": too few\n"
                   "::error title=gpubench e::OTHER MACHINE: other GPU\n"
                   "::warning title=gpubench f::ONLY BASE\n"
                   "::error title=gpubench h::WRONG: sum is wrong\n"
                   "::error title=gpubench i::FAILED: no memory\n");
    free(text);
    expect_file(scratch_path("summary"), "###",
                "### gpubench compare\n\n"
                "| Benchmark | base | now | Change (99 % interval) | Verdict |\n"
                "|:---|---:|---:|---:|:---|\n"
                "| a | 125.0 ms ± 0.2 % | 125.0 ms ± 0.2 % | +0.0 % (-1.0 … +1.0 %) | SAME |\n"
                "| b | 125.0 ms ± 0.2 % | 117.5 ms ± 0.2 % | -6.0 % (-7.0 … -5.0 %) | FAST |\n"
                "| c:1,2 | 125.0 ms ± 0.2 % | 132.5 ms ± 0.2 % | +6.0 % (+5.0 … +7.0 %) | SLOW |\n"
                "| d | 125.0 ms ± 0.2 % | 127.5 ms ± 0.2 % | +2.0 % (+1.0 … +3.0 %) | UNSURE: too "
                "few |\n"
                "| e | - | - | - | OTHER MACHINE: other GPU |\n"
                "| f | - | - | - | ONLY BASE |\n"
                "| g | - | - | - | ONLY NEW |\n"
                "| h | - | - | - | WRONG: sum is wrong |\n"
                "| i | - | - | - | FAILED: no memory |\n"
                "\n1 is slower Exit status 3.\n\n");
    expect_file(scratch_path("output"), "", "verdict=SLOW\n");
    scratch_remove();
}

Test(verdicts_ci, github_gets_nothing_elsewhere_and_the_verdict_s_word_in_each_case)
{
    static const struct {
        enum status outcome;
        size_t rows; /* the fourth is UNSURE */
        const char *word;
    } cases[] = {{STATUS_OK, 3, "SAME"},
                 {STATUS_OK, 4, "UNSURE"},
                 {STATUS_INCONCLUSIVE, 4, "UNSURE"},
                 {STATUS_NOT_COMPARABLE, 4, "NOT COMPARABLE"},
                 {STATUS_WRONG, 4, "FAILED"}};
    char words[128] = "", *text;
    begin_github("false");
    struct verdicts *v = example_verdicts();
    text = example_printed(verdicts_tell_github);
    cr_expect_str_eq(text, "");
    free(text);
    cr_expect_eq(scratch_count(""), 0);
    setenv("GITHUB_ACTIONS", "true", 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        v->outcome = cases[i].outcome;
        ((struct comparison *)v->comparison)->count = cases[i].rows;
        sprintf(words + strlen(words), "verdict=%s\n", cases[i].word);
        free(example_printed(verdicts_tell_github));
    }
    expect_file(scratch_path("output"), "", words);
    example_row("a")->change = CHANGE_SLOW;
    text = example_printed(verdicts_tell_github);
    cr_expect(strncmp(text, "::error title=gpubench a::", 26) == 0, "%s", text);
    free(text);
    scratch_remove();
}

Test(verdicts_ci, json_has_the_numbers_of_judged_rows_and_null_for_what_is_unknown)
{
    struct verdicts *v = example_verdicts();
    struct compare_row *row = example_row("c");
    struct reading other = {.identity = (char *)"device.name=A100\n",
                            .started = "",
                            .host = "",
                            .device = "",
                            .commit = ""};
    row->noise = 0.01;
    row->unsure_checks = 2;
    row->base.left_out = 3;
    row->base.copies = 4;
    row->now.old = 5;
    row->now.throttled = 6;
    example_row("e")->now.reading = &other;
    example_row("f")->base.processes = 0;
    json_t *json = verdicts_to_json(v);
    const json_t *c = json_array_get(json_object_get(json, "rows"), 2);
    static const struct {
        const char *path;
        double value;
    } numbers[] = {{"change", 0.06},
                   {"low", 0.05},
                   {"high", 0.07},
                   {"confidence", 0.99},
                   {"p", 0.25},
                   {"p_corrected", 0.5},
                   {"threshold", 0.03},
                   {"noise", 0.01},
                   {"unsure_checks", 2},
                   {"base.processes", 10},
                   {"base.left_out", 3},
                   {"base.copies", 4},
                   {"base.median_s", 0.125},
                   {"base.spread", 0.002},
                   {"base.sm_hz", 1.5e9},
                   {"new.processes", 12},
                   {"new.old_samples", 5},
                   {"new.throttled", 6}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        cr_expect_float_eq(read_number(c, numbers[i].path), numbers[i].value,
                           1e-12 * numbers[i].value, "%s", numbers[i].path);
    cr_expect_eq(read_number(json, "exit"), 3);
    const json_t *e = json_array_get(json_object_get(json, "rows"), 4),
                 *f = json_array_get(json_object_get(json, "rows"), 5);
    cr_expect_eq(json_array_size(json_object_get(e, "hard_differences")), 2);
    cr_expect_eq(json_array_size(json_object_get(c, "hard_differences")), 0);
    cr_expect(!json_object_get(e, "change"));
    cr_expect(json_is_null(json_object_get(f, "new")));
    cr_expect(json_is_null(json_at(f, "base.median_s")));
    cr_expect(!json_object_get(f, "hard_differences"));
    json_decref(json);
}

/* test_soaks.c - the soaks among many hosts' results, and a fleet as JUnit. */
#include "bench/verdict/verdicts.h"
#include "harness/reading/digest.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct reading soak_of(const char *host, const char *verdict, const char *reason)
{
    return (struct reading){
        .label = host, .card = "GPU-1a2b3c4d-5e6f", .soak_verdict = verdict, .soak_reason = reason};
}

/* Of the first `count`: what is printed, and the status with its sentence. */
static void expect(struct reading *list, size_t count, const char *printed, enum status status,
                   const char *sentence)
{
    char *text;
    size_t bytes;
    struct failure why = {0};
    FILE *to = open_memstream(&text, &bytes);
    const struct readings readings = {.list = list, .count = count};
    cr_expect_eq(verdicts_of_soaks(to, &readings, false, &why), status);
    fclose(to);
    cr_expect_str_eq(text, printed);
    cr_expect_str_eq(why.text, sentence);
    free(text);
    cr_expect_eq(verdicts_of_soaks(NULL, &readings, false, &why), status);
}

Test(verdicts_soaks, the_worst_is_named_and_faulty_ones_come_first)
{
    struct reading list[] = {soak_of("n0", "", ""),
                             soak_of("n1", "OK", ""),
                             soak_of("n2", "SLOW", "by 5 %"),
                             soak_of("n3", "OK", ""),
                             soak_of("n4", "FAULTY", "3 launches"),
                             soak_of("n5", "FAULTY", "ECC")};
    expect(list, 1, "", STATUS_OK, "");
    expect(list, 2, "1 soak: 1 OK, 0 slow or throttled, 0 faulty\n", STATUS_OK, "");
    expect(list, 4,
           "3 soaks: 2 OK, 1 slow or throttled, 0 faulty\n  n2  GPU-1a2b3c4d  SLOW  by 5 %\n",
           STATUS_REGRESSION, "1 of 3 soaks did not end in OK: n2 is SLOW.");
    expect(list, 6,
           "5 soaks: 2 OK, 1 slow or throttled, 2 faulty\n"
           "  n4  GPU-1a2b3c4d  FAULTY  3 launches\n"
           "  n5  GPU-1a2b3c4d  FAULTY  ECC\n"
           "  n2  GPU-1a2b3c4d  SLOW    by 5 %\n",
           STATUS_WRONG, "3 of 5 soaks did not end in OK: n4 is FAULTY.");
}

Test(verdicts_soaks, one_that_was_cut_short_decides_nothing)
{
    struct reading list[] = {soak_of("n1", "OK", ""), soak_of("n2", SOAK_CUT_SHORT, ""),
                             soak_of("n3", "SLOW", "by 5 %")};
    expect(list, 2,
           "2 soaks: 1 OK, 0 slow or throttled, 0 faulty, 1 cut short\n"
           "  n2  GPU-1a2b3c4d  CUT SHORT  interrupted before the time that was asked for\n",
           STATUS_INCONCLUSIVE, "1 of 2 soaks did not end in OK: n2 is CUT SHORT.");
    expect(list, 3,
           "3 soaks: 1 OK, 1 slow or throttled, 0 faulty, 1 cut short\n"
           "  n2  GPU-1a2b3c4d  CUT SHORT  interrupted before the time that was asked for\n"
           "  n3  GPU-1a2b3c4d  SLOW       by 5 %\n",
           STATUS_REGRESSION, "2 of 3 soaks did not end in OK: n3 is SLOW.");
}

Test(verdicts_soaks, fifty_are_shown)
{
    struct reading list[60];
    char *text;
    size_t bytes, lines = 0;
    struct failure why = {0};
    for (size_t i = 0; i < 60; i++)
        list[i] = soak_of("n", i < 30 ? "SLOW" : "FAULTY", "");
    FILE *to = open_memstream(&text, &bytes);
    verdicts_of_soaks(to, &(struct readings){.list = list, .count = 60}, true, &why);
    fclose(to);
    for (const char *at = text; (at = strchr(at, '\n')); at++)
        lines++;
    cr_expect_eq(lines, 1 + 50);
    cr_expect(strstr(text, "\033[31mFAULTY\033") && strstr(text, "\033[33mSLOW\033"), "%s", text);
    free(text);
}

Test(verdicts_soaks, a_fleet_is_a_test_case_for_each_host_and_a_failure_for_each_outlier)
{
    struct fleet_host hosts[] = {
        {.label = "n1", .id = "", .median_s = 0.5, .runs = 5, .reason = ""},
        {.label = "n2", .id = "", .median_s = 0.6, .runs = 6, .is_outlier = true, .reason = "hot"},
        {.label = "n3", .id = "", .median_s = 1, .runs = 1, .is_outlier = true, .reason = ""}};
    struct fleet_model models[] = {{.key = "k<1",
                                    .hosts = hosts,
                                    .count = 2,
                                    .outliers = 1,
                                    .median_s = 0.5,
                                    .share_a_label = 1},
                                   {.key = "k2",
                                    .hosts = hosts + 2,
                                    .count = 1,
                                    .outliers = 1,
                                    .median_s = 2,
                                    .share_a_label = 1}};
    const struct fleet fleet = {.models = models, .count = 2, .hosts = hosts};
    struct failure why = {0};
    char text[2048];
    scratch_make();
    cr_expect_eq(verdicts_write_fleet_junit(&fleet, scratch_path("f.xml"), &why), STATUS_OK);
    FILE *file = fopen(scratch_path("f.xml"), "re");
    cr_assert(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    cr_expect_str_eq(
        text,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
        "  <testsuite name=\"gpubench.compare\" tests=\"3\" failures=\"2\" errors=\"0\" "
        "skipped=\"1\" time=\"0.000\">\n"
        "    <testcase classname=\"k&lt;1\" name=\"n1\" time=\"2.500\">\n"
        "      <skipped message=\"not judged: too few of this model\"/>\n"
        "    </testcase>\n"
        "    <testcase classname=\"k&lt;1\" name=\"n2\" time=\"3.600\">\n"
        "      <failure type=\"outlier\" message=\"outlier: 600.0 ms, +20.0 % from the median of 2: "
        "hot\">outlier: 600.0 ms, +20.0 % from the median of 2: hot</failure>\n"
        "    </testcase>\n"
        "    <testcase classname=\"k2\" name=\"n3\" time=\"1.000\">\n"
        "      <failure type=\"outlier\" message=\"outlier: 1.000 s, -50.0 % from the median of "
        "1\">outlier: 1.000 s, -50.0 % from the median of 1</failure>\n"
        "    </testcase>\n"
        "  </testsuite>\n</testsuites>\n");
    scratch_remove();
}

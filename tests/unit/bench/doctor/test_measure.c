/* test_measure.c - the copies that doctor --measure found, for people and in JSON. */
#include "bench/doctor/measure.h"
#include "bench/terminal/grid.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Two GPUs: from 0 to 1 directly, and back through the host's memory. */
static double between[] = {NAN, 25.04e9, 12e9, NAN};
static bool is_direct[] = {false, true, false, false}, is_wrong[4];
static struct link_rates host[] = {{20e9, 10e9, 21e9, 11e9}, {NAN, NAN, NAN, NAN}};
static struct link_pcie pcie[2];
static const struct gpu_copies copies = {.count = 2,
                                         .host = host,
                                         .pcie = pcie,
                                         .between = between,
                                         .is_direct = is_direct,
                                         .is_wrong = is_wrong};

static const char *printed(const struct gpu_copies *c)
{
    static char text[2048];
    FILE *to = fmemopen(text, sizeof text, "w");
    text[0] = '\0';
    measure_print(to, c);
    fclose(to);
    return text;
}

Test(doctor_measure, the_grid_marks_what_went_through_the_host_is_wrong_or_unknown)
{
    cr_expect_str_eq(printed(&copies), "copies between GPUs, GB/s\n"
                                       "  from   to 0  to 1\n"
                                       "  GPU 0     -    25\n"
                                       "  GPU 1   *12     -\n"
                                       "  * no peer access: through the host's memory\n");
    is_wrong[2] = true;
    cr_expect(strstr(printed(&copies), "  GPU 1  WRONG     -\n"), "%s", printed(&copies));
    between[2] = NAN;
    is_wrong[2] = false;
    cr_expect(strstr(printed(&copies), "  GPU 1     ?     -\n"), "%s", printed(&copies));
    cr_expect_null(strstr(printed(&copies), "no peer access"));
}

Test(doctor_measure, one_gpu_has_no_grid_nor_have_very_many)
{
    struct gpu_copies one = copies;
    one.count = 1;
    cr_expect_str_eq(printed(&one), "");
    one.count = GRID_COLUMNS_MAX; /* with the one of their names more than fit */
    cr_expect_str_eq(printed(&one), "");
}

/* Of the second GPU nothing is known, which is no line. A link of generation 4 with 16 lanes
 * carries 31.5 GB/s, of which the first one's 20 are more than 60 %. */
Test(doctor_measure, slow_copies_are_a_warning_and_something_else_that_arrives_a_failure)
{
    char trouble[2][256] = {"", ""};
    struct link_pcie links[] = {{4, 16, NAN, NAN, NAN, NAN}, {4, 16, NAN, NAN, NAN, NAN}};
    struct gpu_copies c = copies;
    struct doctor_line lines[4];
    struct doctor_sheet sheet = {lines, 0, 4};
    c.trouble = trouble;
    c.pcie = links;
    measure_judge(&sheet, &c);
    cr_assert_eq(sheet.count, 1);
    cr_expect_str_eq(lines[0].what, "copies of GPU 0");
    cr_expect_eq(lines[0].state, DOCTOR_OK);
    links[0].generation = 5;
    is_wrong[2] = true;
    sheet.count = 0;
    measure_judge(&sheet, &c);
    is_wrong[2] = false;
    cr_assert_eq(sheet.count, 2);
    cr_expect_eq(lines[0].state, DOCTOR_WARN);
    cr_expect_eq(lines[1].state, DOCTOR_FAIL);
    cr_expect_str_eq(lines[1].found, "from GPU 1 to 0 something else arrives");
    snprintf(trouble[1], sizeof trouble[1], "too little memory");
    sheet.count = 0;
    measure_judge(&sheet, &c);
    cr_assert_eq(sheet.count, 2);
    cr_expect_str_eq(lines[1].what, "copies of GPU 1");
    cr_expect_str_eq(lines[1].found, "not measured");
    cr_expect_str_eq(lines[1].advice, "too little memory");
}

Test(doctor_measure, json_has_a_row_for_each_gpu_and_null_for_what_is_unknown)
{
    json_t *json = measure_to_json(&copies);
    cr_assert_eq(json_array_size(json_object_get(json, "host")), 2);
    const json_t *last = json_array_get(json_object_get(json, "host"), 1);
    char *text =
        json_dumps(json_object_get(json, "between"), JSON_COMPACT | JSON_REAL_PRECISION(4));
    cr_expect_str_eq(text, "[[null,2.504e10],[1.2e10,null]]");
    free(text);
    text = json_dumps(json_object_get(json, "peer_access"), JSON_COMPACT);
    cr_expect_str_eq(text, "[[false,true],[false,false]]");
    free(text);
    text = json_dumps(last, JSON_COMPACT);
    cr_expect_null(strstr(text, "2"), "%s", text);
    free(text);
    json_decref(json);
}

/* test_baseline.c - a baseline is written whole or not at all. */
#include "harness/baseline/baseline.h"
#include "harness/reading/readings.h"
#include "tests/unit/harness/compare/run_of.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>

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

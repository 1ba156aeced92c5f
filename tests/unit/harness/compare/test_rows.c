/* test_rows.c - thresholds, and the rows of keys that cannot be compared. */
#include "harness/compare/compare.h"
#include "tests/unit/harness/compare/run_of.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

static struct readings base, now;
static struct comparison c;

static void end(void)
{
    comparison_free(&c);
    readings_free(&base);
    readings_free(&now);
}

TestSuite(rows, .fini = end);

static const struct compare_rules rules = {.alpha = CHANGE_ALPHA};

static const struct compare_row *only_row(void)
{
    cr_assert_eq(compare(&base, &now, &rules, &c, NULL), STATUS_OK);
    cr_assert_eq(c.count, 1);
    return c.rows;
}

static double threshold_of(const char *backend, double given, double noise, bool is_one)
{
    struct noise known = {0};
    const struct reading reading = {.fingerprint = "sha256:f"};
    const struct read_result result = {.backend = backend};
    struct compare_row row = {.key = "k", .now = {.reading = &reading}};
    struct noise_entry e = {.fingerprint = "sha256:f",
                            .key = (char *)(uintptr_t)"k",
                            .noise = noise,
                            .measured = "2026-11-29T10:15:02Z"};
    noise_put(&known, &e);
    const struct compare_rules with_noise = {.threshold = given, .noise = &known};
    compare_choose_threshold(&row, &result, is_one, &with_noise);
    cr_expect_eq(row.is_other_card, !is_one && !(given > 0));
    cr_expect_str_eq(row.noise_measured, e.measured);
    noise_free(&known);
    return row.threshold;
}

Test(rows, a_threshold_is_what_is_given_or_fits_and_at_least_twice_the_noise)
{
    cr_expect_eq(threshold_of("gpu", 0, NAN, true), CHANGE_GPU);
    cr_expect_eq(threshold_of("cpu", 0, NAN, true), CHANGE_CPU);
    cr_expect_eq(threshold_of("gpu", 0, NAN, false), CHANGE_CARDS);
    cr_expect_eq(threshold_of("gpu", 0.5, NAN, true), 0.5);
    cr_expect_eq(threshold_of("gpu", 0, 0.25, true), 0.5);
    cr_expect_eq(threshold_of("gpu", 0.25, 0.25, false), 0.5);
    cr_expect_eq(threshold_of("gpu", 0, 0.001, true), CHANGE_GPU);
}

static void set(struct readings *side, size_t i, enum read_state state, const char *reason)
{
    side->list[i].results[0].state = state;
    side->list[i].results[0].reason = reason;
}

Test(rows, a_wrong_run_explains_a_broken_row_before_one_that_failed)
{
    for (int i = 0; i < 3; i++) {
        add(&base, "", "a", 1 + i);
        add(&now, "", "a", 1 + i);
    }
    set(&now, 0, READ_FAILED, "lost");
    const struct compare_row *row = only_row();
    cr_expect_eq(row->state, ROW_BROKEN);
    cr_expect_not(row->is_wrong);
    cr_expect_str_eq(row->reason, "lost");
    comparison_free(&c);
    set(&now, 1, READ_WRONG, "bits differ");
    set(&now, 2, READ_FAILED, "lost again");
    row = only_row();
    cr_expect(row->is_wrong);
    cr_expect_str_eq(row->reason, "bits differ");
    cr_expect_eq(row->now.left_out, 3);
    cr_expect_eq(row->base.reading, &base.list[2]);
}

Test(rows, what_only_one_side_has_says_why_if_it_was_waived)
{
    add(&base, "", "a", 1);
    add(&now, "", "a", 1);
    set(&now, 0, READ_WAIVED, "needs cc 9.0");
    const struct compare_row *row = only_row();
    cr_expect_eq(row->state, ROW_ONLY_BASE);
    cr_expect_str_eq(row->reason, "needs cc 9.0");
    comparison_free(&c);
    set(&now, 0, READ_OK, "");
    set(&base, 0, READ_FAILED, "lost");
    row = only_row();
    cr_expect_eq(row->state, ROW_ONLY_NEW);
    cr_expect_str_empty(row->reason, "what failed in the base is no news");
    comparison_free(&c);
    set(&now, 0, READ_WAIVED, "needs cc 9.0");
    cr_expect_eq(compare(&base, &now, &rules, &c, NULL), STATUS_OK);
    cr_expect_eq(c.count, 0, "neither has a time");
}

Test(rows, other_classes_of_machine_are_no_pair_unless_that_is_meant)
{
    const struct compare_rules cross = {.alpha = CHANGE_ALPHA, .is_cross_host = true};
    add(&base, ",\"sms\":1", "a", 1);
    add(&now, ",\"sms\":2", "a", 1);
    cr_expect_eq(only_row()->state, ROW_OTHER_MACHINE);
    comparison_free(&c);
    cr_assert_eq(compare(&base, &now, &cross, &c, NULL), STATUS_OK);
    cr_assert_eq(c.count, 1);
    cr_expect_eq(c.rows[0].state, ROW_JUDGED);
}

Test(rows, single_cold_runs_are_compared_only_with_each_other)
{
    add(&base, "", "a", 1);
    add(&now, "", "a", 1);
    now.list[0].results[0].is_first_run = true;
    cr_expect_eq(only_row()->state, ROW_ONLY_BASE);
    cr_expect_not_null(strstr(c.rows[0].reason, "the new side has only single cold runs"), "%s",
                       c.rows[0].reason);
    comparison_free(&c);
    base.list[0].results[0].is_first_run = true;
    cr_expect_eq(only_row()->state, ROW_JUDGED);
    comparison_free(&c);
    now.list[0].results[0].is_first_run = false;
    cr_expect_eq(only_row()->state, ROW_ONLY_NEW);
    cr_expect_not_null(strstr(c.rows[0].reason, "the base has only single cold runs"), "%s",
                       c.rows[0].reason);
}

Test(rows, copies_and_simulated_runs_take_no_part)
{
    for (int i = 0; i < 2; i++) {
        add(&base, "", "a", 1 + i);
        add(&now, "", "a", 1 + i);
    }
    base.list[1].results[0].is_copy = true;
    const struct compare_row *row = only_row();
    cr_expect_eq(row->base.processes, 1);
    cr_expect_eq(row->base.copies, 1);
    cr_expect_eq(row->base.left_out, 0);
    cr_expect_eq(row->now.processes, 2);
    comparison_free(&c);
    now.list[1].is_simulated = true;
    cr_expect_eq(compare(&base, &now, &rules, &c, NULL), STATUS_NOT_COMPARABLE);
}

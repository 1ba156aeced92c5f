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

Test(rows, what_a_comparison_had_before_does_not_count)
{
    add(&base, "", "a", 1);
    add(&now, "", "a", 1);
    memset(&c, 0xa5, sizeof c);
    cr_expect_eq(only_row()->base.processes, 1);
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

static struct failure why;

/* The outcome of these rows, and its sentence. */
static void expect_outcome(const struct compare_row *rows, size_t count, bool is_strict,
                           enum status status, const char *sentence)
{
    struct compare_row list[4];
    memcpy(list, rows, count * sizeof *list);
    const struct comparison some = {.rows = list, .count = count};
    const struct compare_rules complete = {.alpha = CHANGE_ALPHA, .is_complete = true};
    why = (struct failure){0};
    cr_expect_eq(comparison_outcome(&some, &complete, is_strict, &why), status);
    cr_expect_str_eq(why.text, sentence);
}

Test(rows, the_outcome_is_that_of_the_worst_row_and_names_the_first_of_its_kind)
{
    const struct compare_row broken = {.key = "b", .state = ROW_BROKEN, .reason = "x"},
                             wrong = {.key = "w", .state = ROW_BROKEN, .is_wrong = true},
                             other = {.key = "o", .state = ROW_OTHER_MACHINE},
                             missing = {.key = "m", .state = ROW_ONLY_BASE, .reason = "x"},
                             new = {.key = "n", .state = ROW_ONLY_NEW},
                             same = {.key = "e", .change = CHANGE_SAME},
                             unsure = {.key = "u", .change = CHANGE_UNSURE},
                             slow = {.key = "s",
                                     .change = CHANGE_SLOW,
                                     .threshold = 0.05,
                                     .shift = {.estimate = log(1.5)}};
    expect_outcome((struct compare_row[]){slow, other, broken, wrong}, 4, false, STATUS_FAILED,
                   "b failed: x");
    expect_outcome((struct compare_row[]){wrong, broken}, 2, false, STATUS_WRONG,
                   "w gave a wrong result: see the result file");
    expect_outcome((struct compare_row[]){slow, missing, other}, 3, false, STATUS_NOT_COMPARABLE,
                   "o was measured on machines of different classes (the differences are listed "
                   "above); --cross-host compares them all the same.");
    expect_outcome((struct compare_row[]){slow, missing}, 2, false, STATUS_NOT_COMPARABLE,
                   "m is in the baseline and was not measured now, x: measure it, or make a new "
                   "baseline.");
    expect_outcome((struct compare_row[]){same, unsure, slow, new}, 4, true, STATUS_REGRESSION,
                   "1 of 3 slower by 5 % or more: s is +50.0 %.");
    expect_outcome((struct compare_row[]){new, same, unsure}, 3, true, STATUS_INCONCLUSIVE,
                   "1 of 2 cannot be distinguished from noise (--strict).");
    expect_outcome((struct compare_row[]){new, same, unsure}, 3, false, STATUS_OK, "");
    expect_outcome((struct compare_row[]){same}, 1, true, STATUS_OK, "");
    expect_outcome(&new, 1, false, STATUS_NOT_COMPARABLE,
                   "the two sides have no result in common that has a time on both: gpubench "
                   "compare --json lists their keys.");
}

/* What a side of these results says. */
static struct compare_side side_of(struct read_result first, struct read_result second)
{
    const struct read_result *const both[] = {&first, &second};
    struct compare_side side = {0};
    compare_describe_side(&side, both, 2);
    return side;
}

Test(rows, a_side_counts_what_may_have_disturbed_its_runs)
{
    const struct read_result calm = {
        .median_s = 1, .sm_hz = NAN, .cpu_flops = NAN, .load = 6, .cpus = 4, .link_share = 1};
    struct read_result busy = calm;
    struct compare_side side = side_of(calm, calm);
    cr_expect(side.loaded == 0 && side.load == 0 && side.slow_links == 0 && side.link_share == 1);
    cr_expect(isnan(side.sm_hz) && isnan(side.cpu_flops) && isnan(side.spread));
    busy.load = 6.5; /* beyond one and a quarter of each CPU, and one */
    busy.link_share = 0.25;
    busy.throttle = 1u << 6 | 1u << 2; /* heat, and the cap of power, which is no disturbance */
    busy.sm_hz = 2e9;
    side = side_of(calm, busy);
    cr_expect(side.loaded == 1 && side.load == 6.5);
    cr_expect(side.slow_links == 1 && side.link_share == 0.25);
    cr_expect(side.throttled == 1 && side.throttle == busy.throttle);
    cr_expect_eq(side.sm_hz, 2e9, "of those that know theirs");
    busy.throttle = 1u << 2;
    busy.load = 7;
    side = side_of(busy, busy);
    cr_expect(side.loaded == 2 && side.load == 7 && side.slow_links == 2 && side.throttled == 0);
}

/* Ten runs a side of the keys gpu/a and gpu/b, of which one is measured by single cold runs. */
static void expect_both_judged(const char *cold)
{
    for (size_t i = 0; i < 20; i++)
        for (int side = 0; side < 2; side++) {
            struct readings *to = side ? &now : &base;
            add(to, "", "a", 1 + (double)i * 1e-3);
            struct read_result *r = &to->list[i].results[0];
            r->key = i % 2 ? "gpu/a" : "gpu/b";
            r->is_first_run = strcmp(r->key, cold) == 0;
        }
    cr_assert_eq(compare(&base, &now, &rules, &c, NULL), STATUS_OK);
    cr_assert_eq(c.count, 2);
    for (size_t i = 0; i < 2; i++) {
        cr_expect_str_eq(c.rows[i].key, i ? "gpu/b" : "gpu/a");
        cr_expect_eq(c.rows[i].state, ROW_JUDGED, "%s beside cold %s", c.rows[i].key, cold);
        cr_expect_eq(c.rows[i].base.processes, 10);
        cr_expect_eq(c.rows[i].now.left_out, 0);
    }
    end();
}

Test(rows, warm_runs_of_one_key_leave_out_no_cold_ones_of_another)
{
    expect_both_judged("gpu/a");
    expect_both_judged("gpu/b");
}

Test(rows, runs_of_classes_that_one_side_has_are_counted_whatever_class_follows)
{
    add(&base, ",\"sms\":1", "a", 1);
    add(&base, ",\"sms\":2", "a", 2);
    add(&base, ",\"sms\":3", "a", 3);
    add(&now, ",\"sms\":2", "a", 2);
    const struct compare_row *row = only_row();
    cr_expect_eq(row->state, ROW_JUDGED);
    cr_expect_eq(row->base.strays, 2);
    cr_expect_eq(row->now.strays, 0);
    cr_expect(row->base.stray == &base.list[0] || row->base.stray == &base.list[2]);
    cr_expect_eq(row->base.processes, 1);
}

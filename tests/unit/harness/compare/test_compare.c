/* test_compare.c - which runs are compared, and what makes a verdict unsure. The rules themselves
 * are tested in test_change.c, the whole command in tests/cli/compare.bats. */
#include "harness/compare/compare.h"
#include "harness/reading/readings.h"
#include "tests/unit/harness/compare/run_of.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct readings base, now;
static struct comparison c;
static const struct compare_rules rules = {.alpha = CHANGE_ALPHA};

static void free_all(void)
{
    comparison_free(&c);
    readings_free(&base);
    readings_free(&now);
}

Test(compare, rows_of_two_cards_of_one_model_are_pooled_with_a_wider_threshold)
{
    for (int i = 0; i < 10; i++) {
        add(&base, "", "a", 1 + i * 1e-4);
        add(&now, "", i % 2 ? "a" : "b", 1.05 + i * 1e-4);
    }
    cr_assert_eq(compare(&base, &now, &rules, &c, NULL), STATUS_OK);
    cr_assert_eq(c.count, 1);
    cr_expect_eq(c.rows[0].threshold, CHANGE_CARDS);
    cr_expect_eq(c.rows[0].change, CHANGE_UNSURE);
    cr_expect_float_eq(change_of(c.rows[0].shift.estimate), 0.05, 1e-4);
    free_all();
}

Test(compare, each_class_of_machine_is_a_row_of_its_own)
{
    for (int i = 0; i < 10; i++) {
        add(&base, ",\"sms\":1", "a", 1 + i * 1e-4);
        add(&base, ",\"sms\":2", "a", 2 + i * 1e-4);
        add(&now, ",\"sms\":2", "a", 2.2 + i * 1e-4);
        add(&now, ",\"sms\":1", "a", 1 + i * 1e-4);
    }
    cr_assert_eq(compare(&base, &now, &rules, &c, NULL), STATUS_OK);
    cr_assert_eq(c.count, 2);
    cr_expect_eq(c.rows[0].change, CHANGE_SAME);
    cr_expect_eq(c.rows[1].change, CHANGE_SLOW);
    struct failure why = {0};
    cr_expect_eq(comparison_outcome(&c, &rules, false, &why), STATUS_REGRESSION);
    free_all();
}

/* Ten processes a side, of 1 s on a CPU of 200 GFLOP/s, then of now_s at now_flops, 0 if unknown:
 * what the row says of it. */
static struct compare_row of_cpu(const char *backend, double now_s, double now_flops)
{
    for (int i = 0; i < 10; i++) {
        char speed[64] = "";
        if (now_flops > 0)
            snprintf(speed, sizeof speed, ",\"peak\":{\"f32_flops\":%.3e}", now_flops);
        add_of(&base, backend, ",\"peak\":{\"f32_flops\":2e11}", "a", 1 + i * 1e-3);
        add_of(&now, backend, speed, "a", now_s * (1 + i * 1e-3));
    }
    cr_assert_eq(compare(&base, &now, &rules, &c, NULL), STATUS_OK);
    cr_assert_eq(c.count, 1);
    struct compare_row row = c.rows[0];
    row.key = NULL;
    free_all();
    return row;
}

Test(compare, a_cpu_that_was_slower_itself_makes_slow_unsure)
{
    const struct compare_row row = of_cpu("cpu", 1.2, 1.7e11);
    cr_expect_eq(row.change, CHANGE_UNSURE);
    cr_expect_str_eq(row.reason, "the CPU itself: multiply-adds at 200 → 170 GFLOP/s (-15.0 %); "
                                 "corrected for that, +2.0 %");
    cr_expect_eq(of_cpu("cpu", 0.8, 2.5e11).change, CHANGE_UNSURE, "nor is it any faster");
}

Test(compare, what_a_slower_cpu_does_not_explain_is_slow)
{
    cr_expect_eq(of_cpu("cpu", 1.2, 2e11).change, CHANGE_SLOW, "as fast as before");
    cr_expect_eq(of_cpu("cpu", 1.06, 1.97e11).change, CHANGE_SLOW, "within 2 %%");
    cr_expect_eq(of_cpu("cpu", 1.2, 1.85e11).change, CHANGE_SLOW, "8 %% of 20");
    cr_expect_eq(of_cpu("cpu", 1.2, 2.4e11).change, CHANGE_SLOW, "a faster one, even");
    cr_expect_eq(of_cpu("cpu", 1.2, 0).change, CHANGE_SLOW, "unknown");
    cr_expect_eq(of_cpu("gpu", 1.2, 1.7e11).change, CHANGE_SLOW, "a GPU's peak is a data sheet's");
}

Test(compare, what_a_faster_cpu_does_not_explain_is_fast)
{
    cr_expect_eq(of_cpu("cpu", 0.8, 2e11).change, CHANGE_FAST, "as fast as before");
    cr_expect_eq(of_cpu("cpu", 0.7, 2.1e11).change, CHANGE_FAST, "5 %% of 30");
    cr_expect_eq(of_cpu("cpu", 0.8, 1.9e11).change, CHANGE_FAST, "a slower one, even");
    const struct compare_row row = of_cpu("cpu", 0.8, 3e11);
    cr_expect_eq(row.change, CHANGE_UNSURE);
    cr_expect(strstr(row.reason, "GFLOP/s (+50.0 %)") && strstr(row.reason, "+20.0 %"), "%s",
              row.reason);
}

/* Ten runs a side of a GPU, `spread` apart from each other; returns the row's only verdict. */
static struct compare_row of_gpu(double now_s, double spread)
{
    for (int i = 0; i < 10; i++) {
        add(&base, "", "a", 1 + i * spread);
        add(&now, "", "a", now_s + i * spread);
    }
    cr_assert_eq(compare(&base, &now, &rules, &c, NULL), STATUS_OK);
    cr_assert_eq(c.count, 1);
    struct compare_row row = c.rows[0];
    row.key = NULL;
    free_all();
    return row;
}

Test(compare, unsure_says_whether_there_is_a_change)
{
    struct compare_row row = of_gpu(1.03, 1e-3);
    cr_expect_eq(row.change, CHANGE_UNSURE);
    cr_expect_str_eq(row.reason, "changed, perhaps by less than 3 %; more processes can decide");
    row = of_gpu(1.02, 1e-2);
    cr_expect_eq(row.change, CHANGE_UNSURE);
    cr_expect_str_eq(row.reason, "perhaps no change, perhaps 3 %; more processes can decide");
}

Test(compare, slow_that_the_second_comparison_explains_or_lacks_is_unsure)
{
    struct comparison first, second, empty = {0};
    for (int i = 0; i < 10; i++) {
        add(&base, "", "a", 1 + i * 1e-4);
        add(&now, "", "a", 1.05 + i * 1e-4);
    }
    cr_assert_eq(compare(&base, &now, &rules, &first, NULL), STATUS_OK);
    cr_assert_eq(first.rows[0].change, CHANGE_SLOW);
    comparison_confirm(&first, &first, &rules);
    cr_expect_eq(first.rows[0].change, CHANGE_SLOW, "slow twice");
    cr_assert_eq(compare(&base, &now, &rules, &second, NULL), STATUS_OK);
    second.rows[0].now.throttled = 3;
    second.rows[0].now.throttle = 1u << 6;
    comparison_confirm(&first, &second, &rules);
    cr_expect_eq(first.rows[0].change, CHANGE_UNSURE);
    cr_expect_str_eq(first.rows[0].reason, "hw_thermal_slowdown in 3 of 10 runs of the new side");
    first.rows[0].change = CHANGE_SLOW;
    comparison_confirm(&first, &empty, &rules);
    cr_expect_eq(first.rows[0].change, CHANGE_UNSURE);
    cr_expect_str_eq(first.rows[0].reason, "slow once, and not measured again");
    comparison_free(&first);
    comparison_free(&second);
    free_all();
}

/* Ranks are there for that: one run among ten that something held up is one rank, however late. */
Test(compare, one_disturbed_run_hides_no_change)
{
    for (int i = 0; i < 10; i++) {
        add(&base, "", "a", 1 + i * 1e-4);
        add(&now, "", "a", i == 4 ? 2 : 1.05 + i * 1e-4);
    }
    cr_assert_eq(compare(&base, &now, &rules, &c, NULL), STATUS_OK);
    cr_expect_eq(c.rows[0].change, CHANGE_SLOW, "%s", c.rows[0].reason);
    free_all();
}

/* The state of a base's first run decides nothing: only timed runs do. */
Test(compare, a_run_without_a_time_is_left_out_wherever_it_is)
{
    for (int bad = 0; bad < 10; bad += 9) {
        for (int i = 0; i < 10; i++) {
            add(&base, "", "a", 1 + i * 1e-4);
            add(&now, "", "a", 1 + i * 1e-4);
        }
        base.list[bad].results[0].state = READ_FAILED;
        cr_assert_eq(compare(&base, &now, &rules, &c, NULL), STATUS_OK);
        cr_assert_eq(c.count, 1);
        cr_expect_eq(c.rows[0].state, ROW_JUDGED);
        cr_expect_eq(c.rows[0].change, CHANGE_SAME);
        cr_expect_eq(c.rows[0].base.processes, 9);
        cr_expect_eq(c.rows[0].base.left_out, 1);
        free_all();
    }
}

/* Whether these runs, the names of their cards or hosts one after the other, are of several. Upper
 * case is a run of the base and lower case one of the new side; "-" has no name, and a name behind
 * "!" failed. */
static bool is_of_several(const char *backend, const char *names)
{
    for (const char *name = names; *name; name++) {
        const bool has_failed = *name == '!';
        name += has_failed;
        const bool is_base = *name >= 'A' && *name <= 'Z';
        const char place[2] = {*name == '-' ? '\0' : (char)(*name | 0x20), '\0'};
        struct readings *to = is_base ? &base : &now;
        add_of(to, backend, "", place, 1);
        struct read_result *result = &to->list[to->count - 1].results[0];
        result->state = has_failed ? READ_FAILED : READ_OK;
        result->is_first_run = false;
    }
    cr_assert_eq(compare(&base, &now, &rules, &c, NULL), STATUS_OK);
    cr_assert_eq(c.count, 1, "%s: %zu", names, c.count);
    cr_assert_eq(c.rows[0].state, ROW_JUDGED);
    const bool is_several = c.rows[0].is_other_card;
    cr_expect_eq(c.rows[0].threshold, is_several                    ? CHANGE_CARDS
                                      : strcmp(backend, "gpu") == 0 ? CHANGE_GPU
                                                                    : CHANGE_CPU);
    free_all();
    return is_several;
}

Test(compare, cards_and_hosts_are_told_apart_by_their_names_if_they_have_any)
{
    static const char *const backends[] = {"gpu", "cpu"};
    for (size_t i = 0; i < 2; i++) {
        cr_expect_not(is_of_several(backends[i], "AAaa"));
        cr_expect(is_of_several(backends[i], "AAab"));
        cr_expect(is_of_several(backends[i], "Ab"));
        cr_expect(is_of_several(backends[i], "A-b"));
        cr_expect_not(is_of_several(backends[i], "A-a"));
        cr_expect_not(is_of_several(backends[i], "A-"));
        cr_expect_not(is_of_several(backends[i], "AAa!Ba"));
    }
}

/* test_doubt.c - what explains a change or leaves it open, each condition from both sides. */
#include "harness/compare/doubt.h"

#include "harness/reading/readings.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static const struct reading on_four = {.threads_online = 4};
static const struct compare_rules rules = {.alpha = CHANGE_ALPHA},
                                  pairs = {.alpha = CHANGE_ALPHA, .is_paired = true};

/* A row of ten runs a side, at the threshold of 3 %, whose change is `percent` and whose other
 * numbers explain nothing. */
static struct compare_row changed(double percent)
{
    const struct compare_side side = {
        .processes = 10, .sm_hz = NAN, .cpu_flops = NAN, .reading = &on_four};
    return (struct compare_row){
        .key = "gpu/a",
        .threshold = 0.03,
        .change = percent > 0 ? CHANGE_SLOW : CHANGE_FAST,
        .base = side,
        .now = side,
        .shift = {.estimate = log1p(percent / 100)},
        .by_cpu = {.estimate = NAN},
    };
}

/* Whether `why` is why the change is UNSURE; "": it is not. */
static void expect(struct compare_row row, const struct compare_rules *of, const char *why)
{
    const enum change before = row.change;
    compare_doubt(&row, of, 1);
    cr_expect_eq(row.change, *why ? CHANGE_UNSURE : before, "%s", row.reason);
    cr_expect_str_eq(row.reason, why);
}

Test(doubt, nothing_known_explains_nothing_and_what_did_not_change_needs_no_reason)
{
    struct compare_row row = changed(5);
    expect(row, &rules, "");
    row.change = CHANGE_SAME;
    row.now.throttled = 1;
    row.now.throttle = 1u << 5;
    expect(row, &rules, "");
}

Test(doubt, heat_of_either_side_explains_and_the_new_sides_is_named_first)
{
    struct compare_row row = changed(5);
    row.base.throttled = 2;
    row.base.throttle = 1u << 5 | 1u << 2; /* the cap of power is no heat */
    expect(row, &rules, "sw_thermal_slowdown in 2 of 10 runs of the base");
    row.now.throttled = 10;
    row.now.throttle = COMPARE_THROTTLE;
    expect(row, &pairs,
           "hw_slowdown, sw_thermal_slowdown, hw_thermal_slowdown, hw_power_brake in 10 of 10 runs "
           "of the new side");
}

Test(doubt, clocks_explain_from_two_percent_on_in_either_direction)
{
    struct compare_row row = changed(5);
    row.base.sm_hz = 1e9;
    row.now.sm_hz = 1.0199e9;
    expect(row, &rules, "");
    row.now.sm_hz = 0.9801e9;
    expect(row, &rules, "");
    row.now.sm_hz = 1.0201e9;
    expect(row, &rules, "SM clock 1.000 → 1.020 GHz (+2.0 %): in cycles +7.1 %");
    row.now.sm_hz = 0.9e9;
    expect(row, &rules, "SM clock 1.000 → 0.900 GHz (-10.0 %): in cycles -5.5 %");
    expect(row, &pairs, "");
}

Test(doubt, a_load_explains_if_more_than_half_of_the_slower_sides_runs_had_it)
{
    struct compare_row row = changed(5);
    row.now.load = 9;
    row.now.loaded = 5;
    row.base.loaded = 10;
    expect(row, &rules, "");
    row.now.loaded = 6;
    expect(row, &rules,
           "other programs were running: the load was 9.0 on 4 CPUs, in 6 of 10 runs of the new "
           "side");
    expect(row, &pairs, "");
    row = changed(-5);
    row.base.load = 8;
    row.base.loaded = 6;
    row.base.reading = NULL;
    expect(row, &rules,
           "other programs were running: the load was 8.0 on 0 CPUs, in 6 of 10 runs of the base");
}

Test(doubt, a_cpu_explains_if_it_changed_by_two_percent_and_less_than_the_threshold_is_left)
{
    struct compare_row row = changed(5);
    row.base.cpu_flops = 100e9;
    row.now.cpu_flops = 98.01e9;
    row.by_cpu.estimate = log1p(0.029);
    expect(row, &rules, "");
    row.now.cpu_flops = 97.9e9;
    expect(row, &rules,
           "the CPU itself: multiply-adds at 100 → 97.9 GFLOP/s (-2.1 %); corrected for that, +2.9 "
           "%");
    row.by_cpu.estimate = log1p(row.threshold);
    expect(row, &rules, "");
    row = changed(-5);
    row.base.cpu_flops = 100e9;
    row.now.cpu_flops = 102.1e9;
    row.by_cpu.estimate = -log1p(row.threshold);
    expect(row, &rules, "");
    row.by_cpu.estimate = log1p(-0.029);
    expect(row, &rules,
           "the CPU itself: multiply-adds at 100 → 102 GFLOP/s (+2.1 %); corrected for that, -2.9 "
           "%");
    expect(row, &pairs, "");
}

/* The reason why a row is UNSURE as one of so many, with this interval and these probabilities. */
static const char *open_because(double low, double high, double p, double own_p, double smallest_p,
                                const struct compare_rules *of, size_t questions)
{
    static struct compare_row row;
    row = changed(1);
    row.change = CHANGE_UNSURE;
    row.shift = (struct shift){log1p(0.01), low, high, own_p, smallest_p};
    row.p = p;
    compare_doubt(&row, of, questions);
    cr_expect_eq(row.change, CHANGE_UNSURE);
    return row.reason;
}

Test(doubt, a_row_is_open_for_the_first_reason_that_applies)
{
    const double limit = log1p(0.03), inside = limit * 0.999;
    static const char less[] = "changed, by less than 3 %",
                      perhaps[] = "perhaps no change, perhaps 3 %; more processes can decide",
                      certain[] = "changed, perhaps by less than 3 %; more processes can decide";
    cr_expect_str_eq(open_because(-inside, inside, 1, 1, 1, &rules, 1), less);
    cr_expect_str_eq(open_because(-limit, inside, 1, 1, 0, &rules, 1), perhaps);
    cr_expect_str_eq(open_because(-inside, limit, 1, 1, 0, &rules, 1), perhaps);
    cr_expect_str_eq(open_because(0, 1, 0.01, 0.01, 0, &rules, 1), certain);
    cr_expect_str_eq(open_because(0, 1, 0.0101, 0.0101, 0, &rules, 1), perhaps);
    cr_expect_str_eq(open_because(0, 1, 0.02, 0.01, 0, &rules, 2),
                     "not certain as one of 2 comparisons; more processes can decide");
    cr_expect_str_eq(open_because(0, 1, 1, 1, 0.005, &rules, 2), perhaps);
}

Test(doubt, too_few_processes_say_how_many_can)
{
    const double p = 2 * rank_u_probability(5, 5, 0);
    const struct compare_rules exact = {.alpha = p};
    static const struct {
        const struct compare_rules *rules;
        size_t questions, enough;
    } cases[] = {{&rules, 1, 5}, {&rules, 2, 6}, {&rules, 4, 6}, {&rules, 5, 7},
                 {&pairs, 1, 8}, {&pairs, 2, 9}, {&pairs, 4, 10}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char want[96];
        snprintf(want, sizeof want, "too few processes to tell (10+10; %zu+%zu can)",
                 cases[i].enough, cases[i].enough);
        cr_expect_str_eq(open_because(0, 1, 1, 1, 1, cases[i].rules, cases[i].questions), want);
    }
    cr_expect_str_eq(open_because(0, 1, 1, 1, 1, &exact, 1),
                     "too few processes to tell (10+10; 5+5 can)",
                     "a significance that is just reached is enough");
    cr_expect_str_eq(open_because(0, 1, 1, 1, 0.0051, &rules, 2),
                     "too few processes to tell (10+10; 6+6 can)");
}

/* What a SLOW row becomes after a second comparison with these rows. */
static struct compare_row confirmed(struct compare_row *again, size_t count)
{
    struct compare_row rows[] = {changed(5), changed(5)};
    const struct comparison second = {.rows = again, .count = count};
    struct comparison first = {.rows = rows, .count = 2};
    rows[0].change = CHANGE_FAST; /* is not looked at again */
    rows[0].key = "gpu/fast";
    comparison_confirm(&first, &second, &rules);
    cr_expect_eq(rows[0].change, CHANGE_FAST);
    return rows[1];
}

Test(doubt, slow_is_confirmed_by_the_first_row_of_its_key_that_was_judged)
{
    struct compare_row again[3] = {changed(4), changed(4), changed(1)};
    again[0].key = "gpu/other";
    cr_expect_eq(confirmed(again, 3).change, CHANGE_SLOW);
    cr_expect_eq(confirmed(again, 2).change, CHANGE_SLOW);
    cr_expect_str_eq(confirmed(again, 1).reason, "slow once, and not measured again");
    again[1].state = ROW_ONLY_BASE;
    const struct compare_row row = confirmed(again, 3);
    cr_expect_eq(row.change, CHANGE_UNSURE);
    cr_expect_str_eq(row.reason, "slow once, but not when measured again (+1.0 %)");
}

Test(doubt, slow_is_confirmed_from_the_threshold_on_whatever_the_second_verdict_is)
{
    struct compare_row again = changed(4);
    again.change = CHANGE_UNSURE;
    while (change_of(again.shift.estimate) >= 0.03)
        again.shift.estimate = nextafter(again.shift.estimate, 0) - 1e-4;
    cr_expect_eq(confirmed(&again, 1).change, CHANGE_UNSURE);
    again = changed(4);
    again.change = CHANGE_UNSURE;
    cr_expect_eq(confirmed(&again, 1).change, CHANGE_SLOW);
    again.now.loaded = 9;
    again.now.load = 7;
    const struct compare_row row = confirmed(&again, 1);
    cr_expect_eq(row.change, CHANGE_UNSURE);
    cr_expect_str_eq(row.reason, "other programs were running: the load was 7.0 on 4 CPUs, in 9 of "
                                 "10 runs of the new side");
}

#include "harness/stats/stop.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { MANY = 10000 };
static const nanos second = 1000000000u;

/* Samples near 1 s, spread evenly over ± spread in an order without drift. */
static double *even(size_t count, double spread)
{
    double *x = malloc(count * sizeof *x);
    cr_assert_not_null(x);
    for (size_t i = 0; i < count; i++)
        x[i] = 1 + spread * ((double)(i * 7919 % 101) / 50 - 1);
    return x;
}

Test(stop, the_default_is_64_to_ten_thousand_samples_and_half_a_percent)
{
    const struct stop_rule rule = stop_rule_default(3 * second);
    cr_expect_eq(rule.min_samples, 64);
    cr_expect_eq(rule.max_samples, 10000);
    cr_expect_eq(rule.exact_samples, 0);
    cr_expect_eq(rule.max_time_ns, 3 * second);
    cr_expect_eq(rule.half_width, 0.005);
}

Test(stop, without_a_sample_it_never_stops)
{
    const struct stop_rule rule = stop_rule_default(0);
    cr_expect_eq(stop_decide(&rule, NULL, 0, 99 * second), STOP_NOT_YET);
}

Test(stop, time_wins_over_the_least_number_of_samples_once_one_is_there)
{
    const struct stop_rule rule = stop_rule_default(second / 10);
    const double seconds[] = {20};
    cr_expect_eq(stop_decide(&rule, seconds, 1, 20 * second), STOP_TIME);
}

Test(stop, equal_samples_converge_as_soon_as_there_are_64)
{
    const struct stop_rule rule = stop_rule_default(second);
    double *x = even(64, 0);
    for (size_t count = 1; count < 64; count++)
        cr_expect_eq(stop_decide(&rule, x, count, 0), STOP_NOT_YET, "%zu", count);
    cr_expect_eq(stop_decide(&rule, x, 63, second), STOP_TIME);
    cr_expect_eq(stop_decide(&rule, x, 64, 0), STOP_CONVERGED);
    cr_expect_eq(stop_decide(&rule, x, 64, 16 * second), STOP_CONVERGED, "also when time is up");
    free(x);
}

Test(stop, another_least_number_of_samples_is_waited_for)
{
    struct stop_rule rule = stop_rule_default(second);
    const double seconds[] = {2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2};
    rule.min_samples = 12;
    cr_expect_eq(stop_decide(&rule, seconds, 11, 0), STOP_NOT_YET);
    cr_expect_eq(stop_decide(&rule, seconds, 12, 0), STOP_CONVERGED);
    rule.min_samples = 1;
    cr_expect_eq(stop_decide(&rule, seconds, 7, 0), STOP_NOT_YET, "no interval");
    cr_expect_eq(stop_decide(&rule, seconds, 8, 0), STOP_CONVERGED);
}

/* The narrow interval of 128 independent samples, half of them at each of two levels; if they stay
 * at a level for 16 samples, few of them are independent, and the interval is as wide as the
 * levels. */
Test(stop, samples_that_stay_at_a_level_have_not_converged)
{
    struct stop_rule rule = stop_rule_default(second);
    double mixed[128], in_runs[128];
    for (size_t i = 0; i < 128; i++) {
        mixed[i] = i % 2 ? 1 + 1e-4 * (double)i : 1 - 1e-4 * (double)i;
        in_runs[i] = i / 16 % 2 ? 1 + 1e-4 * (double)i : 1 - 1e-4 * (double)i;
    }
    cr_expect_eq(stop_decide(&rule, mixed, 128, 0), STOP_CONVERGED);
    cr_expect_neq(stop_decide(&rule, in_runs, 128, 0), STOP_CONVERGED);
}

Test(stop, wide_samples_do_not_converge_and_narrow_ones_do)
{
    const struct stop_rule rule = stop_rule_default(second);
    static const struct {
        double spread;
        enum stop_reason reason;
    } cases[] = {{0.3, STOP_NOT_YET}, {0.004, STOP_CONVERGED}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double *x = even(80, cases[i].spread);
        cr_expect_eq(stop_decide(&rule, x, 80, 0), cases[i].reason, "spread %g", cases[i].spread);
        free(x);
    }
}

/* Of eight samples the interval goes from the least to the greatest. */
Test(stop, samples_converge_at_exactly_the_half_width_that_is_wanted)
{
    struct stop_rule rule = stop_rule_default(second);
    const double seconds[] = {96, 100, 100, 100, 100, 100, 100, 104};
    rule.min_samples = 8;
    rule.half_width = 0.04;
    cr_expect_eq(stop_decide(&rule, seconds, 8, 0), STOP_CONVERGED);
    rule.half_width = 0.0399;
    cr_expect_eq(stop_decide(&rule, seconds, 8, 0), STOP_NOT_YET);
}

Test(stop, an_exact_number_is_taken_whatever_the_samples_look_like)
{
    struct stop_rule rule = stop_rule_default(second / 10);
    rule.exact_samples = 20;
    double *x = even(20, 0);
    for (size_t count = 1; count < 20; count++)
        cr_expect_eq(stop_decide(&rule, x, count, 99 * second), STOP_NOT_YET, "%zu", count);
    cr_expect_eq(stop_decide(&rule, x, 20, 0), STOP_ASKED);
    free(x);
}

Test(stop, the_maximum_number_of_samples_is_the_end)
{
    struct stop_rule rule = stop_rule_default(second);
    rule.max_samples = 50;
    double *x = even(50, 0.3);
    cr_expect_eq(stop_decide(&rule, x, 49, 0), STOP_NOT_YET);
    cr_expect_eq(stop_decide(&rule, x, 50, 0), STOP_MAXIMUM);
    cr_expect_eq(stop_decide(&rule, x, 50, second), STOP_MAXIMUM);
    free(x);
}

Test(stop, samples_that_drift_stop_on_a_plateau)
{
    const struct stop_rule rule = stop_rule_default(second);
    double x[64];
    for (size_t i = 0; i < 64; i++)
        x[i] = 1 + 0.01 * (double)i;
    for (size_t count = 1; count < 64; count++)
        cr_expect_eq(stop_decide(&rule, x, count, 0), STOP_NOT_YET, "%zu", count);
    cr_expect_eq(stop_decide(&rule, x, 64, 0), STOP_PLATEAU);
}

Test(stop, samples_that_change_between_two_levels_stop_on_a_plateau)
{
    const struct stop_rule rule = stop_rule_default(second);
    double x[64];
    for (size_t i = 0; i < 64; i++)
        x[i] = i / 8 % 2 ? 1.1 : 1;
    cr_expect_eq(stop_decide(&rule, x, 64, 0), STOP_PLATEAU);
}

/* The first quarter is wider than all 64 samples, the first half is as wide. */
Test(stop, a_plateau_is_as_wide_as_the_first_quarter_was)
{
    const struct stop_rule rule = stop_rule_default(second);
    double *x = even(64, 0.3);
    for (size_t i = 16; i < 64; i++)
        x[i] = i % 2 ? 1.1 : 0.9;
    cr_expect_eq(stop_decide(&rule, x, 64, 0), STOP_NOT_YET);
    free(x);
}

Test(stop, samples_that_still_narrow_do_not_stop_on_a_plateau)
{
    struct stop_rule rule = stop_rule_default(second);
    rule.half_width = 0;
    double *x = even(4096, 0.3);
    for (size_t count = 1; count <= 4096; count++)
        cr_assert_eq(stop_decide(&rule, x, count, 0), STOP_NOT_YET, "%zu", count);
    free(x);
}

Test(stop, late_convergence_is_noticed_within_a_thirtieth_more_samples)
{
    struct stop_rule rule = stop_rule_default(second);
    double *x = even(MANY, 0.1);
    /* Just converged at some count above 64: no further than the next look. */
    size_t count = 1;
    while (count < MANY && stop_decide(&rule, x, count, 0) == STOP_NOT_YET)
        count++;
    cr_assert_eq(stop_decide(&rule, x, count, 0), STOP_CONVERGED);
    cr_assert_gt(count, 64);
    /* Asked when time is up, the answer is exact: it had not converged a thirtieth earlier. */
    const size_t before = count - count / 30 - 1;
    cr_expect_eq(stop_decide(&rule, x, before, second), STOP_TIME);
    free(x);
}

Test(stop, each_reason_has_a_name_of_its_own)
{
    for (int i = STOP_NOT_YET; i <= STOP_ASKED; i++)
        for (int j = STOP_NOT_YET; j < i; j++)
            cr_expect_str_neq(stop_reason_name((enum stop_reason)i),
                              stop_reason_name((enum stop_reason)j));
    cr_expect_str_eq(stop_reason_name(STOP_CONVERGED), "converged");
    cr_expect_str_eq(stop_reason_name(STOP_TIME), "time limit");
}

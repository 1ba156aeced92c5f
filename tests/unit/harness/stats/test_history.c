/* test_history.c - where a series of runs changed its level. */
#include "harness/stats/history.h"

#include <criterion/criterion.h>
#include <math.h>

enum { RUNS = 60 };

/* Noise of ±0.5 %, the same each time, around 1 and from each step on around another level. */
static void make(double *values, const double *level_of, size_t count)
{
    unsigned state = 12345;
    for (size_t i = 0; i < count; i++) {
        state = state * 1103515245u + 12345u;
        values[i] = log(level_of[i]) + ((double)(state >> 16 & 0x7fff) / 32767 - 0.5) * 0.01;
    }
}

Test(history, a_level_series_has_no_change)
{
    double values[RUNS], level[RUNS];
    struct level found[RUNS / HISTORY_LEAST];
    for (size_t i = 0; i < RUNS; i++)
        level[i] = 1;
    make(values, level, RUNS);
    cr_expect_eq(history_levels(values, RUNS, log1p(0.03), found), 0);
    cr_expect_eq(history_levels(values, 0, log1p(0.03), found), 0);
    cr_expect_eq(history_levels(values, 7, log1p(0.03), found), 0);
}

Test(history, steps_are_found_where_they_are_and_as_large_as_they_are)
{
    double values[RUNS], level[RUNS];
    struct level found[RUNS / HISTORY_LEAST];
    for (size_t i = 0; i < RUNS; i++)
        level[i] = i < 22 ? 1 : i < 41 ? 1.08 : 1.02;
    make(values, level, RUNS);
    cr_assert_eq(history_levels(values, RUNS, log1p(0.03), found), 2);
    cr_expect_eq(found[0].first, 22);
    cr_expect_float_eq(expm1(found[0].shift), 0.08, 0.005);
    cr_expect_eq(found[1].first, 41);
    cr_expect_float_eq(expm1(found[1].shift), 1.02 / 1.08 - 1, 0.005);
    cr_expect_lt(found[0].p, HISTORY_P);
}

Test(history, a_step_below_the_threshold_and_a_single_outlier_are_no_change)
{
    double values[RUNS], level[RUNS];
    struct level found[RUNS / HISTORY_LEAST];
    for (size_t i = 0; i < RUNS; i++)
        level[i] = i == 30 ? 1.5 : i < 20 ? 1 : 1.02;
    make(values, level, RUNS);
    cr_expect_eq(history_levels(values, RUNS, log1p(0.03), found), 0);
    cr_expect_eq(history_levels(values, RUNS, log1p(0.01), found), 1, "with a lower one it is");
}

Test(history, the_last_four_runs_are_enough_after_twenty)
{
    double values[24], level[24];
    struct level found[6];
    for (size_t i = 0; i < 24; i++)
        level[i] = i < 20 ? 1 : 1.05;
    make(values, level, 24);
    cr_assert_eq(history_levels(values, 24, log1p(0.03), found), 1);
    cr_expect_eq(found[0].first, 20);
}

#include "harness/stats/stats.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* The values 1 … count, in an order that is neither rising nor falling. */
static double *shuffled(size_t count)
{
    double *x = malloc(count * sizeof *x);
    cr_assert_not_null(x);
    for (size_t i = 0; i < count; i++)
        x[i] = (double)(i + 1);
    for (size_t i = 0; i < count; i++) {
        const size_t j = i * 7919 % count;
        const double swapped = x[i];
        x[i] = x[j];
        x[j] = swapped;
    }
    return x;
}

Test(stats, median_is_the_middle_value_or_the_mean_of_the_two)
{
    cr_expect_eq(stats_median((const double[]){7}, 1), 7);
    cr_expect_eq(stats_median((const double[]){9, 1}, 2), 5);
    cr_expect_eq(stats_median((const double[]){9, 1, 100}, 3), 9);
    cr_expect_eq(stats_median((const double[]){4, 1, 100, 2}, 4), 3);
}

Test(stats, the_values_are_left_as_they_are)
{
    const double before[] = {3, 1, 2};
    double x[] = {3, 1, 2};
    stats_median(x, 3);
    stats_median_interval(x, 3, 0.99);
    for (int i = 0; i < 3; i++)
        cr_expect_eq(x[i], before[i]);
}

/* Ranks and coverages from exact integer binomials, computed elsewhere. */
Test(stats, interval_is_the_narrowest_pair_of_order_statistics_that_covers_the_level)
{
    static const struct {
        size_t count;
        double level;
        size_t rank;
        double coverage;
    } cases[] = {
        {1, 0.99, 1, 0},
        {2, 0.99, 1, 0.5},
        {7, 0.99, 1, 0.984375},
        {8, 0.99, 1, 0.9921875},
        {10, 0.99, 1, 0.998046875},
        {10, 0.95, 2, 0.978515625},
        {11, 0.99, 1, 0.9990234375},
        {20, 0.99, 4, 0.9974231719970703},
        {20, 0.95, 6, 0.9586105346679688},
        {54, 0.99, 18, 0.9909266596604128},
        {100, 0.99, 37, 0.9933628794840739},
        {100, 0.95, 40, 0.9647997997822951},
        {1000, 0.99, 459, 0.9913600509977395},
        {10000, 0.99, 4871, 0.9904058418741641},
        {100000, 0.99, 49593, 0.990041541198719},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const size_t count = cases[i].count;
        double *x = shuffled(count);
        const struct interval found = stats_median_interval(x, count, cases[i].level);

        cr_expect_eq(found.low, (double)cases[i].rank, "n=%zu: %g", count, found.low);
        cr_expect_eq(found.high, (double)(count + 1 - cases[i].rank), "n=%zu", count);
        cr_expect_eq(found.median, (double)(count + 1) / 2, "n=%zu", count);
        cr_expect_float_eq(found.confidence, cases[i].coverage, 1e-9, "n=%zu: %.12f", count,
                           found.confidence);
        free(x);
    }
}

/* A level that every interval covers: it narrows down to the median, or to the two around it. */
Test(stats, the_narrowest_interval_is_the_median_or_the_two_values_around_it)
{
    for (size_t count = 1; count <= 9; count++) {
        double *x = shuffled(count);
        const struct interval i = stats_median_interval(x, count, -0.5);
        cr_expect_eq(i.low, (double)((count + 1) / 2), "n=%zu: %g", count, i.low);
        cr_expect_eq(i.high, (double)(count / 2 + 1), "n=%zu: %g", count, i.high);
        free(x);
    }
}

Test(stats, noisy_is_an_interval_of_99_percent_that_is_wide)
{
    const double half = 200 * STATS_NOISY; /* of a median of 200 */
    struct interval i = {.median = 200, .low = 200 - half, .high = 200 + half, .confidence = 0.99};
    cr_expect_not(stats_is_noisy(&i), "at the limit");
    i.high += 1;
    cr_expect(stats_is_noisy(&i));
    i.confidence = 0.98;
    cr_expect_not(stats_is_noisy(&i), "not known well enough");
}

Test(stats, half_width_is_relative_to_the_median)
{
    cr_expect_float_eq(
        stats_relative_half_width(&(struct interval){.median = 20, .low = 19, .high = 23}), 0.1,
        1e-15);
}

Test(stats, equal_values_have_no_width_even_at_zero)
{
    const struct interval i = stats_median_interval((const double[]){0, 0, 0}, 3, 0.99);
    cr_expect_eq(stats_relative_half_width(&i), 0);
}

/* Neighbours lie on different sides of the median. */
Test(stats, of_a_series_without_correlation_the_interval_is_the_plain_one)
{
    static const size_t counts[] = {1, 7, 8, 15, 16, 40, 1000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        double x[1000];
        for (size_t k = 0; k < counts[i]; k++)
            x[k] = k % 2 ? 2000 - (double)k : (double)k;
        const struct interval series = stats_series_interval(x, counts[i], 0.99),
                              plain = stats_median_interval(x, counts[i], 0.99);
        cr_expect_eq(series.low, plain.low, "n=%zu", counts[i]);
        cr_expect_eq(series.high, plain.high, "n=%zu", counts[i]);
        cr_expect_eq(series.confidence, plain.confidence, "n=%zu", counts[i]);
    }
    const struct interval same = stats_series_interval((const double[20]){0}, 20, 0.99);
    cr_expect_eq(same.low, 0);
    cr_expect_gt(same.confidence, 0.99);
}

/* The values 1 … count, of which runs of 8 lie below and above the median in turn. */
static double *in_runs(size_t count)
{
    double *x = malloc(count * sizeof *x);
    cr_assert_not_null(x);
    size_t low = 0, high = count / 2;
    for (size_t i = 0; i < count; i++)
        x[i] = (double)(i / 8 % 2 ? ++high : ++low);
    return x;
}

/* 64 values: ρ1, ρ2 and ρ3 are 49/64, 34/64 and 19/64, and ρ4 = 4/64 is below two standard errors,
 * so they count for 64 / (1 + 2·102/64) = 15.3; the third of 15 is the twelfth of 64. Sixteen
 * values count for 16 / (1 + 2·23/16) = 4.1. Fifteen are taken as independent. */
Test(stats, runs_on_one_side_of_the_median_count_for_fewer_values)
{
    static const struct {
        size_t count, rank;
        double coverage;
    } cases[] = {
        {64, 12, 1 - 2 * 121 / 32768.0}, {16, 3, 1 - 2 / 16.0}, {15, 3, 1 - 2 * 121 / 32768.0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double *x = in_runs(cases[i].count), *in_order = stats_sorted(x, cases[i].count);
        const struct interval found = stats_series_interval(x, cases[i].count, 0.99);
        cr_expect_eq(found.low, in_order[cases[i].rank - 1], "%zu: %g", cases[i].count, found.low);
        cr_expect_eq(found.high, in_order[cases[i].count - cases[i].rank], "%zu: %g",
                     cases[i].count, found.high);
        cr_expect_float_eq(found.confidence, cases[i].coverage, 1e-12, "%zu: %.9f", cases[i].count,
                           found.confidence);
        free(in_order);
        free(x);
    }
}

/* Runs of 8 in turn below the median, on it and above it. Values on the median have no side: of the
 * 32 others ρ1 to ρ5 are 7/8 to 3/8, and ρ6 is two standard errors, so all 64 count for
 * 64 / (1 + 2·25/8) = 8.8. The lowest of 8 is the seventh of 64. */
Test(stats, values_on_the_median_say_nothing_of_a_correlation)
{
    double x[64];
    int low = -16, high = 0;
    for (int i = 0; i < 64; i++)
        x[i] = i / 8 % 2 ? 0 : i / 16 % 2 ? ++high : low++;
    const struct interval found = stats_series_interval(x, 64, 0.99);
    cr_expect_eq(found.low, -10, "%g", found.low);
    cr_expect_eq(found.high, 10, "%g", found.high);
    cr_expect_float_eq(found.confidence, 1 - 2 / 256.0, 1e-12);
}

/* About normally distributed: the sum of twelve uniform numbers. */
static double about_normal(uint64_t *state)
{
    double sum = -6;
    for (int i = 0; i < 12; i++) {
        *state = *state * 6364136223846793005u + 1442695040888963407u;
        sum += (double)(*state >> 11) * 0x1p-53;
    }
    return sum;
}

/* 300 series of 512 values about 0, each depending on the one before with a correlation of 0.8. */
Test(stats, the_interval_of_a_series_covers_the_median_where_the_plain_one_does_not)
{
    double x[512];
    uint64_t random = 1;
    int plain = 0, series = 0;
    for (int s = 0; s < 300; s++) {
        x[0] = about_normal(&random);
        for (size_t i = 1; i < 512; i++)
            x[i] = 0.8 * x[i - 1] + 0.6 * about_normal(&random);
        const struct interval p = stats_median_interval(x, 512, 0.99),
                              i = stats_series_interval(x, 512, 0.99);
        plain += p.low <= 0 && p.high >= 0;
        series += i.low <= 0 && i.high >= 0;
    }
    cr_expect_lt(plain, 240, "%d", plain);
    cr_expect_gt(series, 285, "%d", series);
}

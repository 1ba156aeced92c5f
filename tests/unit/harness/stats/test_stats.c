#include "harness/stats/stats.h"

#include <criterion/criterion.h>
#include <math.h>
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

#include "harness/stats/rank.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES_MAX = 400 };

/* To 1e-12, or to the last digit that a double of this size has. */
static bool agrees(double got, double want)
{
    if (isinf(want) || isinf(got))
        return got == want;
    return fabs(got - want) <= 1e-12 * fmax(1e-3, fabs(want));
}

static size_t read_values(FILE *from, size_t count, double *to)
{
    size_t got = 0;
    while (got < count && fscanf(from, "%lf", &to[got]) == 1)
        got++;
    return got;
}

/* One line of the figures; what rank.c makes of the same samples goes to `got`. */
static bool next_case(FILE *from, char kind[16], struct shift *got, struct shift *want)
{
    static double x[VALUES_MAX], y[VALUES_MAX];
    double alpha;
    size_t m = 0, n = 0;
    if (fscanf(from, "%15s %lf %zu", kind, &alpha, &m) != 3)
        return false;
    const bool is_paired = strcmp(kind, "paired") == 0;
    cr_assert(is_paired || fscanf(from, "%zu", &n) == 1);
    cr_assert(m <= VALUES_MAX && n <= VALUES_MAX);
    cr_assert_eq(read_values(from, m, x), m);
    cr_assert_eq(read_values(from, n, y), n);
    cr_assert_eq(
        fscanf(from, "%lf %lf %lf %lf", &want->estimate, &want->low, &want->high, &want->p), 4);
    *got = is_paired ? rank_paired(x, m, alpha) : rank_independent(x, m, y, n, alpha);
    return true;
}

Test(rank, estimates_intervals_and_p_are_those_of_scipy)
{
    FILE *from = fopen("tests/unit/harness/stats/data/rank_figures.txt", "r");
    cr_assert_not_null(from, "run the tests from the top of the tree");
    cr_assert_neq(fscanf(from, "#%*[^\n]"), EOF);
    char kind[16];
    struct shift got, want;
    size_t cases = 0;
    for (; next_case(from, kind, &got, &want); cases++) {
        cr_expect(agrees(got.estimate, want.estimate), "%s %zu: estimate %.17g, want %.17g", kind,
                  cases, got.estimate, want.estimate);
        cr_expect(agrees(got.low, want.low), "%s %zu: low %.17g, want %.17g", kind, cases, got.low,
                  want.low);
        cr_expect(agrees(got.high, want.high), "%s %zu: high %.17g, want %.17g", kind, cases,
                  got.high, want.high);
        cr_expect(agrees(got.p, want.p), "%s %zu: p %.17g, want %.17g", kind, cases, got.p, want.p);
    }
    cr_expect_eq(cases, 58);
    fclose(from);
}

/* Two published examples, the samples that R's help of wilcox.test takes from Hollander & Wolfe. */
Test(rank, the_textbook_examples_come_out)
{
    static const double permeability_term[] = {0.80, 0.83, 1.89, 1.04, 1.45,
                                               1.38, 1.91, 1.64, 0.73, 1.46},
                        permeability_early[] = {1.15, 0.88, 0.90, 0.74, 1.21};
    const struct shift placenta =
        rank_independent(permeability_early, 5, permeability_term, 10, 0.05);
    cr_expect_float_eq(placenta.p / 2, 0.1272, 5e-5);
    cr_expect_float_eq(placenta.estimate, 0.305, 1e-12);

    static const double first[] = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30},
                        second[] = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
    double difference[9];
    for (int i = 0; i < 9; i++)
        difference[i] = second[i] - first[i];
    cr_expect_float_eq(rank_paired(difference, 9, 0.05).p / 2, 0.01953, 5e-6);
}

/* Every ordering of up to 4 + 4 values, counted one by one. */
Test(rank, the_distribution_of_u_is_what_counting_gives)
{
    for (size_t m = 1; m <= 4; m++)
        for (size_t n = 1; n <= 4; n++) {
            size_t at_most[17] = {0}, all = 0;
            for (unsigned set = 0; set < 1u << (m + n); set++) {
                if ((size_t)__builtin_popcount(set) != m)
                    continue;
                size_t u = 0;
                for (size_t i = 0; i < m + n; i++)
                    for (size_t j = i + 1; j < m + n; j++)
                        u += (set >> i & 1) && !(set >> j & 1);
                for (size_t k = u; k <= m * n; k++)
                    at_most[k]++;
                all++;
            }
            for (size_t u = 0; u <= m * n; u++)
                cr_expect_float_eq(rank_u_probability(m, n, (double)u),
                                   (double)at_most[u] / (double)all, 1e-15);
        }
}

Test(rank, the_distribution_of_w_is_what_counting_gives)
{
    for (size_t n = 1; n <= 10; n++) {
        double at_most[56] = {0};
        for (unsigned set = 0; set < 1u << n; set++) {
            size_t w = 0;
            for (size_t i = 0; i < n; i++)
                w += set >> i & 1 ? i + 1 : 0;
            for (size_t k = w; k <= n * (n + 1) / 2; k++)
                at_most[k]++;
        }
        for (size_t w = 0; w <= n * (n + 1) / 2; w++)
            cr_expect_float_eq(rank_w_probability(n, (double)w), at_most[w] / (double)(1u << n),
                               1e-15);
    }
}

Test(rank, too_few_values_have_an_estimate_and_no_interval)
{
    static const double x[] = {1, 2, 3, 4}, y[] = {11, 12, 13, 14};
    const struct shift s = rank_independent(x, 4, y, 4, 0.01);
    cr_expect_eq(s.estimate, 10);
    cr_expect_eq(s.low, -INFINITY);
    cr_expect_eq(s.high, INFINITY);
    cr_expect_float_eq(s.p, 2.0 / 70, 1e-15);
    cr_expect_eq(s.smallest_p, s.p);
    cr_expect(isnan(rank_independent(x, 0, y, 4, 0.01).estimate));
    cr_expect(isnan(rank_paired(x, 0, 0.01).estimate));
    cr_expect_eq(rank_paired(x, 1, 0.01).p, 1);
}

Test(rank, equal_values_are_no_difference)
{
    static const double x[] = {5, 5, 5, 5, 5, 5, 5, 5}, zero[10] = {0};
    struct shift s = rank_independent(x, 8, x, 8, 0.01);
    cr_expect_eq(s.estimate, 0);
    cr_expect_eq(s.low, 0);
    cr_expect_eq(s.high, 0);
    cr_expect_eq(s.p, 1);
    s = rank_paired(zero, 10, 0.01);
    cr_expect_eq(s.estimate, 0);
    cr_expect_eq(s.p, 1);
}

Test(rank, turning_the_question_round_turns_the_answer_round)
{
    static const double x[] = {3, 1, 4, 1.5, 9, 2.6, 5.3}, y[] = {5.8, 9.7, 9.3, 2.3, 8.4, 6.2};
    const struct shift a = rank_independent(x, 7, y, 6, 0.05),
                       b = rank_independent(y, 6, x, 7, 0.05);
    cr_expect_eq(a.estimate, -b.estimate);
    cr_expect_eq(a.low, -b.high);
    cr_expect_eq(a.high, -b.low);
    cr_expect_eq(a.p, b.p);
}

/* Quadratic work would run into the limit. */
Test(rank, thousands_of_values_take_no_time, .timeout = 60)
{
    enum { MANY = 5000 };
    double *x = malloc(MANY * sizeof *x), *y = malloc(MANY * sizeof *y);
    for (int i = 0; i < MANY; i++) {
        x[i] = (i * 7919) % MANY;
        y[i] = x[i] + 100;
    }
    const struct shift s = rank_independent(x, MANY, y, MANY, 0.01);
    cr_expect_eq(s.estimate, 100);
    cr_expect(s.low > 0 && s.low < 100 && s.high > 100 && s.high < 200, "%g %g", s.low, s.high);
    free(x);
    free(y);
}

/* The example of Holm (1979): 0.01, 0.04, 0.03, 0.005 become 0.03, 0.06, 0.06, 0.02. */
Test(rank, holms_correction_is_step_by_step_and_never_falls)
{
    static const double p[] = {0.01, 0.04, 0.03, 0.005}, want[] = {0.03, 0.06, 0.06, 0.02};
    double got[4];
    rank_holm(p, 4, got);
    for (int i = 0; i < 4; i++)
        cr_expect_float_eq(got[i], want[i], 1e-15);
    double one[] = {0.7};
    rank_holm(one, 1, one);
    cr_expect_eq(one[0], 0.7);
    double high[] = {0.9, 0.8};
    rank_holm(high, 2, high);
    cr_expect_eq(high[0], 1);
    cr_expect_eq(high[1], 1);
}

Test(rank, no_change_is_zero_and_not_minus_zero)
{
    const double x[] = {1, 1, 1};
    const struct shift s = rank_independent(x, 3, x, 3, 0.01);
    cr_expect(s.estimate == 0 && !signbit(s.estimate), "%g", s.estimate);
}

/* 0 is the border between the two orders of the bits of a double. */
Test(rank, the_largest_or_smallest_difference_may_be_zero)
{
    static const double x[] = {1, 2}, ones[] = {1, 1}, y[] = {2, 1};
    cr_expect_eq(rank_independent(x, 2, ones, 2, 0.05).estimate, -0.5, "0, 0, -1 and -1");
    cr_expect_eq(rank_independent(ones, 2, y, 2, 0.05).estimate, 0.5, "1, 1, 0 and 0");
    cr_expect_eq(rank_independent(ones, 2, ones, 2, 0.05).estimate, 0);
}

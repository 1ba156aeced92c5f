/* test_change.c - the rules of the gate, and how often they are wrong.
 *
 * The simulated machine: process medians spread with a standard deviation of 1 %, samples within a
 * process by 0.3 % and correlated from one to the next (0.9), and one sample in twenty is late by
 * an exponentially distributed delay. Seeds are fixed. */
#include "harness/stats/change.h"
#include "harness/stats/stats.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>

static uint64_t state;

/* splitmix64 (Steele, Lea, Flood 2014) */
static uint64_t next(void)
{
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static double uniform(void) /* in (0, 1) */
{
    return ((double)(next() >> 12) + 0.5) / 4503599627370496.0;
}

static double gauss(void) /* Box and Muller */
{
    return sqrt(-2 * log(uniform())) * cos(2 * M_PI * uniform());
}

enum { SAMPLES = 10, RUNS = 2000 };

/* The logarithm of the median of one process on a machine that is `slower` (0.05: 5 %). */
static double process(double slower)
{
    double samples[SAMPLES], noise = 0.003 * gauss();
    const double level = log1p(slower) + 0.01 * gauss();
    for (int i = 0; i < SAMPLES; i++) {
        noise = 0.9 * noise + 0.003 * sqrt(1 - 0.9 * 0.9) * gauss();
        const double late = uniform() < 0.05 ? -0.02 * log(uniform()) : 0;
        samples[i] = exp(level + noise + late);
    }
    return log(stats_median(samples, SAMPLES));
}

static enum change judge(const struct shift *s, double alpha, double threshold)
{
    return change_judge(s, s->p, alpha, threshold);
}

/* How many of RUNS comparisons of `count` processes a side end in each verdict. */
static void compare_often(size_t count, double slower, double threshold, int ends[4])
{
    double x[32], y[32];
    for (int i = 0; i < 4; i++)
        ends[i] = 0;
    for (int run = 0; run < RUNS; run++) {
        for (size_t i = 0; i < count; i++) {
            x[i] = process(0);
            y[i] = process(slower);
        }
        const struct shift s = rank_independent(x, count, y, count, CHANGE_ALPHA);
        ends[judge(&s, CHANGE_ALPHA, threshold)]++;
    }
}

Test(change, without_a_change_at_most_one_in_a_hundred_is_slow_or_fast)
{
    int ends[4];
    state = 1;
    compare_often(10, 0, CHANGE_GPU, ends);
    cr_expect_leq(ends[CHANGE_SLOW] + ends[CHANGE_FAST], RUNS / 100);
    cr_expect_geq(ends[CHANGE_SAME], RUNS * 90 / 100, "%d of %d SAME", ends[CHANGE_SAME], RUNS);
}

Test(change, five_percent_are_found_98_times_of_100)
{
    int ends[4];
    state = 2;
    compare_often(10, 0.05, CHANGE_GPU, ends);
    cr_expect_geq(ends[CHANGE_SLOW], RUNS * 98 / 100, "%d of %d", ends[CHANGE_SLOW], RUNS);
    compare_often(10, -0.05, CHANGE_GPU, ends);
    cr_expect_geq(ends[CHANGE_FAST], RUNS * 98 / 100, "%d of %d", ends[CHANGE_FAST], RUNS);
}

Test(change, one_percent_is_too_little_to_be_slow)
{
    int ends[4];
    state = 3;
    compare_often(20, 0.01, CHANGE_GPU, ends);
    cr_expect_leq(ends[CHANGE_SLOW], RUNS / 100, "%d of %d", ends[CHANGE_SLOW], RUNS);
}

/* 4 % of drift while 20 processes ran, and no change. In turns, ABBA, it falls on both alike; one
 * after the other, it looks like a change. */
Test(change, drift_is_no_change_when_both_take_turns)
{
    int in_turns = 0, one_after_the_other = 0;
    state = 4;
    for (int run = 0; run < RUNS; run++) {
        double a[10], b[10], difference[10], x[10], y[10];
        for (int i = 0; i < 20; i++) {
            const double drift = 0.04 * i / 19;
            const int pair = i / 2;
            const bool is_a = (i % 2 == 0) == (pair % 2 == 0);
            *(is_a ? &a[pair] : &b[pair]) = process(0) + drift;
            *(i < 10 ? &x[i] : &y[i - 10]) = process(0) + drift;
        }
        for (int i = 0; i < 10; i++)
            difference[i] = b[i] - a[i];
        const struct shift pairs = rank_paired(difference, 10, CHANGE_LOOK_ALPHA);
        const struct shift blocks = rank_independent(x, 10, y, 10, CHANGE_ALPHA);
        in_turns += judge(&pairs, CHANGE_LOOK_ALPHA, CHANGE_GPU) == CHANGE_SLOW;
        one_after_the_other += judge(&blocks, CHANGE_ALPHA, 0.02) == CHANGE_SLOW;
    }
    cr_expect_eq(in_turns, 0, "%d of %d", in_turns, RUNS);
    cr_expect_geq(one_after_the_other, RUNS / 10, "this simulation can tell: %d of %d",
                  one_after_the_other, RUNS);
}

static struct shift shift(double estimate, double low, double high, double p)
{
    return (struct shift){estimate, low, high, p, 0};
}

Test(change, the_rules_one_by_one)
{
    const struct {
        double estimate, low, high, p;
        enum change want;
    } cases[] = {
        {0.05, 0.04, 0.06, 0.001, CHANGE_SLOW},
        {0.05, 0.04, 0.06, 0.02, CHANGE_UNSURE},    /* not certain, after the correction */
        {0.05, -0.001, 0.1, 0.001, CHANGE_UNSURE},  /* the interval has none */
        {0.02, 0.015, 0.025, 0.001, CHANGE_UNSURE}, /* certain, and too little to matter */
        {0.028, 0.02, 0.04, 0.001, CHANGE_UNSURE},  /* certain; whether it matters is not */
        {0.0, -0.02, 0.02, 0.9, CHANGE_SAME},
        {0.0, -0.04, 0.02, 0.9, CHANGE_UNSURE},
        {0.0, -0.01, log1p(0.03), 0.9, CHANGE_UNSURE}, /* a change that matters is not excluded */
        {0.0, -log1p(0.03), 0.01, 0.9, CHANGE_UNSURE},
        {0.0, -INFINITY, INFINITY, 1, CHANGE_UNSURE},
        {-0.05, -0.06, -0.04, 0.001, CHANGE_FAST},
        {-0.05, -0.06, -0.04, 0.02, CHANGE_UNSURE},
        {NAN, -INFINITY, INFINITY, 1, CHANGE_UNSURE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct shift s = shift(cases[i].estimate, cases[i].low, cases[i].high, cases[i].p);
        cr_expect_str_eq(change_name(judge(&s, 0.01, 0.03)), change_name(cases[i].want), "case %zu",
                         i);
    }
}

/* Twice as slow and half as slow are the same distance: what is SLOW one way is FAST the other. */
Test(change, slow_turned_round_is_fast)
{
    for (double e = 0.001; e < 0.2; e += 0.001) {
        const struct shift up = shift(e, e - 0.0005, e + 0.0005, 0),
                           down = shift(-e, -e - 0.0005, -e + 0.0005, 0);
        const enum change a = judge(&up, 0.01, 0.03), b = judge(&down, 0.01, 0.03);
        cr_expect_eq(a == CHANGE_SLOW ? CHANGE_FAST : a, b, "at %g", e);
    }
}

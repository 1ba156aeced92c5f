/* test_sm_clock.c - from readings of cycle counters and timer to a clock. */
#include "kernels/device/sm_clock.h"

#include <criterion/criterion.h>

/* Every multiprocessor has a counter of its own that began at another time. */
static struct sm_moment moment(unsigned sm, unsigned long long us, double ghz)
{
    return (struct sm_moment){.sm = sm,
                              .timer_ns = 5000000 + us * 1000,
                              .cycles =
                                  1000000ull * sm + (unsigned long long)((double)us * 1e3 * ghz)};
}

Test(sm_clock, cycles_over_time_is_the_clock)
{
    const struct sm_moment before[] = {moment(0, 0, 1.4), moment(1, 1, 1.4)};
    const struct sm_moment after[] = {moment(0, 100, 1.4), moment(1, 120, 1.4)};
    cr_expect_float_eq(sm_clock_between(before, after, 2), 1400, 0.1);
}

Test(sm_clock, blocks_are_paired_by_their_multiprocessor_and_those_without_another_left_out)
{
    const struct sm_moment before[] = {moment(2, 0, 1.5), moment(0, 0, 1.5), moment(7, 0, 1.5),
                                       moment(7, 0, 1.5)};
    const struct sm_moment after[] = {moment(7, 50, 1.5), moment(3, 50, 1.5), moment(2, 50, 1.5),
                                      moment(2, 50, 1.5)};
    cr_expect_float_eq(sm_clock_between(before, after, 4), 1500, 0.1);
    const struct sm_moment others[] = {moment(4, 50, 1.5), moment(5, 50, 1.5), moment(6, 50, 1.5),
                                       moment(8, 50, 1.5)};
    cr_expect_eq(sm_clock_between(before, others, 4), 0);
}

Test(sm_clock, one_that_is_off_does_not_move_the_median)
{
    const struct sm_moment before[] = {moment(0, 0, 1), moment(1, 0, 1), moment(2, 0, 1)};
    const struct sm_moment after[] = {moment(0, 40, 1.2), moment(1, 40, 1.2), moment(2, 40, 1.9)};
    cr_expect_float_eq(sm_clock_between(before, after, 3), 1200, 0.1);
}

Test(sm_clock, a_time_too_short_for_the_timer_and_counters_that_stand_still_tell_nothing)
{
    const struct sm_moment before = moment(0, 0, 1.4), soon = moment(0, 19, 1.4),
                           late = moment(0, 20, 1.4), still = moment(0, 100, 0);
    cr_expect_eq(sm_clock_between(&before, &soon, 1), 0);
    cr_expect_float_eq(sm_clock_between(&before, &late, 1), 1400, 0.1);
    cr_expect_eq(sm_clock_between(&before, &still, 1), 0);
    cr_expect_eq(sm_clock_between(&late, &before, 1), 0, "a timer that ran backwards");
    cr_expect_eq(sm_clock_between(&before, &late, 0), 0);
}

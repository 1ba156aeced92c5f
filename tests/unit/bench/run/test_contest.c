/* test_contest.c - what a whole table amounts to, and how long it samples. */
#include "bench/run/run.h"

#include <criterion/criterion.h>

/* The outcome of a table with these states. */
static const char *outcome(enum status *status, unsigned first, unsigned second, unsigned third)
{
    static struct failure why;
    struct contestant contestants[3] = {{.state = first}, {.state = second}, {.state = third}};
    const struct result r = {
        .contestants = contestants, .contestant_count = 3, .device.name = "Example"};
    why = (struct failure){0};
    *status = contest_outcome(&r, &why);
    return why.text;
}

Test(contest, fails_by_its_worst_row_and_passes_if_one_ran_and_none_was_wrong_or_failed)
{
    enum status status;
    cr_expect_str_eq(outcome(&status, CONTESTANT_OK, CONTESTANT_WAIVED, CONTESTANT_WAIVED), "");
    cr_expect_eq(status, STATUS_OK);
    cr_expect_str_eq(outcome(&status, CONTESTANT_WAIVED, CONTESTANT_WAIVED, CONTESTANT_WAIVED),
                     "none of the 3 variants can run on Example.");
    cr_expect_eq(status, STATUS_FAILED);
    cr_expect_str_eq(outcome(&status, CONTESTANT_FAILED, CONTESTANT_OK, CONTESTANT_OK),
                     "1 of 3 variants failed; their rows say why.");
    cr_expect_eq(status, STATUS_FAILED);
    cr_expect_str_eq(outcome(&status, CONTESTANT_WRONG, CONTESTANT_FAILED, CONTESTANT_WRONG),
                     "wrong result: 2 of 3 variants; no time of theirs is reported.");
    cr_expect_eq(status, STATUS_WRONG);
}

Test(contest, samples_for_12_seconds_or_as_long_as_asked_and_warms_up_for_a_quarter_of_that)
{
    struct contest_times times = contest_times(&(struct options){0});
    cr_expect_float_eq(times.sample_s, 12, 0);
    cr_expect_float_eq(times.warmup_s, 3, 0);
    times = contest_times(&(struct options){.max_time_s = 0.5});
    cr_expect_float_eq(times.sample_s, 0.5, 0);
    cr_expect_float_eq(times.warmup_s, 0.125, 0);
}

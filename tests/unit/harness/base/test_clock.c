#include "harness/base/clock.h"

#include <criterion/criterion.h>
#include <stdlib.h>

Test(clock, now_never_goes_back)
{
    nanos before = clock_now();
    for (int i = 0; i < 1000; i++) {
        const nanos now = clock_now();
        cr_assert_geq(now, before);
        before = now;
    }
}

Test(clock, the_limit_of_a_call_is_a_number_of_seconds_or_the_default)
{
    static const struct {
        const char *text;
        double seconds;
    } cases[] = {{NULL, HANG_SECONDS},  {"2.5", 2.5},          {"0", 0},
                 {"", HANG_SECONDS},    {"-1", HANG_SECONDS},  {"1s", HANG_SECONDS},
                 {"nan", HANG_SECONDS}, {"1e9", HANG_SECONDS}, {"999999999", 999999999}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (cases[i].text)
            setenv("GPUBENCH_HANG_SECONDS", cases[i].text, 1);
        else
            unsetenv("GPUBENCH_HANG_SECONDS");
        cr_expect_eq(clock_hang_seconds(), cases[i].seconds, "%s", cases[i].text);
    }
}

Test(clock, a_limit_that_is_not_a_number_of_seconds_is_named)
{
    static const char *const valid[] = {"", "0", "2.5", "999999999"}, *const invalid[] = {
                                                                          "1e9", "-1", "1s", "soon",
                                                                          "nan"};
    unsetenv("GPUBENCH_HANG_SECONDS");
    cr_expect_null(clock_hang_invalid());
    for (size_t i = 0; i < sizeof valid / sizeof *valid; i++) {
        setenv("GPUBENCH_HANG_SECONDS", valid[i], 1);
        cr_expect_null(clock_hang_invalid(), "%s", valid[i]);
    }
    for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++) {
        setenv("GPUBENCH_HANG_SECONDS", invalid[i], 1);
        cr_expect_str_eq(clock_hang_invalid(), invalid[i]);
    }
}

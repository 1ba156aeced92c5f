/* test_verdict.c - a verdict follows from errors and limits, and says its reason. */
#include "harness/verify/verify.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static struct verdict fine(void)
{
    return (struct verdict){
        .sum = 2.5e11,
        .want = 2.5e11,
        .limit = {.sum = 1e-6, .row = 1e-6, .rel_f = 1e-5, .bias = 2e-6, .entry = 5e-5},
    };
}

Test(verdict, the_reason_tells_sum_wanted_sum_error_and_limit)
{
    struct verdict v = fine();
    v.sum = 2.4996e11;
    v.want = 2.5002e11;
    v.sum_error = -2.4e-4;
    verdict_judge(&v);
    cr_expect_not(v.ok);
    cr_expect_str_eq(v.reason,
                     "sum 2.4996e+11, want 2.5002e+11 (rel. error -2.4e-04, limit 1e-06)");
}

Test(verdict, each_error_alone_can_fail_it_and_at_its_limit_passes)
{
    static const double just[] = {1, -1, 1.001, -1.001, INFINITY, -INFINITY};
    for (int which = 0; which < 5; which++)
        for (int i = 0; i < 6; i++) {
            struct verdict v = fine();
            double *const errors[] = {&v.sum_error, &v.row_error, &v.rel_f, &v.bias,
                                      &v.worst_entry};
            const double limits[] = {v.limit.sum, v.limit.row, v.limit.rel_f, v.limit.bias,
                                     v.limit.entry};
            *errors[which] = just[i] * limits[which];
            verdict_judge(&v);
            cr_expect_eq(v.ok, i < 2, "error %d, %g times its limit", which, just[i]);
            cr_expect_eq(v.reason[0] == '\0', v.ok);
        }
}

Test(verdict, errors_not_looked_at_do_not_fail_it_but_a_sum_of_nan_does)
{
    struct verdict v = fine();
    v.row_error = v.rel_f = v.worst_entry = v.bias = NAN;
    verdict_judge(&v);
    cr_expect(v.ok, "%s", v.reason);

    v.sum = v.sum_error = NAN;
    verdict_judge(&v);
    cr_expect_not(v.ok);
    cr_expect_not_null(strstr(v.reason, "NaN"), "%s", v.reason);

    v = fine();
    v.sum_error = NAN;
    verdict_judge(&v);
    cr_expect_not(v.ok, "an error that cannot be computed is no small one");
}

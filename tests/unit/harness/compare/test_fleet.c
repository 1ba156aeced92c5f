/* test_fleet.c - the outliers and the middle of a fleet of hosts. */
#include "harness/compare/fleet.h"
#include "harness/reading/readings.h"
#include "tests/unit/harness/compare/run_of.h"

#include <criterion/criterion.h>
#include <stdio.h>

Test(fleet, many_hosts_need_a_larger_distance)
{
    cr_expect_eq(fleet_limit(1) < 3.6, true);
    cr_expect(fleet_limit(1000) > 4.2 && fleet_limit(1000) < 4.6, "%g", fleet_limit(1000));
    cr_expect(fleet_limit(10000) > fleet_limit(1000));
}

/* The scale has a floor: hosts that agree to the last digit make no outlier of one that is 1 % off.
 */
Test(fleet, a_very_steady_fleet_has_no_outliers_for_its_steadiness)
{
    struct readings r = {0};
    struct fleet f;
    char host[16];
    for (int i = 0; i < 30; i++) {
        snprintf(host, sizeof host, "h%d", i);
        add(&r, "", host, i == 3 ? 1.01 : i == 4 ? 1.06 : 1);
    }
    cr_assert_eq(fleet_gather(&r, NULL, &f, NULL), STATUS_OK);
    cr_assert_eq(f.count, 1);
    cr_expect_eq(f.models[0].outliers, 1);
    cr_expect_str_eq(f.models[0].hosts[29].label, "h4");
    cr_expect(f.models[0].hosts[29].is_outlier && !f.models[0].hosts[28].is_outlier);
    fleet_free(&f);
    readings_free(&r);
}

/* Hosts of 1 … count seconds: the first and last of 98 %. */
static void bounds_of(int count, double *low, double *high)
{
    struct readings r = {0};
    struct fleet f;
    char host[16];
    for (int i = 0; i < count; i++) {
        snprintf(host, sizeof host, "h%d", i);
        add(&r, "", host, 1 + (i * 7) % count);
    }
    cr_assert_eq(fleet_gather(&r, NULL, &f, NULL), STATUS_OK);
    *low = f.models[0].low_s, *high = f.models[0].high_s;
    fleet_free(&f);
    readings_free(&r);
}

Test(fleet, its_middle_is_98_percent_of_its_hosts_and_all_of_few)
{
    double low, high;
    bounds_of(3, &low, &high);
    cr_expect(low == 1 && high == 3, "%g %g", low, high);
    bounds_of(200, &low, &high);
    cr_expect(low == 3 && high == 198, "%g %g", low, high);
}

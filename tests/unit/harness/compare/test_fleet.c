/* test_fleet.c - the outliers and the middle of a fleet of hosts. */
#include "harness/compare/fleet.h"
#include "harness/reading/readings.h"
#include "tests/unit/harness/compare/run_of.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

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

/* A run of gpu/k on this host that has no time, for a reason. */
static void add_untimed(struct readings *to, const char *host, const char *state)
{
    char text[1024];
    struct failure why = {0};
    const int bytes = snprintf(
        text, sizeof text,
        "{\"schema\":\"gpubench-result/1\",\"started\":\"2026-11-24T10:15:02Z\","
        "\"simulated\":false,\"host\":{\"name\":\"%s\"},"
        "\"device\":{\"backend\":\"gpu\",\"name\":\"G\",\"uuid\":\"\"},"
        "\"problem\":{\"op\":\"sum-aat\",\"n\":9},\"results\":[{\"key\":\"gpu/k\","
        "\"backend\":\"gpu\",\"op\":\"sum-aat\",\"variant\":\"v\",\"arithmetic\":\"f32\",\"n\":9,"
        "\"state\":\"%s\",\"reason\":\"because\"}]}",
        host, state);
    cr_assert_eq(readings_add_text(to, host, text, (size_t)bytes, READ_WHOLE, &why), STATUS_OK,
                 "%s", why.text);
}

/* A second host of this state, or one with a time if it is NULL; how many hosts are bad. */
static size_t bad_beside(const char *state, const char *other, struct fleet_bad *first)
{
    struct readings r = {0};
    struct fleet f;
    add_untimed(&r, "h1", state);
    if (other)
        add_untimed(&r, "h2", other);
    else
        add(&r, "", "h2", 1);
    cr_assert_eq(fleet_gather(&r, NULL, &f, NULL), STATUS_OK);
    const size_t count = f.bad_count;
    *first = count ? f.bad[0] : (struct fleet_bad){.reason = ""};
    cr_expect(!count || strcmp(first->reason, "because") == 0);
    first->reason = "";
    fleet_free(&f);
    readings_free(&r);
    return count;
}

Test(fleet, a_host_that_failed_is_bad_and_one_that_waived_only_if_another_has_a_time)
{
    struct fleet_bad bad;
    cr_expect_eq(bad_beside("failed", "waived", &bad), 1);
    cr_expect(bad.failed == 1 && bad.wrong == 0 && bad.waived == 0 && bad.runs == 1);
    cr_expect_eq(bad_beside("wrong", NULL, &bad), 1);
    cr_expect(bad.failed == 0 && bad.wrong == 1 && bad.waived == 0 && bad.runs == 1);
    cr_expect_eq(bad_beside("waived", NULL, &bad), 1);
    cr_expect(bad.failed == 0 && bad.wrong == 0 && bad.waived == 1 && bad.runs == 1);
    cr_expect_eq(bad_beside("waived", "waived", &bad), 0);
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

/* A fleet of one result each, on hosts h0, h1 … of these seconds. */
static void gather(const double *seconds, size_t count, struct readings *r, struct fleet *f)
{
    char host[16];
    for (size_t i = 0; i < count; i++) {
        snprintf(host, sizeof host, "h%zu", i);
        add(r, "", host, seconds[i]);
    }
    cr_assert_eq(fleet_gather(r, NULL, f, NULL), STATUS_OK);
    cr_assert_eq(f->count, 1);
}

Test(fleet, an_outlier_is_beyond_both_the_limit_and_what_matters)
{
    struct readings r = {0};
    struct fleet f;
    /* The others scatter by 2 %, so that 3.5 deviations are more than 3 %. */
    gather((const double[]){0.96, 0.98, 1, 1.02, 1.04, 1.09}, 6, &r, &f);
    cr_expect_eq(f.models[0].outliers, 0);
    fleet_free(&f);
    readings_free(&r);
    gather((const double[]){0.96, 0.98, 1, 1.02, 1.04, 0.7, 1.5}, 7, &r, &f);
    cr_expect_eq(f.models[0].outliers, 2, "on either side");
    cr_expect(f.models[0].hosts[0].is_outlier && f.models[0].hosts[6].is_outlier);
    fleet_free(&f);
    readings_free(&r);
    gather((const double[]){1, 1, 1, 1.029}, 4, &r, &f);
    cr_expect_eq(f.models[0].outliers, 0, "of four, none");
    cr_expect_not(fleet_is_judged(&f.models[0], &f.models[0].hosts[0]));
    fleet_free(&f);
    readings_free(&r);
    gather((const double[]){1, 1, 1, 1, 1.029}, 5, &r, &f);
    cr_expect_eq(f.models[0].outliers, 0, "2.9 %% do not matter");
    cr_expect(fleet_is_judged(&f.models[0], &f.models[0].hosts[0]));
    f.models[0].hosts[0].is_noisy = true;
    cr_expect_not(fleet_is_judged(&f.models[0], &f.models[0].hosts[0]));
    fleet_free(&f);
    readings_free(&r);
    gather((const double[]){1, 1, 1, 1, 1.031}, 5, &r, &f);
    cr_expect_eq(f.models[0].outliers, 1);
    cr_expect_str_empty(f.models[0].hosts[4].reason);
    fleet_free(&f);
    readings_free(&r);
}

Test(fleet, a_host_of_five_runs_has_enough)
{
    struct readings r = {0};
    struct fleet f;
    for (int i = 0; i < 9; i++)
        add(&r, "", i < 5 ? "a" : "b", 1 + i * 1e-3);
    cr_assert_eq(fleet_gather(&r, NULL, &f, NULL), STATUS_OK);
    cr_expect_eq(f.models[0].few, 1);
    cr_expect_eq(f.models[0].hosts[0].runs, 5);
    cr_expect_eq(f.models[0].hosts[0].median_s, 1.002);
    cr_expect_eq(f.models[0].share_a_label, 1);
    fleet_free(&f);
    readings_free(&r);
}

/* Cold runs of one key, and of another key cold and warm ones. */
Test(fleet, single_cold_runs_count_where_a_key_has_no_others)
{
    struct readings r = {0};
    struct fleet f;
    for (size_t i = 0; i < 6; i++) {
        add(&r, "", i % 2 ? "a" : "b", 1 + (double)i * 1e-3);
        r.list[i].results[0].key = i < 2 ? "gpu/cold" : "gpu/mixed";
        r.list[i].results[0].is_first_run = i < 4;
    }
    cr_assert_eq(fleet_gather(&r, NULL, &f, NULL), STATUS_OK);
    cr_assert_eq(f.count, 2);
    cr_expect_str_eq(f.models[0].key, "gpu/cold");
    for (size_t i = 0; i < 2; i++) {
        cr_expect_eq(f.models[i].count, 2);
        cr_expect_eq(f.models[i].hosts[0].runs, 1, "%s", f.models[i].key);
    }
    fleet_free(&f);
    readings_free(&r);
}

/* What is said of each of five hosts, the fastest first, of these numbers of multiprocessors. */
static void expect_classes(const int sms[5], const char *const reasons[5])
{
    struct readings r = {0};
    struct fleet f;
    char device[32], host[16];
    for (int i = 0; i < 5; i++) {
        snprintf(device, sizeof device, ",\"sms\":%d", sms[i]);
        snprintf(host, sizeof host, "h%d", i);
        add(&r, device, host, 1 + i * 1e-3);
    }
    cr_assert_eq(fleet_gather(&r, NULL, &f, NULL), STATUS_OK);
    cr_assert_eq(f.models[0].count, 5);
    for (int i = 0; i < 5; i++)
        cr_expect_str_eq(f.models[0].hosts[i].reason, reasons[i], "host %d", i);
    fleet_free(&f);
    readings_free(&r);
}

Test(fleet, a_host_of_another_class_than_most_is_named_wherever_it_is)
{
    static const char odd[] = "device.sms 2, others 1";
    expect_classes((const int[]){2, 1, 1, 1, 1}, (const char *const[]){odd, "", "", "", ""});
    expect_classes((const int[]){1, 1, 2, 1, 1}, (const char *const[]){"", "", odd, "", ""});
    expect_classes((const int[]){2, 2, 1, 1, 1}, (const char *const[]){odd, odd, "", "", ""});
    expect_classes((const int[]){1, 2, 1, 2, 1}, (const char *const[]){"", odd, "", odd, ""});
    expect_classes((const int[]){1, 1, 1, 1, 2}, (const char *const[]){"", "", "", "", odd});
}

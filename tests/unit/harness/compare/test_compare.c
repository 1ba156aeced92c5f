/* test_compare.c - what stands between readings and a verdict: differences, noise, fleets. The
 * rules themselves are test_change.c's, the whole is tests/cli/compare.bats's. */
#include "harness/baseline/baseline.h"
#include "harness/compare/compare.h"
#include "harness/compare/fleet.h"
#include "harness/compare/noise.h"
#include "harness/reading/identity_diff.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_of(struct readings *to, const char *backend, const char *device, const char *host,
                   double median_s)
{
    char text[2048];
    struct failure why = {0};
    const int bytes = snprintf(
        text, sizeof text,
        "{\"schema\":\"gpubench-result/"
        "1\",\"started\":\"2026-11-24T10:15:02Z\",\"simulated\":false,"
        "\"host\":{\"name\":\"%s\"},\"device\":{\"backend\":\"%s\",\"name\":\"G\",\"uuid\":\"%s\"%"
        "s},"
        "\"problem\":{\"op\":\"sum-aat\",\"n\":9},\"results\":[{\"key\":\"gpu/"
        "k\",\"backend\":\"%s\","
        "\"op\":\"sum-aat\",\"variant\":\"v\",\"arithmetic\":\"f32\",\"n\":9,\"state\":\"ok\","
        "\"summary\":{\"median_s\":%.17g}}]}",
        host, backend, host, device, backend, median_s);
    cr_assert_eq(readings_add_text(to, host, text, (size_t)bytes, READ_WHOLE, &why), STATUS_OK,
                 "%s", why.text);
}

static void add(struct readings *to, const char *device, const char *host, double median_s)
{
    add_of(to, "gpu", device, host, median_s);
}

Test(identity_diff, hard_fields_are_told_one_by_one_with_values_to_read)
{
    struct difference d[4];
    cr_assert_eq(identity_hard_differences("gpubench-identity/1\nbackend=gpu\ndevice.name=A=B\n"
                                           "device.sms=132000000e-6\ndevice.ecc=true\n",
                                           "gpubench-identity/1\nbackend=gpu\ndevice.name=A=B\n"
                                           "device.sms=114000000e-6\n"
                                           "device.memory.total=2^(108/3)\n",
                                           d, 4),
                 3);
    cr_expect_str_eq(d[0].path, "device.sms");
    cr_expect_str_eq(d[0].base, "132");
    cr_expect_str_eq(d[0].now, "114");
    cr_expect_str_eq(d[1].path, "device.ecc");
    cr_expect_str_eq(d[1].now, "-");
    cr_expect_str_eq(d[2].base, "-");
    cr_expect_str_eq(d[2].now, "about 64 GiB");
    cr_expect_eq(identity_hard_differences("a=1\n", "a=1\n", d, 4), 0);
    cr_expect_eq(identity_hard_differences("a=1\nb=1\n", "a=2\nb=2\n", d, 1), 2, "all are counted");
}

Test(identity_diff, soft_fields_are_told_and_volatile_ones_are_not)
{
    struct readings r = {0};
    struct difference d[4];
    add(&r, ",\"driver\":1,\"temperature_c\":40,\"sms\":1", "one", 1);
    add(&r, ",\"driver\":2,\"temperature_c\":70,\"sms\":2", "one", 1);
    cr_assert_eq(identity_soft_differences(&r.list[0], &r.list[1], d, 4), 1);
    cr_expect_str_eq(d[0].path, "device.driver");
    cr_expect_str_eq(d[0].base, "1");
    cr_expect_str_eq(d[0].now, "2");
    readings_free(&r);
}

Test(compare, rows_of_two_cards_of_one_model_are_pooled_with_a_wider_threshold)
{
    struct readings base = {0}, now = {0};
    const struct compare_rules rules = {.alpha = CHANGE_ALPHA};
    struct comparison c;
    for (int i = 0; i < 10; i++) {
        add(&base, "", "a", 1 + i * 1e-4);
        add(&now, "", i % 2 ? "a" : "b", 1.05 + i * 1e-4);
    }
    cr_assert_eq(compare(&base, &now, &rules, &c, NULL), STATUS_OK);
    cr_assert_eq(c.count, 1);
    cr_expect_eq(c.rows[0].threshold, CHANGE_CARDS);
    cr_expect_eq(c.rows[0].change, CHANGE_UNSURE);
    cr_expect_float_eq(change_of(c.rows[0].shift.estimate), 0.05, 1e-4);
    comparison_free(&c);
    readings_free(&base);
    readings_free(&now);
}

Test(compare, each_class_of_machine_is_a_row_of_its_own)
{
    struct readings base = {0}, now = {0};
    const struct compare_rules rules = {.alpha = CHANGE_ALPHA};
    struct comparison c;
    for (int i = 0; i < 10; i++) {
        add(&base, ",\"sms\":1", "a", 1 + i * 1e-4);
        add(&base, ",\"sms\":2", "a", 2 + i * 1e-4);
        add(&now, ",\"sms\":2", "a", 2.2 + i * 1e-4);
        add(&now, ",\"sms\":1", "a", 1 + i * 1e-4);
    }
    cr_assert_eq(compare(&base, &now, &rules, &c, NULL), STATUS_OK);
    cr_assert_eq(c.count, 2);
    cr_expect_eq(c.rows[0].change, CHANGE_SAME);
    cr_expect_eq(c.rows[1].change, CHANGE_SLOW);
    struct failure why = {0};
    cr_expect_eq(comparison_outcome(&c, &rules, false, &why), STATUS_REGRESSION);
    comparison_free(&c);
    readings_free(&base);
    readings_free(&now);
}

/* Ten processes a side, of 1 s on a CPU of 200 GFLOP/s, then of now_s at now_flops, 0 if unknown:
 * what the row says of it. */
static struct compare_row of_cpu(const char *backend, double now_s, double now_flops)
{
    struct readings base = {0}, now = {0};
    const struct compare_rules rules = {.alpha = CHANGE_ALPHA};
    struct comparison c;
    for (int i = 0; i < 10; i++) {
        char speed[64] = "";
        if (now_flops > 0)
            snprintf(speed, sizeof speed, ",\"peak\":{\"f32_flops\":%.3e}", now_flops);
        add_of(&base, backend, ",\"peak\":{\"f32_flops\":2e11}", "a", 1 + i * 1e-3);
        add_of(&now, backend, speed, "a", now_s * (1 + i * 1e-3));
    }
    cr_assert_eq(compare(&base, &now, &rules, &c, NULL), STATUS_OK);
    cr_assert_eq(c.count, 1);
    struct compare_row row = c.rows[0];
    row.key = NULL;
    comparison_free(&c);
    readings_free(&base);
    readings_free(&now);
    return row;
}

Test(compare, a_cpu_that_was_slower_itself_makes_slow_unsure)
{
    const struct compare_row row = of_cpu("cpu", 1.2, 1.7e11);
    cr_expect_eq(row.change, CHANGE_UNSURE);
    cr_expect_str_eq(row.reason, "the CPU itself: multiply-adds at 200 → 170 GFLOP/s (-15.0 %), "
                                 "told by that +2.0 %");
    cr_expect_eq(of_cpu("cpu", 0.8, 2.5e11).change, CHANGE_UNSURE, "nor is it any faster");
}

Test(compare, what_a_slower_cpu_does_not_explain_is_slow)
{
    cr_expect_eq(of_cpu("cpu", 1.2, 2e11).change, CHANGE_SLOW, "as fast as before");
    cr_expect_eq(of_cpu("cpu", 1.06, 1.97e11).change, CHANGE_SLOW, "within 2 %%");
    cr_expect_eq(of_cpu("cpu", 1.2, 1.85e11).change, CHANGE_SLOW, "8 %% of 20");
    cr_expect_eq(of_cpu("cpu", 1.2, 2.4e11).change, CHANGE_SLOW, "a faster one, even");
    cr_expect_eq(of_cpu("cpu", 1.2, 0).change, CHANGE_SLOW, "unknown");
    cr_expect_eq(of_cpu("gpu", 1.2, 1.7e11).change, CHANGE_SLOW, "a GPU's peak is a data sheet's");
}

Test(compare, what_a_faster_cpu_does_not_explain_is_fast)
{
    cr_expect_eq(of_cpu("cpu", 0.8, 2e11).change, CHANGE_FAST, "as fast as before");
    cr_expect_eq(of_cpu("cpu", 0.7, 2.1e11).change, CHANGE_FAST, "5 %% of 30");
    cr_expect_eq(of_cpu("cpu", 0.8, 1.9e11).change, CHANGE_FAST, "a slower one, even");
    const struct compare_row row = of_cpu("cpu", 0.8, 3e11);
    cr_expect_eq(row.change, CHANGE_UNSURE);
    cr_expect(strstr(row.reason, "GFLOP/s (+50.0 %)") && strstr(row.reason, "+20.0 %"), "%s",
              row.reason);
}

/* Ten runs a side of a GPU, `spread` apart from each other; returns the row's only verdict. */
static struct compare_row of_gpu(double now_s, double spread)
{
    struct readings base = {0}, now = {0};
    const struct compare_rules rules = {.alpha = CHANGE_ALPHA};
    struct comparison c;
    for (int i = 0; i < 10; i++) {
        add(&base, "", "a", 1 + i * spread);
        add(&now, "", "a", now_s + i * spread);
    }
    cr_assert_eq(compare(&base, &now, &rules, &c, NULL), STATUS_OK);
    cr_assert_eq(c.count, 1);
    struct compare_row row = c.rows[0];
    row.key = NULL;
    comparison_free(&c);
    readings_free(&base);
    readings_free(&now);
    return row;
}

Test(compare, unsure_says_whether_there_is_a_change)
{
    struct compare_row row = of_gpu(1.03, 1e-3);
    cr_expect_eq(row.change, CHANGE_UNSURE);
    cr_expect_str_eq(row.reason, "a change, by less or more than 3 %; more processes can tell");
    row = of_gpu(1.02, 1e-2);
    cr_expect_eq(row.change, CHANGE_UNSURE);
    cr_expect_str_eq(row.reason, "may be none, and may be 3 %; more processes can tell");
}

Test(compare, slow_that_the_second_comparison_explains_or_lacks_is_unsure)
{
    struct readings base = {0}, now = {0};
    const struct compare_rules rules = {.alpha = CHANGE_ALPHA};
    struct comparison first, second, empty = {0};
    for (int i = 0; i < 10; i++) {
        add(&base, "", "a", 1 + i * 1e-4);
        add(&now, "", "a", 1.05 + i * 1e-4);
    }
    cr_assert_eq(compare(&base, &now, &rules, &first, NULL), STATUS_OK);
    cr_assert_eq(first.rows[0].change, CHANGE_SLOW);
    comparison_confirm(&first, &first, &rules);
    cr_expect_eq(first.rows[0].change, CHANGE_SLOW, "slow twice");
    cr_assert_eq(compare(&base, &now, &rules, &second, NULL), STATUS_OK);
    second.rows[0].now.throttled = 3;
    second.rows[0].now.throttle = 1u << 6;
    comparison_confirm(&first, &second, &rules);
    cr_expect_eq(first.rows[0].change, CHANGE_UNSURE);
    cr_expect_str_eq(first.rows[0].reason, "hw_thermal_slowdown in 3 of 10 runs of the new side");
    first.rows[0].change = CHANGE_SLOW;
    comparison_confirm(&first, &empty, &rules);
    cr_expect_eq(first.rows[0].change, CHANGE_UNSURE);
    cr_expect_str_eq(first.rows[0].reason, "slow once, and not measured again");
    comparison_free(&first);
    comparison_free(&second);
    readings_free(&base);
    readings_free(&now);
}

/* Ranks are there for that: one run among ten that something held up is one rank, however late. */
Test(compare, one_disturbed_run_hides_no_change)
{
    struct readings base = {0}, now = {0};
    const struct compare_rules rules = {.alpha = CHANGE_ALPHA};
    struct comparison c;
    for (int i = 0; i < 10; i++) {
        add(&base, "", "a", 1 + i * 1e-4);
        add(&now, "", "a", i == 4 ? 2 : 1.05 + i * 1e-4);
    }
    cr_assert_eq(compare(&base, &now, &rules, &c, NULL), STATUS_OK);
    cr_expect_eq(c.rows[0].change, CHANGE_SLOW, "%s", c.rows[0].reason);
    comparison_free(&c);
    readings_free(&base);
    readings_free(&now);
}

Test(noise, it_is_the_interval_of_a_against_a_and_the_gate_sees_what_it_says)
{
    double steady[20], shaky[20];
    for (int i = 0; i < 20; i++) {
        steady[i] = 1 + 0.0005 * (i * 7 % 10);
        shaky[i] = 1 + 0.02 * (i * 7 % 10);
    }
    const struct noise_entry a = noise_estimate(steady, 20, 10, CHANGE_GPU),
                             b = noise_estimate(shaky, 20, 10, CHANGE_GPU);
    cr_expect(a.noise > 0 && a.noise < 0.005, "%g", a.noise);
    cr_expect(a.smallest >= CHANGE_GPU && a.smallest < 0.04, "%g", a.smallest);
    cr_expect(b.noise > 0.03 && b.noise < 0.2, "%g", b.noise);
    cr_expect(b.smallest >= 2 * b.noise, "%g of %g", b.smallest, b.noise);
    cr_expect(isnan(noise_estimate(steady, 9, 10, CHANGE_GPU).noise));
}

Test(noise, what_is_kept_is_found_again_for_its_machine_and_key_alone)
{
    char path[4096], fingerprint[72];
    struct noise n = {0}, read = {0};
    struct failure why = {0};
    snprintf(fingerprint, sizeof fingerprint, "sha256:%064d", 7);
    struct noise_entry e = {
        .key = (char *)"gpu/k", .noise = 0.02, .smallest = 0.05, .processes = 20};
    strcpy(e.fingerprint, fingerprint);
    scratch_make();
    noise_put(&n, &e);
    e.noise = 0.04; /* again: replaced */
    e.unsure = 3;
    strcpy(e.measured, "2026-11-29T10:15:02Z");
    noise_put(&n, &e);
    e.key = (char *)"gpu/unmeasured"; /* only checks are known */
    e.noise = e.smallest = NAN;
    noise_put(&n, &e);
    cr_assert_eq(noise_save(&n, fingerprint, scratch_path("r"), path, sizeof path, &why), STATUS_OK,
                 "%s", why.text);
    noise_load(&read, scratch_path("r"), fingerprint);
    cr_assert_eq(read.count, 2);
    const struct noise_entry *kept = noise_of(&read, fingerprint, "gpu/k");
    cr_expect_eq(kept->noise, 0.04);
    cr_expect_eq(kept->unsure, 3);
    cr_expect_str_eq(kept->measured, "2026-11-29T10:15:02Z");
    cr_expect(isnan(noise_of(&read, fingerprint, "gpu/unmeasured")->noise));
    cr_expect_null(noise_of(&read, fingerprint, "gpu/other"));
    cr_expect_null(noise_of(&read, "sha256:other", "gpu/k"));
    cr_expect_null(noise_of(NULL, fingerprint, "gpu/k"));
    size_t forgotten;
    cr_expect_eq(noise_forget(scratch_path("r"), &forgotten, &why), STATUS_OK);
    cr_expect_eq(forgotten, 1);
    noise_free(&read);
    noise_load(&read, scratch_path("r"), fingerprint);
    cr_expect_eq(read.count, 0);
    noise_free(&n);
    noise_free(&read);
    scratch_remove();
}

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

Test(baseline, it_is_written_whole_or_not_at_all)
{
    struct readings r = {0}, read = {0};
    struct failure why = {0};
    scratch_make();
    cr_expect_eq(baseline_write(scratch_path("none.json"), &r, &why), STATUS_FAILED);
    add(&r, "", "a", 1);
    add(&r, "", "a", 2);
    cr_assert_eq(baseline_write(scratch_path("two.json"), &r, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(baseline_load(scratch_path("two.json"), NULL, &read, &why), STATUS_OK, "%s",
                 why.text);
    cr_assert_eq(read.count, 2);
    cr_expect_eq(read.list[1].results[0].median_s, 2);
    cr_expect_str_eq(read.list[0].fingerprint, r.list[0].fingerprint);
    r.list[1].results[0].state = READ_WRONG;
    cr_expect_eq(baseline_write(scratch_path("wrong.json"), &r, &why), STATUS_FAILED);
    r.list[1].results[0].state = READ_OK;
    r.list[1].is_simulated = true;
    cr_expect_eq(baseline_write(scratch_path("wrong.json"), &r, &why), STATUS_NOT_COMPARABLE);
    cr_expect_eq(scratch_count(""), 1);
    readings_free(&r);
    readings_free(&read);
    scratch_remove();
}

/* The state of a base's first run decides nothing: only timed runs do. */
Test(compare, a_run_without_a_time_is_left_out_wherever_it_is)
{
    for (int bad = 0; bad < 10; bad += 9) {
        struct readings base = {0}, now = {0};
        const struct compare_rules rules = {.alpha = CHANGE_ALPHA};
        struct comparison c;
        for (int i = 0; i < 10; i++) {
            add(&base, "", "a", 1 + i * 1e-4);
            add(&now, "", "a", 1 + i * 1e-4);
        }
        base.list[bad].results[0].state = READ_FAILED;
        cr_assert_eq(compare(&base, &now, &rules, &c, NULL), STATUS_OK);
        cr_assert_eq(c.count, 1);
        cr_expect_eq(c.rows[0].state, ROW_JUDGED);
        cr_expect_eq(c.rows[0].change, CHANGE_SAME);
        cr_expect_eq(c.rows[0].base.processes, 9);
        cr_expect_eq(c.rows[0].base.left_out, 1);
        comparison_free(&c);
        readings_free(&base);
        readings_free(&now);
    }
}

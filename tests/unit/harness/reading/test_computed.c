/* test_computed.c - what reading a result computes: shares, speeds of the CPU and the link, and
 * which runs have the samples of others. */
#include "harness/reading/digest.h"
#include "harness/reading/readings.h"
#include "tests/unit/harness/compare/run_of.h"

#include <criterion/criterion.h>
#include <math.h>

static struct readings r;

static void end(void)
{
    readings_free(&r);
}

TestSuite(computed, .fini = end);

static const struct read_result *result_of(const char *backend, const char *device)
{
    readings_free(&r);
    add_of(&r, backend, device, "a", 1);
    return r.list[0].results;
}

Test(computed, the_speed_of_a_cpu_is_known_if_it_is_above_zero)
{
    cr_expect_eq(result_of("cpu", ",\"peak\":{\"f32_flops\":2e11}")->cpu_flops, 2e11);
    cr_expect_eq(result_of("cpu", ",\"peak\":{\"f32_flops\":1e-3}")->cpu_flops, 1e-3);
    cr_expect(isnan(result_of("cpu", ",\"peak\":{\"f32_flops\":0}")->cpu_flops));
    cr_expect(isnan(result_of("cpu", "")->cpu_flops));
    cr_expect(isnan(result_of("gpu", ",\"peak\":{\"f32_flops\":2e11}")->cpu_flops));
}

Test(computed, the_share_of_a_link_is_that_of_its_generation_and_width)
{
    static const char half[] = ",\"pcie\":{\"generation\":4,\"generation_max\":5,\"width\":16,"
                               "\"width_max\":16}",
                      eighth[] = ",\"pcie\":{\"generation\":3,\"generation_max\":5,\"width\":8,"
                                 "\"width_max\":16}";
    cr_expect_eq(result_of("gpu", half)->link_share, 0.5);
    cr_expect_eq(result_of("gpu", eighth)->link_share, 0.125);
    cr_expect(isnan(result_of("cpu", half)->link_share));
    cr_expect(isnan(result_of("gpu", "")->link_share));
}

/* The share of a peak of 4 GFLOP/s that a speed is, in a document that does not have the share. */
static double share_of(const char *speed)
{
    char text[1024];
    struct failure why = {0};
    readings_free(&r);
    const int bytes = snprintf(
        text, sizeof text,
        "{\"schema\":\"gpubench-result/1\",\"started\":\"2026-11-24T10:15:02Z\",\"simulated\":false,"
        "\"device\":{\"backend\":\"gpu\",\"name\":\"G\",\"peak\":{\"f32_flops\":4e9}},"
        "\"problem\":{\"op\":\"sum-aat\",\"n\":100},\"results\":[{\"key\":\"k\",\"backend\":\"gpu\","
        "\"op\":\"sum-aat\",\"variant\":\"v\",\"arithmetic\":\"f32\",\"n\":100,\"state\":\"ok\","
        "\"summary\":{\"median_s\":1e-3,\"low_s\":1e-3,\"high_s\":1e-3,\"min_s\":1e-3,\"max_s\":1e-3},"
        "\"speed\":{%s}}]}",
        speed);
    cr_assert_eq(readings_add_text(&r, "x", text, (size_t)bytes, READ_WHOLE, &why), STATUS_OK, "%s",
                 why.text);
    return r.list[0].results[0].peak_share;
}

Test(computed, a_share_of_the_peak_that_is_missing_follows_from_the_speed)
{
    cr_expect_eq(share_of("\"flops_done\":2e9"), 0.5);
    cr_expect_eq(share_of("\"flops_done\":6e9"), 1.5);
    cr_expect_eq(share_of("\"flops_done\":2e9,\"peak_share\":0.5000004"), 0.5000004);
    cr_expect(isnan(share_of("\"flops_done\":0")));
    cr_expect(isnan(share_of("\"flops\":2e9")));
}

static uint64_t digest(const char *samples)
{
    json_t *seconds = json_loads(samples, 0, NULL);
    const uint64_t digest = digest_of_samples(seconds);
    json_decref(seconds);
    return digest;
}

Test(computed, three_different_samples_tell_runs_apart)
{
    cr_expect_eq(digest("[]"), 0);
    cr_expect_eq(digest("[1, 2, 1, 2, 2]"), 0);
    cr_expect_neq(digest("[1, 2, 1, 3]"), 0);
    cr_expect_neq(digest("[1, 2, 3, 4, 5]"), 0);
    cr_expect_neq(digest("[1, 2, 3]"), digest("[1, 3, 2]"));
    cr_expect_eq(digest("[1, 2, 3]"), digest("[1.0, 2, 3]"));
}

static void measured(struct readings *to, size_t i, uint64_t samples, const char *started)
{
    add(to, "", "a", (double)(i + 1));
    to->list[i].results[0].measured = samples;
    to->list[i].started = started;
}

Test(computed, a_run_with_the_samples_of_an_earlier_one_is_a_copy_or_old)
{
    struct readings now = {0};
    measured(&r, 0, 7, "1");
    measured(&r, 1, 8, "1");
    measured(&r, 2, 7, "2");
    measured(&r, 3, 0, "3");
    measured(&r, 4, 0, "4");
    measured(&now, 0, 8, "9");
    measured(&now, 1, 9, "9");
    measured(&now, 2, 7, "1");
    cr_expect_eq(readings_mark_copies(&r, &now), 1);
    static const bool copies[] = {false, false, true, false, false}, old[] = {true, false, false};
    for (size_t i = 0; i < 5; i++) {
        cr_expect_eq(r.list[i].results[0].is_copy, copies[i], "%zu", i);
        cr_expect_not(r.list[i].results[0].is_old, "%zu", i);
    }
    for (size_t i = 0; i < 3; i++) {
        cr_expect_not(now.list[i].results[0].is_copy, "%zu", i);
        cr_expect_eq(now.list[i].results[0].is_old, old[i], "%zu", i);
    }
    readings_free(&now);
}

/* test_consistent.c - a result that contradicts itself is refused with what contradicts what; one
 * at the edge of what is allowed is read. Each case changes fields of the example of
 * docs/results-format.md: a warp-triangle of N = 100, and a library. */
#include "harness/reading/readings.h"
#include "tests/unit/example_result.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "results.0.n=7": sets the field, or adds it. */
static void edit(json_t *document, const char *field)
{
    char path[128], *name;
    const char *value = strchr(field, '=') + 1;
    snprintf(path, sizeof path, "%.*s", (int)(value - 1 - field), field);
    name = strrchr(path, '.');
    *name++ = '\0';
    json_t *parent = (json_t *)(uintptr_t)json_value(document, path);
    cr_assert_not_null(parent, "%s", field);
    json_t *now = json_loads(value, JSON_DECODE_ANY, NULL);
    cr_assert_not_null(now, "%s", field);
    if (json_is_array(parent))
        json_array_set_new(parent, strtoul(name, NULL, 10), now);
    else
        json_object_set_new(parent, name, now);
}

/* What is said of the document with these changes, separated by blanks; "" if it is read. */
static const char *said_of(const char *edits)
{
    static struct failure why;
    struct readings readings = {0};
    char fields[512], *save = NULL;
    json_t *document = example_document();
    snprintf(fields, sizeof fields, "%s", edits);
    for (char *f = strtok_r(fields, " ", &save); f; f = strtok_r(NULL, " ", &save))
        edit(document, f);
    char *text = example_text(document);
    why = (struct failure){.text = ""};
    readings_add_text(&readings, "x.json", text, strlen(text), READ_WHOLE, &why);
    readings_free(&readings);
    free(text);
    json_decref(document);
    return why.text;
}

static const struct {
    const char *edits, *says; /* "": it is read */
} cases[] = {
    {"results.0.unit=\"s\"", ""},
    {"results.0.unit=\"ms\"", "its unit is \"ms\""},
    {"results.0.better=\"higher\"", "the better time is the \"lower\" one"},
    {"results.0.n=101", "its key ends in n=100 and its n is 101"},
    {"problem.n=101", "its n is 100 and problem.n is 101"},
    /* what it is */
    {"results.0.backend=\"cpu\"", "its backend is cpu and its key is gpu/sum"},
    {"results.0.backend=\"cpu\" device.backend=\"cpu\"",
     "its backend is cpu and its key is gpu/sum"},
    {"results.0.backend=\"g\"", "its backend is g and its key is gpu/sum"},
    {"device.backend=\"cpu\"", "its backend is gpu and device.backend is cpu"},
    {"problem.op=\"matmul\"", "its op is sum-aat and problem.op is matmul"},
    {"results.0.op=\"reduce\" problem.op=\"reduce\"", "its op is reduce and its key is gpu/sum"},
    {"results.0.key=\"gpu/sum-aat2/f32/v/n=100\"", "its op is sum-aat and its key is"},
    {"results.0.key=\"gpu-sum-aat\"", ""}, /* of a version whose keys are unknown */
    {"results.0.key=\"gpu_x/n=100\"", "its backend is gpu and its key is"},
    {"results.0.key=\"gpu/x/n=100\"", "its op is sum-aat and its key is"},
    {"results.0.key=\"gpu/sum-aat/tf32/v/n=100\"", "its arithmetic is f32 and its key is"},
    {"results.0.key=\"gpu/sum-aat/f32x/v/n=100\"", "its arithmetic is f32 and its key is"},
    {"results.0.arithmetic=\"new\" results.0.key=\"gpu/sum-aat/new/warp-triangle/n=100\"", ""},
    {"results.0.key=\"gpu/sum-aat/f32/warp/n=100\"", "its variant is warp-triangle and its key"},
    {"results.0.variant=\"warp\"", "its variant is warp and its key is"},
    {"results.0.summary.kind=\"warm\"", ""},
    {"results.0.summary.kind=\"first\"", ""},
    {"results.0.summary.kind=\"odd\"", "summary.kind is \"odd\", and is warm or first"},
    {"problem.range=\"[-1,1)\"",
     "its key is gpu/sum-aat/f32/warp-triangle/n=100 and problem.range"},
    {"problem.range=\"wide\"", "and problem.range is wide"},
    {"results.0.key=\"gpu/sum-aat/f32/warp-triangle/n=100/signed\"", "and problem.range is [0,1)"},
    {"results.0.key=\"gpu/sum-aat/f32/warp-triangle/n=100/wide\"", "and problem.range is [0,1)"},
    {"results.0.key=\"gpu/sum-aat/f32/warp-triangle/n=100/cold\"", "and measuring.cache is hot"},
    /* whether it is right */
    {"results.0.verdict.ok=false", "its state is ok and verdict.ok is false"},
    {"results.0.verdict.ok=1", "its state is ok and verdict.ok is not true"},
    {"results.0.state=\"wrong\"", "its state is wrong and verdict.ok is true"},
    {"results.0.verdict.sum_error=null", "verdict.sum_error is no number"},
    {"results.0.verdict.limits.sum=null", "its state is ok and verdict.limits.sum is missing"},
    {"results.0.verdict.limits.row=null", ""},
    {"results.0.verdict.limits.row=0.25", ""},
    {"results.0.verdict.limits.row=0.26", "which no measurement is allowed"},
    {"results.0.verdict.row_error=2e-6", ""},
    {"results.0.verdict.row_error=-2.1e-6", "verdict.row_error is -2.1e-06, above its limit"},
    {"results.0.verdict.rel_f=3.1e-6", "verdict.rel_f is 3.1e-06, above"},
    {"results.0.verdict.bias=5.1e-6", "verdict.bias is 5.1e-06, above"},
    {"results.0.verdict.worst_entry=4.1e-6", "verdict.worst_entry is 4.1e-06, above"},
    {"results.0.verdict.limits.block=1e-6 results.0.verdict.block_error=2e-6",
     "verdict.block_error is 2e-06, above"},
    {"results.0.verdict.limits.weighted=1e-6 results.0.verdict.weighted_error=2e-6",
     "verdict.weighted_error is 2e-06, above"},
    {"results.0.verdict.sum=250016", "verdict.sum is 250016, with 250015 wanted"},
    {"results.0.verdict.sum=250015.625", "verdict.sum is 250016, with 250015 wanted"},
    {"results.0.verdict.sum=250015.50039", "verdict.sum is 250016, with 250015 wanted"},
    {"results.0.verdict.sum=250015.50019 results.0.verdict.sum_error=1e-6 job.sum=250015.50019",
     ""}, /* by a thousandth of the limit, which is left for digits */
    {"results.0.verdict.sum=250015.250000375 results.0.verdict.sum_error=0 "
     "job.sum=250015.250000375",
     "verdict.sum_error is 0, and verdict.sum is off by 1.5e-12"},
    {"results.0.verdict.sum=250015.2500001875 results.0.verdict.sum_error=0 "
     "job.sum=250015.2500001875",
     ""},
    {"results.0.verdict.sum=250014", "verdict.sum is 250014, with 250015 wanted"},
    {"results.0.verdict.limits.sum=0 results.0.verdict.want=250000 results.0.verdict.sum=250000 "
     "results.0.verdict.sum_error=0 job.sum=250000",
     ""}, /* exact, as sums of whole numbers are */
    {"results.0.verdict.sum_error=-3.6e-8", ""},
    {"results.0.verdict.sum_error=-4e-8", "verdict.sum_error is -4e-08, and verdict.sum is off by"},
    {"results.0.verdict.sum_error=3.1e-8", "verdict.sum is off by -3.1e-08"},
    {"job.sum=250015.26", ""},
    {"job.sum=250016", "job.sum is 250016 and verdict.sum is 250015.242"},
    {"job.sum=250016 job.variant=\"other\"", ""},
    {"job.sum=250016 job.arithmetic=\"tf32\"", ""},
    /* how long it took */
    {"results.0.summary.low_s=1.842e-5", "summary.median_s is outside its own interval"},
    {"results.0.summary.high_s=1.84e-5", "summary.median_s is outside its own interval"},
    {"results.0.summary.min_s=1.842e-5", "outside the samples' minimum and maximum"},
    {"results.0.summary.max_s=1.84e-5", "outside the samples' minimum and maximum"},
    {"results.0.summary.low_s=1.838e-5", "its interval goes beyond the samples'"},
    {"results.0.summary.high_s=1.844e-5", "its interval goes beyond the samples'"},
    {"results.0.summary.low_s=1.841e-5 results.0.summary.high_s=1.841e-5", ""},
    {"results.0.summary.low_s=1e-13", "summary.low_s is 1e-13 s, which no measurement gives"},
    {"results.0.summary.max_s=2e9", "summary.max_s is 2e+09 s, which no measurement gives"},
    {"results.0.summary.confidence=1", ""},
    {"results.0.summary.confidence=0", ""},
    {"results.0.summary.confidence=1.01", "which is no probability"},
    {"results.0.summary.confidence=-0.01", "which is no probability"},
    {"results.0.samples.device_s.1=1e-13", "samples.device_s[1] is no time"},
    {"results.0.samples.device_s.0=1.8405e-5 results.0.samples.device_s.4=1.8405e-5",
     "summary.median_s is 1.841e-05 and its samples give 1.8405e-05"},
    {"results.0.samples.device_s.5=1.8395e-5", "summary.min_s is 1.839e-05 and its samples give"},
    {"results.0.samples.device_s.3=1.8425e-5", "summary.max_s is 1.843e-05 and its samples give"},
    {"results.0.summary.count=5", "summary.count is 5 and its samples give 6"},
    {"results.0.summary.count=7", ""}, /* a part of the samples is kept */
    {"results.0.summary.count=7 results.0.samples.device_s.1=1.8395e-5", ""},
    {"results.0.summary.count=7 results.0.samples.device_s.5=1.838e-5", "summary.min_s is"},
    {"results.0.summary.count=7 results.0.samples.device_s.3=1.844e-5", "summary.max_s is"},
    {"results.0.samples.wall_s=[1e-5]", "samples.wall_s has 1 values and samples.device_s 6"},
    {"results.0.samples.launches=[1]", "samples.launches has 1 values"},
    {"results.0.summary.throttled.x=6", ""},
    {"results.0.summary.throttled.x=7", "summary.throttled.x is 7, of 6 samples"},
    /* how fast it is */
    {"results.0.speed.flop=2000100", "speed.flop is 2000100, and n = 100 makes it 2000000"},
    {"results.1.speed.flop_done=2001000", "makes it 2000000 or half of it"},
    {"results.0.speed.flop_done=999000", "makes it 2000000 or half of it"},
    {"results.0.speed.flop_done=1011000", "speed.flop_done is 1011000, and its symmetric is true"},
    {"results.1.speed.flop_done=1999998 results.1.speed.flops_done=null "
     "results.1.speed.peak_share=null",
     ""},
    {"results.1.speed.flop_done=2000001.9999999998 results.1.speed.flops_done=null "
     "results.1.speed.peak_share=null",
     ""},
    {"results.0.speed.flop_done=999998 results.0.speed.flops_done=null "
     "results.0.speed.peak_share=null",
     ""},
    {"results.0.speed.flop_done=1010001.0099999999 results.0.speed.flops_done=null "
     "results.0.speed.peak_share=null",
     ""},
    {"results.1.speed.flop_done=1010000", "and its symmetric is not true"},
    {"results.0.speed.bytes=80000", "speed.bytes is 80000, and the problem makes it 40000"},
    {"problem.type=\"f64\"", "speed.bytes is 40000, and the problem makes it 80000"},
    {"results.0.speed.flops=1.08636e11", "speed.flops is 1.08636e+11, and speed.flop in the"},
    {"results.0.speed.flops_done=5.486e10", "speed.flops_done is"},
    {"results.0.speed.bytes_per_s=2.17e9", "speed.bytes_per_s is"},
    {"results.0.speed.peak_share=0.00082", "the device's peak makes it 0.00082005"},
    {"device.peak.f32_flops=27430744161 results.0.speed.peak_share=null "
     "results.1.speed.peak_share=null",
     ""},
    {"device.peak.f32_flops=27e9 results.0.speed.peak_share=null", "is 203 % of the device's peak"},
    {"results.0.reference.speedup=2.09", "reference.speedup is 2.09, and the medians make it 2.08"},
    {"results.0.reference.key=\"another\" results.0.reference.speedup=9", ""},
    {"results.0.call={\"median_s\":2,\"samples_s\":[1,2,3]}", ""},
    {"results.0.call={\"median_s\":0,\"samples_s\":[0]}", ""},
    {"results.0.call={\"median_s\":2,\"samples_s\":[1,1,3]}", "call.median_s is 2 and its samples"},
};

Test(consistent, a_result_is_read_unless_it_contradicts_itself)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *said = said_of(cases[i].edits);
        cr_expect(*cases[i].says ? strstr(said, cases[i].says) != NULL : !*said, "%s: \"%s\"",
                  cases[i].edits, said);
    }
}

/* What is said of a reduction of 40,000 bytes in 1 ms on a device of that second-level cache and
 * that speed of its memory. */
static const char *said_of_reduction(const char *l2_bytes, const char *peak)
{
    static struct failure why;
    struct readings readings = {0};
    char text[1024];
    const int bytes = snprintf(
        text, sizeof text,
        "{\"schema\":\"gpubench-result/1\",\"started\":\"2026-11-24T10:15:02Z\","
        "\"simulated\":false,\"device\":{\"backend\":\"gpu\",\"name\":\"G\",\"l2_bytes\":%s,"
        "\"peak\":{\"memory_bytes_per_s\":%s}},\"problem\":{\"op\":\"reduce\",\"n\":100},"
        "\"results\":[{\"key\":\"k\",\"backend\":\"gpu\",\"op\":\"reduce\",\"variant\":\"v\","
        "\"arithmetic\":\"f32\",\"n\":100,\"state\":\"ok\",\"summary\":{\"median_s\":1e-3},"
        "\"speed\":{\"bytes\":40000,\"bytes_per_s\":4e7}}]}",
        l2_bytes, peak);
    why = (struct failure){.text = ""};
    readings_add_text(&readings, "x.json", text, (size_t)bytes, READ_WHOLE, &why);
    readings_free(&readings);
    return why.text;
}

Test(consistent, only_a_reduction_within_four_caches_is_faster_than_twice_the_memory)
{
    cr_expect_str_empty(said_of_reduction("9999", "2e7"));
    cr_expect(strstr(said_of_reduction("9999", "1.9e7"), "is 211 % of the device's peak"));
    cr_expect(strstr(said_of_reduction("null", "1e7"), "is 400 % of the device's peak") == NULL,
              "the cache is unknown");
    cr_expect_str_empty(said_of_reduction("10000", "1e7"));
}

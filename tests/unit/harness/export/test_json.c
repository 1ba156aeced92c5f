/* test_json.c - where the formats of JSON have their limits: what they say of threads, of rows
 * without a speed, of an interval, and of runs that failed. */
#include "harness/base/need.h"
#include "harness/export/export.h"
#include "harness/text/json_text.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static struct reading reading;
static struct read_result timed, bad;
static struct export_run runs[2];
static struct export_row row;
static const struct export_rows rows = {.list = &row, .count = 1};

/* A row of one run of half a second, and of one that failed and is left out at first. */
static void begin(void)
{
    reading = (struct reading){.started = "2026-11-24T10:00:00Z",
                               .host = "node1",
                               .device = "Card",
                               .commit = "abc",
                               .threads = 1,
                               .threads_online = 1};
    timed = (struct read_result){.op = "sum-aat",
                                 .samples = 7,
                                 .median_s = 0.5,
                                 .wall_median_s = 0.75,
                                 .flops = 2e12,
                                 .bytes_per_s = 3e9};
    bad = (struct read_result){.op = "sum-aat", .state = READ_FAILED, .reason = "lost"};
    runs[0] = (struct export_run){&reading, &timed};
    runs[1] = (struct export_run){&reading, &bad};
    row = (struct export_row){.name = (char *)(uintptr_t)"a key",
                              .host = "node1",
                              .device = "Card",
                              .reading = &reading,
                              .result = &timed,
                              .runs = runs,
                              .count = 1,
                              .reason = (char *)(uintptr_t)"lost",
                              .median_s = 0.5,
                              .low_s = 0.4,
                              .high_s = 0.625,
                              .flops = 2e12,
                              .bytes_per_s = 3e9};
}

TestSuite(export_json, .init = begin);

/* What an exporter writes, or what is at a path in it, as JSON in one line. */
static void expect(void (*export)(FILE *, const struct export_rows *), const char *path,
                   const char *want)
{
    char *text;
    size_t bytes;
    FILE *to = need_stream(&text, &bytes);
    export(to, &rows);
    need_stream_end(to);
    json_t *document = json_loads(text, 0, NULL);
    char *have = json_dumps(*path ? json_at(document, path) : document,
                            JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(9));
    cr_expect_str_eq(have ? have : "", want, "%s: %s", path, have ? have : "");
    free(have);
    json_decref(document);
    free(text);
}

static void only_bad(void)
{
    runs[0] = runs[1];
    row.count = 0;
    row.bad = 1;
}

Test(export_json, google_benchmark_has_a_threads_number_from_one_to_a_thousand_million)
{
    static const struct {
        double threads;
        const char *of_run, *of_host;
    } cases[] = {{NAN, "1", "0"}, {0.5, "1", "0"}, {1, "1", "1"},
                 {2, "2", "2"},   {1e9, "1", "0"}, {999999999, "999999999", "999999999"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        reading.threads = reading.threads_online = cases[i].threads;
        char *text;
        size_t bytes;
        FILE *to = need_stream(&text, &bytes);
        export_google_benchmark(to, &rows);
        need_stream_end(to);
        json_t *document = json_loads(text, 0, NULL);
        const json_t *run = json_array_get(json_object_get(document, "benchmarks"), 0);
        cr_expect_eq(json_integer_value(json_at(run, "threads")), atol(cases[i].of_run), "%zu", i);
        cr_expect_eq(json_integer_value(json_at(document, "context.num_cpus")),
                     atol(cases[i].of_host), "%zu", i);
        json_decref(document);
        free(text);
    }
}

Test(export_json, google_benchmark_has_an_entry_for_each_run)
{
    row.bad = 1;
    expect(export_google_benchmark, "benchmarks",
           "[{\"name\":\"a key\",\"family_index\":0,\"per_family_instance_index\":0,"
           "\"run_name\":\"a key\",\"run_type\":\"iteration\",\"repetitions\":2,"
           "\"repetition_index\":0,\"threads\":1,\"iterations\":7,\"real_time\":500000000.0,"
           "\"cpu_time\":750000000.0,\"time_unit\":\"ns\",\"FLOPS\":2e12},"
           "{\"name\":\"a key\",\"family_index\":0,\"per_family_instance_index\":0,"
           "\"run_name\":\"a key\",\"run_type\":\"iteration\",\"repetitions\":2,"
           "\"repetition_index\":1,\"threads\":1,\"error_occurred\":true,"
           "\"error_message\":\"failed: lost\",\"iterations\":0,\"real_time\":0.0,"
           "\"cpu_time\":0.0,\"time_unit\":\"ns\"}]");
    only_bad();
    expect(export_google_benchmark, "context.date", "\"2026-11-24T10:00:00Z\"");
    row.bad = 0;
    expect(export_google_benchmark, "context.date", "\"\"");
    expect(export_google_benchmark, "benchmarks", "[]");
}

Test(export_json, google_benchmark_takes_the_devices_time_for_one_that_nobody_measured)
{
    timed.wall_median_s = timed.flops = NAN;
    expect(export_google_benchmark, "benchmarks",
           "[{\"name\":\"a key\",\"family_index\":0,\"per_family_instance_index\":0,"
           "\"run_name\":\"a key\",\"run_type\":\"iteration\",\"repetitions\":1,"
           "\"repetition_index\":0,\"threads\":1,\"iterations\":7,\"real_time\":500000000.0,"
           "\"cpu_time\":500000000.0,\"time_unit\":\"ns\"}]");
}

#define EXTRA "\"extra\":\"runs=1\\nhost=node1\\ndevice=Card\\ncommit=abc"

Test(export_json, github_actions_get_a_time_or_a_speed_with_half_the_interval)
{
    expect(export_github_smaller, "",
           "[{\"name\":\"a key time\",\"unit\":\"ms\",\"value\":500.0," EXTRA
           "\",\"range\":\"± 112\"}]");
    expect(export_github_bigger, "",
           "[{\"name\":\"a key speed\",\"unit\":\"TFLOP/s\",\"value\":2.0," EXTRA
           "\",\"range\":\"± 0.45\"}]");
    timed.op = "reduce";
    row.low_s = row.high_s = 0.5;
    expect(export_github_bigger, "",
           "[{\"name\":\"a key speed\",\"unit\":\"GB/s\",\"value\":3.0," EXTRA
           "\",\"range\":\"± 0\"}]");
    row.low_s = NAN;
    expect(export_github_bigger, "",
           "[{\"name\":\"a key speed\",\"unit\":\"GB/s\",\"value\":3.0," EXTRA "\"}]");
    row.bytes_per_s = 0;
    expect(export_github_bigger, "", "[]");
    expect(export_github_smaller, "",
           "[{\"name\":\"a key time\",\"unit\":\"ms\",\"value\":500.0," EXTRA "\"}]");
}

Test(export_json, github_actions_get_the_number_of_failures_or_no_speed_at_all)
{
    row.low_s = NAN;
    row.bad = 1;
    expect(export_github_smaller, "",
           "[{\"name\":\"a key time\",\"unit\":\"ms\",\"value\":500.0," EXTRA
           "\\nfailed: lost\"},{\"name\":\"a key failed\",\"unit\":\"runs\",\"value\":1," EXTRA
           "\\nfailed: lost\"}]");
    expect(export_github_bigger, "",
           "[{\"name\":\"a key speed\",\"unit\":\"TFLOP/s\",\"value\":2.0," EXTRA
           "\\nfailed: lost\"}]");
    only_bad();
    expect(export_github_bigger, "",
           "[{\"name\":\"a key speed\",\"unit\":\"TFLOP/s\",\"value\":0,\"extra\":\"runs=0\\n"
           "host=node1\\ndevice=Card\\ncommit=abc\\nfailed: lost\"}]");
}

Test(export_json, bencher_gets_measures_with_their_limits_if_they_have_some)
{
    expect(export_bencher, "",
           "{\"a key\":{\"latency\":{\"value\":500000000.0,\"lower_value\":400000000.0,"
           "\"upper_value\":625000000.0},\"flops\":{\"value\":2e12,\"lower_value\":1.6e12,"
           "\"upper_value\":2.5e12}}}");
    row.high_s = NAN;
    row.flops = 0;
    row.bad = 2;
    expect(export_bencher, "",
           "{\"a key\":{\"failed-runs\":{\"value\":2.0},\"latency\":{\"value\":500000000.0}}}");
    only_bad();
    expect(export_bencher, "", "{\"a key\":{\"failed-runs\":{\"value\":1.0}}}");
    row.bad = 0;
    expect(export_bencher, "", "{}");
}

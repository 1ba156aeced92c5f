/* test_noisy.c - which rows are too noisy for a rank, and the digits and units of a table. */
#include "harness/base/need.h"
#include "harness/export/export.h"
#include "harness/stats/stats.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct read_result result_of(double half_width, double confidence)
{
    return (struct read_result){
        .median_s = 1, .low_s = 1 - half_width, .high_s = 1 + half_width, .confidence = confidence};
}

Test(noisy, a_row_is_as_noisy_as_its_interval_or_else_as_most_of_its_runs)
{
    struct read_result noisy = result_of(2 * STATS_NOISY, 0.995), calm = result_of(1e-6, 0.995),
                       unsure = result_of(1, 0.98);
    struct export_run runs[] = {
        {.result = &noisy}, {.result = &calm}, {.result = &noisy}, {.result = &unsure}};
    struct export_row row = {.runs = runs, .count = 3, .median_s = 1, .low_s = 0.5, .high_s = 1.5};
    cr_expect(export_is_noisy(&row), "two of three");
    row.count = 2;
    cr_expect_not(export_is_noisy(&row), "one of two");
    row.count = 4;
    cr_expect_not(export_is_noisy(&row), "two of four");
    cr_expect_str_eq(export_ok(&row), "ok");
    row.confidence = 0.99;
    cr_expect(export_is_noisy(&row));
    cr_expect_float_eq(export_half_width(&row), 0.5, 1e-12);
    cr_expect_neq(strcmp(export_ok(&row), "ok"), 0);
    row.low_s = row.high_s = 1;
    cr_expect_not(export_is_noisy(&row));
    row.confidence = 0.98;
    cr_expect(isnan(export_half_width(&row)));
}

/* The cells of a row of that time, half the width of its 99 % interval (NaN: it has none) and
 * speed.
 */
static void expect_row(const char *op, double seconds, double half, double rate, const char *want)
{
    struct read_result result = {.op = op};
    struct export_run run = {.result = &result};
    char name[] = "k", *text;
    struct export_row row = {.name = name,
                             .result = &result,
                             .runs = &run,
                             .count = 1,
                             .median_s = seconds,
                             .low_s = seconds * (1 - (half >= 0 ? half : 0)),
                             .high_s = seconds * (1 + (half >= 0 ? half : 0)),
                             .flops = rate,
                             .bytes_per_s = rate,
                             .peak_share = NAN};
    const struct export_rows rows = {.list = &row, .count = 1};
    size_t bytes;
    FILE *to = need_stream(&text, &bytes);
    row.confidence = half >= 0 ? 0.99 : 0.5;
    export_markdown(to, &rows);
    need_stream_end(to);
    const char *cells = strstr(text, "| k | ");
    cr_assert_not_null(cells, "%s", text);
    cr_expect_eq(strncmp(cells + 6, want, strlen(want)), 0, "%s, not %s", cells + 6, want);
    free(text);
}

static void expect_cells(const char *op, double seconds, double rate, const char *want)
{
    expect_row(op, seconds, NAN, rate, want);
}

Test(noisy, half_an_interval_is_a_share_of_the_median)
{
    expect_row("sum-aat", 1, 0, 1e12, "1.000 s | 0.0 % | 1 TFLOP/s |");
    expect_row("sum-aat", 2, 0.75, 1e12, "2.000 s | 75.0 % | 1 TFLOP/s |");
}

Test(noisy, times_and_speeds_have_four_digits_and_the_unit_that_fits)
{
    expect_cells("sum-aat", 1, 1e12, "1.000 s | - | 1 TFLOP/s |");
    expect_cells("sum-aat", 12.3456, 9.99e11, "12.35 s | - | 999 GFLOP/s |");
    expect_cells("sum-aat", 0.999, 1e9, "999.0 ms | - | 1 GFLOP/s |");
    expect_cells("reduce", 0.001, 2e12, "1.000 ms | - | 2000 GB/s |");
    expect_cells("reduce", 0.0000101, NAN, "10.10 µs | - | - | - | 1 | ok |");
    expect_cells("sum-aat", 0.0001, NAN, "100.0 µs | - | - | - | 1 | ok |");
    expect_cells("sum-aat", 1000, NAN, "1000 s | - | - |");
}

static void expect_line_of_go(const char *op, double rate, size_t samples, const char *want)
{
    const struct reading reading = {
        .place = "h", .host = "h", .device = "d", .commit = "c", .card = "", .machine = ""};
    struct read_result result = {
        .op = op, .median_s = 0.5, .samples = samples, .flops = rate, .bytes_per_s = rate};
    struct export_run run = {.reading = &reading, .result = &result};
    struct export_row row = {.key = "a b", .result = &result, .runs = &run, .count = 1};
    const struct export_rows rows = {.list = &row, .count = 1};
    char *text, all[200];
    size_t bytes;
    FILE *to = need_stream(&text, &bytes);
    export_go_benchmark(to, &rows);
    need_stream_end(to);
    snprintf(all, sizeof all,
             "pkg: gpubench\nhost: h\ndevice: d\n# commit c\nBenchmarkGpubench/a_b\t%s\n", want);
    cr_expect_str_eq(text, all, "%s", text);
    free(text);
}

Test(noisy, a_line_of_go_has_the_speed_if_there_is_one)
{
    expect_line_of_go("sum-aat", 0.25, 3, "3\t500000000 ns/op\t0.25 FLOP/s");
    expect_line_of_go("reduce", 0.25, 1, "1\t500000000 ns/op\t0.25 B/s");
    expect_line_of_go("sum-aat", 0, 0, "1\t500000000 ns/op");
    expect_line_of_go("reduce", NAN, 2, "2\t500000000 ns/op");
}

/* test_table.c - the table of variants: order, units, what is concluded, and the notes below it. */
#include "bench/output/table.h"

#include "bench/output/notes.h"
#include "bench/output/report.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 4, COUNT = 8 };
static const struct variant own = {.op = OP_SUM_AAT, .name = "own"};
static const struct variant other = {.op = OP_SUM_AAT, .name = "other"};
static const struct variant cublas = {.op = OP_SUM_AAT, .name = "cublas", .library = true};
static const struct variant tensor = {.op = OP_SUM_AAT, .name = "tensor", .arithmetic = ARITH_TF32};
static const struct variant tensor_2 = {
    .op = OP_SUM_AAT, .name = "tensor-2", .arithmetic = ARITH_TF32};
static const struct variant plain = {.op = OP_REDUCE, .name = "plain"};
static struct sample samples[ROWS][COUNT];
static struct contestant list[ROWS];
static struct result r;

/* The next row of the table, of so many milliseconds. */
static struct contestant *add(const struct variant *v, double ms)
{
    const size_t i = r.contestant_count++;
    for (size_t s = 0; s < COUNT; s++)
        samples[i][s] = (struct sample){.device_ns = (nanos)(ms * 1e6), .launches = 1};
    list[i] = (struct contestant){.variant = v, .samples = samples[i], .count = COUNT};
    return &list[i];
}

static void begin(void)
{
    r = (struct result){.problem = {.op = OP_SUM_AAT, .n = 1000, .seed = 1},
                        .backend_name = "gpu",
                        .contestants = list,
                        .device.name = "Abacus"};
}
TestSuite(table, .init = begin);

static const char *printed(void)
{
    static char text[4096];
    memset(text, 0, sizeof text);
    FILE *to = fmemopen(text, sizeof text, "w");
    table_print(to, &r, "here", false);
    fclose(to);
    return text;
}

static void expect_line(const char *line)
{
    const char *text = printed();
    cr_expect(strstr(text, line), "no line\n%s\nin\n%s", line, text);
}

Test(table, rows_of_the_same_time_stay_in_the_backends_order_and_failures_come_before_waived_ones)
{
    add(&other, 10);
    add(&own, 10);
    add(&tensor, 5)->state = CONTESTANT_WAIVED;
    add(&tensor_2, 5)->state = CONTESTANT_FAILED;
    snprintf(list[3].reason, sizeof list[3].reason, "no\033 memory");
    cr_expect_str_eq(
        printed(),
        "sum-aat · N = 1000 · Abacus · seed 1 · here\n"
        "  arithmetic  variant     median  ± 99 %  GFLOP/s  of peak  rel. error  verdict\n"
        "  f32         other     10.00 ms   0.0 %    200.0        -    +0.0e+00  ok\n"
        "  f32         own       10.00 ms   0.0 %    200.0        -    +0.0e+00  ok\n"
        "  tf32        tensor-2  failed: no memory\n"
        "  tf32        tensor    waived: \n"
        "  other is 1.00× as fast as own (f32)\n");
}

Test(table, the_unit_is_that_of_the_fastest_row_and_a_rate_below_ten_has_two_decimals)
{
    add(&own, 2.001);
    add(&other, 200);
    expect_line("± 99 %  GFLOP/s");
    expect_line(" 2.001 ms   0.0 %    999.5 ");
    expect_line(" 200.0 ms   0.0 %     10.0 ");
    for (size_t s = 0; s < COUNT; s++) {
        samples[0][s].device_ns = 2000000;
        samples[1][s].device_ns = 200200000;
    }
    expect_line("± 99 %  TFLOP/s");
    expect_line(" 2.000 ms   0.0 %     1.00 ");
    expect_line(" 200.2 ms   0.0 %     0.01 ");
}

Test(table, a_reduction_is_told_in_gigabytes_however_fast_it_is)
{
    r.problem.op = OP_REDUCE;
    add(&plain, 0.001);
    expect_line("± 99 %    GB/s");
    expect_line(" 1.000 µs   0.0 %  4000.0 ");
}

Test(table, the_fastest_is_compared_with_the_library_if_there_is_one_or_else_with_the_next)
{
    add(&own, 2);
    add(&other, 4);
    expect_line("\n  own is 2.00× as fast as other (f32)\n");
    add(&cublas, 10);
    expect_line("\n  own is 5.00× as fast as cublas (f32)\n");
    list[1].variant = &cublas;
    list[2].variant = &other;
    expect_line("\n  own is 2.00× as fast as cublas (f32)\n");
}

Test(table, where_f32_has_nothing_to_compare_the_fastest_rows_arithmetic_is_taken)
{
    add(&tensor, 2);
    add(&tensor_2, 3);
    expect_line("\n  tensor is 1.50× as fast as tensor-2 (tf32)\n");
    add(&own, 4);
    expect_line("\n  tensor is 1.50× as fast as tensor-2 (tf32)\n");
    add(&other, 5);
    expect_line("\n  own is 1.25× as fast as other (f32)\n");
    r.contestant_count = 1;
    cr_expect_null(strstr(printed(), "as fast as"));
}

static const char *notes(void)
{
    static char text[2048];
    memset(text, 0, sizeof text);
    FILE *to = fmemopen(text, sizeof text, "w");
    notes_print(to, &r);
    fclose(to);
    return text;
}

Test(table, a_clock_that_differs_by_5_mhz_is_two_clocks)
{
    add(&own, 2);
    add(&other, 2);
    for (size_t s = 0; s < COUNT; s++) {
        samples[0][s].sm_mhz_measured = 1500;
        samples[1][s].sm_mhz_measured = 1504;
    }
    cr_expect_str_eq(notes(), "  SM clock     1.50 GHz, measured on the device\n");
    for (size_t s = 0; s < COUNT; s++)
        samples[1][s].sm_mhz_measured = 1506;
    cr_expect_str_eq(notes(), "  SM clock     1.50 to 1.51 GHz, measured on the device\n");
    for (size_t s = 0; s < COUNT; s++) { /* the slowest clock is a row behind */
        samples[0][s].sm_mhz_measured = 1506;
        samples[1][s].sm_mhz_measured = 1;
    }
    cr_expect_str_eq(notes(), "  SM clock     0.00 to 1.51 GHz, measured on the device\n");
}

Test(table, rows_whose_samples_depend_on_those_before_are_counted)
{
    static const char rest[] = ": samples depend on those before them, and all of a row count for "
                               "fewer than 8; --max-time takes more\n";
    static struct sample halves[2][64]; /* half of the time fast, then slow */
    char want[256];
    for (size_t i = 0; i < 2; i++) {
        for (size_t k = 0; k < 64; k++)
            halves[i][k] = (struct sample){.device_ns = k < 32 ? 2000000 : 3000000, .launches = 1};
        add(&own, 2)->samples = halves[i];
        list[i].count = 64;
    }
    add(&own, 2)->count = COUNT - 1; /* has too few to begin with */
    snprintf(want, sizeof want, "  ± 99 %%       unknown in 2 rows%s", rest);
    cr_expect_str_eq(notes(), want);
    list[0].state = CONTESTANT_FAILED;
    snprintf(want, sizeof want, "  ± 99 %%       unknown in 1 row%s", rest);
    cr_expect_str_eq(notes(), want);
    list[1].state = CONTESTANT_WRONG;
    cr_expect_str_empty(notes(), "7 samples give no interval, whatever they depend on");
}

Test(table, runs_that_were_left_out_are_counted_over_all_rows_that_were_throttled)
{
    add(&own, 2)->settling = 1;
    add(&other, 2);
    cr_expect_str_eq(notes(), "", "without a throttle that is not said");
    samples[1][COUNT - 1].throttle = 1u << 2;
    cr_expect_str_eq(notes(),
                     "  throttled    sw power cap in 1 of 16 samples; 1 run left out until "
                     "the clock had settled\n");
    list[1].settling = 3;
    cr_expect_str_eq(notes(),
                     "  throttled    sw power cap in 1 of 16 samples; 4 runs left out until "
                     "the clock had settled\n");
    list[0].state = CONTESTANT_WRONG;
    list[1].settling = 0;
    cr_expect_str_eq(notes(), "  throttled    sw power cap in 1 of 8 samples\n");
}

/* The lines of phases alone. */
static const char *phases(void)
{
    static char text[2048];
    memset(text, 0, sizeof text);
    FILE *to = fmemopen(text, sizeof text, "w");
    report_details(to, &r);
    fclose(to);
    text[strcspn(text, "v")] = '\0'; /* verified */
    return text;
}

Test(table, phases_are_aligned_by_their_longest_name_and_by_what_has_a_place)
{
    add(&own, 2);
    r.phases[r.phase_count++] = (struct phase){"open", 50000, "a long word on it", ""};
    r.phases[r.phase_count++] = (struct phase){"fill", 49999, "short", "g"};
    r.phases[r.phase_count++] = (struct phase){"load", 0, "longer", "/gpu:0"};
    r.phases[r.phase_count++] = (struct phase){"a name of 18 cells", 12345678, "", ""};
    r.phases[r.phase_count++] = (struct phase){"copy", 1, "", "h"};
    cr_expect_str_eq(phases(), "\nAbacus · seed 1\n"
                               "  open                    0.1 ms  a long word on it\n"
                               "  fill                  < 0.1 ms  short   g\n"
                               "  load                    0.0 ms  longer  /gpu:0\n"
                               "  a name of 18 cells     12.3 ms\n"
                               "  copy                  < 0.1 ms          h\n"
                               "  ");
}

/* test_figures.c - from samples to speeds, and the text and table made of them. */
#include "bench/output/figures.h"

#include "bench/output/report.h"
#include "bench/output/table.h"
#include "harness/result/contestant.h"
#include "harness/text/json_text.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct variant naive = {.op = OP_SUM_AAT, .name = "naive", .steps = {"matmul + sum"}};
static const struct variant syrk = {.op = OP_SUM_AAT, .name = "syrk", .symmetric = true};
static const struct variant library = {.op = OP_SUM_AAT, .name = "cublas", .library = true};
static const struct variant plain = {.op = OP_REDUCE, .name = "plain"};

static struct sample ten_ms[FIGURES_INTERVAL_SAMPLES];
static struct sample two_ms[2];

static void setup(void)
{
    for (size_t i = 0; i < FIGURES_INTERVAL_SAMPLES; i++)
        ten_ms[i] = (struct sample){.device_ns = 10000000, .wall_ns = 11000000, .launches = 1};
    for (size_t i = 0; i < 2; i++)
        two_ms[i] = (struct sample){.device_ns = 2000000, .wall_ns = 3000000, .launches = 1};
}
TestSuite(figures, .init = setup);

static struct result result_of(struct contestant *contestants, size_t count, enum op op)
{
    struct result r = {.problem = {op, 1000, 1, RANGE_UNIT, ELEMENT_F32},
                       .backend_name = "gpu",
                       .contestants = contestants,
                       .contestant_count = count};
    r.device.peak_flops[ARITH_F32] = 1e12;
    r.device.peak_bytes = 1e9;
    snprintf(r.device.name, sizeof r.device.name, "Abacus");
    snprintf(r.device.place, sizeof r.device.place, "/gpu:0");
    return r;
}

Test(figures, the_speed_is_nominal_work_over_the_device_s_median)
{
    struct contestant c = {.variant = &naive, .samples = ten_ms, .count = FIGURES_INTERVAL_SAMPLES};
    const struct result r = result_of(&c, 1, OP_SUM_AAT);
    const struct figures f = figures_of(&r, &c);
    cr_expect_float_eq(f.seconds, 0.010, 1e-12);
    cr_expect_float_eq(f.rate, 2e11, 1);
    cr_expect_float_eq(f.done, 2e11, 1);
    cr_expect_float_eq(f.of_peak, 0.2, 1e-9);
    cr_expect_float_eq(f.half_width, 0, 1e-12);
}

Test(figures, a_symmetric_variant_is_held_against_the_peak_by_what_it_did)
{
    struct contestant c = {.variant = &syrk, .samples = ten_ms, .count = FIGURES_INTERVAL_SAMPLES};
    const struct result r = result_of(&c, 1, OP_SUM_AAT);
    const struct figures f = figures_of(&r, &c);
    cr_expect_float_eq(f.rate, 2e11, 1);
    cr_expect_float_eq(f.done, 1.001e11, 1);
    cr_expect_float_eq(f.of_peak, 0.1001, 1e-9);
}

Test(figures, reduce_is_bytes_over_memory_peak)
{
    struct contestant c = {.variant = &plain, .samples = ten_ms, .count = FIGURES_INTERVAL_SAMPLES};
    const struct result r = result_of(&c, 1, OP_REDUCE);
    const struct figures f = figures_of(&r, &c);
    cr_expect_str_eq(f.unit, "B/s");
    cr_expect_float_eq(f.rate, 4e8, 1);
    cr_expect_float_eq(f.of_peak, 0.4, 1e-9);
}

Test(figures, too_few_samples_have_no_interval_and_an_unknown_peak_no_share)
{
    struct contestant c = {.variant = &naive, .samples = two_ms, .count = 2};
    struct result r = result_of(&c, 1, OP_SUM_AAT);
    r.device.peak_flops[ARITH_F32] = 0;
    const struct figures f = figures_of(&r, &c);
    cr_expect(isnan(f.half_width));
    cr_expect(isnan(f.of_peak));
}

/* A CPU's peak is measured, and too low if something slowed the CPU meanwhile. */
Test(figures, a_cpu_that_does_more_than_its_peak_has_no_share_of_it_and_a_line_says_why)
{
    static const struct {
        const char *backend;
        double peak;
        const char *share;
    } cases[] = {{"cpu", 0.79e12,
                  "of peak      not given for naive: more than 100 % of the "
                  "measured peak, so something slowed the CPU"},
                 {"cpu", 1.05e12, "95 %"},
                 {"gpu", 0.79e12, "127 %"}};
    struct contestant c = {.variant = &naive, .samples = two_ms, .count = 2};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct result r = result_of(&c, 1, OP_SUM_AAT);
        r.backend_name = cases[i].backend;
        r.device.peak_flops[ARITH_F32] = cases[i].peak;
        char text[4096] = "";
        FILE *to = fmemopen(text, sizeof text, "w");
        table_print(to, &r, "interleaved", false);
        char *details = text + ftell(to);
        report_details(to, &r);
        fclose(to);
        cr_expect(strstr(text, cases[i].share) < details, "%s", text);
        cr_expect(strstr(details, cases[i].share), "%s", text);
        cr_expect_eq(!strstr(text, "127 %"), i < 2, "%s", text);
        json_t *json = contestant_to_json(&r, &c);
        cr_expect_eq(json_is_null(json_at(json, "speed.peak_share")), i == 0);
        json_decref(json);
    }
}

Test(figures, the_table_puts_the_fastest_first_and_the_waived_last)
{
    struct contestant c[] = {
        {.variant = &naive, .state = CONTESTANT_WAIVED, .reason = "needs cc 9.0, this is 3.0"},
        {.variant = &library, .samples = ten_ms, .count = FIGURES_INTERVAL_SAMPLES},
        {.variant = &plain, .state = CONTESTANT_WRONG, .reason = "a sum of NaN"},
        {.variant = &syrk, .samples = two_ms, .count = 2},
    };
    const struct result r = result_of(c, 4, OP_SUM_AAT);
    char text[4096] = "";
    FILE *to = fmemopen(text, sizeof text, "w");
    table_print(to, &r, "interleaved", false);
    fclose(to);
    cr_expect_str_eq(
        text,
        "sum-aat · N = 1000 · Abacus · seed 1 · interleaved\n"
        "  arithmetic  variant    median  ± 99 %  TFLOP/s  of peak  × cublas  rel. error  verdict\n"
        "  f32         syrk     2.000 ms       -     1.00     50 %     5.00×    +0.0e+00  ok\n"
        "  f32         cublas   10.00 ms   0.0 %     0.20     20 %     1.00×    +0.0e+00  ok\n"
        "  f32         plain    wrong: a sum of NaN\n"
        "  f32         naive    waived: needs cc 9.0, this is 3.0\n"
        "  syrk is 5.00× as fast as cublas (f32)\n");
}

Test(figures, nothing_is_concluded_where_the_fastest_row_is_too_noisy)
{
    static struct sample shaky[FIGURES_INTERVAL_SAMPLES];
    for (size_t i = 0; i < FIGURES_INTERVAL_SAMPLES; i++)
        shaky[i] = (struct sample){.device_ns = (nanos)(100000 + 90000 * i)};
    struct contestant c[] = {
        {.variant = &library, .samples = ten_ms, .count = FIGURES_INTERVAL_SAMPLES},
        {.variant = &naive, .samples = two_ms, .count = 2},
        {.variant = &syrk, .samples = shaky, .count = FIGURES_INTERVAL_SAMPLES},
    };
    for (size_t count = 2; count <= 3; count++) {
        const struct result r = result_of(c, count, OP_SUM_AAT);
        char text[4096] = "";
        FILE *to = fmemopen(text, sizeof text, "w");
        table_print(to, &r, "interleaved", false);
        fclose(to);
        cr_expect_eq(strstr(text, "× as fast as") != NULL, count == 2, "%s", text);
    }
}

/* And the load of a CPU's host, which is a line. */
Test(figures, a_row_that_is_too_noisy_has_no_rank)
{
    static struct sample shaky[FIGURES_INTERVAL_SAMPLES];
    for (size_t i = 0; i < FIGURES_INTERVAL_SAMPLES; i++)
        shaky[i] = (struct sample){.device_ns = (nanos)(1000000 + 900000 * i)};
    struct contestant c[] = {
        {.variant = &library, .samples = ten_ms, .count = FIGURES_INTERVAL_SAMPLES},
        {.variant = &syrk, .samples = shaky, .count = FIGURES_INTERVAL_SAMPLES},
    };
    struct result r = result_of(c, 2, OP_SUM_AAT);
    char text[4096] = "";
    r.backend_name = "cpu";
    facts_real(&r.facts, "host.load_1min", 8.25);
    facts_integer(&r.facts, "host.cpu.threads_online", 2);
    FILE *to = fmemopen(text, sizeof text, "w");
    table_print(to, &r, "interleaved", false);
    fclose(to);
    cr_expect(strstr(text, "syrk   ") && strstr(text, "ok, too noisy to rank\n"), "%s", text);
    to = fmemopen(text, sizeof text, "w");
    r.contestants++; /* the main job's line says so too */
    r.contestant_count--;
    report_details(to, &r);
    fclose(to);
    cr_expect(strstr(text, "steady state     4.150 ms ± 76 %, too noisy to rank   "), "%s", text);
    cr_expect_null(strstr(text, "as fast as"), "%s", text);
    cr_expect(strstr(text, "load         8.2 on 2 CPUs: other programs were running"), "%s", text);
    facts_free(&r.facts);
}

static const struct variant gemm_tf32 = {
    .op = OP_SUM_AAT, .name = "gemm", .arithmetic = ARITH_TF32, .library = true};
static const struct variant fused_tf32 = {
    .op = OP_SUM_AAT, .name = "fused", .arithmetic = ARITH_TF32, .symmetric = true};
static const struct variant fused_2xf16 = {
    .op = OP_SUM_AAT, .name = "fused", .arithmetic = ARITH_F32_2XF16, .symmetric = true};

/* Reduced arithmetic is quoted against the library in the same arithmetic, an emulation of f32
 * against the library in f32. */
Test(figures, each_row_is_quoted_against_the_library_of_its_arithmetic)
{
    struct contestant c[] = {
        {.variant = &library, .samples = ten_ms, .count = FIGURES_INTERVAL_SAMPLES},
        {.variant = &gemm_tf32, .samples = ten_ms, .count = FIGURES_INTERVAL_SAMPLES},
        {.variant = &fused_tf32, .samples = two_ms, .count = 1},
        {.variant = &fused_2xf16, .samples = two_ms, .count = 2},
    };
    ten_ms[7].device_ns = 13000000; /* an outlier: medians are compared */
    for (size_t i = 0; i < 2; i++)
        two_ms[i].device_ns = 4000000;
    struct result r = result_of(c, 4, OP_SUM_AAT);
    cr_expect_eq(reference_for(&r, ARITH_F32), &c[0]);
    cr_expect_eq(reference_for(&r, ARITH_F32_3XF16), &c[0]);
    cr_expect_eq(reference_for(&r, ARITH_TF32), &c[1]);
    cr_expect_null(reference_for(&r, ARITH_BF16));
    bool is_noisy = true;
    cr_expect_float_eq(reference_speedup(&r, &c[2], &is_noisy), 2.5, 1e-12);
    cr_expect(!is_noisy);
    cr_expect_float_eq(reference_speedup(&r, &c[3], &is_noisy), 2.5, 1e-12);

    char text[4096] = "";
    FILE *to = fmemopen(text, sizeof text, "w");
    table_print(to, &r, "interleaved", false);
    fclose(to);
    cr_expect(strstr(text, "of peak  × library  rel. error"), "%s", text);
    cr_expect(strstr(text, "  × library    f32, f32-2xf16 against cublas; tf32 against gemm\n"),
              "%s", text);
    cr_expect(
        strstr(text, "  f32-2xf16    FP32-class on non-negative data only, two f16 products\n"),
        "%s", text);

    r.problem.range = RANGE_SIGNED;
    to = fmemopen(text, sizeof text, "w");
    table_print(to, &r, "interleaved", false);
    fclose(to);
    cr_expect(strstr(text, "two f16 products; these entries are in [-1,1)"), "%s", text);
}

Test(figures, an_energy_is_the_median_of_the_samples_that_have_one)
{
    static struct sample s[FIGURES_INTERVAL_SAMPLES];
    struct contestant c = {.variant = &library, .samples = s, .count = FIGURES_INTERVAL_SAMPLES};
    const struct result r = result_of(&c, 1, OP_SUM_AAT);
    for (size_t i = 0; i < FIGURES_INTERVAL_SAMPLES; i++)
        s[i].device_ns = 10000000;
    cr_expect(isnan(figures_of(&r, &c).energy_j));
    s[1].energy_j = 0.25;
    s[2].energy_j = 3;
    s[3].energy_j = 0.5;
    cr_expect_eq(figures_of(&r, &c).energy_j, 0.5);
}

Test(figures, a_variant_far_slower_than_the_library_has_a_ratio_above_zero)
{
    struct sample fast = {.device_ns = 100000}, slow = {.device_ns = 400000000};
    struct contestant c[] = {
        {.variant = &library, .samples = &fast, .count = 1},
        {.variant = &syrk, .samples = &slow, .count = 1},
    };
    const struct result r = result_of(c, 2, OP_SUM_AAT);
    char text[4096] = "";
    FILE *to = fmemopen(text, sizeof text, "w");
    table_print(to, &r, "interleaved", false);
    fclose(to);
    cr_expect(strstr(text, "  0.00025×"), "%s", text);
}

Test(figures, nothing_is_quoted_against_a_library_that_is_too_noisy_to_rank)
{
    for (size_t noisy = 0; noisy < 2; noisy++) {
        struct sample samples[2][FIGURES_INTERVAL_SAMPLES] = {0};
        struct contestant c[] = {
            {.variant = &library, .samples = samples[0], .count = FIGURES_INTERVAL_SAMPLES},
            {.variant = &syrk, .samples = samples[1], .count = FIGURES_INTERVAL_SAMPLES},
        };
        for (size_t i = 0; i < FIGURES_INTERVAL_SAMPLES; i++) {
            samples[0][i].device_ns = 10000000;
            samples[1][i].device_ns = 4000000;
        }
        c[noisy].samples[3].device_ns *= 5;
        const struct result r = result_of(c, 2, OP_SUM_AAT);
        bool is_noisy = false;
        cr_expect(isnan(reference_speedup(&r, &c[1], &is_noisy)) && is_noisy);
        char text[4096] = "";
        FILE *to = fmemopen(text, sizeof text, "w");
        table_print(to, &r, "interleaved", false);
        fclose(to);
        const char *row = strstr(text, "  syrk ");
        const char *said = row ? strstr(row, "too noisy ") : NULL;
        cr_expect(said && !memchr(row, '\n', (size_t)(said - row)), "%s", text);
        cr_expect(!strstr(text, "as fast as"), "%s", text);
        json_t *json = contestant_to_json(&r, &c[1]);
        cr_expect(json_is_null(json_at(json, "reference.speedup")));
        json_decref(json);
    }
}

Test(figures, a_row_without_its_library_is_not_quoted)
{
    struct contestant c[] = {
        {.variant = &library, .samples = ten_ms, .count = FIGURES_INTERVAL_SAMPLES},
        {.variant = &fused_tf32, .samples = two_ms, .count = 2},
        {.variant = &gemm_tf32, .state = CONTESTANT_WAIVED, .reason = "no cuBLAS"},
    };
    const struct result r = result_of(c, 3, OP_SUM_AAT);
    bool is_noisy = true;
    cr_expect(isnan(reference_speedup(&r, &c[1], &is_noisy)) && !is_noisy);
    char text[4096] = "";
    FILE *to = fmemopen(text, sizeof text, "w");
    table_print(to, &r, "interleaved", false);
    fclose(to);
    cr_expect(strstr(text, "× cublas  rel. error"), "%s", text);
    cr_expect_null(strstr(text, "against"), "%s", text);
}

Test(figures, a_product_shows_the_errors_of_its_entries)
{
    static const struct variant tile = {.op = OP_MATMUL, .name = "tile", .steps = {"matmul"}};
    struct contestant c = {.variant = &tile, .samples = ten_ms, .count = FIGURES_INTERVAL_SAMPLES};
    c.verdict = (struct verdict){.ok = true,
                                 .sum_error = -3.2e-8,
                                 .row_error = 2e-7,
                                 .rel_f = 1.5e-6,
                                 .bias = -3e-8,
                                 .worst_entry = 6.4e-6};
    const struct result r = result_of(&c, 1, OP_MATMUL);
    char text[4096] = "";
    FILE *to = fmemopen(text, sizeof text, "w");
    table_print(to, &r, "interleaved", false);
    fclose(to);
    cr_expect_str_eq(text, "matmul · N = 1000 · Abacus · seed 1 · interleaved\n"
                           "  arithmetic  variant    median  ± 99 %  GFLOP/s  of peak  rel. error  "
                           "   relF      bias  worst entry  verdict\n"
                           "  f32         tile     10.00 ms   0.0 %    200.0     20 %    -3.2e-08  "
                           "1.5e-06  -3.0e-08      6.4e-06  ok\n");
}

Test(figures, the_answer_is_the_lines_of_the_original_script)
{
    struct result r = result_of(NULL, 0, OP_SUM_AAT);
    r.sum = 250015234567.0;
    r.time_taken_ns = 341208000;
    char text[256] = "";
    FILE *to = fmemopen(text, sizeof text, "w");
    report_answer(to, &r);
    fclose(to);
    cr_expect_str_eq(
        text, "2.500152e+11\n\nShape: (1000, 1000) Device: /gpu:0\nTime taken: 0:00:00.341208\n");
}

Test(figures, the_details_say_how_many_samples_are_missing_for_an_interval)
{
    struct contestant c = {
        .variant = &naive, .samples = two_ms, .count = 2, .warmups = 1, .stop = STOP_TIME};
    c.verdict = (struct verdict){
        .ok = true, .sum_error = -3.1e-8, .row_error = NAN, .rel_f = NAN, .worst_entry = NAN};
    c.verdict.limit.sum = 1e-6;
    struct result r = result_of(&c, 1, OP_SUM_AAT);
    r.phases[0] = (struct phase){"matmul + sum", 18600000, "sum-aat/f32/naive", "/gpu:0"};
    r.phase_count = 1;
    char text[1024] = "";
    FILE *to = fmemopen(text, sizeof text, "w");
    report_details(to, &r);
    fclose(to);
    cr_expect_str_eq(
        text, "\nAbacus · seed 1\n"
              "  matmul + sum     18.6 ms  sum-aat/f32/naive  /gpu:0\n"
              "  verified       rel. error -3.1e-08 (limit 1e-06), against the float64 identity\n"
              "steady state     2.000 ms   1.000 TFLOP/s, 100 % of peak   (2 runs after 1 warm-up, "
              "time limit; "
              "--samples 8 for an interval)\n");
}

/* Eight samples below the median and eight above it count for four, which have no interval. */
Test(figures, samples_that_depend_on_each_other_want_more_time)
{
    struct sample samples[16];
    for (int i = 0; i < 16; i++)
        samples[i] = (struct sample){
            .device_ns = 2000000 + 1000 * (nanos)i, .wall_ns = 3000000, .launches = 1};
    struct contestant c = {
        .variant = &naive, .samples = samples, .count = 16, .warmups = 1, .stop = STOP_TIME};
    c.verdict = (struct verdict){
        .ok = true, .sum_error = 0, .row_error = NAN, .rel_f = NAN, .worst_entry = NAN};
    struct result r = result_of(&c, 1, OP_SUM_AAT);
    char text[1024] = "";
    FILE *to = fmemopen(text, sizeof text, "w");
    report_details(to, &r);
    fclose(to);
    cr_expect(strstr(text, "(16 runs after 1 warm-up, time limit; a longer --max-time gives an "
                           "interval)\n"),
              "%s", text);
}

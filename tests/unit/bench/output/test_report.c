/* test_report.c - the main job in words, the lines below a table, and the table of ranks. */
#include "bench/output/report.h"

#include "bench/output/notes.h"
#include "bench/output/rank_table.h"
#include "harness/base/interrupt.h"
#include "harness/catalogue/catalogue.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT = 8 };

static const struct variant syrk = {.op = OP_SUM_AAT, .name = "syrk", .symmetric = true},
                            cublas = {.op = OP_SUM_AAT, .name = "cublas", .library = true},
                            tf32 = {.op = OP_SUM_AAT, .name = "tc", .arithmetic = ARITH_TF32},
                            cublas_tf32 = {.op = OP_SUM_AAT,
                                           .name = "cublas-tc",
                                           .arithmetic = ARITH_TF32,
                                           .library = true},
                            split = {.op = OP_SUM_AAT,
                                     .name = "split",
                                     .arithmetic = ARITH_F32_2XF16},
                            product = {.op = OP_MATMUL, .name = "product"},
                            plain = {.op = OP_REDUCE, .name = "plain"};

static struct sample samples[5][COUNT];

static void set_up(void)
{
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < COUNT; k++)
            samples[i][k] = (struct sample){
                .device_ns = 10000000, .wall_ns = 11000000, .launches = 1, .energy_j = 12.5};
}
TestSuite(report, .init = set_up);

static struct contestant contestant_of(const struct variant *v, size_t index)
{
    return (struct contestant){.variant = v,
                               .samples = samples[index],
                               .count = COUNT,
                               .stop = STOP_TIME,
                               .verdict = {.ok = true,
                                           .sum_error = 1e-8,
                                           .row_error = NAN,
                                           .rel_f = NAN,
                                           .worst_entry = NAN,
                                           .limit = {.sum = 1e-6, .row = 2e-6, .entry = 3e-6}}};
}

static struct result result_of(struct contestant *contestants, size_t count)
{
    struct result r = {.problem = {contestants->variant->op, 1000, 1, RANGE_UNIT, ELEMENT_F32},
                       .backend_name = "gpu",
                       .contestants = contestants,
                       .contestant_count = count};
    r.device.peak_flops[ARITH_F32] = 1e12;
    r.device.peak_bytes = 1e9;
    snprintf(r.device.name, sizeof r.device.name, "Abacus");
    return r;
}

static void expect(void (*print)(FILE *to, const struct result *r), const struct result *r,
                   const char *want)
{
    char *text;
    size_t bytes;
    FILE *to = open_memstream(&text, &bytes);
    print(to, r);
    fclose(to);
    cr_expect_str_eq(text, want);
    free(text);
}

Test(report, phases_are_aligned_and_a_short_time_is_not_zero)
{
    struct contestant c = contestant_of(&syrk, 0);
    struct result r = result_of(&c, 1);
    r.problem.range = RANGE_SIGNED;
    snprintf(r.device.summary, sizeof r.device.summary, "cc 9.0");
    c.verdict.row_error = 1.5e-7;
    c.warmups = 2;
    r.phases[0] = (struct phase){"a longer label than others", 49999, "driver", ""};
    r.phases[1] = (struct phase){"fill", 50000, "philox", "/gpu:0"};
    r.phases[2] = (struct phase){"sum", 0, "", "/gpu:0"};
    r.phases[3] = (struct phase){"end", 1500000, "", ""};
    r.phase_count = 4;
    expect(report_details, &r,
           "\nAbacus · cc 9.0 · seed 1 · entries in [-1,1)\n"
           "  a longer label than others    < 0.1 ms  driver\n"
           "  fill                            0.1 ms  philox  /gpu:0\n"
           "  sum                             0.0 ms          /gpu:0\n"
           "  end                             1.5 ms\n"
           "  verified                     rel. error +1.0e-08 (limit 1e-06), rows +1.5e-07 (limit "
           "2e-06), against the float64 identity\n"
           "steady state                   10.00 ms ± 0.0 %   200.0 GFLOP/s as 2N³, 100.1 GFLOP/s "
           "done, 10 % of peak, 12.5 J   (8 runs after 2 warm-ups, time limit)\n");
    c.state = CONTESTANT_FAILED;
    r.phase_count = 0;
    expect(report_details, &r,
           "\nAbacus · cc 9.0 · seed 1 · entries in [-1,1)\n"
           "  verified       rel. error +1.0e-08 (limit 1e-06), rows +1.5e-07 (limit 2e-06), "
           "against the float64 identity\n"
           "steady state     failed\n");
}

Test(report, a_full_verification_one_cold_run_and_noise_are_named)
{
    struct contestant c = contestant_of(&product, 0);
    struct result r = result_of(&c, 1);
    c.verdict.worst_entry = 2e-6;
    c.verdict.is_full = true;
    c.is_first_run = true;
    c.count = 1;
    expect(report_details, &r,
           "\nAbacus · seed 1\n"
           "  verified       rel. error +1.0e-08 (limit 1e-06), entries +2.0e-06 (limit 3e-06), "
           "against float64, every entry\n"
           "one run, cold    10.00 ms   200.0 GFLOP/s, 20 % of peak, 12.5 J   (1 run without "
           "warm-up, time limit; --samples 8 for the steady state)\n");
    c = contestant_of(&plain, 1);
    c.verdict.is_full = true;
    for (size_t i = 0; i < COUNT; i++)
        samples[1][i].device_ns = i % 2 ? 10000000 : 90000000;
    r = result_of(&c, 1);
    r.is_cold = true;
    expect(
        report_details, &r,
        "\nAbacus · seed 1\n"
        "  verified       rel. error +1.0e-08 (limit 1e-06), against float64 column sums, also "
        "with other signs of rows\n"
        "steady state     50.00 ms ± 80 %, too noisy to rank   80.00 MB/s, 8.0 % of memory peak, "
        "12.5 J   (8 runs without warm-up, cold cache, time limit)\n");
}

Test(report, notes_name_the_references_clocks_and_reasons)
{
    struct contestant c[] = {contestant_of(&syrk, 0), contestant_of(&cublas, 1),
                             contestant_of(&tf32, 2), contestant_of(&cublas_tf32, 3),
                             contestant_of(&split, 4)};
    struct result r = result_of(c, 5);
    snprintf(r.device.note, sizeof r.device.note, "ATLAS runs 1 of the 2 threads");
    r.problem.range = RANGE_SIGNED;
    for (size_t i = 0; i < COUNT; i++) {
        samples[0][i].sm_mhz_measured = 1500;
        samples[1][i].sm_mhz_measured = i ? 1300 : 0;
        samples[2][i].sm_mhz_measured = 1750;
    }
    samples[0][0].throttle = 1u << 2;
    samples[3][7].throttle = 1u << 2 | 1u << 31;
    expect(notes_print, &r,
           "  threads      ATLAS runs 1 of the 2 threads\n"
           "  × library    f32, f32-2xf16 against cublas; tf32 against cublas-tc\n"
           "  f32-2xf16    FP32-class on non-negative data only, two f16 products; these entries "
           "are in [-1,1), where it has a few times the error of f32\n"
           "  SM clock     1.30 to 1.75 GHz, measured on the device\n"
           "  throttled    sw power cap in 2 of 40 samples, bit 31 in 1\n");
    c[3].state = CONTESTANT_FAILED; /* one library is no reason to say which */
    c[4].state = CONTESTANT_WRONG;
    c[1].count = 0;
    expect(notes_print, &r,
           "  threads      ATLAS runs 1 of the 2 threads\n"
           "  SM clock     1.50 to 1.75 GHz, measured on the device\n"
           "  throttled    sw power cap in 1 of 16 samples\n");
}

Test(report, notes_name_a_load_and_a_stop)
{
    struct contestant c = contestant_of(&cublas, 0);
    struct result r = result_of(&c, 1);
    samples[0][0].sm_mhz_measured = 1500;
    samples[0][1].sm_mhz_measured = 1500;
    samples[0][0].throttle = 1;
    c.count = 1;
    expect(notes_print, &r,
           "  SM clock     1.50 GHz, measured on the device\n"
           "  throttled    gpu idle in 1 of 1 sample\n");
    samples[0][0] = (struct sample){.device_ns = 10000000, .launches = 1};
    facts_real(&r.facts, "host.load_1min", 6.01);
    facts_integer(&r.facts, "host.cpu.threads_online", 4);
    expect(notes_print, &r, ""); /* a GPU does not mind */
    r.backend_name = "cpu";
    expect(
        notes_print, &r,
        "  load         6.0 on 4 CPUs: other programs were running, and times can be too long\n");
    facts_free(&r.facts);
    facts_real(&r.facts, "host.load_1min", 6.0); /* 1.25 of each CPU, and one of the last run */
    facts_integer(&r.facts, "host.cpu.threads_online", 4);
    expect(notes_print, &r, "");
    interrupt_note_stop();
    expect(notes_print, &r,
           "stopped          the process was stopped for a while (SIGSTOP or Ctrl-Z), and the "
           "longest time includes that\n");
    facts_free(&r.facts);
}

Test(report, ranks_are_a_table_with_the_slowest_and_those_that_share_a_device)
{
    double compute[3][3] = {{1, 1, 9}, {2, 2, 2}, {1, 1, 1}}, waiting[3] = {0.5, 0.5, 0.5},
           exchange[3] = {0.25, 0.25, 0.25};
    struct rank_result list[3];
    for (int i = 0; i < 3; i++)
        list[i] = (struct rank_result){.host = "n1",
                                       .device = "G",
                                       .place = "/gpu:0",
                                       .uuid = "U",
                                       .share = 1.0 / 3,
                                       .error = 1e-9,
                                       .sm_mhz = i ? 1500 : 0,
                                       .compute_s = compute[i],
                                       .waiting_s = waiting,
                                       .exchange_s = exchange,
                                       .shares_device = i != 1};
    struct rank_results ranks = {
        .count = 3, .list = list, .samples = 3, .efficiency = 0.9, .alone_s = 0.75};
    struct contestant c = contestant_of(&syrk, 0);
    struct result r = result_of(&c, 1);
    r.ranks = &ranks;
    expect(ranks_print, &r,
           "\n"
           "  rank  host  place            device  share  compute   waiting     clock  rel. error\n"
           "     0  n1    /gpu:0 (shared)  G        33 %  1.000 s  500.0 ms              +1.0e-09\n"
           "     1  n1    /gpu:0           G        33 %  2.000 s  500.0 ms  1.50 GHz    +1.0e-09\n"
           "     2  n1    /gpu:0 (shared)  G        33 %  1.000 s  500.0 ms  1.50 GHz    +1.0e-09\n"
           "efficiency       90 % of 3 × rank 0 alone, which takes 750.0 ms for its share\n"
           "slowest          rank 1 on n1 (/gpu:0, G)\n"
           "shared           ranks 0 and 2 on n1 have one GPU, /gpu:0 U: it does the work of "
           "both\n");
    for (int i = 0; i < 3; i++) { /* cards with an address, which is without a domain of 0 */
        list[i].link_bytes_s = 2e9;
        snprintf(list[i].pci, sizeof list[i].pci, "%04x:0%d:00.0", i == 2, i + 1);
    }
    list[2].host[0] = 'm';
    list[0].share = 0;
    expect(
        ranks_print, &r,
        "\n"
        "  rank  host  place            PCI           device  share  compute  exchange   waiting  "
        "      link     clock  rel. error\n"
        "     0  n1    /gpu:0 (shared)  01:00.0       G       0.0 %  1.000 s  250.0 ms  500.0 ms  "
        "2.000 GB/s              +1.0e-09\n"
        "     1  n1    /gpu:0           02:00.0       G        33 %  2.000 s  250.0 ms  500.0 ms  "
        "2.000 GB/s  1.50 GHz    +1.0e-09\n"
        "     2  m1    /gpu:0 (shared)  0001:03:00.0  G        33 %  1.000 s  250.0 ms  500.0 ms  "
        "2.000 GB/s  1.50 GHz    +1.0e-09\n"
        "slowest          rank 1 on n1 (/gpu:0, PCI 02:00.0, G)\n");
    ranks.count = 1;
    list[0].share = list[0].link_bytes_s = 1;
    list[1].pci[0] = '\0';
    expect(
        ranks_print, &r,
        "\n"
        "  rank  host  place            PCI      device  share  compute  exchange   waiting      "
        "  link  clock  rel. error\n"
        "     0  n1    /gpu:0 (shared)  01:00.0  G       100 %  1.000 s  250.0 ms  500.0 ms  "
        "0.000 MB/s           +1.0e-09\n"
        "efficiency       90 % of 1 × rank 0 alone, which takes 750.0 ms for its share\n");
    ranks.samples = 0;
    expect(ranks_print, &r, "");
}

static void facts_only(FILE *to, const struct result *r)
{
    report_facts(to, &r->facts);
}

static void all_ends(FILE *to, const struct result *r)
{
    (void)r;
    report_end(to, "/a/b", "out.json", "gpubench cpu 5", "what it does");
    report_end(to, NULL, NULL, NULL, NULL);
}

Test(report, facts_of_each_type_and_where_the_result_is)
{
    struct contestant c = contestant_of(&syrk, 0);
    struct result r = result_of(&c, 1);
    facts_text(&r.facts, "a.text", "x");
    facts_integer(&r.facts, "b", 7);
    facts_real(&r.facts, "c", 0.1234567);
    facts_boolean(&r.facts, "d", true);
    facts_boolean(&r.facts, "e", false);
    expect(facts_only, &r, "\na.text  x\nb       7\nc       0.123457\nd       yes\ne       no\n");
    facts_free(&r.facts);
    expect(all_ends, &r,
           "saved            /a/b\n"
           "written          out.json\n"
           "try              gpubench cpu 5     what it does\n");
}

Test(report, what_a_card_of_the_model_reached_is_a_line)
{
    struct contestant c = contestant_of(&syrk, 0);
    struct result r = result_of(&c, 1);
    char path[4200], *text;
    size_t bytes;
    setenv("XDG_CONFIG_HOME", scratch_make(), 1);
    scratch_file("gpubench/x", "");
    cr_assert_eq(catalogue_path(path, sizeof path, NULL), STATUS_OK);
    FILE *file = fopen(path, "we");
    cr_assert(file);
    fputs("Abacus\tgpu/sum-aat/f32/syrk/n=1000\t5\t0.01\t0.01\t0.01\t-\t-\t-\t-\t-\t580.1\t"
          "2026-11-29\n",
          file);
    fclose(file);
    file = open_memstream(&text, &bytes);
    report_details(file, &r);
    fclose(file);
    cr_expect(
        strstr(text, "\nreference        1.00 of what Abacus reached (5 runs, driver 580.1)\n"),
        "%s", text);
    free(text);
    for (size_t k = 0; k < COUNT; k++) {
        c.samples[k].device_ns *= 2;
        c.samples[k].throttle = 0x7ff;
    }
    file = open_memstream(&text, &bytes);
    report_details(file, &r);
    fclose(file);
    cr_expect(strstr(text, "; reliability in 8 of 8 samples\n"), "in full: %s", text);
    free(text);
    scratch_remove();
}

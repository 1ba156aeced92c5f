/* test_sweep.c - what the points of a sweep amount to. */
#include "harness/compare/sweep.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Adds a point: one result of a backend with its call, and on a GPU the copies. */
static void add_point(json_t *documents, const char *backend, const char *arithmetic, int n,
                      double call_s, double pinned_s, double pageable_s)
{
    json_t *document = json_pack("{s:[{s:s, s:s, s:s, s:s, s:s, s:i, s:{s:f}, s:{s:f}}]}",
                                 "results", "state", "ok", "backend", backend, "op", "sum-aat",
                                 "variant", backend, "arithmetic", arithmetic, "n", n, "call",
                                 "median_s", call_s, "summary", "median_s", call_s / 2);
    if (pinned_s > 0)
        json_object_set_new(document, "copy_in",
                            json_pack("{s:{s:f}, s:{s:f}}", "pinned", "median_s", pinned_s,
                                      "pageable", "median_s", pageable_s));
    json_array_append_new(documents, document);
}

Test(sweep, a_row_holds_the_four_waits_of_the_gpu_and_the_cpus)
{
    json_t *documents = json_array();
    add_point(documents, "cpu", "f32", 100, 3.0, 0, 0);
    add_point(documents, "gpu", "f32", 100, 1.0, 0.5, 2.0);
    struct sweep_row *rows;
    cr_assert_eq(sweep_rows(documents, &rows), 1);
    cr_expect_eq(rows[0].n, 100);
    cr_expect_str_eq(rows[0].gpu_variant, "gpu");
    cr_expect_str_eq(rows[0].cpu_variant, "cpu");
    cr_expect_float_eq(rows[0].device_s, 0.5, 1e-15);
    cr_expect_float_eq(rows[0].gpu_s[SWEEP_ON_DEVICE], 1.0, 1e-15);
    cr_expect_float_eq(rows[0].gpu_s[SWEEP_COPIED_ONCE], 1.2, 1e-15);
    cr_expect_float_eq(rows[0].gpu_s[SWEEP_PINNED], 1.5, 1e-15);
    cr_expect_float_eq(rows[0].gpu_s[SWEEP_PAGEABLE], 3.0, 1e-15);
    cr_expect_float_eq(rows[0].cpu_s, 3.0, 1e-15);
    free(rows);
    json_decref(documents);
}

Test(sweep, a_row_has_the_median_energy_of_both_sides_if_it_is_known)
{
    json_t *documents = json_array();
    add_point(documents, "gpu", "f32", 100, 1.0, 0.5, 2.0);
    add_point(documents, "gpu", "tf32", 100, 1.0, 0.5, 2.0);
    add_point(documents, "cpu", "f32", 100, 3.0, 0, 0);
    for (unsigned i = 0; i < 3; i += 2)
        json_object_set_new(
            json_array_get(json_object_get(json_array_get(documents, i), "results"), 0), "samples",
            json_pack("{s:[f, n, f, f]}", "energy_j", i + 2.0, i + 1.0, i + 3.0));
    struct sweep_row *rows;
    cr_assert_eq(sweep_rows(documents, &rows), 2);
    cr_expect_float_eq(rows[0].gpu_j, 2.0, 0);
    cr_expect_float_eq(rows[0].cpu_j, 4.0, 0);
    cr_expect(isnan(rows[1].gpu_j));
    cr_expect_float_eq(rows[1].cpu_j, 4.0, 0);
    free(rows);
    json_decref(documents);
}

Test(sweep, every_arithmetic_of_the_gpu_is_compared_with_the_cpu)
{
    json_t *documents = json_array();
    add_point(documents, "gpu", "f32", 100, 4.0, 0.5, 2.0);
    add_point(documents, "gpu", "tf32", 100, 1.0, 0.5, 2.0);
    add_point(documents, "gpu", "f32", 100, 2.0, 0.5, 2.0); /* the faster of two counts */
    add_point(documents, "cpu", "f32", 100, 3.0, 0, 0);
    add_point(documents, "cpu", "f32", 200, 9.0, 0, 0);
    struct sweep_row *rows;
    cr_assert_eq(sweep_rows(documents, &rows), 3);
    cr_expect_str_eq(rows[0].arithmetic, "f32");
    cr_expect_float_eq(rows[0].gpu_s[SWEEP_ON_DEVICE], 2.0, 0);
    cr_expect_float_eq(rows[0].cpu_s, 3.0, 0);
    cr_expect_eq(rows[1].n, 200);
    cr_expect_null(rows[1].gpu_variant);
    cr_expect(isnan(rows[1].gpu_s[SWEEP_ON_DEVICE]));
    cr_expect_str_eq(rows[2].arithmetic, "tf32");
    cr_expect_float_eq(rows[2].cpu_s, 3.0, 0);
    free(rows);
    json_decref(documents);
}

Test(sweep, the_cpu_of_one_operation_is_compared_with_no_other_at_the_same_n)
{
    json_t *documents = json_array();
    for (int i = 0; i < 2; i++) {
        add_point(documents, "gpu", "f32", 100, 1.0, 0.5, 2.0);
        add_point(documents, "gpu", "tf32", 100, 1.0, 0.5, 2.0);
        add_point(documents, "cpu", "f32", 100, 3.0 + i, 0, 0);
        for (size_t k = 3; i == 0 && k-- > 0;)
            json_object_set_new(
                json_array_get(json_object_get(json_array_get(documents, k), "results"), 0), "op",
                json_string("reduce"));
    }
    struct sweep_row *rows;
    cr_assert_eq(sweep_rows(documents, &rows), 4);
    for (size_t i = 0; i < 4; i++) {
        cr_expect_str_eq(rows[i].op, i < 2 ? "reduce" : "sum-aat");
        cr_expect_str_eq(rows[i].arithmetic, i % 2 ? "tf32" : "f32");
        cr_expect_eq(rows[i].cpu_s, i < 2 ? 3.0 : 4.0, "row %zu: %g", i, rows[i].cpu_s);
    }
    free(rows);
    json_decref(documents);
}

Test(sweep, results_that_failed_or_have_no_call_are_no_rows)
{
    json_t *documents = json_array();
    add_point(documents, "gpu", "f32", 100, 1.0, 0.5, 2.0);
    add_point(documents, "gpu", "f32", 200, 1.0, 0.5, 2.0);
    json_t *first = json_array_get(json_object_get(json_array_get(documents, 0), "results"), 0);
    json_t *second = json_array_get(json_object_get(json_array_get(documents, 1), "results"), 0);
    json_object_set_new(first, "state", json_string("wrong"));
    json_object_del(second, "call");
    struct sweep_row *rows;
    cr_expect_eq(sweep_rows(documents, &rows), 0);
    free(rows);
    json_decref(documents);
}

/* Nine times of which one is `most`, the others 1. */
static json_t *nine_times(double most)
{
    json_t *list = json_array();
    for (int i = 0; i < 9; i++)
        json_array_append_new(list, json_real(i ? 1.0 : most));
    return list;
}

Test(sweep, a_side_whose_calls_or_work_vary_too_much_is_not_ranked)
{
    static const struct {
        double calls[2], work_high[2];
        bool gpu_is_noisy, cpu_is_noisy;
    } cases[] = {
        {{1.3, 1.3}, {1.3, 1.3}, false, false}, {{1.5, 1}, {1, 1}, true, false},
        {{1, 1.5}, {1, 1}, false, true},        {{1, 1}, {1.5, 1}, true, false},
        {{1, 1}, {1, 1.5}, false, true},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        json_t *documents = json_array();
        struct sweep_row *rows;
        char sentence[160];
        for (size_t side = 0; side < 2; side++) {
            add_point(documents, side ? "cpu" : "gpu", "f32", 100, side ? 3 : 1, 0.5, 0.5);
            json_t *document = json_array_get(documents, side);
            json_t *result = json_array_get(json_object_get(document, "results"), 0);
            json_object_set_new(json_object_get(result, "call"), "samples_s",
                                nine_times(cases[k].calls[side]));
            json_object_set_new(result, "summary",
                                json_pack("{s:f, s:f, s:f, s:f}", "median_s", 1.0, "low_s", 1.0,
                                          "high_s", cases[k].work_high[side], "confidence", 0.99));
        }
        /* A second arithmetic shares the CPU's times. */
        add_point(documents, "gpu", "tf32", 100, 1, 0.5, 0.5);
        cr_assert_eq(sweep_rows(documents, &rows), 2);
        cr_expect_eq(rows[0].gpu_is_noisy, cases[k].gpu_is_noisy, "case %zu", k);
        cr_expect_eq(rows[0].cpu_is_noisy, cases[k].cpu_is_noisy, "case %zu", k);
        cr_expect_eq(rows[1].cpu_is_noisy, cases[k].cpu_is_noisy, "case %zu", k);
        cr_expect_eq(sweep_is_noisy(&rows[0]), k > 0);
        const struct crossover c = sweep_crossover(rows, 2, "sum-aat", "f32", SWEEP_ON_DEVICE);
        cr_expect_eq(c.kind, k > 0 ? CROSSOVER_UNKNOWN : CROSSOVER_ALWAYS, "case %zu", k);
        sweep_sentence(sentence, sizeof sentence, &c);
        cr_expect_eq(strcmp(sentence, "not known: too noisy to rank") == 0, k > 0, "%s", sentence);
        free(rows);
        json_decref(documents);
    }
}

/* The GPU takes gpu[i] at N = 1, 2, 3 …, the CPU one second. NaN means not measured. */
static struct crossover crossover_of(const double *gpu, size_t count)
{
    struct sweep_row rows[8];
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct sweep_row){.op = "sum-aat",
                                     .arithmetic = "f32",
                                     .n = i + 1,
                                     .gpu_s = {[SWEEP_PINNED] = gpu[i]},
                                     .cpu_s = 1};
    return sweep_crossover(rows, count, "sum-aat", "f32", SWEEP_PINNED);
}

Test(sweep, the_crossover_is_the_first_n_from_which_the_gpu_always_wins)
{
    static const struct {
        double gpu[5];
        int kind;
        uint64_t n, slower_at;
    } cases[] = {
        {{3, 2, 0.5, 0.4, 0.3}, CROSSOVER_FROM, 3, 2},
        {{3, 0.9, 1.1, 0.4, 0.3}, CROSSOVER_FROM, 4, 3}, /* one win before it does not count */
        {{0.9, 0.8, 0.7, 0.6, 0.5}, CROSSOVER_ALWAYS, 1, 0},
        {{0.5, 0.5, 0.5, 0.5, 2}, CROSSOVER_NEVER, 0, 5},
        {{3, 2, 1, 0.5, 0.5}, CROSSOVER_FROM, 4, 3}, /* equal is not faster */
        {{3, 2, NAN, 0.5, NAN}, CROSSOVER_FROM, 4, 2},
        {{NAN, NAN, NAN, NAN, NAN}, CROSSOVER_UNKNOWN, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct crossover c = crossover_of(cases[i].gpu, 5);
        cr_expect_eq((int)c.kind, cases[i].kind, "case %zu: kind %d", i, (int)c.kind);
        if (c.kind == CROSSOVER_FROM || c.kind == CROSSOVER_ALWAYS)
            cr_expect_eq(c.n, cases[i].n, "case %zu: N %d", i, (int)c.n);
        if (c.kind == CROSSOVER_FROM || c.kind == CROSSOVER_NEVER)
            cr_expect_eq(c.slower_at, cases[i].slower_at, "case %zu: at %d", i, (int)c.slower_at);
    }
}

Test(sweep, the_grid_is_geometric_and_has_both_ends)
{
    uint64_t n[32];
    cr_assert_eq(sweep_grid(64, 1024, 5, n), 5);
    for (int i = 0; i < 5; i++)
        cr_expect_eq(n[i], 64u << i);
    cr_assert_eq(sweep_grid(100, 100, 1, n), 1);
    cr_expect_eq(n[0], 100);
    /* Where the steps are closer than one, each N is there once. */
    cr_assert_eq(sweep_grid(1, 4, 9, n), 4);
    for (int i = 0; i < 4; i++)
        cr_expect_eq(n[i], (uint64_t)i + 1);
}

/* A point whose call has these times, and its variant's name. */
static json_t *add_calls(json_t *documents, const char *backend, const char *variant, json_t *times)
{
    add_point(documents, backend, "f32", 100, 1, 0.5, 0.5);
    json_t *document = json_array_get(documents, json_array_size(documents) - 1);
    json_t *result = json_array_get(json_object_get(document, "results"), 0);
    json_object_set_new(result, "variant", json_string(variant));
    json_object_set_new(json_object_get(result, "call"), "samples_s", times);
    return result;
}

Test(sweep, a_late_call_at_either_end_makes_many_calls_not_noisy)
{
    json_t *documents = json_array(), *times = json_array();
    struct sweep_row *rows;
    for (int i = 0; i < 20; i++)
        json_array_append_new(times, json_real(i == 3 ? 9.0 : 1.0));
    add_calls(documents, "gpu", "v", times);
    cr_assert_eq(sweep_rows(documents, &rows), 1);
    cr_expect_not(rows[0].gpu_is_noisy, "the interval of the median leaves the last one out");
    free(rows);
    json_decref(documents);
}

Test(sweep, of_two_that_are_equally_fast_the_first_stands)
{
    json_t *documents = json_array();
    struct sweep_row *rows;
    for (int i = 0; i < 2; i++) {
        add_calls(documents, "gpu", i ? "second" : "first", json_array());
        add_calls(documents, "cpu", i ? "second" : "first", json_array());
    }
    cr_assert_eq(sweep_rows(documents, &rows), 1);
    cr_expect_str_eq(rows[0].gpu_variant, "first");
    cr_expect_str_eq(rows[0].cpu_variant, "first");
    free(rows);
    json_decref(documents);
}

Test(sweep, the_sentences_name_every_case)
{
    static const struct {
        struct crossover c;
        const char *sentence;
    } cases[] = {
        {{.kind = CROSSOVER_UNKNOWN}, "not known: no N has both sides"},
        {{.kind = CROSSOVER_ALWAYS, .least = 64, .most = 512},
         "at every N measured, from 64 to 512"},
        {{.kind = CROSSOVER_FROM, .n = 256, .slower_at = 128, .ratio = 1.25},
         "from N = 256; at 128 the CPU is 1.25 times as fast"},
        {{.kind = CROSSOVER_NEVER, .most = 512, .ratio = 3},
         "never up to N = 512, where the CPU is 3 times as fast"},
    };
    char sentence[160];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sweep_sentence(sentence, sizeof sentence, &cases[i].c);
        cr_expect_str_eq(sentence, cases[i].sentence);
    }
}

/* test_print.c - a sweep as a table with sentences, and as JSON. */
#include "bench/sweep/sweep.h"
#include "harness/compare/sweep.h"
#include "harness/text/json_text.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const struct device_facts *facts_of(const struct device *device)
{
    static const struct device_facts gpu = {.name = "G100"}, cpu = {.name = "C200"};
    return device ? &gpu : &cpu;
}

static const struct backend gpu_backend = {.name = "gpu", .device_facts = facts_of},
                            cpu_backend = {.name = "cpu", .device_facts = facts_of};
static const struct place gpu = {.backend = &gpu_backend}, cpu = {.backend = &cpu_backend};
static struct options options = {.op = OP_SUM_AAT};

/* One result with its call; joules may be 0, and copies are those of a GPU. */
static void add_point(struct sweep *s, const char *backend, const char *arithmetic, int n,
                      double call_s, double joules)
{
    json_t *document = json_pack("{s:[{s:s, s:s, s:s, s:s, s:s, s:i, s:{s:f}, s:{s:f}}]}",
                                 "results", "state", "ok", "backend", backend, "op", "sum-aat",
                                 "variant", backend, "arithmetic", arithmetic, "n", n, "call",
                                 "median_s", call_s, "summary", "median_s", call_s / 2);
    if (joules > 0)
        json_object_set_new(json_array_get(json_object_get(document, "results"), 0), "samples",
                            json_pack("{s:[f]}", "energy_j", joules));
    if (*backend == 'g')
        json_object_set_new(document, "copy_in",
                            json_pack("{s:{s:f}, s:{s:f}}", "pinned", "median_s", 0.5, "pageable",
                                      "median_s", 2.0));
    json_array_append_new(s->documents, document);
}

static struct sweep sweep_of_both(void)
{
    struct sweep s = {.options = &options,
                      .side = {&gpu, &cpu},
                      .device = {(struct device *)&gpu, NULL},
                      .n = {64, 128, 256},
                      .count = 3,
                      .documents = json_array()};
    return s;
}

static char *printed(const struct sweep *s)
{
    char *text;
    size_t bytes;
    FILE *to = open_memstream(&text, &bytes);
    sweep_print(to, s);
    fclose(to);
    return text;
}

static void expect(const struct sweep *s, const char *want)
{
    char *text = printed(s);
    cr_expect_str_eq(text, want);
    free(text);
}

Test(sweep_print, both_sides_give_ratios_and_from_where_on_the_gpu_wins)
{
    struct sweep s = sweep_of_both();
    add_point(&s, "gpu", "f32", 64, 4, 0);
    add_point(&s, "cpu", "f32", 64, 0.25, 0);
    add_point(&s, "gpu", "f32", 128, 4, 0);
    add_point(&s, "cpu", "f32", 128, 0.4, 0);
    add_point(&s, "gpu", "f32", 256, 4, 0);
    add_point(&s, "cpu", "f32", 256, 40, 0);
    add_point(&s, "gpu", "tf32", 256, 1, 0);
    expect(
        &s,
        "sum-aat · N = 64 … 256 in 3 steps · G100 against C200 · a caller's wait\n"
        "    N  arithmetic  variant  on the GPU  copied once  each, pinned  each, pageable       "
        "CPU  GPU is\n"
        "   64  f32         gpu         4.000 s      4.200 s       4.500 s         6.000 s  250.0 "
        "ms  0.062×\n"
        "  128  f32         gpu         4.000 s      4.200 s       4.500 s         6.000 s  400.0 "
        "ms   0.10×\n"
        "  256  f32         gpu         4.000 s      4.200 s       4.500 s         6.000 s   40.00 "
        "s     10×\n"
        "  256  tf32        gpu         1.000 s      1.200 s       1.500 s         3.000 s   40.00 "
        "s     40×\n"
        "the GPU wins (f32):\n"
        "  A on the GPU                  from N = 256; at 128 the CPU is 10 times as fast\n"
        "  A copied once for 10 calls    from N = 256; at 128 the CPU is 10.5 times as fast\n"
        "  A copied each call, pinned    from N = 256; at 128 the CPU is 11.2 times as fast\n"
        "  A copied each call, pageable  from N = 256; at 128 the CPU is 15 times as fast\n"
        "the GPU wins (tf32):\n"
        "  A on the GPU                  at every N measured, from 256 to 256\n"
        "  A copied once for 10 calls    at every N measured, from 256 to 256\n"
        "  A copied each call, pinned    at every N measured, from 256 to 256\n"
        "  A copied each call, pageable  at every N measured, from 256 to 256\n");
    json_decref(s.documents);
}

Test(sweep_print, one_side_alone_has_no_ratio_and_says_what_was_left_out)
{
    struct sweep s = sweep_of_both();
    s.side[0] = NULL;
    s.count = 1;
    add_point(&s, "cpu", "f32", 64, 0.25, 1.5);
    json_array_append_new(s.documents, json_pack("{s:s}", "waived", "N = 128: no room"));
    expect(&s,
           "sum-aat · N = 64 · C200 · a caller's wait\n"
           "   N  arithmetic  variant  on the GPU  copied once  each, pinned  each, pageable    "
           "   CPU  GPU is\n"
           "  64  f32         -                 -            -             -               -  "
           "250.0 ms       -\n"
           "left out    N = 128: no room\n");
    json_decref(s.documents);
    s = sweep_of_both();
    s.side[1] = NULL;
    add_point(&s, "gpu", "f32", 64, 4, 0);
    char *text = printed(&s);
    cr_expect(strstr(text, "steps · G100 · a caller's wait\n"), "%s", text);
    free(text);
    json_decref(s.documents);
}

Test(sweep_print, energy_has_columns_if_a_row_has_it_of_both_sides)
{
    struct sweep s = sweep_of_both();
    add_point(&s, "gpu", "f32", 64, 4, 12.5);
    add_point(&s, "cpu", "f32", 64, 0.25, 0);
    char *text = printed(&s);
    cr_expect(!strstr(text, "energy"), "%s", text);
    free(text);
    add_point(&s, "gpu", "f32", 128, 4, 2);
    add_point(&s, "cpu", "f32", 128, 0.25, 7);
    text = printed(&s);
    cr_expect(strstr(text, "GPU is  GPU energy  CPU energy\n"), "%s", text);
    cr_expect(strstr(text, "0.062×      12.5 J           -\n"), "%s", text);
    cr_expect(strstr(text, "0.062×         2 J         7 J\n"), "%s", text);
    free(text);
    json_t *json = sweep_to_json(&s);
    const json_t *points = json_object_get(json, "points");
    cr_expect_eq(json_number_value(json_at(json_array_get(points, 0), "gpu.energy_j")), 12.5);
    cr_expect_null(json_at(json_array_get(points, 0), "cpu.energy_j"));
    cr_expect_eq(json_number_value(json_at(json_array_get(points, 1), "cpu.energy_j")), 7);
    json_decref(json);
    json_decref(s.documents);
}

Test(sweep_print, copies_between_sockets_are_named_once)
{
    struct sweep s = sweep_of_both();
    static const int nodes[][2] = {{1, 1}, {-1, 0}, {1, 0}, {3, 2}};
    for (size_t i = 0; i < 4; i++) {
        json_t *document =
            json_pack("{s:[], s:{s:i}}", "results", "host", "numa_node", nodes[i][1]);
        if (nodes[i][0] >= 0)
            json_object_set_new(document, "device", json_pack("{s:i}", "numa_node", nodes[i][0]));
        json_array_append_new(s.documents, document);
    }
    char *text = printed(&s);
    const char *said = strstr(text, "copies ");
    cr_assert(said, "%s", text);
    cr_expect_str_eq(said,
                     "copies      cross between NUMA nodes: the GPU is on node 1, this process ran "
                     "on node 0. To keep them near: numactl --cpunodebind=1 --membind=1 gpubench "
                     "…\n");
    free(text);
    json_decref(s.documents);
}

/* The crossover of a case in JSON: "from 128 64". */
static const char *crossover(const json_t *json, size_t index)
{
    static char text[64];
    const json_t *x = json_array_get(json_object_get(json, "crossovers"), index);
    snprintf(text, sizeof text, "%s %lld %lld", json_string_value(json_object_get(x, "gpu_wins")),
             json_is_null(json_object_get(x, "n")) ? -1
                                                   : json_integer_value(json_object_get(x, "n")),
             json_is_null(json_object_get(x, "slower_at"))
                 ? -1
                 : json_integer_value(json_object_get(x, "slower_at")));
    return text;
}

Test(sweep_print, json_has_each_point_and_each_crossover)
{
    struct sweep s = sweep_of_both();
    add_point(&s, "gpu", "f32", 64, 4, 0);
    add_point(&s, "cpu", "f32", 64, 4.1, 0);
    add_point(&s, "gpu", "f32", 128, 4, 0);
    add_point(&s, "cpu", "f32", 128, 5, 0);
    json_t *json = sweep_to_json(&s);
    cr_expect_eq(json_array_size(json_object_get(json, "points")), 2);
    cr_expect_eq(json_array_size(json_object_get(json, "crossovers")), SWEEP_CASES);
    cr_expect_str_eq(crossover(json, SWEEP_ON_DEVICE), "always 64 -1");
    cr_expect_str_eq(crossover(json, SWEEP_COPIED_ONCE), "from 128 64");
    cr_expect_str_eq(crossover(json, SWEEP_PAGEABLE), "never -1 128");
    const json_t *point = json_array_get(json_object_get(json, "points"), 0);
    static const struct {
        const char *path;
        double value;
    } numbers[] = {{"n", 64},
                   {"gpu.work_s", 2},
                   {"gpu.on_device_s", 4},
                   {"gpu.copied_once_s", 4.2},
                   {"gpu.copied_each_time_pinned_s", 4.5},
                   {"gpu.copied_each_time_pageable_s", 6},
                   {"cpu.call_s", 4.1}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        cr_expect_float_eq(json_number_value(json_at(point, numbers[i].path)), numbers[i].value,
                           1e-12, "%s", numbers[i].path);
    cr_expect(json_is_null(json_object_get(json, "results")));
    cr_expect_str_eq(json_string_value(json_at(json, "devices.gpu")), "G100");
    cr_expect_str_eq(json_string_value(json_at(json, "devices.cpu")), "C200");
    json_decref(json);
    s.side[0] = NULL;
    snprintf(s.finished, sizeof s.finished, "kept/here");
    json = sweep_to_json(&s);
    cr_expect_eq(json_array_size(json_object_get(json, "crossovers")), 0);
    cr_expect_str_eq(json_string_value(json_object_get(json, "results")), "kept/here");
    cr_expect_null(json_at(json, "devices.gpu"));
    json_decref(json);
    json_decref(s.documents);
}

/* test_limits.c - how many rows a page's tables list, and from how many on they are folded. */
#include "bench/page/page.h"
#include "bench/terminal/words.h"
#include "harness/base/need.h"
#include "tests/unit/bench/page/example_page.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 2000, FOLDED_FROM = 13 };

/* A row that never ran, as pages list them too. */
static struct export_row waived(size_t i)
{
    return (struct export_row){.name = need_format("row %zu", i),
                               .key = "",
                               .reason = need_text("too old"),
                               .waived = 1,
                               .median_s = NAN,
                               .peak_share = NAN,
                               .sum_error = NAN};
}

/* Adds a group of so many rows. */
static void add_group(struct page *page, size_t rows)
{
    page->groups = need_room(page->groups, page->group_count, sizeof *page->groups);
    struct group *g = &page->groups[page->group_count++];
    *g = (struct group){.title = need_text("A card")};
    g->rows.list = need_array(rows, sizeof *g->rows.list);
    for (g->rows.count = 0; g->rows.count < rows; g->rows.count++)
        g->rows.list[g->rows.count] = waived(g->rows.count);
}

/* The last section is the table of a group of so many rows, beside `others` of one row. */
static const struct section *table_of(struct page *page, size_t rows, size_t others)
{
    *page = (struct page){0};
    add_group(page, rows);
    for (size_t i = 0; i < others; i++)
        add_group(page, 1);
    page_all(page, page->groups, 1);
    return &page->sections[page->section_count - 1];
}

Test(page_limits, twelve_groups_share_the_rows_that_a_page_lists)
{
    static const size_t others[] = {0, 1, 11, 12};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const size_t most = others[i] < 12 ? MOST / (others[i] + 1) : MOST / 12;
        for (size_t rows = most - 1; rows <= most + 1; rows++) {
            struct page page;
            char want[80] = "";
            if (rows > most)
                snprintf(want, sizeof want, "; the first %zu are listed", most);
            char *text = need_format("%zu results%s.", rows, want);
            const struct section *s = table_of(&page, rows, others[i]);
            cr_expect_str_eq(s->text, text);
            cr_expect_eq(grid_rows(&s->grid), rows < most ? rows : most);
            free(text);
            page_free(&page);
        }
    }
}

Test(page_limits, groups_of_one_table_have_its_rows_together)
{
    struct page page = {0};
    add_group(&page, MOST / 2 - 1);
    add_group(&page, 2);
    page_all(&page, page.groups, 2);
    const struct section *s = &page.sections[0];
    cr_expect_eq(grid_rows(&s->grid), MOST / 2);
    cr_expect_str_eq(s->grid.cells[s->grid.columns * (MOST / 2 - 1)], "row 0",
                     "the first one of the second group");
    page_free(&page);
}

Test(page_limits, what_a_row_does_not_know_is_a_dash)
{
    static const char *const want[] = {
        "key",    "2.000 s", "-", "-", "-", "-", "1", "not verified",
        "failed", "-",       "-", "-", "-", "-", "0", "failed: lost"};
    struct read_result product = {.op = "matmul"}, lost = {.op = "matmul", .state = READ_FAILED};
    struct export_run runs[] = {{.result = &product}, {.result = &lost}};
    struct export_row list[] = {
        {.name = (char *)(uintptr_t)"key", .runs = &runs[0], .count = 1, .median_s = 2},
        {.name = (char *)(uintptr_t)"failed", .runs = &runs[1], .bad = 1, .flops = 1}};
    for (size_t i = 0; i < 2; i++) {
        list[i].result = runs[i].result;
        list[i].reason = (char *)(uintptr_t)(i ? "lost" : "");
        list[i].low_s = list[i].high_s = list[i].peak_share = list[i].sum_error = NAN;
    }
    struct group group = {.title = (char *)(uintptr_t)"A card", .rows = {.list = list, .count = 2}};
    struct page page = {.group_count = 1};
    page_all(&page, &group, 1);
    const struct grid *g = &page.sections[0].grid;
    cr_assert_eq(g->count, sizeof want / sizeof *want);
    for (size_t i = 0; i < g->count; i++)
        cr_expect_str_eq(g->cells[i], want[i], "%zu: %s", i, g->cells[i]);
    page.group_count = 0;
    page_free(&page);
}

/* A page of so many runs, each of another host. */
static const struct section *machines_of(struct page *page, size_t count)
{
    *page = (struct page){.readings = {.list = need_array(count, sizeof(struct reading))}};
    for (size_t i = 0; i < count; i++) {
        char *name = need_format("host%04zu", i);
        page->readings.list[page->readings.count++] = (struct reading){.source = name,
                                                                       .device = "A card",
                                                                       .commit = "",
                                                                       .machine = name,
                                                                       .label = name,
                                                                       .started = "2026-11-24"};
    }
    page_machines(page);
    return &page->sections[page->section_count - 1];
}

Test(page_limits, no_more_machines_than_two_thousand_are_listed)
{
    for (size_t count = MOST - 1; count <= MOST + 1; count++) {
        struct page page;
        const struct section *s = machines_of(&page, count);
        cr_expect_eq(grid_rows(&s->grid), count < MOST ? count : MOST);
        page_free(&page);
    }
}

Test(page_limits, more_than_twelve_rows_are_folded)
{
    for (size_t rows = FOLDED_FROM - 1; rows <= FOLDED_FROM; rows++) {
        struct page page;
        cr_expect_eq(table_of(&page, rows, 0)->is_folded, rows >= FOLDED_FROM);
        page_free(&page);
        cr_expect_eq(machines_of(&page, rows)->is_folded, rows >= FOLDED_FROM);
        page_free(&page);
    }
}

Test(page_limits, the_unit_is_that_of_the_fastest_row)
{
    static const struct {
        double flops, scale;
        const char *unit;
    } cases[] = {{1e12, 1e12, "TFLOP/s"}, {0.9999e12, 1e9, "GFLOP/s"}};
    const struct read_result product = {.op = "matmul"}, reduction = {.op = "reduce"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct section s = {.heading = NULL};
        const struct export_row slow = {.result = &product, .flops = 1},
                                fast = {.result = &product, .flops = cases[i].flops};
        section_rows(&s, "matmul", 9, (const struct export_row *[]){&fast, &slow}, 2);
        cr_expect_eq(s.scale, cases[i].scale);
        cr_expect_str_eq(s.unit, cases[i].unit);
        cr_expect(s.n == 9 && s.count == 2);
    }
    struct section s = {.heading = NULL};
    const struct export_row row = {.result = &reduction, .bytes_per_s = 5e12};
    section_rows(&s, "reduce", 9, (const struct export_row *[]){&row}, 1);
    cr_expect_eq(s.scale, 1e9);
    cr_expect_str_eq(s.unit, "GB/s");
}

/* The section of samples of a page of one result, of 1 s if `result` does not say otherwise. */
static const struct section *samples_of(struct page *page, const char *result)
{
    const struct made run = {.host = "node1",
                             .device = "A",
                             .started = "2026-11-21T10:00:00Z",
                             .key = "gpu/sum-aat/f32/ffma/n=100",
                             .seconds = 1,
                             .of_result = result};
    const struct section *found = NULL;
    scratch_make();
    example_write("samples.json", &run, 1);
    example_make(page, (const char *[]){scratch_path("samples.json"), NULL});
    for (size_t i = 0; i < page->section_count; i++)
        if (strncmp(page->sections[i].heading, "Samples", 7) == 0)
            found = &page->sections[i];
    cr_assert_not_null(found);
    return found;
}

Test(page_limits, times_have_ticks_at_round_numbers_about_four_of_them)
{
    static const struct {
        double spread;
        const char *ticks;
    } cases[] = {{4, "ytics 1 "},  {4.5, "ytics 2 "},   {8, "ytics 2 "},   {8.5, "ytics 5 "},
                 {20, "ytics 5 "}, {20.5, "ytics 10 "}, {36, "ytics 10 "}, {0, "ytics 0.05 "}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct page page;
        char *script;
        size_t bytes;
        const double most = 10 + cases[i].spread;
        char *result =
            need_format("{\"summary\": {\"median_s\": 10, \"low_s\": 10, \"high_s\": %g, "
                        "\"min_s\": 10, \"max_s\": %g, \"count\": 3}, \"samples\": "
                        "{\"device_s\": [10, %g]}, \"speed\": null}",
                        most, most, most);
        const struct section *s = samples_of(&page, result);
        struct canvas canvas = {.script = need_stream(&script, &bytes)};
        s->draw(&canvas, s);
        need_stream_end(canvas.script);
        canvas_free(&canvas);
        cr_expect_not_null(strstr(script, cases[i].ticks), "%g: %s", cases[i].spread, script);
        free(script);
        free(result);
        page_free(&page);
        scratch_remove();
    }
}

/* A character of the line for each of so many samples, or for several of them. */
Test(page_limits, the_line_of_samples_is_sixty_characters_wide)
{
    for (size_t samples = 59; samples <= 61; samples++) {
        struct page page;
        char *times = need_text(""), *result;
        for (size_t i = 0; i < samples; i++) {
            char *longer = need_format("%s%s%zu", times, i ? "," : "", i % 2 + 1);
            free(times);
            times = longer;
        }
        result = need_format("{\"summary\": {\"median_s\": 1, \"low_s\": 1, \"high_s\": 2, "
                             "\"min_s\": 1, \"max_s\": 2, \"count\": %zu}, \"samples\": "
                             "{\"device_s\": [%s]}}",
                             samples + 1, times);
        const char *line = strrchr(samples_of(&page, result)->text, ' ');
        cr_expect_eq(words_width(line + 1), samples < 60 ? samples : 60);
        page_free(&page);
        scratch_remove();
        free(result);
        free(times);
    }
}

Test(page_limits, a_table_of_variants_has_rates_of_three_digits_or_a_decimal)
{
    static const struct {
        double flops;
        const char *cell;
    } cases[] = {{9.99e9, "9.99"}, {10e9, "10.0"}, {10.3e9, "10.3"}, {999.9e9, "999.9"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made run = {.host = "node1",
                           .device = "A",
                           .started = "2026-11-21T10:00:00Z",
                           .key = "gpu/sum-aat/f32/ffma/n=1000",
                           .seconds = 2e9 / cases[i].flops,
                           .of_result = "{\"speed\": {\"peak_share\": null}}"};
        struct page page;
        bool is_there = false;
        scratch_make();
        example_write("one.json", &run, 1);
        example_make(&page, (const char *[]){scratch_path("one.json"), NULL});
        for (size_t k = 0; k < page.section_count; k++)
            if (strcmp(page.sections[k].heading, "sum-aat at N = 1000") == 0)
                for (size_t c = 0; c < page.sections[k].grid.count; c++)
                    is_there =
                        is_there || strcmp(page.sections[k].grid.cells[c], cases[i].cell) == 0;
        cr_expect(is_there, "%s", cases[i].cell);
        page_free(&page);
        scratch_remove();
    }
}

Test(page_limits, curves_leave_out_the_order_of_a_single_point)
{
    static const char *const keys[] = {"gpu/sum-aat/f32/ffma/n=1000", "gpu/sum-aat/f32/ffma/n=500",
                                       "gpu/sum-aat/f32/once/n=700"};
    struct made runs[3];
    struct page page;
    size_t seen = 0;
    for (size_t i = 0; i < 3; i++)
        runs[i] = (struct made){.host = "node1",
                                .device = "A",
                                .started = "2026-11-21T10:00:00Z",
                                .key = keys[i],
                                .seconds = 1e-3};
    scratch_make();
    example_write("three.json", runs, 3);
    example_make(&page, (const char *[]){scratch_path("three.json"), NULL});
    for (size_t k = 0; k < page.section_count; k++)
        if (strstr(page.sections[k].heading, "against N")) {
            cr_expect_eq(grid_rows(&page.sections[k].grid), 2);
            seen++;
        }
    cr_expect_eq(seen, 1);
    page_free(&page);
    scratch_remove();
}

/* A device of half a GFLOP/s, and rates from which on three digits are a whole number. */
Test(page_limits, rates_have_three_digits_and_a_slow_device_has_a_peak_too)
{
    static const struct {
        double flops;
        const char *cell;
    } cases[] = {{99.4e9, "99.4"}, {100e9, "100"}, {0.49e9, "0.49"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const double flop = 2e9; /* of N = 1000 */
        const char *device = i < 2 ? NULL : "{\"device\": {\"peak\": {\"f32_flops\": 5e8}}}";
        struct made runs[] = {{.key = "gpu/sum-aat/f32/ffma/n=1000"},
                              {.key = "gpu/sum-aat/f32/ffma/n=500"}};
        for (size_t k = 0; k < 2; k++) {
            runs[k].host = "node1";
            runs[k].device = "A";
            runs[k].started = "2026-11-21T10:00:00Z";
            runs[k].seconds = flop / (k ? 8 : 1) / cases[i].flops;
            runs[k].more = device;
            runs[k].of_result = "{\"speed\": {\"peak_share\": null}}";
        }
        struct page page;
        char *script = NULL;
        scratch_make();
        example_write("two.json", runs, 2);
        example_make(&page, (const char *[]){scratch_path("two.json"), NULL});
        for (size_t k = 0; k < page.section_count && !script; k++) {
            const struct section *s = &page.sections[k];
            if (!strstr(s->heading, "against N"))
                continue;
            cr_expect_str_eq(s->grid.cells[s->grid.count - 1], cases[i].cell);
            size_t bytes;
            struct canvas canvas = {.script = need_stream(&script, &bytes)};
            s->draw(&canvas, s);
            need_stream_end(canvas.script);
            canvas_free(&canvas);
            cr_expect_not_null(strstr(script, "set label \"peak\""));
        }
        cr_assert_not_null(script);
        free(script);
        page_free(&page);
        scratch_remove();
    }
}

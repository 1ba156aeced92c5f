/* test_rows.c - which runs are one row, how rows are named, and what a row says of its runs. */
#include "harness/base/need.h"
#include "harness/export/export.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 20 };

static struct read_result results[MOST];
static struct reading list[MOST];
static struct readings readings;
static struct export_rows rows;

static void begin(void)
{
    readings = (struct readings){.list = list};
}

static void end(void)
{
    export_free(&rows);
}

TestSuite(export_rows, .init = begin, .fini = end);

/* Adds a run of one result, of 1 s. */
static struct reading *add(const char *host, const char *device, const char *place)
{
    struct read_result *result = &results[readings.count];
    struct reading *r = &list[readings.count++];
    *result = (struct read_result){.key = "key",
                                   .backend = "gpu",
                                   .op = "reduce",
                                   .variant = "v",
                                   .arithmetic = "f32",
                                   .reason = "",
                                   .n = 9,
                                   .median_s = 1,
                                   .peak_share = NAN,
                                   .sum_error = NAN};
    *r = (struct reading){.label = host,
                          .host = host,
                          .device = device,
                          .place = place,
                          .card = "",
                          .machine = "",
                          .started = "2026-11-24T10:00:00Z",
                          .image = "",
                          .identity = (char *)(uintptr_t)"",
                          .results = result,
                          .count = 1};
    return r;
}

static void expect_names(const char *const *names, size_t count)
{
    export_free(&rows);
    export_collect(&readings, false, &rows);
    cr_assert_eq(rows.count, count);
    for (size_t i = 0; i < count; i++)
        cr_expect_str_eq(rows.list[i].name, names[i], "%zu: %s", i, rows.list[i].name);
}

Test(export_rows, a_name_has_as_much_of_host_device_and_place_as_separates_it)
{
    add("b", "Card", "GPU-1");
    expect_names((const char *const[]){"key"}, 1);
    add("c", "Card", "GPU-2");
    expect_names((const char *const[]){"key@b", "key@c"}, 2);
    add("c", "Other", "GPU-3");
    expect_names((const char *const[]){"key@b", "key@c/Card", "key@c/Other"}, 3);
    add("b", "Card", "GPU-0-of-a-long-name");
    expect_names((const char *const[]){"key@b/Card/GPU-0-of-a-l", "key@b/Card/GPU-1", "key@c/Card",
                                       "key@c/Other"},
                 4);
    results[3].key = "other key";
    expect_names((const char *const[]){"key@b", "key@c/Card", "key@c/Other", "other key"}, 4);
}

Test(export_rows, runs_of_another_class_are_a_row_that_says_the_first_difference)
{
    static char two[] = "gpubench-identity/1\ncpu.threads=2000000e-6\ncpu.bound=true\n",
                one[] = "gpubench-identity/1\ncpu.threads=1000000e-6\ncpu.bound=true\n",
                free[] = "gpubench-identity/1\ncpu.threads=1000000e-6\ncpu.bound=false\n";
    char *const identities[] = {two, two, one, free};
    for (size_t i = 0; i < 4; i++) {
        struct reading *r = add("a", "Card", "");
        r->identity = identities[i];
        snprintf(r->fingerprint, sizeof r->fingerprint, "%c", "1123"[i]);
    }
    expect_names((const char *const[]){"key/cpu.threads=2", "key/cpu.threads=1,cpu.bound=true",
                                       "key/cpu.threads=1,cpu.bound=false"},
                 3);
    cr_expect_eq(rows.list[0].count, 2);
    add("b", "Card", "");
    expect_names((const char *const[]){"key@a/cpu.threads=2", "key@a/cpu.threads=1,cpu.bound=true",
                                       "key@a/cpu.threads=1,cpu.bound=false", "key@b"},
                 4);
}

Test(export_rows, a_forced_image_and_a_streamed_matrix_are_rows_of_their_own)
{
    add("a", "Card", "");
    add("a", "Card", "")->image = "ptx";
    add("a", "Card", "")->is_streamed = true;
    expect_names((const char *const[]){"key/streamed=no,image=-", "key/streamed=yes,image=-",
                                       "key/image=ptx"},
                 3);
}

Test(export_rows, more_than_sixteen_classes_have_their_fingerprints_as_names)
{
    for (size_t i = 0; i < 17; i++) {
        struct reading *r = add("a", "Card", "");
        snprintf(r->fingerprint, sizeof r->fingerprint, "sha256:%c0123456789ab", 'a' + (int)i);
        r->identity = need_format("cpu.threads=%zu000000e-6\n", i + 1);
    }
    list[0].image = "ptx";
    list[1].is_streamed = true;
    readings.count = 16;
    export_collect(&readings, false, &rows);
    cr_assert_eq(rows.count, 16);
    cr_expect_str_eq(rows.list[15].name, "key/cpu.threads=16");
    export_free(&rows);
    readings.count = 17;
    export_collect(&readings, false, &rows);
    cr_assert_eq(rows.count, 17);
    cr_expect_str_eq(rows.list[0].name, "key/sha256:a0123456789aptx");
    cr_expect_str_eq(rows.list[1].name, "key/sha256:b0123456789a,streamed");
    cr_expect_str_eq(rows.list[16].name, "key/sha256:q0123456789a");
    for (size_t i = 0; i < 17; i++)
        free(list[i].identity);
}

Test(export_rows, the_latest_timed_run_stands_for_a_row_and_what_has_no_time_is_behind_it)
{
    static const char *const starts[] = {"2026-11-26", "2026-11-21", "2026-11-25", "2026-11-22",
                                         "2026-11-23", "2026-11-24", "2026-11-27"};
    static const enum read_state states[] = {READ_WAIVED, READ_OK, READ_FAILED, READ_OK,
                                             READ_OK,     READ_OK, READ_OK};
    for (size_t i = 0; i < 7; i++) {
        add("a", "Card", "")->started = starts[i];
        results[i].state = states[i];
    }
    results[0].reason = "too old";
    results[2].reason = "no \tmemory";
    results[3].median_s = 3;
    results[3].sum_error = 5;
    results[4].is_first_run = true;
    results[5].median_s = 2;
    results[5].sum_error = 7;
    results[6].median_s = NAN; /* and so not timed */
    export_collect(&readings, false, &rows);
    const struct export_row *row = &rows.list[0];
    cr_assert_eq(rows.count, 1);
    cr_expect(row->count == 3 && row->bad == 1 && row->waived == 1 && row->cold == 1);
    static const size_t order[] = {1, 3, 5, 2, 0};
    for (size_t i = 0; i < 5; i++)
        cr_expect_eq(row->runs[i].reading, &list[order[i]], "%zu", i);
    cr_expect(row->reading == &list[5] && row->result == &results[5]);
    cr_expect_str_eq(row->reason, "too old", "that of the latest without a time");
    cr_expect_eq(row->median_s, 2);
    cr_expect_eq(row->sum_error, 6, "of the two that have one");
    cr_expect(isnan(row->peak_share));
    cr_expect_eq(export_bad(&rows), 1);
    char *state = export_untimed(row);
    cr_expect_str_eq(state, "failed: too old");
    free(state);
}

Test(export_rows, single_cold_runs_count_where_there_is_no_warm_one)
{
    add("a", "Card", "");
    add("a", "Card", "");
    results[0].is_first_run = results[1].is_first_run = true;
    export_collect(&readings, false, &rows);
    cr_expect(rows.list[0].count == 2 && rows.list[0].cold == 0);
}

Test(export_rows, many_runs_have_an_interval_of_99_percent_and_not_all_that_was_seen)
{
    for (int i = 0; i < MOST; i++) {
        add("a", "Card", "");
        results[i].median_s = 1 + i;
    }
    export_collect(&readings, false, &rows);
    cr_assert_eq(rows.count, 1);
    cr_expect_eq(rows.list[0].median_s, 10.5);
    cr_expect_eq(rows.list[0].low_s, 4);
    cr_expect_eq(rows.list[0].high_s, 17);
    cr_expect(rows.list[0].confidence >= 0.99 && rows.list[0].confidence < 1);
}

Test(export_rows, a_row_without_a_time_says_why)
{
    static const struct {
        enum read_state state;
        const char *reason, *want;
    } cases[] = {{READ_WAIVED, "needs cc 9.0", "waived: needs cc 9.0"},
                 {READ_WRONG, "", "wrong"},
                 {READ_FAILED, "a\nb", "failed: a b"},
                 {READ_OK, "", "ok, but not timed"}};
    add("a", "Card", "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        results[0].state = cases[i].state;
        results[0].reason = cases[i].reason;
        results[0].median_s = NAN;
        export_collect(&readings, false, &rows);
        cr_expect_eq(rows.list[0].count, 0);
        cr_expect(isnan(rows.list[0].median_s) && isnan(rows.list[0].low_s));
        cr_expect_eq(rows.list[0].result, &results[0]);
        char *state = export_untimed(&rows.list[0]);
        cr_expect_str_eq(state, cases[i].want);
        free(state);
        export_free(&rows);
    }
}

Test(export_rows, simulated_devices_are_left_out_and_counted_unless_they_are_wanted)
{
    add("a", "Card", "1")->is_simulated = true;
    add("b", "Card", "2");
    add("c", "Card", "3")->is_simulated = true;
    export_collect(&readings, false, &rows);
    cr_expect(rows.count == 1 && rows.simulated == 2);
    cr_expect_str_eq(rows.list[0].host, "b");
    export_free(&rows);
    export_collect(&readings, true, &rows);
    cr_expect(rows.count == 3 && rows.simulated == 0);
}

/* By backend, operation, arithmetic, variant, N, key; then host, device and place. */
Test(export_rows, come_in_the_order_of_their_names)
{
    enum { COUNT = 9 };
    static const char *const keys[] = {"key", "key", "key", "key", "key2", "a1", "a2", "a3", "a4"};
    for (size_t i = 0; i < COUNT; i++) {
        add(i == 1 ? "b" : "a", i == 2 ? "Other" : "Card",
            i == 1   ? "GPU-0"
            : i == 3 ? "GPU-2"
                     : "GPU-1");
        results[i].key = keys[i];
    }
    results[5].n = 10;
    results[6].variant = "w";
    results[7].arithmetic = "tf32";
    results[8].op = "sum-aat";
    export_collect(&readings, false, &rows);
    static const size_t order[] = {0, 3, 2, 1, 4, 5, 6, 7, 8};
    cr_expect_eq(rows.count, COUNT);
    for (size_t i = 0; i < rows.count; i++)
        cr_expect_eq(rows.list[i].reading, &list[order[i]], "%zu is %td", i,
                     rows.list[i].reading - list);
}

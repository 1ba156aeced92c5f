/* test_rows.c - the lines of a soak in a pipe. */
#include "bench/soak/rows.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { LONG_AGO_S = 10 };

/* What a display of two GPUs prints now. `is_awaited` says that it was started ten seconds ago. */
static char *printed(struct soak_display *d, bool is_awaited)
{
    char *out;
    size_t bytes;
    d->to = open_memstream(&out, &bytes);
    if (is_awaited)
        d->start -= (nanos)LONG_AGO_S * 1000000000;
    soak_display_tick(d);
    fclose(d->to);
    return out;
}

static void expect(struct soak_display *d, bool is_awaited, const char *text)
{
    char *out = printed(d, is_awaited);
    cr_expect_str_eq(out, text);
    free(out);
}

Test(soak_rows, a_pipe_gets_a_line_where_making_matrices_takes_long_and_another_when_all_run)
{
    struct soak_row rows[] = {{.device = 0, .share = 0.25}, {.device = 1, .share = -1}};
    struct soak_display d = soak_display_new(stdout, rows, 2, false);
    expect(&d, false, "");
    expect(&d, true, "GPU 0  making matrices, 25 %\nGPU 1  making matrices\n");
    rows[0].share = 0.5;
    expect(&d, true, ""); /* once a minute */
    for (int i = 0; i < 2; i++) {
        rows[i].stage = SOAK_RUNS;
        rows[i].elapsed_s = 2;
        rows[i].total_s = 60;
        rows[i].flops = 5e12;
        rows[i].launches = 7;
    }
    expect(&d, false,
           "GPU 0  0:02 of 1:00  5.000 TFLOP/s  7 launches, 0 wrong\n"
           "GPU 1  0:02 of 1:00  5.000 TFLOP/s  7 launches, 0 wrong\n");
    expect(&d, false, "");
}

Test(soak_rows, a_gpu_that_does_not_start_is_named_once_when_the_others_run)
{
    struct soak_row rows[] = {{.device = 0, .share = -1},
                              {.device = 1, .stage = SOAK_GAVE_UP, .reason = "no context"}};
    struct soak_display d = soak_display_new(stdout, rows, 2, false);
    expect(&d, true, "GPU 0  making matrices\n");
    rows[0] = (struct soak_row){.device = 0,
                                .stage = SOAK_RUNS,
                                .elapsed_s = 2,
                                .total_s = 60,
                                .flops = 5e12,
                                .launches = 7};
    expect(&d, false,
           "GPU 1  did not start: no context\n"
           "GPU 0  0:02 of 1:00  5.000 TFLOP/s  7 launches, 0 wrong\n");
    d.next = 0;
    expect(&d, false, "GPU 0  0:02 of 1:00  5.000 TFLOP/s  7 launches, 0 wrong\n");
    /* If none runs, the end is near and says it. */
    rows[0].stage = SOAK_GAVE_UP;
    d = soak_display_new(stdout, rows, 2, false);
    expect(&d, false, "");
}

Test(soak_rows, the_end_says_how_much_is_verified_again)
{
    struct soak_row rows[] = {{.device = 0, .stage = SOAK_ENDED},
                              {.device = -1,
                               .stage = SOAK_ENDS,
                               .share = 0.9,
                               .elapsed_s = 60,
                               .total_s = 60,

                               .flops = 5e12,
                               .launches = 9}};
    struct soak_display d = soak_display_new(stdout, rows, 2, false);
    expect(&d, true, "CPU  verifying again, 90 %  5.000 TFLOP/s  9 launches, 0 wrong\n");
}

Test(soak_rows, a_quiet_display_prints_nothing)
{
    struct soak_row rows[] = {{.device = 0, .share = 0.25}};
    struct soak_display d = soak_display_new(stdout, rows, 1, true);
    expect(&d, true, "");
}

Test(soak_rows, a_terminal_gets_a_table_that_is_drawn_over_the_last_one)
{
    struct soak_row rows[] = {{.device = 0,
                               .stage = SOAK_RUNS,
                               .elapsed_s = 3599,
                               .total_s = 3661,
                               .flops = 5e12,
                               .sm_mhz = 1755,
                               .power_w = 698.4,
                               .temperature_c = 64,
                               .memory_c = 80,
                               .throttle = 1u << 2 | 1u << 5 | 1u << 31,
                               .launches = 7,
                               .wrong = 2},
                              {.device = 1, .stage = SOAK_GAVE_UP, .share = 0.5},
                              {.device = 2, .stage = SOAK_STARTS, .share = 0.9},
                              {.device = 3, .stage = SOAK_ENDED, .elapsed_s = 60, .total_s = 60}};
    struct soak_display d = soak_display_new(stdout, rows, 4, false);
    d.is_terminal = true;
    static const char table[] =
        "         elapsed                          now  SM clock  power   temp  memory  held back         "
        "                 launches  wrong\n"
        "  GPU 0  59:59 of 1:01:01       5.000 TFLOP/s  1.75 GHz  698 W  64 °C   80 °C  sw_power_cap, "
        "sw_thermal_slowdown         7      \033[31m2\033[0m\n"
        "  GPU 1  did not start\n"
        "  GPU 2  making matrices, 90 %\n"
        "  GPU 3  ended at 1:00 of 1:00  0.000 MFLOP/s                                                  "
        "                          0      0\n";
    char *out = printed(&d, false);
    cr_expect_str_eq(out, table);
    cr_expect_eq(d.lines, 5);
    free(out);
    expect(&d, false, ""); /* once a second */
    d.next = 0;
    out = printed(&d, false);
    cr_expect(strncmp(out, "\033[5A\033[J", 7) == 0, "%s", out);
    free(out);
}

Test(soak_rows, a_row_shows_what_the_last_batch_was)
{
    struct soak_point points[] = {{.flop = 1, .wall_s = 1}, {.flop = 30, .wall_s = 2}};
    struct soak soak = {.seconds = 60,
                        .elapsed_s = 4,
                        .launches = 9,
                        .wrong = 3,
                        .series = {.points = points, .count = 2},
                        .reason_s = {[3] = 1},
                        .last = {.sm_mhz = 5,
                                 .power_w = 6,
                                 .temperature_c = 7,
                                 .memory_c = 8,
                                 .throttle = 1u << 3 | 1u}};
    struct soak_row row = {.device = 0};
    soak_row_update(&row, &soak);
    cr_expect_eq(row.stage, SOAK_RUNS);
    cr_expect(row.elapsed_s == 4 && row.total_s == 60 && row.flops == 15);
    cr_expect(row.sm_mhz == 5 && row.power_w == 6 && row.temperature_c == 7 && row.memory_c == 8);
    cr_expect_eq(row.throttle, 1u << 3); /* without idle */
    cr_expect_eq(row.throttled_share, 0.25);
    cr_expect(row.launches == 9 && row.wrong == 3);
    points[1].wall_s = 0;
    soak_row_update(&row, &soak);
    cr_expect_eq(row.flops, 0);
}

Test(soak_rows, a_child_finds_its_own_row_of_its_parent)
{
    struct failure why = {0};
    cr_expect_null(soak_row_of_parent(5));
    struct soak_row *rows = soak_rows_new((int[]){4, 5}, 2, &why);
    cr_assert(rows, "%s", why.text);
    cr_expect(rows[0].device == 4 && rows[1].device == 5 && rows[1].share == -1);
    struct soak_row *mine = soak_row_of_parent(5);
    cr_assert(mine && mine != &rows[1]);
    mine->launches = 77;
    cr_expect_eq(rows[1].launches, 77);
    cr_expect_null(soak_row_of_parent(6));
    setenv("GPUBENCH_SOAK_ROWS", "3:0", 1);
    cr_expect_null(soak_row_of_parent(4));
    setenv("GPUBENCH_SOAK_ROWS", "3:-1", 1);
    cr_expect_null(soak_row_of_parent(4));
    setenv("GPUBENCH_SOAK_ROWS", "3:1025", 1);
    cr_expect_null(soak_row_of_parent(4));
    setenv("GPUBENCH_SOAK_ROWS", "3", 1);
    cr_expect_null(soak_row_of_parent(4));
}

Test(soak_rows, what_is_too_long_is_cut_and_the_smallest_values_are_shown)
{
    struct soak_row rows[] = {{.device = 0,
                               .stage = SOAK_RUNS,
                               .elapsed_s = 3600,
                               .total_s = 7200,
                               .sm_mhz = 1,
                               .power_w = 1,
                               .temperature_c = 1,
                               .memory_c = 1,
                               .throttle = ~0u,
                               .launches = 7}};
    struct soak_display d = soak_display_new(stdout, rows, 1, false);
    expect(&d, false,
           "GPU 0  1:00:00 of 2:00:00  0.000 MFLOP/s  0.00 GHz  1 W  1 °C  1 °C  gpu_idle, "
           "applications_clocks, sw_power_cap, hw_slowdown, sync_boost, sw_thermal_slowdown, hw_t"
           "  7 launches, 0 wrong\n");
}

/* A process that may open no file more has nothing to share with its children. */
Test(soak_rows, without_a_file_in_memory_a_soak_of_several_gpus_is_refused)
{
    struct failure why = {0};
    struct rlimit before;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &(struct rlimit){0, before.rlim_max}), 0);
    const struct soak_row *rows = soak_rows_new((int[]){0, 1}, 2, &why);
    setrlimit(RLIMIT_NOFILE, &before);
    cr_expect_null(rows);
    cr_expect_eq(why.status, STATUS_FAILED);
    cr_expect_eq(strncmp(why.text, "no memory to share with the processes of the GPUs: ", 51), 0,
                 "%s", why.text);
}

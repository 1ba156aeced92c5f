/* test_rows.c - the lines of a soak in a pipe. */
#include "bench/soak/rows.h"

#include <criterion/criterion.h>
#include <stdlib.h>

enum { LONG_AGO_S = 10 };

/* What a display of two GPUs prints now. `is_awaited`: it was started ten seconds ago. */
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

Test(soak_rows, the_end_says_how_much_is_verified_again)
{
    struct soak_row rows[] = {{.device = 0, .stage = SOAK_ENDED},
                              {.device = -1,
                               .stage = SOAK_ENDS,
                               .share = 0.4,
                               .elapsed_s = 60,
                               .total_s = 60,

                               .flops = 5e12,
                               .launches = 9}};
    struct soak_display d = soak_display_new(stdout, rows, 2, false);
    expect(&d, true, "CPU  verifying again, 40 %  5.000 TFLOP/s  9 launches, 0 wrong\n");
}

Test(soak_rows, a_quiet_display_prints_nothing)
{
    struct soak_row rows[] = {{.device = 0, .share = 0.25}};
    struct soak_display d = soak_display_new(stdout, rows, 1, true);
    expect(&d, true, "");
}

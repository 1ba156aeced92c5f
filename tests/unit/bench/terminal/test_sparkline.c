/* test_sparkline.c - numbers as block characters. */
#include "bench/terminal/sparkline.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

static void expect(const char *want, const double *values, size_t count, size_t columns)
{
    char *out;
    size_t bytes;
    FILE *to = open_memstream(&out, &bytes);
    sparkline(to, values, count, columns);
    fclose(to);
    cr_expect_str_eq(out, want, "%s, want %s", out, want);
    free(out);
}

Test(sparkline, blocks_between_the_least_and_the_greatest_value)
{
    expect("▁▅█", (double[]){1, 2, 3}, 3, 10);
    expect("▁█", (double[]){1, 1, 3, 3}, 4, 2);
    expect("▁▁", (double[]){7, 7}, 2, 2);
    expect("", NULL, 0, 10);
}

Test(sparkline, a_share_without_a_number_is_a_blank)
{
    expect("▁ █", (double[]){1, NAN, 3}, 3, 3);
    expect("▁█", (double[]){1, NAN, 3, 3}, 4, 2);
    expect("  ", (double[]){NAN, INFINITY}, 2, 2);
}

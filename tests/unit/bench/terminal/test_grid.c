/* test_grid.c - tables in three dresses. */
#include "bench/terminal/grid.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static char *dressed(void (*print)(FILE *to, const struct grid *g), const struct grid *g)
{
    char *out;
    size_t bytes;
    FILE *to = open_memstream(&out, &bytes);
    print(to, g);
    fclose(to);
    return out;
}

Test(grid, one_table_in_three_dresses)
{
    static const char *const heads[] = {"name", "µs"};
    struct grid g = {.heads = heads, .columns = 2, .left = 1};
    grid_add(&g, "é|");
    grid_addf(&g, "%d", 1234);
    grid_add(&g, "long one");
    grid_add(&g, "5");
    cr_expect_eq(grid_rows(&g), 2);

    char *text = dressed(grid_text, &g);
    cr_expect_str_eq(text, "  name        µs\n  é|        1234\n  long one     5\n");
    free(text);
    text = dressed(grid_markdown, &g);
    cr_expect_str_eq(text, "| name | µs |\n|:---|---:|\n| é\\| | 1234 |\n| long one | 5 |\n");
    free(text);
    text = dressed(grid_html, &g);
    cr_expect(strstr(text, "<th class=\"l\" scope=\"col\">name</th><th scope=\"col\">µs</th>"));
    cr_expect(strstr(
        text, "<tr><td class=\"l\" data-head=\"name\">é|</td><td data-head=\"µs\">1234</td></tr>"));
    free(text);
    grid_free(&g);
}

Test(grid, without_heads_the_first_row_is_them)
{
    struct grid g = {.columns = 2};
    cr_expect_eq(grid_rows(&g), 0);
    for (int i = 0; i < 4; i++)
        grid_addf(&g, "%d", i);
    cr_expect_eq(grid_rows(&g), 1);
    char *text = dressed(grid_markdown, &g);
    cr_expect_str_eq(text, "| 0 | 1 |\n|---:|---:|\n| 2 | 3 |\n");
    free(text);
    grid_free(&g);
}

Test(grid, a_table_without_a_row_is_no_line)
{
    struct grid g = {.columns = 3, .left = 7, .flush = true};
    char *text = dressed(grid_text, &g);
    cr_expect_str_eq(text, "");
    free(text);
}

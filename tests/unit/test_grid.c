/* test_grid.c - tables in three dresses, and nobody's text breaking out of them. */
#include "bench/grid.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* What a function writes, to be freed. */
static char *written(void (*write)(FILE *to, const char *text), const char *text)
{
    char *out;
    size_t bytes;
    FILE *to = open_memstream(&out, &bytes);
    write(to, text);
    fclose(to);
    return out;
}

static void expect(void (*write)(FILE *to, const char *text), const char *text, const char *want)
{
    char *out = written(write, text);
    cr_expect_str_eq(out, want);
    free(out);
}

Test(grid, html_takes_every_character_that_could_end_a_text_or_an_attribute)
{
    expect(html_text, "</td><script>alert('1')</script>",
           "&lt;/td&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;");
    expect(html_text, "\" onload=\"x&lt;", "&quot; onload=&quot;x&amp;lt;");
    expect(html_text,
           "a\001\n\033[31mb\xc2\x9b"
           "c",
           "a   [31mb c");
    expect(html_text, "µs … é", "µs … é");
}

Test(grid, markdown_takes_what_would_be_markup_or_another_cell)
{
    expect(markdown_text, "a|b`c*d_e<f&g\n", "a\\|b\\`c\\*d\\_e&lt;f&amp;g ");
    expect(markdown_text, "[x](y)", "\\[x\\](y)");
}

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
    cr_expect(strstr(text, "<tr><td class=\"l\">é|</td><td>1234</td></tr>"));
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

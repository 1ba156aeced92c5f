/* test_grid.c - tables in three dresses, and on terminals that are too narrow. */
#include "bench/terminal/grid.h"

#include "tests/unit/terminal.h"

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
    cr_expect_str_eq(
        text, "<div class=\"scroll\"><table>\n<thead><tr>"
              "<th class=\"l\" scope=\"col\">name</th><th scope=\"col\">µs</th></tr></thead>\n"
              "<tbody>\n<tr><td class=\"l\" data-head=\"name\">é|</td>"
              "<td data-head=\"µs\">1234</td></tr>\n"
              "<tr><td class=\"l\" data-head=\"name\">long one</td>"
              "<td data-head=\"µs\">5</td></tr>\n</tbody></table></div>\n");
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

Test(grid, a_row_of_nothing_is_an_empty_line_and_a_table_can_be_filled_again)
{
    static const char *const two[] = {"name", "note"};
    struct grid g = {.heads = two, .columns = 2, .left = 3};
    for (int turn = 0; turn < 2; turn++) {
        grid_add(&g, "");
        grid_add(&g, "");
        cr_expect_eq(grid_rows(&g), 1);
        char *text = dressed(grid_text, &g);
        cr_expect_str_eq(text, "  name  note\n\n");
        free(text);
        grid_free(&g);
    }
}

Test(grid, a_table_without_a_row_is_no_line)
{
    struct grid g = {.columns = 3, .left = 7, .flush = true};
    char *text = dressed(grid_text, &g);
    cr_expect_str_eq(text, "");
    free(text);
}

/* The table on a terminal of so many columns. */
static const char *on_terminal(const struct grid *g, unsigned short columns)
{
    grid_text(terminal_open(columns), g);
    return terminal_close();
}

static const char *const heads[] = {"rank", "host", "device", "µs", "note"};

/* Two rows; `device` is that of the second. */
static struct grid table(const char *device)
{
    static const char *const rows[] = {"0", "node1", "Card", "1.5", "first one",
                                       "1", "node2", "",     "22",  ""};
    struct grid g = {.heads = heads, .columns = 5, .left = 1 << 1 | 1 << 2 | 1 << 4};
    for (size_t i = 0; i < 10; i++)
        grid_add(&g, i == 7 ? device : rows[i]);
    return g;
}

Test(grid, a_terminal_that_is_wide_enough_shows_the_whole_table)
{
    static const char want[] = "  rank  host   device   µs  note\n"
                               "     0  node1  Card    1.5  first one\n"
                               "     1  node2  Card     22\n";
    struct grid g = table("Card");
    cr_expect_str_eq(on_terminal(&g, 200), want);
    cr_expect_str_eq(on_terminal(&g, 38), want);
    cr_expect_str_eq(on_terminal(&g, 37), want);
    grid_free(&g);
}

Test(grid, without_other_advice_the_last_columns_move_below_their_row)
{
    struct grid g = table("Card");
    cr_expect_str_eq(on_terminal(&g, 36), "  rank  host   device   µs\n"
                                          "     0  node1  Card    1.5\n    first one\n"
                                          "     1  node2  Card     22\n");
    cr_expect_str_eq(on_terminal(&g, 25), "  rank  host   device\n"
                                          "     0  node1  Card\n    µs 1.5\n    first one\n"
                                          "     1  node2  Card\n    µs 22\n");
    cr_expect_str_eq(on_terminal(&g, 6),
                     "  rank\n"
                     "     0\n    node1\n    Card\n    µs \n    1.5\n    first\n    one\n"
                     "     1\n    node2\n    Card\n    µs \n    22\n");
    grid_free(&g);
}

Test(grid, columns_that_may_go_below_do_so_from_the_last_on)
{
    struct grid g = table("Card");
    g.below = 1 << 0 | 1 << 2;
    cr_expect_str_eq(on_terminal(&g, 36), "  rank  host    µs  note\n"
                                          "     0  node1  1.5  first one\n    Card\n"
                                          "     1  node2   22\n    Card\n");
    cr_expect_str_eq(on_terminal(&g, 28), "  host    µs  note\n"
                                          "  node1  1.5  first one\n    rank 0\n    Card\n"
                                          "  node2   22\n    rank 1\n    Card\n");
    grid_free(&g);
}

Test(grid, columns_that_can_be_missed_go_in_their_order_and_those_that_tell_rows_apart_go_below)
{
    struct grid g = table("Card");
    g.drop = "eC";
    cr_expect_str_eq(on_terminal(&g, 36), "  rank  host   device   µs\n"
                                          "     0  node1  Card    1.5\n"
                                          "     1  node2  Card     22\n");
    cr_expect_str_eq(on_terminal(&g, 25), "  rank  host    µs\n"
                                          "     0  node1  1.5\n"
                                          "     1  node2   22\n");
    grid_free(&g);
    g = table("Other card");
    g.drop = "eC";
    cr_expect_str_eq(on_terminal(&g, 25), "  rank  host    µs\n"
                                          "     0  node1  1.5\n    Card\n"
                                          "     1  node2   22\n    Other card\n");
    grid_free(&g);
}

Test(grid, the_last_words_of_a_row_are_wrapped_beside_it_or_where_there_is_little_room_below)
{
    static const char *const two[] = {"name", "note"};
    struct grid g = {.heads = two, .columns = 2, .left = 3};
    grid_add(&g, "first");
    grid_add(&g, "one two three four five six");
    cr_expect_str_eq(on_terminal(&g, 36), "  name   note\n  first  one two three four five six\n");
    cr_expect_str_eq(on_terminal(&g, 35), "  name\n  first\n    one two three four five six\n");
    grid_free(&g);

    struct grid rest = {.heads = heads, .columns = 5, .left = 1};
    grid_add(&rest, "0");
    grid_rest(&rest, true, TINT_DIM, "waived: needs another device than this one");
    for (size_t i = 0; i < 5; i++)
        grid_addf(&rest, "%zu", i);
    cr_expect_str_eq(on_terminal(&rest, 32), "  rank  host  device  µs  note\n"
                                             "  0     \033[2mwaived: needs another\n"
                                             "        device than this one\033[0m\n"
                                             "  0        1       2   3     4\n");
    grid_free(&rest);
}

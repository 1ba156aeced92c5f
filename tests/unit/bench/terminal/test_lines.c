/* test_lines.c - how wide a terminal is, whether it gets colour, and lines broken to its width. */
#include "bench/terminal/lines.h"

#include "bench/terminal/color.h"
#include "tests/unit/terminal.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

Test(color, a_terminal_gets_it_unless_the_user_or_the_terminal_objects)
{
    FILE *to = terminal_open(80);
    unsetenv("NO_COLOR");
    unsetenv("TERM");
    cr_expect(color_wanted(to, COLOR_AUTO));
    setenv("TERM", "dumber", 1);
    setenv("NO_COLOR", "", 1);
    cr_expect(color_wanted(to, COLOR_AUTO), "an empty NO_COLOR means nothing");
    setenv("NO_COLOR", "1", 1);
    cr_expect_not(color_wanted(to, COLOR_AUTO));
    cr_expect(color_wanted(to, COLOR_ALWAYS));
    unsetenv("NO_COLOR");
    setenv("TERM", "dumb", 1);
    cr_expect_not(color_wanted(to, COLOR_AUTO));
    setenv("TERM", "xterm", 1);
    cr_expect_not(color_wanted(to, COLOR_NEVER));
    terminal_close();
}

Test(color, a_file_gets_it_only_if_that_is_asked_for)
{
    FILE *to = tmpfile();
    unsetenv("NO_COLOR");
    setenv("TERM", "xterm", 1);
    cr_expect_not(color_wanted(to, COLOR_AUTO));
    cr_expect(color_wanted(to, COLOR_ALWAYS));
    cr_expect_not(color_wanted(to, COLOR_NEVER));
    fclose(to);
}

Test(color, a_text_is_followed_by_a_return_to_the_terminals_own_colour)
{
    char text[64] = "";
    FILE *to = fmemopen(text, sizeof text, "w");
    color_print(to, true, TINT_BAD, "fail");
    color_print(to, false, TINT_BAD, " fail");
    fclose(to);
    cr_expect_str_eq(text, "\033[31mfail\033[0m fail");
}

Test(color, the_width_is_that_of_the_terminal_or_80_if_it_does_not_say)
{
    static const struct {
        unsigned short columns;
        size_t width;
    } cases[] = {{100, 100}, {1, 1}, {0, 80}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_expect_eq(terminal_width(terminal_open(cases[i].columns)), cases[i].width);
        terminal_close();
    }
    FILE *to = tmpfile();
    cr_expect_eq(terminal_width(to), SIZE_MAX);
    fclose(to);
}

Test(lines, a_line_that_is_too_long_is_broken_below_the_text_behind_its_label)
{
    static const struct {
        unsigned short columns;
        const char *line, *want;
    } cases[] = {
        {12, "twelve signs", "twelve signs\n"},
        {11, "twelve signs", "twelve\n  signs\n"},
        {11, "élève signes", "élève\n  signes\n"},
        {12, "    a line of words", "    a line\n    of words\n"},
        /* A label of 17 columns, which leaves 24, and then only 23. */
        {41, "saved            one two three four five six",
         "saved            one two three four five\n                 six\n"},
        {40, "saved            one two three four five six",
         "saved            one two three four five\n  six\n"},
        {41, "  saved          one two three four five six",
         "  saved          one two three four five\n                 six\n"},
        {40, "  saved          one two three four five six",
         "  saved          one two three four five\n  six\n"},
        /* The widest label, and one that is wider. */
        {46, "01234567890123456789  one two three four five six seven",
         "01234567890123456789  one two three four five\n                      six seven\n"},
        {47, "012345678901234567890  one two three four five six seven",
         "012345678901234567890 one two three four five\n  six seven\n"},
        /* A label as wide as the terminal, and one that leaves a column. */
        {17, "saved            one two", "saved one two\n"},
        {18, "saved            one two", "saved            \n  one two\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lines_printf(terminal_open(cases[i].columns), "%s", cases[i].line);
        const char *shown = terminal_close();
        cr_expect_str_eq(shown, cases[i].want, "case %zu:\n%s", i, shown);
    }
}

Test(lines, each_line_of_a_text_ends_in_a_break_and_a_file_gets_it_whole)
{
    char text[256] = "", lines[] = "first\n\nlast", ended[] = "one\n";
    FILE *to = fmemopen(text, sizeof text, "w");
    lines_print(to, lines);
    lines_print(to, ended);
    lines_printf(to, "%s", "");
    lines_printf(to, "label     %0150d", 0);
    fclose(to);
    static const char begin[] = "first\n\nlast\none\nlabel     000";
    cr_expect_eq(strncmp(text, begin, sizeof begin - 1), 0, "%s", text);
    cr_expect_eq(strlen(text), sizeof begin - 1 + 147 + 1, "unbroken");
}

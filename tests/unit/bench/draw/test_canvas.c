/* test_canvas.c - labels of pictures. */
#include "bench/draw/canvas.h"
#include "bench/terminal/words.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Test(canvas, a_label_is_a_placeholder_of_its_width_and_a_long_one_is_cut)
{
    struct canvas c = {0};
    char text[64], want[64];
    for (size_t columns = 40; columns <= 50; columns++) {
        memset(text, 'x', columns);
        text[columns] = '\0';
        const char *label = canvas_label(&c, text);
        cr_expect_eq(strlen(label), columns <= 44 ? columns : 44);
        if (columns > 44)
            memcpy(strcpy(want, text) + 43, "…", sizeof "…");
        cr_expect_str_eq(c.labels[c.label_count - 1], columns > 44 ? want : text);
        cr_expect_leq(words_width(c.labels[c.label_count - 1]), 44);
    }
    canvas_free(&c);
}

Test(canvas, labels_of_orders_do_not_touch)
{
    static const uint64_t list[] = {1000, 1024, 2000, 4096, 4100};
    char *script;
    size_t bytes;
    struct canvas c = {.script = open_memstream(&script, &bytes), .narrow = true};
    canvas_orders(&c, list, 5);
    fclose(c.script);
    cr_expect_not_null(strstr(script, "(\"1000\" 1000, \"2000\" 2000, \"4096\" 4096)"), "%s",
                       script);
    free(script);
}

Test(canvas, eight_lines_have_eight_colours_and_the_last_is_the_references)
{
    for (size_t k = 0; k < 8; k++)
        for (size_t other = 0; other < k; other++)
            cr_expect_str_neq(canvas_line_shade(k), canvas_line_shade(other), "%zu %zu", k, other);
    cr_expect_str_eq(canvas_line_shade(7), canvas_shade(SHADE_2));
    cr_expect_str_eq(canvas_line_shade(8), canvas_line_shade(0));
}

static char *script_of(void (*draw)(struct canvas *c), struct canvas c)
{
    char *script;
    size_t bytes;
    c.script = open_memstream(&script, &bytes);
    draw(&c);
    fclose(c.script);
    return script;
}

static void one_order(struct canvas *c)
{
    canvas_orders(c, (const uint64_t[]){100}, 1);
}

static void no_order(struct canvas *c)
{
    canvas_orders(c, NULL, 0);
}

/* With the second N so near that there are just 8 units between their labels, or just less. A wide
 * picture has 680 units for its axis, which goes from 89.3 to 111,888: ln 1253 = 7.13 times 95.3.
 */
static void two_orders(struct canvas *c)
{
    canvas_orders(c, (const uint64_t[]){100, c->columns, 99900}, 3);
}

Test(canvas, an_axis_of_orders_begins_and_ends_an_eighth_beyond_them)
{
    char *script = script_of(one_order, (struct canvas){0});
    cr_expect_str_eq(script, "set xtics (\"100\" 100) textcolor rgb \"#0a0000\"\n"
                             "set xrange [89.2857143:112]\n");
    free(script);
    script = script_of(no_order, (struct canvas){0});
    cr_expect_str_empty(script);
    free(script);
}

Test(canvas, eight_units_are_between_two_labels_of_orders)
{
    static const struct {
        bool narrow;
        unsigned second;
        bool is_shown;
    } cases[] = {{false, 139, false}, {false, 140, true}, {true, 214, false}, {true, 215, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char tick[32], *script = script_of(two_orders, (struct canvas){.narrow = cases[i].narrow,
                                                                       .columns = cases[i].second});
        snprintf(tick, sizeof tick, "\"%u\"", cases[i].second);
        cr_expect_eq(strstr(script, tick) != NULL, cases[i].is_shown, "%u: %s", cases[i].second,
                     script);
        cr_expect(strstr(script, "\"99900\" 99900)"), "%s", script);
        free(script);
    }
}

static void times(struct canvas *c)
{
    canvas_time(c, "y");
}

Test(canvas, ticks_of_time_are_powers_of_ten_in_the_unit_that_fits)
{
    char *script = script_of(times, (struct canvas){0});
    cr_expect_str_eq(script,
                     "set ytics (\"1 ns\" 1e-9, \"10 ns\" 1e-8, \"100 ns\" 1e-7, "
                     "\"1 µs\" 1e-6, \"10 µs\" 1e-5, \"100 µs\" 1e-4, \"1 ms\" 1e-3, "
                     "\"10 ms\" 1e-2, \"100 ms\" 1e-1, \"1 s\" 1e0, \"10 s\" 1e1, "
                     "\"100 s\" 1e2, \"1000 s\" 1e3) textcolor rgb \"#0a0000\"\n",
                     "%s", script);
    free(script);
}

static void begin(struct canvas *c)
{
    canvas_begin(c, 360);
}

Test(canvas, a_picture_is_wide_or_narrow_or_of_a_terminal)
{
    static const char rest[] =
        "set encoding utf8\nset border 1 lc rgb \"#0a0002\"\n"
        "set tics nomirror scale 0 textcolor rgb \"#0a0000\"\n"
        "set key textcolor rgb \"#0a0000\" samplen 2 spacing 1.15 Left reverse\n"
        "set xlabel textcolor rgb \"#0a0000\"\nset ylabel textcolor rgb \"#0a0000\"\n",
                      grid[] = "set grid lc rgb \"#0a0001\" lt 1 lw 1 dt solid back\n";
    static const struct {
        struct canvas canvas;
        const char *terminal, *grid;
    } cases[] = {
        {{0}, "svg size 760,360 dynamic noenhanced font \"sans-serif,13\" rounded", grid},
        {{.narrow = true},
         "svg size 380,360 dynamic noenhanced font \"sans-serif,12\" rounded",
         grid},
        {{.terminal = true, .columns = 77}, "dumb nofeed noenhanced size 77,22", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char want[1024], *script = script_of(begin, cases[i].canvas);
        snprintf(want, sizeof want, "reset\nset terminal %s\n%s%s", cases[i].terminal, rest,
                 cases[i].grid);
        cr_expect_str_eq(script, want, "%s", script);
        free(script);
    }
}

Test(canvas, eight_labels_are_valid_at_once_and_a_thousand_are_kept)
{
    struct canvas c = {0};
    const char *last[8];
    for (size_t i = 0; i < 8; i++)
        last[i] = canvas_label(&c, "abcdefg");
    for (size_t i = 0; i < 8; i++) {
        char want[16];
        snprintf(want, sizeof want, "Z%03zuzzz", i);
        cr_expect_str_eq(last[i], want);
    }
    for (size_t i = 8; i < 1000; i++)
        cr_expect_eq(*canvas_label(&c, "a"), 'Z');
    cr_expect_str_empty(canvas_label(&c, "a"));
    cr_expect_eq(c.label_count, 1000);
    cr_expect_str_eq(c.labels[999], "a");
    canvas_free(&c);
}

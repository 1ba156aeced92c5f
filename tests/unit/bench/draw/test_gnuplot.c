/* test_gnuplot.c - gnuplot's picture as a part of a page. */
#include "bench/draw/gnuplot.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const char *rest; /* what gnuplot_svg() returned */

/* The picture of that output as an element; to be freed. */
static char *element(const char *output)
{
    char *text = NULL;
    size_t bytes;
    FILE *to = open_memstream(&text, &bytes);
    rest = gnuplot_svg(to, output, 7, "a < b", "\"fast\"");
    fclose(to);
    return text;
}

Test(gnuplot, the_picture_becomes_an_element_with_names_and_colours_of_the_page)
{
    static const char output[] =
        "<?xml version='1.0'?><svg width='9' viewBox=\"0 0 760 400\" x=''><desc>by gnuplot</desc>"
        "<title>gnuplot_plot_12</title><title>gnuplot_plots</title><g id='one' "
        "stroke='rgb( 10,   0,   3)' a='rgb(10,0,3 )' b='rgb(10,0,3;)' c='rgb(9,0,3)' fill=\"rgb(1, 2, 3)\"><use id=\"two\" href='#one'/>rgb(10, 1, 3) rgb</g></svg>\nrest";
    char *text = element(output);
    cr_expect_str_eq(
        text,
        "<svg role=\"img\" aria-labelledby=\"t7 d7\" viewBox=\"0 0 760 400\" "
        "xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"><title "
        "id=\"t7\">a &lt; b</title><desc id=\"d7\">&quot;fast&quot;</desc><title>gnuplot_plots</title><g "
        "id='p7-one' stroke='var(--s3)' a='var(--s3)' b='rgb(10,0,3;)' c='rgb(9,0,3)' fill=\"rgb(1, 2, 3)\"><use id=\"p7-two\" "
        "href='#p7-one'/>rgb(10, 1, 3) rgb</g></svg>\n",
        "%s", text);
    cr_expect_str_eq(rest, "\nrest");
    free(text);
}

Test(gnuplot, several_pictures_follow_each_other_and_a_broken_one_is_none)
{
    static const char two[] = "<svg viewBox=\"1\"><desc></desc>A</svg><svg viewBox=\"2\"><desc>"
                              "</desc>B</svg>";
    char *text = element(two);
    cr_expect(strstr(text, "viewBox=\"1\"") && strstr(text, "</desc>A</svg>\n"), "%s", text);
    cr_expect_null(strstr(text, "</desc>B"), "%s", text);
    free(text);
    text = element(rest);
    cr_expect(strstr(text, "viewBox=\"2\"") && strstr(text, "</desc>B</svg>"), "%s", text);
    cr_expect_str_empty(rest);
    free(text);
    static const char *const broken[] = {"", "<svg><desc></desc></svg>",
                                         "<svg viewBox=\"1\"></svg>",
                                         "<svg viewBox=\"1\"><desc></desc>"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        text = element(broken[i]);
        cr_expect_null(rest, "%s", broken[i]);
        cr_expect_str_empty(text);
        free(text);
    }
}

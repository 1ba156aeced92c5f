/* test_gnuplot.c - gnuplot's picture as a part of a page. */
#include "bench/draw/gnuplot.h"
#include "harness/base/durable.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

/* Makes a program "gnuplot" of these lines the only one on PATH; with NULL, PATH has no gnuplot. */
static void stand_in(const char *lines, mode_t mode)
{
    char text[8192];
    scratch_make();
    if (lines) {
        snprintf(text, sizeof text, "#!/bin/sh\nPATH=/usr/bin:/bin\ncd '%s' || exit 9\n%s\n",
                 scratch_path(""), lines);
        scratch_file("gnuplot", text);
        cr_assert_eq(chmod(scratch_path("gnuplot"), mode), 0);
    }
    setenv("PATH", scratch_path(""), 1);
}

Test(gnuplot, its_output_has_the_labels_in_their_places)
{
    static const char output[] = "\fZ000zzz, Z001Z001z; Z002, Z123 Z0a1 Za00 Z00a ZZ000 z <\n";
    static const char *const want[] = {"a<b, cc; ,  Z0a1 Za00 Z00a Za<b z <\n",
                                       "a&lt;b, cc; ,  Z0a1 Za00 Z00a Za&lt;b z <\n"};
    char first[] = "a<b", second[] = "c", *labels[] = {first, second, NULL};
    const struct canvas c = {.labels = labels, .label_count = 2};
    struct failure why;
    stand_in("echo \"$*\" >words\ncat >script\ncat out", 0700);
    scratch_file("out", output);
    for (int html = 0; html < 2; html++) {
        char *out = NULL, *script, *words;
        size_t bytes;
        cr_assert_eq(gnuplot_run(&c, "plot 1\nignored", 7, html, &out, &why), STATUS_OK, "%s",
                     why.text);
        cr_expect_str_eq(out, want[html], "%s", out);
        cr_assert_eq(durable_read(scratch_path("script"), 100, &script, &bytes), 0);
        cr_expect_str_eq(script, "plot 1\n");
        cr_assert_eq(durable_read(scratch_path("words"), 100, &words, &bytes), 0);
        cr_expect_str_eq(words, "-d\n", "without start-up files");
        free(script);
        free(words);
        free(out);
    }
    scratch_remove();
}

Test(gnuplot, one_that_is_missing_or_fails_is_a_sentence)
{
    static const struct {
        const char *lines;
        mode_t mode;
        const char *says;
    } cases[] = {
        {NULL, 0, "gnuplot, which draws the pictures, is not installed (Debian: gnuplot-nox)"},
        {"exit 0", 0600, "gnuplot cannot be started: Permission denied"},
        {"echo x; exit 1", 0700, "gnuplot failed (status 1)"},
        {"echo x; exit 3", 0700, "gnuplot failed (status 3)"},
        {"echo x; kill -9 $$", 0700, "gnuplot failed (status 9)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *out = (char *)"unset";
        struct failure why = {0};
        stand_in(cases[i].lines, cases[i].mode);
        cr_expect_eq(gnuplot_run(&(struct canvas){0}, "", 0, false, &out, &why), STATUS_FAILED,
                     "%zu", i);
        cr_expect_str_eq(why.text, cases[i].says, "%s", why.text);
        cr_expect_eq(why.status, STATUS_FAILED);
        cr_expect_null(out);
        scratch_remove();
    }
}

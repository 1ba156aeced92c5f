/* test_nearest.c - the word of a list that was probably meant. */
#include "bench/terminal/words.h"

#include <criterion/criterion.h>
#include <stdio.h>

Test(nearest, the_nearest_word_is_what_was_meant_and_nothing_if_nothing_is_near)
{
    static const char *const words[] = {"naive", "tiled", "syrk-fused", "cublas", "cublas-syrk"};
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"syrk-fusd", "syrk-fused"},
        {"syrk-fuesd", "syrk-fused"},
        {"niave", "naive"},
        {"cubla", "cublas"},
        {"til", "tiled"},
        {"fused", "syrk-fused"},
        {"k", NULL}, /* a single letter only at the beginning */
        {"n", "naive"},
        {"xyzzy", NULL},
        {"", NULL},
        {"cublas", "cublas"}, /* itself, though others have it too */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *near = words_nearest(cases[i].text, words, sizeof words / sizeof *words);
        if (cases[i].want)
            cr_expect_str_eq(near ? near : "", cases[i].want, "\"%s\"", cases[i].text);
        else
            cr_expect_null(near, "\"%s\" is near %s", cases[i].text, near ? near : "");
    }
}

Test(nearest, each_letter_left_out_put_in_replaced_or_swapped_counts_once)
{
    /* A text of six letters may be up to three steps away, one of seven up to three as well. */
    static const struct {
        const char *text, *word;
        bool is_near;
    } cases[] = {
        {"abcdef", "abc", true},       {"abcdefg", "abc", false}, /* letters to leave out */
        {"acegik", "abcdefgik", true}, {"acegik", "abcdefghik", false},
        {"abcxyz", "abcdef", true},    {"abwxyz", "abcdef", false},
        {"badcfe", "abcdef", true},    {"badcfeh", "abcdefgi", false},
        {"bacxyf", "abcdef", true},    {"", "a", true},
        {"cab", "abc", true},          {"abc", "xyz", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_eq(words_nearest(cases[i].text, &cases[i].word, 1) != NULL, cases[i].is_near,
                     "\"%s\" and \"%s\"", cases[i].text, cases[i].word);
    static const char inside[] = "xabc"; /* what is before a word does not count */
    static const char *const two[] = {"abd", "xabc"};
    cr_expect_str_eq(words_nearest(inside + 1, two, 2), "abd");
    static const char long_word[] =
        "a23456789012345678901234567890123456789012345678901234567890123";
    char text[80];
    const char *word = long_word;
    snprintf(text, sizeof text, "%s", long_word);
    text[0] = 'b';
    cr_expect_not_null(words_nearest(text, &word, 1), "63 letters");
    snprintf(text, sizeof text, "b%s", long_word);
    cr_expect_null(words_nearest(text, &word, 1), "64 letters");
}

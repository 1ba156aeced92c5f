/* test_append.c - what is added to a text, and what where there is no room for all of it. */
#include "harness/text/append.h"

#include <criterion/criterion.h>
#include <string.h>

static char text[8];

Test(append, a_text_grows_to_all_of_its_room)
{
    strcpy(text, "a");
    cr_expect(append_text(text, sizeof text, "%d", 23));
    cr_expect_str_eq(text, "a23");
    cr_expect(append_text(text, sizeof text, "%s", ""));
    cr_expect(append_text(text, sizeof text, "4567"));
    cr_expect_str_eq(text, "a234567");
    cr_expect(append_text(text, sizeof text, "%s", ""), "nothing fits even now");
}

Test(append, what_does_not_fit_is_cut_off)
{
    strcpy(text, "abcd");
    cr_expect_not(append_text(text, sizeof text, "efgh"));
    cr_expect_str_eq(text, "abcdefg");
    cr_expect_not(append_text(text, sizeof text, "h"));
    cr_expect_str_eq(text, "abcdefg");
}

Test(append, it_is_cut_between_characters)
{
    strcpy(text, "abcd");
    cr_expect_not(append_text(text, sizeof text, " ×·"));
    cr_expect_str_eq(text, "abcd ×");
    strcpy(text, "abcde");
    cr_expect_not(append_text(text, sizeof text, " ×"));
    cr_expect_str_eq(text, "abcde ");
}

Test(append, no_separator_is_the_end)
{
    strcpy(text, "abcde");
    cr_expect_not(append_item(text, sizeof text, ", ", "f"));
    cr_expect_str_eq(text, "abcde");
    strcpy(text, "abcdef");
    cr_expect_not(append_item(text, sizeof text, ", ", "g"));
    cr_expect_str_eq(text, "abcdef");
    strcpy(text, "ab");
    cr_expect(append_item(text, sizeof text, ", ", "%s", ""));
    cr_expect_str_eq(text, "ab");
}

Test(append, items_have_a_separator_between_them)
{
    *text = '\0';
    cr_expect(append_item(text, sizeof text, ", ", "%c", 'a'));
    cr_expect(append_item(text, sizeof text, ", ", "%c", 'b'));
    cr_expect_str_eq(text, "a, b");
    cr_expect(append_item(text, sizeof text, ", ", "c"));
    cr_expect_str_eq(text, "a, b, c");
    cr_expect_not(append_item(text, sizeof text, ", ", "d"));
    cr_expect_str_eq(text, "a, b, c");
    strcpy(text, "abcde");
    cr_expect_not(append_item(text, sizeof text, ";", "fg"));
    cr_expect_str_eq(text, "abcde;f");
}

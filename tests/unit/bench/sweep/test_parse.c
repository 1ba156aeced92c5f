/* test_parse.c - the words FROM:TO:STEPS of a sweep, and the orders that they mean. */
#include "bench/sweep/sweep.h"

#include <criterion/criterion.h>
#include <string.h>

static struct sweep s;
static struct failure why;

static bool takes(const char *words)
{
    memset(&s, 0, sizeof s);
    why = (struct failure){0};
    return sweep_parse(words, &s, &why) == STATUS_OK;
}

Test(sweep_parse, without_steps_there_are_two_for_each_doubling)
{
    static const uint64_t two[] = {64, 91, 128, 181, 256};
    cr_assert(takes("64:256"), "%s", why.text);
    cr_expect_eq(s.from, 64);
    cr_expect_eq(s.to, 256);
    cr_expect_eq(s.steps, 5);
    cr_assert_eq(s.count, 5);
    cr_expect_arr_eq(s.n, two, sizeof two);
    cr_assert(takes("100:100"));
    cr_expect(s.steps == 1 && s.count == 1 && s.n[0] == 100);
}

Test(sweep_parse, steps_are_equal_ratios_and_each_order_comes_once)
{
    static const uint64_t three[] = {10, 32, 100}, few[] = {1, 2, 3};
    cr_assert(takes("10:100:3"));
    cr_assert_eq(s.count, 3);
    cr_expect_arr_eq(s.n, three, sizeof three);
    cr_assert(takes("10:100:2"));
    cr_expect(s.count == 2 && s.n[0] == 10 && s.n[1] == 100);
    cr_assert(takes("5:5:1"));
    cr_expect(s.count == 1 && s.n[0] == 5);
    cr_assert(takes("1:3:200"));
    cr_expect_eq(s.steps, 200);
    cr_assert_eq(s.count, 3);
    cr_expect_arr_eq(s.n, few, sizeof few);
}

Test(sweep_parse, numbers_may_have_as_many_digits_as_any_number_but_no_more)
{
    cr_expect(takes("00000000000000000016:16"));
    cr_expect_eq(s.from, 16);
    cr_expect(takes("1k:2k:2"));
    cr_expect_eq(s.n[1], 2000);
    cr_expect_not(takes("16000000000000000000:16000000000000000000"));
    cr_expect_not(takes("100000000000000000001:16"));
}

Test(sweep_parse, anything_else_is_refused_with_an_example)
{
    static const char *const words[] = {
        "",     "64",   "64:",      ":64",      ":",          "64:128:",    "0:64",      "64:0",
        "x:64", "64:x", "64:128:x", "64:128:0", "64:128:201", "64:128:3:4", "64:128:3:", "64::128"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char want[256];
        snprintf(want, sizeof want,
                 "sweep %s: write FROM:TO or FROM:TO:STEPS, for example gpubench sweep 64:16384:17",
                 words[i]);
        cr_expect_not(takes(words[i]), "\"%s\"", words[i]);
        cr_expect_str_eq(why.text, want);
        cr_expect_eq(why.status, STATUS_USAGE);
    }
}

Test(sweep_parse, what_leads_nowhere_is_refused)
{
    cr_expect_not(takes("65:64"));
    cr_expect_str_eq(why.text, "sweep 65:64: FROM is larger than TO.");
    cr_expect_eq(why.status, STATUS_USAGE);
    cr_expect_not(takes("64:65:1"));
    cr_expect_str_eq(why.text, "sweep 64:65:1: from 64 to 65 takes two steps at least.");
    cr_expect_eq(why.status, STATUS_USAGE);
}

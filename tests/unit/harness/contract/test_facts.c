#include "harness/contract/facts.h"

#include "harness/text/clean.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

Test(facts, each_type_is_read_back_as_it_was_added)
{
    struct facts f = {0};
    facts_text(&f, "device.name", "GeForce GT 750M");
    facts_integer(&f, "device.memory", INT64_C(1) << 40);
    facts_real(&f, "device.clock", 0.926);
    facts_boolean(&f, "device.ecc", true);

    cr_expect_eq(f.count, 4);
    cr_expect_eq(facts_get(&f, "device.name")->type, FACT_TEXT);
    cr_expect_str_eq(facts_get(&f, "device.name")->text, "GeForce GT 750M");
    cr_expect_eq(facts_get(&f, "device.memory")->type, FACT_INTEGER);
    cr_expect_eq(facts_get(&f, "device.memory")->integer, INT64_C(1) << 40);
    cr_expect_eq(facts_get(&f, "device.clock")->type, FACT_REAL);
    cr_expect_eq(facts_get(&f, "device.clock")->real, 0.926);
    cr_expect_eq(facts_get(&f, "device.ecc")->type, FACT_BOOLEAN);
    cr_expect_eq(facts_get(&f, "device.ecc")->integer, 1);
    facts_free(&f);
}

Test(facts, an_absent_path_is_null_and_its_text_empty)
{
    struct facts f = {0};
    facts_integer(&f, "host.cores", 16);

    cr_expect_null(facts_get(&f, "host.core"));
    cr_expect_str_eq(facts_get_text(&f, "host.core"), "");
    cr_expect_str_eq(facts_get_text(&f, "host.cores"), "", "a number is no text");
    facts_free(&f);
}

Test(facts, a_path_added_twice_keeps_its_place_and_takes_the_new_value_and_type)
{
    struct facts f = {0};
    facts_text(&f, "a", "one");
    facts_text(&f, "b", "two");
    facts_integer(&f, "a", 3);

    cr_expect_eq(f.count, 2);
    cr_expect_str_eq(f.list[0].path, "a");
    cr_expect_eq(f.list[0].type, FACT_INTEGER);
    cr_expect_eq(f.list[0].integer, 3);
    cr_expect_null(f.list[0].text);
    cr_expect_str_eq(facts_get_text(&f, "a"), "");
    facts_free(&f);
}

Test(facts, null_text_and_nan_are_not_added_and_leave_an_older_value)
{
    struct facts f = {0};
    facts_text(&f, "driver", "418.113");
    facts_text(&f, "driver", NULL);
    facts_text(&f, "library", NULL);
    facts_real(&f, "clock", NAN);

    cr_expect_eq(f.count, 1);
    cr_expect_str_eq(facts_get_text(&f, "driver"), "418.113");
    facts_free(&f);
}

Test(facts, text_and_path_are_copied)
{
    char path[] = "host.name", text[] = "node1";
    struct facts f = {0};
    facts_text(&f, path, text);
    path[0] = text[0] = 'X';

    cr_expect_str_eq(facts_get_text(&f, "host.name"), "node1");
    facts_free(&f);
}

Test(facts, a_fact_may_be_set_from_its_own_text)
{
    struct facts f = {0};
    facts_text(&f, "host.name", "node1");
    facts_text(&f, "host.name", facts_get_text(&f, "host.name"));

    cr_expect_str_eq(facts_get_text(&f, "host.name"), "node1");
    facts_free(&f);
}

Test(facts, hundreds_of_facts_keep_their_order)
{
    struct facts f = {0};
    char path[32];
    for (int i = 0; i < 300; i++) {
        snprintf(path, sizeof path, "many.%d", i);
        facts_integer(&f, path, i);
    }

    cr_expect_eq(f.count, 300);
    for (int i = 0; i < 300; i++)
        cr_expect_eq(f.list[i].integer, i);
    facts_free(&f);
}

Test(facts, a_freed_list_is_empty_and_can_be_used_again)
{
    struct facts f = {0};
    facts_text(&f, "a", "one");
    facts_free(&f);
    cr_expect_null(facts_get(&f, "a"));

    facts_text(&f, "b", "two");
    cr_expect_str_eq(facts_get_text(&f, "b"), "two");
    facts_free(&f);
}

Test(facts, a_text_is_cut_to_what_a_result_may_hold)
{
    struct facts f = {0};
    char text[2000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    facts_text(&f, "host.name", text);
    cr_expect_eq(strlen(facts_get_text(&f, "host.name")), CLEAN_NAME_MAX);
    facts_free(&f);
}

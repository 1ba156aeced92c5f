/* test_digest.c - which documents are taken for the same run, and where a run was. */
#include "harness/reading/digest.h"

#include <criterion/criterion.h>
#include <string.h>

static json_t *loaded(const char *text)
{
    json_error_t error;
    json_t *document = json_loads(text, 0, &error);
    cr_assert_not_null(document, "%s: %s", error.text, text);
    return document;
}

static uint64_t digest(const char *text)
{
    json_t *document = loaded(text);
    const uint64_t digest = digest_of(document);
    json_decref(document);
    return digest;
}

/* Documents without samples are compared whole. */
Test(digest, values_are_told_apart_and_the_order_of_members_is_not)
{
    static const char *const different[] = {
        "{\"a\":1,\"b\":2}",
        "{\"a\":2,\"b\":1}",
        "{\"a\":1}",
        "{\"b\":1}",
        "{\"a\":[1]}",
        "{\"a\":[1,2]}",
        "{\"a\":[2,1]}",
        "{\"a\":[[1],2]}",
        "{\"a\":[1,[2]]}",
        "{\"a\":[]}",
        "{\"a\":{}}",
        "{\"a\":\"\"}",
        "{\"a\":\"1\"}",
        "{\"a\":\"x\"}",
        "{\"a\":\"xy\"}",
        "{\"a\":\"yx\"}",
        "{\"a\":true}",
        "{\"a\":false}",
        "{\"a\":null}",
        "{\"a\":{\"b\":1}}",
        "{\"b\":{\"a\":1}}",

        "{\"a\":-1}",
        "{\"a\":1.5}",
        "{\"a\":\"b\",\"c\":\"d\"}",
        "{\"a\":\"d\",\"c\":\"b\"}",
        "{}",
    };
    enum { COUNT = sizeof different / sizeof *different };
    for (size_t i = 0; i < COUNT; i++)
        for (size_t k = 0; k < i; k++)
            cr_expect_neq(digest(different[i]), digest(different[k]), "%s %s", different[i],
                          different[k]);
    cr_expect_eq(digest("{\"a\":1,\"b\":[2,{\"c\":3,\"d\":4}]}"),
                 digest("{\"b\":[2,{\"d\":4,\"c\":3}],\"a\":1}"));
    cr_expect_eq(digest("{\"a\":1}"), digest("{\"a\":1.0}"));
}

#define RUN(members, samples)                                                                      \
    "{" members "\"results\":[{\"key\":\"k\",\"samples\":{\"device_s\":[" samples "]}}]}"

Test(digest, a_run_with_samples_is_known_by_them_and_by_when_and_where_it_was)
{
    static const char *const different[] = {
        RUN("", "1,2"),
        RUN("", "2,1"),
        RUN("\"started\":\"x\",", "1,2"),
        RUN("\"host\":{\"name\":\"x\"},", "1,2"),
        RUN("\"host\":{\"machine\":\"x\"},", "1,2"),
        RUN("\"device\":{\"name\":\"x\"},", "1,2"),
        RUN("\"device\":{\"uuid\":\"x\"},", "1,2"),
        RUN("\"device\":{\"place\":\"x\"},", "1,2"),
        RUN("\"simulated\":true,", "1,2"),
    };
    enum { COUNT = sizeof different / sizeof *different };
    for (size_t i = 0; i < COUNT; i++)
        for (size_t k = 0; k < i; k++)
            cr_expect_neq(digest(different[i]), digest(different[k]), "%zu %zu", i, k);
    cr_expect_eq(digest(different[0]), digest(RUN("\"argv\":[\"x\"],", "1,2")));
    cr_expect_neq(digest("{\"results\":[]}"), digest("{\"results\":[],\"argv\":[\"x\"]}"));
}

Test(digest, a_run_was_on_its_card_or_else_on_its_machine_or_else_on_its_host)
{
    static const struct {
        const char *document, *place, *label;
    } cases[] = {
        {"{\"device\":{\"uuid\":\"U\"},\"host\":{\"machine\":\"M\",\"name\":\"N\"}}", "U", "N"},
        {"{\"device\":{\"uuid\":\"\"},\"host\":{\"machine\":\"M\",\"name\":\"N\"}}", "M", "N"},
        {"{\"host\":{\"name\":\"N\"}}", "N", "N"},
        {"{}", "", ""},
        {"{\"container\":{\"kind\":\"docker\"},\"host\":{\"machine\":\"M\",\"name\":\"0123456789af\"}}",
         "M", "M"},
        {"{\"container\":{\"kind\":\"docker\"},\"host\":{\"machine\":\"M\",\"name\":\"0123456789ag\"}}",
         "M", "0123456789ag"},
        {"{\"container\":{\"kind\":\"docker\"},\"host\":{\"machine\":\"M\",\"name\":\"0123456789a\"}}",
         "M", "0123456789a"},
        {"{\"container\":{\"kind\":\"docker\"},\"host\":{\"machine\":\"M\",\"name\":\"0123456789aff\"}}",
         "M", "0123456789aff"},
        {"{\"container\":{},\"host\":{\"machine\":\"M\",\"name\":\"0123456789af\"}}", "M",
         "0123456789af"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *document = loaded(cases[i].document);
        cr_expect_str_eq(read_place(document), cases[i].place, "%zu", i);
        cr_expect_str_eq(read_label(document), cases[i].label, "%zu", i);
        json_decref(document);
    }
}

Test(digest, a_soak_that_was_interrupted_while_all_was_well_is_cut_short)
{
    static const char *const cases[][2] = {
        {"{}", ""},
        {"{\"soak\":{\"verdict\":\"OK\"}}", "OK"},
        {"{\"soak\":{\"verdict\":\"OK\",\"interrupted\":false}}", "OK"},
        {"{\"soak\":{\"verdict\":\"OK\",\"interrupted\":true}}", SOAK_CUT_SHORT},
        {"{\"soak\":{\"verdict\":\"FAULTY\",\"interrupted\":true}}", "FAULTY"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *document = loaded(cases[i][0]);
        cr_expect_str_eq(read_soak_verdict(document), cases[i][1], "%zu", i);
        json_decref(document);
    }
}

/* test_groups.c - which runs are one group of a page, how it is titled, and which groups come
 * first. */
#include "tests/unit/bench/page/example_page.h"

#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define GPU(device, day, more)                                                                     \
    {"node1",                                                                                      \
     device,                                                                                       \
     "2026-11-" #day "T10:00:00Z",                                                                 \
     "gpu/sum-aat/f32/ffma/n=1000",                                                                \
     1e-4 + 1e-9 * day,                                                                            \
     1e-8,                                                                                         \
     0,                                                                                            \
     more,                                                                                         \
     NULL,                                                                                         \
     false}
#define NEXT(variant)                                                                              \
    {"node1", "", "", "gpu/sum-aat/f32/" variant "/n=1000", 2e-4, 1e-8, 0, NULL, NULL, true}

/* All kinds of groups of one device, and more devices than have sections of their own; the last is
 * simulated. */
static const struct made groups[] = {
    GPU("C", 23, NULL),
    GPU("C", 21, NULL),
    GPU("C", 22, "{\"host\": {\"machine\": \"m\"}, \"device\": {\"uuid\": \"GPU-2\"}}"),
    GPU("C", 24, "{\"images\": {\"forced\": \"portable\"}}"),
    GPU("C", 25, "{\"images\": {\"forced\": \"native\"}}"),
    GPU("C", 26, "{\"device\": {\"memory\": {\"panel_rows\": 100}}}"),
    GPU("C", 28, "{\"device\": {\"memory\": {\"panel_rows\": 100}}}"),
    GPU("C", 27, "{\"device\": {\"sms\": 100}}"),
    {"node1", "C", "2026-11-28T10:00:00Z", "gpu/sum-aat/f32/ffma/n=1000", 1e-4, 1e-8, 0, NULL,
     "{\"summary\": {\"kind\": \"first\"}}", false},
    {"node1", "C", "2026-11-29T10:00:00Z", "gpu/sum-aat/f32/ffma/n=1000/signed", 1e-4, 1e-8, 0,
     NULL, NULL, false},
    {"node1", "P", "2026-11-20T10:00:00Z", "cpu/sum-aat/f32/blas/n=1000", 1e-2, 1e-8, 0,
     "{\"cpu\": {\"threads\": 2}}", NULL, false},
    {"node1", "P", "2026-11-20T10:00:01Z", "cpu/sum-aat/f32/blas/n=1000", 2e-2, 1e-8, 0,
     "{\"cpu\": {\"threads\": 1}}", NULL, false},
    GPU("B", 21, NULL),
    NEXT("naive"),
    GPU("A", 21, NULL),
    GPU("D", 21, NULL),
    GPU("F", 21, NULL),
    GPU("E", 21, "{\"simulated\": true, \"host\": {\"name\": \"\"}}"),
};

Test(page_groups, each_kind_of_run_is_apart_and_those_beyond_twelve_share_a_table)
{
    example_is_golden("page-groups.txt", "All Results Machines", groups, COUNT(groups));
}

/* By the number of their results, a group of "A" lies between two of "P". */
static const struct made apart[] = {
    {"node1", "P", "2026-11-20T10:00:00Z", "cpu/sum-aat/f32/blas/n=1000", 1e-2, 1e-8, 0,
     "{\"cpu\": {\"threads\": 2}}", NULL, false},
    {"node1", "P", "", "cpu/sum-aat/f32/naive/n=1000", 1e-2, 1e-8, 0, NULL, NULL, true},
    {"node1", "P", "2026-11-20T10:00:01Z", "cpu/sum-aat/f32/blas/n=1000", 2e-2, 1e-8, 0,
     "{\"cpu\": {\"threads\": 1}}", NULL, false},
    {"node1", "A", "2026-11-20T10:00:02Z", "cpu/sum-aat/f32/blas/n=1000", 2e-2, 1e-8, 0, NULL, NULL,
     false},
};

Test(page_groups, groups_of_one_cpu_are_told_apart_though_another_cpu_lies_between_them)
{
    static const char *const titles[] = {"P, P, as invented", "A", "P, P, as invented"};
    struct page page;
    scratch_make();
    example_write("apart.json", apart, COUNT(apart));
    example_make(&page, (const char *[]){scratch_path("apart.json"), NULL});
    cr_assert_eq(page.group_count, COUNT(titles));
    for (size_t i = 0; i < COUNT(titles); i++)
        cr_expect_str_eq(page.groups[i].title, titles[i]);
    page_free(&page);
    scratch_remove();
}

Test(page_groups, files_without_a_result_are_no_page)
{
    struct page page = {0};
    struct failure why = {0};
    scratch_make();
    scratch_file("empty.json",
                 "{\"schema\":\"gpubench-result/1\",\"started\":"
                 "\"2026-11-24T10:15:02Z\",\"simulated\":false,\"device\":{"
                 "\"backend\":\"gpu\",\"name\":\"X\"},\"problem\":{\"op\":\"sum-aat\","
                 "\"n\":100},\"results\":[]}");
    const char *word = scratch_path("empty.json");
    const struct options o = {.words = &word, .word_count = 1};
    cr_expect_eq(page_make(&page, &o, &why), STATUS_FAILED);
    cr_expect_str_eq(why.text, "the files hold no result.");
    page_free(&page);
    scratch_remove();
    word = "/nowhere/at/all.json";
    cr_expect_eq(page_make(&page, &o, &why), STATUS_NOT_COMPARABLE);
    page_free(&page);
}

Test(page_groups, a_document_of_the_page_is_read_again)
{
    struct page page;
    scratch_make();
    example_write("two.json", groups, 2);
    example_make(&page, (const char *[]){scratch_path("two.json"), NULL});
    for (int with = 0; with < 2; with++) {
        json_t *document = page_document(&page, 1, with);
        const json_t *result = json_array_get(json_object_get(document, "results"), 0);
        cr_expect_str_eq(json_string_value(json_object_get(document, "started")),
                         "2026-11-21T10:00:00Z");
        cr_expect_eq(json_object_get(result, "samples") != NULL, with);
        json_decref(document);
    }
    page_free(&page);
    scratch_remove();
}

Test(page_groups, all_groups_list_no_more_than_two_thousand_rows_together)
{
    enum { ROWS = 1001 };
    static struct made list[ROWS + 1];
    static char keys[ROWS][64];
    for (size_t i = 0; i < ROWS; i++) {
        snprintf(keys[i], sizeof keys[i], "gpu/sum-aat/f32/v%04zu/n=1000", i);
        list[i] = groups[0];
        list[i].key = keys[i];
        list[i].is_next = i > 0;
    }
    list[ROWS] = groups[0];
    list[ROWS].device = "B";
    for (size_t i = 0; i < 2; i++) {
        struct page page;
        scratch_make();
        example_write("rows.json", list + i, ROWS + 1 - i); /* the second time, one row less */
        example_make(&page, (const char *[]){scratch_path("rows.json"), NULL});
        const struct section *s = page.sections;
        while (strcmp(s->heading, "All results") != 0)
            s++;
        cr_expect_str_eq(s->text, i ? "1000 results." : "1001 results; the first 1000 are listed.");
        cr_expect_eq(grid_rows(&s->grid), 1000);
        cr_expect(s->is_folded);
        page_free(&page);
        scratch_remove();
    }
}

#define THREADS(n) "{\"cpu\": {\"threads\": " #n "}, \"device\": {\"summary\": \"" #n " threads\"}}"
#define CPU(device, variant, more, is_next)                                                        \
    {"node1",                                                                                      \
     device,                                                                                       \
     "2026-11-21T10:00:00Z",                                                                       \
     "cpu/sum-aat/f32/" variant "/n=1000",                                                         \
     1e-2,                                                                                         \
     1e-8,                                                                                         \
     0,                                                                                            \
     more,                                                                                         \
     NULL,                                                                                         \
     is_next}

/* By their results the groups of P are the first and the last, and Q is between them. */
Test(page_groups, groups_of_one_processor_say_how_they_differ_wherever_they_stand)
{
    static const struct made list[] = {
        CPU("P", "a", THREADS(4), false), CPU("P", "b", NULL, true),
        CPU("P", "c", NULL, true),        CPU("Q", "a", THREADS(4), false),
        CPU("Q", "b", NULL, true),        CPU("P", "a", THREADS(2), false),
    };
    static const char *const titles[] = {"P, 4 threads", "Q", "P, 2 threads"};
    struct page page;
    scratch_make();
    example_write("cpus.json", list, COUNT(list));
    example_make(&page, (const char *[]){scratch_path("cpus.json"), NULL});
    cr_assert_eq(page.group_count, 3);
    for (size_t i = 0; i < 3; i++)
        cr_expect_str_eq(page.groups[i].title, titles[i], "%s", page.groups[i].title);
    page_free(&page);
    scratch_remove();
}

#define CARD(uuid) "{\"device\": {\"uuid\": \"" uuid "\"}}"

/* Of this host the first card has most results, and the library ran only on the second. */
Test(page_groups, a_library_on_another_card_is_no_reference)
{
    static const struct made list[] = {
        GPU("C", 21, CARD("GPU-1")),
        NEXT("naive"),
        NEXT("other"),
        {"node1", "C", "2026-11-22T10:00:00Z", "gpu/sum-aat/f32/cublas-sgemm/n=1000", 1e-4, 1e-8,
         MADE_LIBRARY, CARD("GPU-2"), NULL, false},
    };
    struct page page;
    scratch_make();
    example_write("cards.json", list, COUNT(list));
    example_make(&page, (const char *[]){scratch_path("cards.json"), NULL});
    cr_assert_eq(page.group_count, 1);
    const struct group *g = &page.groups[0];
    cr_assert_eq(g->lead_count, 4);
    for (size_t i = 0; i < 4; i++) {
        const struct export_row *reference = row_reference(g, g->lead[i]);
        cr_expect_eq(reference != NULL, strcmp(g->lead[i]->card, "GPU-2") == 0, "%s",
                     g->lead[i]->key);
    }
    page_free(&page);
    scratch_remove();
}

/* The other cards have names before and after its own. */
Test(page_groups, of_several_cards_of_a_host_the_one_with_most_results_is_shown)
{
    static const struct made list[] = {
        GPU("C", 21, CARD("GPU-1")),
        NEXT("naive"),
        NEXT("other"),
        {"node1", "C", "2026-11-22T10:00:00Z", "gpu/sum-aat/f32/ffma/n=1000", 9e-5, 1e-8, 0,
         CARD("GPU-0"), NULL, false},
        {"node1", "", "", "gpu/sum-aat/f32/naive/n=1000", 4e-4, 1e-8, 0, NULL, NULL, true},
        {"node1", "C", "2026-11-23T10:00:00Z", "gpu/sum-aat/f32/naive/n=1000", 1e-4, 1e-8, 0,
         CARD("GPU-3"), NULL, false},
    };
    struct page page;
    scratch_make();
    example_write("cards.json", list, COUNT(list));
    example_make(&page, (const char *[]){scratch_path("cards.json"), NULL});
    cr_assert_eq(page.group_count, 1);
    cr_assert_eq(page.groups[0].lead_count, 3);
    for (size_t i = 0; i < 3; i++)
        cr_expect_str_eq(page.groups[0].lead[i]->card, "GPU-1");
    page_free(&page);
    scratch_remove();
}

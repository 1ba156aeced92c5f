/* test_cards.c - which GPU has failed to open. */
#include "bench/stored/cards.h"
#include "tests/unit/harness/reading/document.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct known_cards three = {.list = {{.index = 0, .uuid = "GPU-a"},
                                                  {.index = 1, .uuid = "GPU-b"},
                                                  {.index = 2, .uuid = "GPU-c"}},
                                         .count = 3};

Test(cards, the_driver_s_own_answer_comes_first)
{
    const struct cards found = {.count = 2, .uuid = {"GPU-x", "GPU-y"}};
    cr_expect_str_eq(cards_failed(&found, &three, 0), "GPU-x");
    cr_expect_str_eq(cards_failed(&found, &three, 1), "GPU-y");
    cr_expect_null(cards_failed(&found, &three, 2)); /* any of three may be the one */
}

Test(cards, without_an_answer_the_number_counts)
{
    const struct cards none = {0}, nameless = {.count = 3, .uuid = {"GPU-a", "", ""}};
    cr_expect_str_eq(cards_failed(&none, &three, 0), "GPU-a");
    cr_expect_str_eq(cards_failed(&none, &three, 2), "GPU-c");
    cr_expect_null(cards_failed(&none, &three, 3));
    cr_expect_str_eq(cards_failed(&nameless, &three, 1), "GPU-b");
    const struct cards moved = {.count = 2, .uuid = {"GPU-b", ""}};
    cr_expect_null(cards_failed(&moved, &three, 1)); /* its card is the other one */
}

Test(cards, of_cards_that_are_gone_one_alone_is_named)
{
    const struct cards first_and_last = {.count = 2, .uuid = {"GPU-a", "GPU-c"}};
    cr_expect_str_eq(cards_failed(&first_and_last, &three, 2), "GPU-b");
    cr_expect_null(cards_failed(&first_and_last, &three, 3));
    const struct cards last = {.count = 1, .uuid = {"GPU-c"}};
    cr_expect_null(cards_failed(&last, &three, 2));
}

/* A result of machine "m" on that card, started in the minute `minute`. */
static void store(const char *file, int minute, int index, const char *card, const char *machine,
                  const char *visible)
{
    char text[1024];
    snprintf(text, sizeof text,
             "{\"schema\":\"gpubench-result/1\",\"started\":\"2026-11-24T10:%02d:02Z\","
             "\"simulated\":false,\"device\":{\"backend\":\"gpu\",\"name\":\"G\",\"index\":%d,"
             "\"uuid\":\"%s\"},\"host\":{\"name\":\"h\",\"machine\":\"%s\"},"
             "\"env\":{\"CUDA_VISIBLE_DEVICES\":\"%s\"},"
             "\"problem\":{\"op\":\"sum-aat\",\"n\":100},\"results\":[" RESULT("\"ok\"", "") "]}",
             minute, index, card, machine, visible);
    scratch_file(file, text);
}

/* "0:GPU-a 1:GPU-b" */
static const char *known_text(const struct options *options)
{
    static char text[512];
    struct known_cards known;
    size_t used = 0;
    text[0] = '\0';
    cards_known(options, "m", &known);
    for (size_t i = 0; i < known.count; i++)
        used += (size_t)sprintf(text + used, "%d:%s ", known.list[i].index, known.list[i].uuid);
    return text;
}

Test(cards, known_are_the_last_ones_of_each_number_of_this_machine)
{
    const struct options options = {.results = scratch_make()};
    struct known_cards known;
    setenv("CUDA_VISIBLE_DEVICES", "", 1);
    cr_expect_str_eq(known_text(&options), "");
    store("1.json", 1, 0, "GPU-a", "m", "");
    store("2.json", 2, 1, "GPU-b", "m", "");
    store("3.json", 3, 0, "GPU-c", "m", "");
    store("4.json", 4, 2, "GPU-d", "other", "");
    store("5.json", 5, 3, "GPU-e", "m", "1");
    cr_expect_str_eq(known_text(&options), "0:GPU-c 1:GPU-b ");
    setenv("CUDA_VISIBLE_DEVICES", "1", 1);
    cr_expect_str_eq(known_text(&options), "3:GPU-e ");
    unsetenv("CUDA_VISIBLE_DEVICES");
    store("6.json", 6, 1, "GPU-c", "m", ""); /* it has moved */
    cr_expect_str_eq(known_text(&options), "1:GPU-c 0:GPU-a ");
    cards_known(&options, "", &known);
    cr_expect_eq(known.count, 0);
    scratch_remove();
}

Test(cards, a_name_that_is_too_long_and_an_index_that_is_no_number_are_of_no_card)
{
    const struct options options = {.results = scratch_make()};
    char name[DEVICE_UUID_BYTES + 1], want[DEVICE_UUID_BYTES + 8];
    memset(name, 'x', sizeof name);
    name[DEVICE_UUID_BYTES] = '\0';
    unsetenv("CUDA_VISIBLE_DEVICES");
    store("1.json", 1, 0, name, "m", "");
    store("2.json", 2, 1, "", "m", "");
    cr_expect_str_eq(known_text(&options), "");
    name[DEVICE_UUID_BYTES - 1] = '\0';
    store("3.json", 3, 2, name, "m", "");
    snprintf(want, sizeof want, "2:%s ", name);
    cr_expect_str_eq(known_text(&options), want);
    scratch_remove();
}

Test(cards, no_more_are_known_than_there_is_room_for)
{
    const struct options options = {.results = scratch_make()};
    struct known_cards known;
    unsetenv("CUDA_VISIBLE_DEVICES");
    for (int i = 0; i <= CARDS_MAX; i++) {
        char file[32], name[32];
        snprintf(file, sizeof file, "%d.json", i);
        snprintf(name, sizeof name, "GPU-%d", i);
        store(file, i % 60, i, name, "m", "");
    }
    cards_known(&options, "m", &known);
    cr_expect_eq(known.count, CARDS_MAX);
    /* So many were seen by later runs with another choice of GPUs. */
    for (int i = 0; i < CARDS_MAX; i++) {
        char file[32], name[32];
        snprintf(file, sizeof file, "%d.json", i);
        snprintf(name, sizeof name, "GPU-%d", i);
        store(file, 30, i, name, "m", "1");
    }
    store("64.json", 1, 5, "GPU-64", "m", "");
    cr_expect_str_eq(known_text(&options), "5:GPU-64 ");
    scratch_remove();
}

/* test_ranks_and_hosts.c - the sections of ranks and of many hosts, and which runs are one group:
 * all they say and draw, for invented runs (tests/golden/page-*.txt). */
#include "tests/unit/bench/page/example_page.h"

#include "harness/base/need.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(list)         (sizeof(list) / sizeof *(list))
#define DAY(day)            "2026-11-" #day "T10:00:00Z"
#define FFMA(n, ranks, how) "gpu/sum-aat/f32/ffma/n=" #n "/ranks=" #ranks "/" how
#define SUM(n, ranks)       "cpu/reduce/f32/loops/n=" #n "/ranks=" #ranks "/none"
#define RANKS(devices, hosts, more)                                                                \
    "{\"ranks\": {\"devices\": " #devices ", \"hosts\": " #hosts more "}}"
#define ON(host, key, seconds, more) {host, "Card", DAY(21), key, seconds, 0, 0, more, NULL, false}

#define LIST                                                                                        \
    ", \"links\": \"NVLink\", \"transport\": \"TCP\", \"list\": ["                                  \
    "{\"host\": \"a\", \"place\": \"/gpu:0\", \"share\": 0.25, \"compute_s\": [3e-5, null, 1e-5], " \
    "\"exchange_s\": [2e-6, 4e-6], \"waiting_s\": [0], \"link_bytes_per_s\": 4e10, "                \
    "\"sm_hz\": 1.5e9, \"error\": 1e-9}, "                                                          \
    "{\"host\": \"b\", \"place\": \"/gpu:1\", \"shares_device\": true, \"compute_s\": [5e-5]}, "    \
    "{\"host\": \"c\", \"place\": \"/gpu:2\", \"compute_s\": [4e-5], \"sm_hz\": 0}, {}]"
#define ONE ", \"transport\": \"TCP\", \"list\": [{\"compute_s\": [1e-6]}]"

/* Strong and weak scaling at once, from an ordinary run (*); N that is nearly, and that is not
 * quite, the same work; a rank count that is too noisy; the same run on a second host, which is not
 * shown; two exchanges more; small orders of a reduction; a series without a line. */
static const struct made scaling[] = {
    ON("node1", "gpu/sum-aat/f32/ffma/n=1000", 1e-4, NULL),
    ON("node1", "gpu/sum-aat/f32/ffma/n=3000", 1e-3, NULL),
    ON("node1", "gpu/sum-aat/f32/other/n=1000", 1e-4, NULL),
    ON("node0", FFMA(1000, 2, "none"), 7e-5, NULL),
    ON("node1", FFMA(1000, 2, "none"), 6e-5, RANKS(1, 1, "")),
    ON("node1", FFMA(1000, 2, "none"), 6.1e-5, "{\"device\": {\"uuid\": \"GPU-2\"}}"),
    ON("node1", FFMA(1000, 4, "none"), 4e-5, RANKS(2, 1, "")),
    {"node1", "Card", DAY(22), FFMA(1000, 4, "none"), 4.4e-5, 0, 0, RANKS(2, 1, ""), NULL, false},
    {"node1", "Card", DAY(21), FFMA(1000, 8, "none"), 3e-5, 0, MADE_NOISY, RANKS(8, 2, ""), NULL,
     false},
    ON("node1", FFMA(1264, 2, "none"), 1.3e-4, RANKS(2, 1, "")),
    ON("node1", FFMA(1266, 2, "none"), 1.3e-4, RANKS(1, 1, "")),
    ON("node1", FFMA(1587, 4, "none"), 1.5e-4, RANKS(4, 1, "")),
    ON("node1", FFMA(2000, 8, "none"), 2e-4, RANKS(8, 2, LIST)),
    ON("node1", FFMA(1000, 1, "ring/measured"), 3e-4, NULL),
    ON("node1", FFMA(1000, 2, "ring/measured"), 2.5e-4, RANKS(2, 1, ONE)),
    ON("node1", FFMA(1000, 3, "none/measured"), 5e-5, NULL),
    {"node1", "Processor", DAY(21), SUM(50, 1), 1e-5, 0, 0, NULL, NULL, false},
    {"node1", "Processor", DAY(21), SUM(70, 2), 1e-5, 0, 0, NULL, NULL, false},
    {"node1", "Processor", DAY(21), SUM(72, 2), 1e-5, 0, 0, NULL, NULL, false},
    {"node1", "Processor", DAY(21), SUM(100, 4), 2e-5, 0, 0, RANKS(2, 1, ""), NULL, false},
    {"node2", "Lonely", DAY(21), SUM(50, 2), 2e-5, 0, 0, NULL, NULL, false},
};

Test(page_scaling, rates_efficiencies_and_ranks_are_as_somebody_looked_at_them)
{
    example_is_golden("page-scaling.txt", "Scaling Ranks", scaling, COUNT(scaling));
}

static size_t sections_of(const struct page *page, const char *begin, const struct section **first)
{
    size_t count = 0;
    for (size_t i = 0; i < page->section_count; i++)
        if (strncmp(page->sections[i].heading, begin, strlen(begin)) == 0 && count++ == 0 && first)
            *first = &page->sections[i];
    return count;
}

/* The page of `count` runs, each of another host, or of another key: key_begin, a number, key_end.
 */
static void make_many(struct page *page, size_t count, struct made like, const char *key_begin,
                      const char *key_end)
{
    struct made *list = need_array(count, sizeof *list);
    for (size_t i = 0; i < count; i++) {
        list[i] = like;
        list[i].key =
            key_end ? need_format("%s%zu%s", key_begin, i + 1, key_end) : need_text(key_begin);
        list[i].host = need_format("node%zu", key_end ? 1 : i + 1);
        list[i].seconds = like.seconds * (1 + 1e-6 * (double)i);
    }
    scratch_make();
    example_write("many.json", list, count);
    example_make(page, (const char *[]){scratch_path("many.json"), NULL});
    for (size_t i = 0; i < count; i++) {
        free((char *)list[i].key);
        free((char *)list[i].host);
    }
    free(list);
    scratch_remove();
}

static const struct made plain = {"", "Card", DAY(21), "", 1e-4, 0, 0, NULL, NULL, false};

Test(page_scaling, no_more_than_twelve_series_and_a_hundred_points_are_shown)
{
    struct page page;
    const struct section *s;
    make_many(&page, 13, plain, "gpu/sum-aat/f32/v", "/n=100/ranks=2/none");
    cr_expect_eq(sections_of(&page, "Scaling", &s), 12);
    cr_expect(
        strstr(s->text, "the same work a rank: gpubench sweep N --ranks 1,2,4 measures both"));
    page_free(&page);
    make_many(&page, 12, plain, "gpu/sum-aat/f32/v", "/n=100/ranks=2/none");
    cr_expect_eq(sections_of(&page, "Scaling", NULL), 12);
    page_free(&page);
    make_many(&page, 101, plain, "gpu/sum-aat/f32/v/n=100/ranks=", "/none");
    cr_assert_eq(sections_of(&page, "Scaling", &s), 1);
    cr_expect_eq(grid_rows(&s->grid), 100);
    cr_expect(strstr(s->text, "The first 100 points are shown."));
    cr_expect(s->is_folded);
    page_free(&page);
    make_many(&page, 100, plain, "gpu/sum-aat/f32/v/n=100/ranks=", "/none");
    cr_assert_eq(sections_of(&page, "Scaling", &s), 1);
    cr_expect_eq(grid_rows(&s->grid), 100);
    cr_expect_null(strstr(s->text, "The first 100 points are shown."));
    page_free(&page);
}

Test(page_scaling, no_more_than_eight_lines_are_drawn)
{
    for (size_t orders = 8; orders <= 9; orders++) {
        struct made list[18];
        char keys[18][64], *script;
        size_t bytes;
        struct page page;
        const struct section *s;
        for (size_t i = 0; i < 2 * orders; i++) {
            list[i] = plain;
            list[i].host = "node1";
            list[i].seconds = 1 + 1e-3 * (double)i;
            snprintf(keys[i], sizeof keys[i], "gpu/sum-aat/f32/v/n=%zu/ranks=%d/none",
                     1000 * (1 + i / 2), i % 2 ? 4 : 2);
            list[i].key = keys[i];
        }
        scratch_make();
        example_write("lines.json", list, 2 * orders);
        example_make(&page, (const char *[]){scratch_path("lines.json"), NULL});
        cr_assert_eq(sections_of(&page, "Scaling", &s), 1);
        struct canvas canvas = {.script = need_stream(&script, &bytes)};
        s->draw(&canvas, s);
        need_stream_end(canvas.script);
        cr_expect(strstr(script, "$l7 << E"));
        cr_expect_null(strstr(script, "$l8 << E"));
        const char *line = script;
        for (int k = 0; k < 8; k++) {
            char marks[64];
            snprintf(marks, sizeof marks, "$l%d using 1:2 with linespoints lw 2 pt %d ", k,
                     5 + 2 * (k % 5));
            line = strstr(line, marks);
            cr_assert(line, "%s: the sixth line has the marks of the first", marks);
        }
        canvas_free(&canvas);
        free(script);
        page_free(&page);
        scratch_remove();
    }
}

Test(page_scaling, a_table_of_more_than_twelve_points_is_folded)
{
    for (size_t count = 12; count <= 13; count++) {
        struct page page;
        const struct section *s;
        make_many(&page, count, plain, "gpu/sum-aat/f32/v/n=100/ranks=", "/none");
        cr_assert_eq(sections_of(&page, "Scaling", &s), 1);
        cr_expect_eq(s->is_folded, count > 12);
        page_free(&page);
    }
}

static void expect_ranks(size_t count, size_t shown, bool is_folded)
{
    struct page page;
    const struct section *s;
    char *more;
    size_t bytes;
    FILE *to = need_stream(&more, &bytes);
    fputs("{\"ranks\": {\"list\": [{\"compute_s\": [1]}", to);
    for (size_t i = 1; i < count; i++)
        fputs(", {\"compute_s\": [2]}", to);
    fputs("]}}", to);
    need_stream_end(to);
    struct made run = plain;
    run.more = more;
    make_many(&page, 1, run, "gpu/sum-aat/f32/v/n=100/ranks=", "/none");
    cr_assert_eq(sections_of(&page, "Ranks", &s), 1);
    cr_expect_eq(grid_rows(&s->grid), shown);
    cr_expect_eq(s->is_folded, is_folded);
    cr_expect_eq(strstr(s->text, "The table has the first 128.") != NULL, shown < count);
    cr_expect_eq(strstr(s->text, "Rank 1 on  () computes longest, 2.000 s") != NULL, count > 1,
                 "%s", s->text);
    page_free(&page);
    free(more);
}

Test(page_ranks, of_more_than_128_the_first_are_shown_and_more_than_twelve_are_folded)
{
    expect_ranks(1, 1, false);
    expect_ranks(12, 12, false);
    expect_ranks(13, 13, true);
    expect_ranks(128, 128, true);
    expect_ranks(129, 128, true);
}

enum { CARDS = 33 };

/* 33 cards, more than there are bars, of which seven are slow and one is fast, more than are named;
 * two are bad and one is noisy; a second key that fewer of them have. Processors without an outlier
 * whose largest N counts. Six cards with one outlier, one of them twice. One alone. */
static void write_hosts(const char *path)
{
    static const struct made others[] = {
        {"c1", "Model B", DAY(21), "cpu/sum-aat/f32/blas/n=1900", 1e-3, 0, 0, NULL, NULL, false},
        {"c2", "Model B", DAY(21), "cpu/sum-aat/f32/blas/n=1900", 1.1e-3, 0, 0, NULL, NULL, false},
        {"c1", "Model B", DAY(21), "cpu/sum-aat/f32/blas/n=1200", 2e-3, 0, 0, NULL, NULL, false},
        {"c2", "Model B", DAY(21), "cpu/sum-aat/f32/blas/n=1200", 2.2e-3, 0, 0, NULL, NULL, false},
        {"d0", "Model C", DAY(21), "gpu/sum-aat/f32/ffma/n=100", 1e-3, 0, 0, NULL, NULL, false},
        {"d1", "Model C", DAY(21), "gpu/sum-aat/f32/ffma/n=100", 1.0001e-3, 0, 0, NULL, NULL,
         false},
        {"d2", "Model C", DAY(21), "gpu/sum-aat/f32/ffma/n=100", 1.0002e-3, 0, 0, NULL, NULL,
         false},
        {"d3", "Model C", DAY(21), "gpu/sum-aat/f32/ffma/n=100", 1.0003e-3, 0, 0, NULL, NULL,
         false},
        {"a-host-with-a-long-name-4", "Model C", DAY(21), "gpu/sum-aat/f32/ffma/n=100", 3e-3, 0, 0,
         NULL, NULL, false},
        {"d0", "Model C", DAY(22), "gpu/sum-aat/f32/ffma/n=100", 1.0004e-3, 0, 0,
         "{\"device\": {\"power_limit_w\": 300}}", NULL, false},
        {"d5", "Model C", DAY(21), "gpu/sum-aat/f32/ffma/n=100", 1, 0, MADE_WRONG, NULL, NULL,
         false},
        {"d6", "Model C", DAY(21), "gpu/sum-aat/f32/ffma/n=100", 0, 0, 0, NULL, NULL, false},
        {"e", "Model D", DAY(21), "gpu/sum-aat/f32/ffma/n=100", 1e-3, 0, 0, NULL, NULL, false},
    };
    struct made list[CARDS + 2 + 2 + COUNT(others)];
    char names[CARDS + 2][16];
    size_t count = 0;
    for (size_t i = 0; i < CARDS + 2; i++) {
        struct made *m = &list[count++];
        *m = (struct made){names[i], "Model A", DAY(21), "gpu/sum-aat/f32/ffma/n=100", 1e-3, 0, 0,
                           NULL,     NULL,      false};
        snprintf(names[i], sizeof names[i], "node%zu", i);
        m->seconds *= 1 + 1e-5 * (double)i;
        if (i % 5 == 0)
            m->seconds *= 1.1 + 0.01 * (double)i;
        if (i == 4)
            m->seconds *= 0.8;
        m->what = i == 2 ? MADE_NOISY : i >= CARDS ? MADE_FAILED : 0;
        if (i < 2) {
            list[count] = *m;
            list[count++].key = "gpu/sum-aat/f32/ffma/n=2000";
        }
    }
    memcpy(list + count, others, sizeof others);
    example_write(path, list, count + COUNT(others));
}

Test(page_hosts, outliers_and_the_rest_are_as_somebody_looked_at_them)
{
    struct page page;
    scratch_make();
    write_hosts("hosts.json");
    example_make(&page, (const char *[]){scratch_path("hosts.json"), NULL});
    char *text = example_page_text(&page, "33 6 5 2 1");
    example_expect("page-hosts.txt", text);
    free(text);
    page_free(&page);
    scratch_remove();
}

Test(page_hosts, of_more_than_200_hosts_the_fastest_and_the_slowest_are_listed)
{
    struct page page;
    const struct section *s;
    make_many(&page, 203, plain, "gpu/sum-aat/f32/v/n=100", NULL);
    cr_assert_eq(sections_of(&page, "203 cards of Card", &s), 1);
    cr_assert_eq(grid_rows(&s->grid), 200);
    cr_expect(s->is_folded);
    cr_expect_str_eq(s->grid.cells[99 * 5], "node100");
    cr_expect_str_eq(s->grid.cells[100 * 5], "node104");
    cr_expect_str_eq(s->grid.cells[199 * 5], "node203");
    page_free(&page);
    for (size_t count = 12; count <= 13; count++) {
        make_many(&page, count, plain, "gpu/sum-aat/f32/v/n=100", NULL);
        cr_assert_eq(sections_of(&page, count == 12 ? "12 cards" : "13 cards", &s), 1);
        cr_expect_eq(s->is_folded, count > 12);
        page_free(&page);
    }
}

/* The name of the sixth host, of which the sentence has 80 bytes, ends there inside a character. */
Test(page_hosts, the_name_of_an_outlier_is_cut_between_two_characters)
{
    struct made list[6];
    struct page page;
    const struct section *s;
    char name[121] = "";
    while (strlen(name) < 120)
        strcat(name, "語");
    for (size_t i = 0; i < 6; i++) {
        static const char *const hosts[] = {"a", "b", "c", "d", "e"};
        list[i] = plain;
        list[i].key = "gpu/sum-aat/f32/v/n=100";
        list[i].host = i < 5 ? hosts[i] : name;
        list[i].seconds *= i < 5 ? 1 + 1e-4 * (double)i : 2;
    }
    scratch_make();
    example_write("six.json", list, 6);
    example_make(&page, (const char *[]){scratch_path("six.json"), NULL});
    cr_assert_eq(sections_of(&page, "6 cards", &s), 1);
    name[78] = '\0';
    const char *shown = strstr(s->text, "1 outlier: ");
    cr_assert(shown, "%s", s->text);
    cr_expect_eq(strncmp(shown + strlen("1 outlier: "), name, 78), 0);
    cr_expect_eq(strncmp(shown + strlen("1 outlier: ") + 78, " (+", 3), 0, "%s", shown);
    page_free(&page);
    scratch_remove();
}

Test(page_hosts, of_the_keys_that_most_cards_have_the_one_of_the_largest_order_is_shown)
{
    static const char n100[] = "gpu/sum-aat/f32/v/n=100", n200[] = "gpu/sum-aat/f32/v/n=200",
                      n300[] = "gpu/sum-aat/f32/v/n=300";
    const struct made list[] = {
        ON("a", n100, 1e-3, NULL), ON("b", n100, 1e-3, NULL), ON("a", n200, 1e-3, NULL),
        ON("b", n200, 1e-3, NULL), ON("a", n300, 1e-3, NULL),
    };
    struct page page;
    const struct section *s;
    scratch_make();
    example_write("orders.json", list, COUNT(list));
    example_make(&page, (const char *[]){scratch_path("orders.json"), NULL});
    cr_assert_eq(sections_of(&page, "2 cards of Card", &s), 1);
    cr_expect_eq(strncmp(s->text, n200, strlen(n200)), 0, "%s", s->text);
    page_free(&page);
    scratch_remove();
}

/* As with another power limit each day. */
Test(page_hosts, one_card_of_two_classes_is_no_fleet)
{
    const struct made list[] = {
        ON("a", "gpu/sum-aat/f32/v/n=100", 1e-3, "{\"device\": {\"sms\": 1}}"),
        ON("a", "gpu/sum-aat/f32/v/n=100", 1.001e-3, "{\"device\": {\"sms\": 2}}"),
        ON("b", "gpu/sum-aat/f32/v/n=100", 1.002e-3, "{\"device\": {\"sms\": 2}}"),
    };
    for (size_t count = 2; count <= COUNT(list); count++) {
        struct page page;
        scratch_make();
        example_write("classes.json", list, count);
        example_make(&page, (const char *[]){scratch_path("classes.json"), NULL});
        cr_expect_eq(page.readings.count, count, "no copies");
        cr_expect_eq(sections_of(&page, "2 cards of Card", NULL), count > 2);
        cr_expect_eq(sections_of(&page, "1 cards of Card", NULL), 0);
        page_free(&page);
        scratch_remove();
    }
}

Test(page_hosts, no_more_than_twelve_models_are_shown)
{
    struct made list[26];
    char names[13][8];
    for (size_t i = 0; i < 26; i++) {
        list[i] = (struct made){i % 2 ? "a" : "b",
                                names[i / 2],
                                DAY(21),
                                "gpu/sum-aat/f32/v/n=100",
                                1e-3,
                                0,
                                0,
                                NULL,
                                NULL,
                                false};
        list[i].seconds *= 1 + 1e-3 * (double)(25 - i);
        snprintf(names[i / 2], sizeof names[i / 2], "M%02zu", i / 2);
    }
    for (size_t models = 12; models <= 13; models++) {
        struct page page;
        const struct section *s;
        scratch_make();
        example_write("models.json", list, 2 * models);
        example_make(&page, (const char *[]){scratch_path("models.json"), NULL});
        cr_expect_eq(sections_of(&page, "2 cards of M", &s), 12);
        cr_expect_str_eq(s->heading, models == 12 ? "2 cards of M11" : "2 cards of M12",
                         "the fastest model comes first");
        page_free(&page);
        scratch_remove();
    }
}

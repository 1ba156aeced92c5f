/* test_html.c - how much a page of HTML holds: its tables and its data, up to the byte. The page
 * counts what is in the stream already, so blanks before it stand for what else a page may hold. */
#include "bench/report/render.h"
#include "harness/base/need.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_MAX = 8000000, TABLES_MAX = 6000000, FOOTER_MAX = 1000 };

static struct page page;
static struct section section;
static struct reading reading;
static char *text;
static size_t before; /* where the page begins in it */

static void begin(void)
{
    json_error_t error;
    setenv("PATH", "/nowhere", 1); /* no gnuplot */
    section = (struct section){.heading = "Heading", .text = "Text."};
    reading.document =
        json_loads("{\"host\": \"node1\", \"results\": [{\"samples\": [1, 2, 3, 4]}]}", 0, &error);
    page = (struct page){.sections = &section,
                         .section_count = 1,
                         .readings = {.list = &reading, .count = 1},
                         .hosts = 1,
                         .first = "2026-11-24",
                         .last = "2026-11-24"};
}

static void end(void)
{
    grid_free(&section.grid);
    json_decref(reading.document);
    free(text);
}

TestSuite(html, .init = begin, .fini = end);

/* The page behind so many blanks. */
static const char *rendered(size_t blanks, bool without_samples)
{
    struct render how = {.title = "Title", .without_samples = without_samples};
    struct failure why;
    size_t bytes;
    free(text);
    FILE *to = need_stream(&text, &bytes);
    fprintf(to, "%*s", (int)blanks, "");
    cr_assert_eq(render_html(to, &page, &how, &why), STATUS_OK);
    need_stream_end(to);
    before = blanks;
    return text + blanks;
}

static size_t at(const char *what)
{
    const char *found = strstr(text + before, what);
    cr_assert_not_null(found, "%s", what);
    return (size_t)(found - text);
}

static bool says(const char *what)
{
    return strstr(text + before, what) != NULL;
}

/* Fills the table with so many rows of one cell. */
static void rows(size_t count)
{
    static const char *const heads[] = {"head"};
    section.grid.heads = heads;
    section.grid.columns = 1;
    for (size_t i = 0; i < count; i++)
        grid_add(&section.grid, "cell");
}

Test(html, a_page_says_what_it_is_of_and_where_the_data_are)
{
    rendered(0, false);
    cr_expect(says("<p class=\"meta\">1 run on 1 host, 2026-11-24. Every time"));
    cr_expect(says("<h2 id=\"g0\">All machines</h2>\n<section id=\"s0\">\n<h3>Heading</h3>\n"
                   "<p>Text.</p>\n</section>\n</main>\n"));
    cr_expect(says("The results are in this page as JSON, in the element <code>"));
    cr_expect(
        says("<script type=\"application/json\" id=\"gpubench-results\">\n[\n{\"host\":"
             "\"node1\",\"results\":[{\"samples\":[1,2,3,4]}]}\n]</script>\n</body>\n</html>\n"));
    cr_expect_not(says("No pictures"), "none was wanted");
    cr_expect_not(says("class=\"tile"));
    rendered(0, true);
    cr_expect(says("as JSON, without their samples, in the element"));
    cr_expect(says("[\n{\"host\":\"node1\",\"results\":[{}]}\n]</script>"));
}

Test(html, a_table_of_ten_rows_is_left_out_if_4000_bytes_more_are_too_many)
{
    rows(10);
    rendered(0, false);
    const size_t table = at("<div class=\"scroll\"><table>");
    rendered(TABLES_MAX - 4000 - table, false);
    cr_expect(says("<table>"), "it may just fit");
    rendered(TABLES_MAX - 4000 - table + 1, false);
    cr_expect_not(says("<table>"));
    cr_expect(says(
        "<p>The table of 10 rows is left out, or the page would be too large.</p>\n</section>"));
    grid_free(&section.grid);
    section.grid = (struct grid){0};
    rendered(TABLES_MAX, false);
    cr_expect_not(says("left out"), "there was none");
}

Test(html, a_folded_table_says_how_many_rows_it_has)
{
    rows(2);
    section.is_folded = true;
    rendered(0, false);
    cr_expect(says("<details><summary>Show all 2 rows</summary>\n<div class=\"scroll\"><table>"));
    cr_expect(says("</table></div>\n</details>\n</section>\n"));
}

/* The most blanks before a page that says `what` of its data; one more, and it does not fit. */
static size_t most_blanks(bool without_samples, const char *what)
{
    rendered(0, without_samples);
    const size_t footer = at("</main>"), script = at("<script "), body = at("</body>");
    const size_t blanks = PAGE_MAX - FOOTER_MAX - footer - (body - script);
    rendered(blanks, without_samples);
    cr_expect(says(what), "%s", text + at("<footer>"));
    rendered(blanks + 1, without_samples);
    cr_expect_not(says(what), "%s", text + at("<footer>"));
    return blanks + 1;
}

Test(html, data_that_do_not_fit_are_left_out_step_by_step)
{
    const size_t blanks =
        most_blanks(false, "The results are in this page as JSON, in the element");
    rendered(blanks, false);
    cr_expect(says("as JSON, without their samples, in the element"));
    cr_expect(says("[\n{\"host\":\"node1\",\"results\":[{}]}\n]</script>"));
    most_blanks(true, "as JSON, without their samples, in the element");
    /* The rows are shorter than the documents here, because no document is given. */
    rendered(blanks + 30, false);
    cr_expect(says("which has the median of each key on each host as JSON, in the element"));
    cr_expect(says("id=\"gpubench-results\">\n[\n]</script>\n</body>"));
    rendered(PAGE_MAX - 1000, false);
    cr_expect(says("The results are too many to be in this page as JSON.</p>"));
    cr_expect_not(says("<script"));
}

Test(html, a_document_that_is_gone_leaves_the_others)
{
    struct reading list[] = {{.source = "none"}, reading, {.source = "none"}, reading};
    page.readings.list = list;
    page.readings.count = 4;
    rendered(0, true);
    cr_expect(says("4 runs on 1 host"));
    cr_expect(says("[\n{\"host\":\"node1\",\"results\":[{}]},\n{\"host\""), "%s",
              text + at("<script"));
}

Test(html, eight_tiles_are_shown_and_a_group_is_named_once)
{
    struct section list[10];
    struct group group = {.title = "Group <1>", .about = "About & so on"};
    for (size_t i = 0; i < 10; i++) {
        list[i] = section;
        list[i].group = i >= 2 && i < 6 ? &group : NULL;
        list[i].is_detail = i == 4;
        list[i].needs_picture = i == 2;
        if (i != 1)
            snprintf(list[i].tile, sizeof list[i].tile, "tile %zu", i);
    }
    page.sections = list;
    page.section_count = 10;
    rendered(0, false);
    cr_expect(says("<div class=\"tiles\">\n<div class=\"tile\"><b>tile 0</b><span></span></div>\n"
                   "<div class=\"tile\"><b>tile 2</b>"));
    cr_expect(says("<b>tile 8</b><span></span></div>\n</div>\n<nav"));
    cr_expect_not(says("tile 9"));
    /* Section 2 is empty without its picture, so the group begins with the next. */
    cr_expect(
        says("<li><a href=\"#g0\">All machines</a><ul>\n<li><a href=\"#s0\">Heading</a></li>\n"
             "<li><a href=\"#s1\">Heading</a></li>\n</ul></li>\n"
             "<li><a href=\"#g3\">Group &lt;1&gt;</a><ul>\n"
             "<li><a href=\"#s3\">Heading</a></li>\n<li><a href=\"#s5\">Heading</a></li>\n"
             "</ul></li>\n<li><a href=\"#g6\">All machines</a><ul>\n"));
    cr_expect(says("<h2 id=\"g3\">Group &lt;1&gt;</h2>\n<p class=\"about\">About &amp; so on</p>\n"
                   "<section id=\"s3\">"));
    cr_expect_not(says("id=\"s2\""));
    cr_expect(says("<section id=\"s4\">"));
    cr_expect_not(says("id=\"g4\""));
}

/* html.c - the page as one HTML file. It runs no script and loads nothing, which the security
 * policy in its head enforces. Each picture is drawn twice, for a wide window and for a phone. */
#define _GNU_SOURCE 1 /* fopencookie */

#include "bench/report/render.h"
#include "bench/report/rows_json.h"

#include "bench/draw/gnuplot.h"
#include "harness/base/interrupt.h"
#include "harness/base/need.h"
#include "harness/result/tool.h"
#include "harness/text/clean.h"
#include "harness/text/markup.h"

#include <stdlib.h>
#include <string.h>

extern const char page_style[]; /* style.css, embedded by the Makefile */

/* A page is at most 8 MB, most of it JSON. */
enum {
    TILES_MAX = 8,
    PAGE_MAX = 8000000,
    TABLES_MAX = 6000000,
    ROW_USUAL = 400,
    FOOTER_MAX = 1000
};

/* Draws all pictures in one run of gnuplot: each section's, wide and then narrow. */
static enum status draw_all(const struct page *page, char **pictures, struct failure *why)
{
    struct canvas canvas = {0};
    char *script;
    size_t bytes, drawn = 0;
    canvas.script = need_stream(&script, &bytes);
    for (size_t i = 0; i < page->section_count; i++) {
        const struct section *s = &page->sections[i];
        for (int narrow = 0; s->draw && narrow < 2; narrow++) {
            canvas.narrow = narrow;
            s->draw(&canvas, s);
            drawn++;
        }
    }
    need_stream_end(canvas.script);
    enum status status = STATUS_OK;
    if (drawn > 0)
        status = gnuplot_run(&canvas, script, bytes, true, pictures, why);
    free(script);
    canvas_free(&canvas);
    return status;
}

static void put_element(FILE *to, const char *tag, const char *attributes, const char *text)
{
    fprintf(to, "<%s%s>", tag, attributes);
    markup_xml(to, text);
    fprintf(to, "</%s>\n", tag);
}

static void put_head(FILE *to, const struct page *page, const struct render *how)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
          "'unsafe-inline'; img-src data:\">\n"
          "<link rel=\"icon\" href=\"data:,\">\n",
          to);
    put_element(to, "title", "", how->title);
    fprintf(to, "<style>\n%s</style>\n</head>\n<body>\n<header>\n", page_style);
    put_element(to, "h1", "", how->title);
    fputs("<p class=\"meta\">", to);
    render_extent(to, page);
    fputs(". Every time is of an answer that was checked against float64.</p>\n", to);
    if (page->simulated) {
        fputs("<p class=\"warn\">", to);
        render_simulated(to, page);
        fputs("</p>\n", to);
    }
    if (*how->why_no_pictures)
        put_element(to, "p", " class=\"warn\"", how->why_no_pictures);
    fputs("</header>\n<main>\n", to);
}

static void put_tiles(FILE *to, const struct page *page)
{
    size_t tiles = 0;
    for (size_t i = 0; i < page->section_count && tiles < TILES_MAX; i++) {
        const struct section *s = &page->sections[i];
        if (!s->tile[0])
            continue;
        fputs(tiles++ ? "" : "<div class=\"tiles\">\n", to);
        fputs("<div class=\"tile\"><b>", to);
        markup_xml(to, s->tile);
        fputs("</b><span>", to);
        markup_xml(to, s->tile_note);
        fputs("</span></div>\n", to);
    }
    fputs(tiles ? "</div>\n" : "", to);
}

static const char *title_of(const struct group *group)
{
    return group ? group->title : "All machines";
}

/* Whether section i is the first that is shown of its group. */
static bool begins_group(const struct page *page, size_t i, bool has_pictures)
{
    while (i-- > 0)
        if (render_is_shown(&page->sections[i], has_pictures))
            return page->sections[i].group != page->sections[i + 1].group;
    return true;
}

static void put_contents(FILE *to, const struct page *page, bool has_pictures)
{
    size_t groups = 0;
    fputs("<nav aria-label=\"Contents\"><ul>\n", to);
    for (size_t i = 0; i < page->section_count; i++) {
        const struct section *s = &page->sections[i];
        if (!render_is_shown(s, has_pictures))
            continue;
        if (begins_group(page, i, has_pictures)) {
            fprintf(to, "%s<li><a href=\"#g%zu\">", groups++ ? "</ul></li>\n" : "", i);
            markup_xml(to, title_of(s->group));
            fputs("</a><ul>\n", to);
        }
        if (s->is_detail)
            continue;
        fprintf(to, "<li><a href=\"#s%zu\">", i);
        markup_xml(to, s->heading);
        fputs("</a></li>\n", to);
    }
    fputs(groups ? "</ul></li>\n</ul></nav>\n" : "</ul></nav>\n", to);
}

static void put_section(FILE *to, const struct section *s, size_t id, const char **pictures,
                        unsigned *number)
{
    fprintf(to, "<section id=\"s%zu\">\n", id);
    put_element(to, "h3", "", s->heading);
    put_element(to, "p", "", s->text);
    for (int narrow = 0; s->draw && *pictures && narrow < 2; narrow++) {
        fprintf(to, "<figure class=\"%s\">\n", narrow ? "narrow" : "wide");
        *pictures = gnuplot_svg(to, *pictures, (*number)++, s->alt ? s->alt : s->heading, s->text);
        fputs("</figure>\n", to);
    }
    const size_t rows = s->grid.columns ? grid_rows(&s->grid) : 0;
    if (rows && (size_t)ftell(to) + rows * ROW_USUAL > TABLES_MAX) {
        fprintf(to, "<p>The table of %zu rows is left out, or the page would be too large.</p>\n",
                rows);
    } else if (s->grid.columns) {
        if (s->is_folded)
            fprintf(to, "<details><summary>Show all %zu rows</summary>\n", rows);
        grid_html(to, &s->grid);
        if (s->is_folded)
            fputs("</details>\n", to);
    }
    fputs("</section>\n", to);
}

static void put_sections(FILE *to, const struct page *page, const char *pictures)
{
    const bool has_pictures = pictures != NULL;
    unsigned number = 0;
    for (size_t i = 0; i < page->section_count; i++) {
        const struct section *s = &page->sections[i];
        if (!render_is_shown(s, has_pictures))
            continue;
        if (begins_group(page, i, has_pictures)) {
            fprintf(to, "<h2 id=\"g%zu\">", i);
            markup_xml(to, title_of(s->group));
            fputs("</h2>\n", to);
            if (s->group)
                put_element(to, "p", " class=\"about\"", s->group->about);
        }
        put_section(to, s, i, &pictures, &number);
    }
}

/* Within a script element only "</" and "<!--" could end it or change its meaning; JSON allows "<"
 * to be escaped. Takes over the value. */
static void put_json(FILE *to, json_t *value, const char *before)
{
    char *text = json_dumps(value, JSON_COMPACT);
    if (!text)
        need_failed(0);
    fputs(before, to);
    clean_json(to, text, '<');
    free(text);
    json_decref(value);
}

/* The data of the page as JSON: the documents as they were read; without their samples if that is
 * too long or was asked for; else the rows. */
enum data { DATA_WHOLE, DATA_NO_SAMPLES, DATA_ROWS, DATA_NONE };
static const char *const data_notes[] = {
    "The results are in this page as JSON",
    "The results are in this page as JSON, without their samples",
    "The results are too many for this page, which has the median of each key on each host as JSON",
    "The results are too many to be in this page as JSON",
};

/* False if it is longer than `most`. */
static bool put_data(FILE *to, const struct page *page, enum data data, long most)
{
    fputs("<script type=\"application/json\" id=\"gpubench-results\">\n[", to);
    if (data == DATA_ROWS)
        rows_to_json(to, page, put_json);
    const char *before = "\n";
    for (size_t i = 0; data <= DATA_NO_SAMPLES && i < page->readings.count; i++) {
        json_t *document = page_document(page, i, data == DATA_WHOLE);
        if (document) {
            put_json(to, document, before);
            before = ",\n";
        }
        if (ftell(to) > most)
            return false;
    }
    fputs("\n]</script>\n", to);
    return ftell(to) <= most;
}

/* A stream that counts what it is given and keeps nothing. */
static ssize_t count_bytes(void *count, const char *text, size_t bytes)
{
    (void)text;
    *(off64_t *)count += (off64_t)bytes;
    return (ssize_t)bytes;
}

static int tell_bytes(void *count, off64_t *at, int whence)
{
    (void)whence;
    *at = *(off64_t *)count;
    return 0;
}

/* Chooses the most that fits into so many bytes. Each choice is written twice, the first time only
 * to count its bytes, because the page and a second copy of the data do not fit into memory
 * together. */
static enum data choose_data(const struct page *page, const struct render *how, long most)
{
    static const cookie_io_functions_t counting = {.write = count_bytes, .seek = tell_bytes};
    enum data data = how->without_samples ? DATA_NO_SAMPLES : DATA_WHOLE;
    for (bool fits = false; data < DATA_NONE; data++) {
        off64_t count = 0;
        FILE *to = fopencookie(&count, "w", counting);
        if (to) {
            fits = put_data(to, page, data, most);
            fclose(to);
        } else
            need_failed(BUFSIZ);
        if (fits)
            break;
    }
    return data;
}

enum status render_html(FILE *to, const struct page *page, struct render *how, struct failure *why)
{
    char *pictures = NULL;
    struct failure reason = {0};
    *how->why_no_pictures = '\0';
    if (draw_all(page, &pictures, &reason) != STATUS_OK)
        snprintf(how->why_no_pictures, sizeof how->why_no_pictures, "No pictures: %s.",
                 reason.text);
    const enum status status = interrupt_check(why);
    if (status != STATUS_OK) {
        free(pictures);
        return status;
    }
    put_head(to, page, how);
    put_tiles(to, page);
    put_contents(to, page, pictures != NULL);
    put_sections(to, page, pictures);
    free(pictures);
    const enum data data = choose_data(page, how, PAGE_MAX - FOOTER_MAX - ftell(to));
    fprintf(to, "</main>\n<footer>\n<p>Made by gpubench %s. %s%s.</p>\n</footer>\n", tool_version(),
            data_notes[data],
            data < DATA_NONE ? ", in the element <code>#gpubench-results</code>" : "");
    if (data < DATA_NONE)
        put_data(to, page, data, PAGE_MAX);
    fputs("</body>\n</html>\n", to);
    return STATUS_OK;
}

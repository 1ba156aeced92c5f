/* html.c - the page as one HTML file. It runs no script and loads nothing, which the security
 * policy in its head enforces. Each picture is drawn twice, for a wide window and for a phone. */
#include "bench/page/page.h"

#include "bench/draw/gnuplot.h"
#include "harness/result/tool.h"
#include "harness/text/markup.h"

#include <stdlib.h>
#include <string.h>

extern const char page_style[]; /* style.css, embedded by the Makefile */

/* All pictures in one run of gnuplot: each section's, wide and then narrow. */
static enum status draw_all(const struct page *page, char **pictures, struct failure *why)
{
    struct canvas canvas = {0};
    char *script = NULL;
    size_t bytes = 0, drawn = 0;
    canvas.script = open_memstream(&script, &bytes);
    if (!canvas.script)
        return fail(why, STATUS_NO_MEMORY, "no memory for the pictures.");
    for (size_t i = 0; i < page->section_count; i++) {
        const struct section *s = &page->sections[i];
        for (int narrow = 0; s->draw && narrow < 2; narrow++) {
            canvas.narrow = narrow;
            s->draw(&canvas, s);
            drawn++;
        }
    }
    if (fclose(canvas.script) != 0 || drawn == 0) {
        free(script);
        canvas_free(&canvas);
        return drawn ? fail(why, STATUS_NO_MEMORY, "no memory for the pictures.") : STATUS_OK;
    }
    const enum status status = gnuplot_run(&canvas, script, bytes, true, pictures, why);
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

static void put_head(FILE *to, const struct page *page, const char *title, const char *warning)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
          "'unsafe-inline'; img-src data:\">\n"
          "<link rel=\"icon\" href=\"data:,\">\n",
          to);
    put_element(to, "title", "", title);
    fprintf(to, "<style>\n%s</style>\n</head>\n<body>\n<header>\n", page_style);
    put_element(to, "h1", "", title);
    fprintf(to, "<p class=\"meta\">%zu run%s on %zu host%s · %s", page->readings.count,
            page->readings.count == 1 ? "" : "s", page->hosts, page->hosts == 1 ? "" : "s",
            page->first);
    if (strcmp(page->first, page->last) != 0)
        fprintf(to, " to %s", page->last);
    fputs(" · every number verified against float64</p>\n", to);
    if (page->simulated)
        fprintf(to,
                "<p class=\"warn\">%zu of these runs are of simulated devices: no such time means "
                "anything.</p>\n",
                page->simulated);
    if (*warning)
        put_element(to, "p", " class=\"warn\"", warning);
    fputs("</header>\n<main>\n", to);
}

static void put_tiles(FILE *to, const struct page *page)
{
    size_t tiles = 0;
    for (size_t i = 0; i < page->section_count; i++) {
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

static void put_section(FILE *to, const struct section *s, const char **pictures, unsigned *number)
{
    fputs("<section>\n", to);
    put_element(to, "h2", "", s->heading);
    put_element(to, "p", "", s->text);
    for (int narrow = 0; s->draw && *pictures && narrow < 2; narrow++) {
        fprintf(to, "<figure class=\"%s\">\n", narrow ? "narrow" : "wide");
        *pictures = gnuplot_svg(to, *pictures, (*number)++, s->alt ? s->alt : s->heading, s->text);
        fputs("</figure>\n", to);
    }
    if (s->grid.columns) {
        if (s->folded)
            fprintf(to, "<details><summary>Show all %zu rows</summary>\n", grid_rows(&s->grid));
        grid_html(to, &s->grid);
        if (s->folded)
            fputs("</details>\n", to);
    }
    fputs("</section>\n", to);
}

/* The documents as they were read. Within a script element only "</" and "<!--" could end it or
 * change its meaning, and JSON lets both be written so that they cannot. */
static enum status put_data(FILE *to, const struct page *page, struct failure *why)
{
    fputs("<script type=\"application/json\" id=\"gpubench-results\">\n[", to);
    for (size_t i = 0; i < page->readings.count; i++) {
        char *text = json_dumps(page->readings.list[i].document, JSON_COMPACT);
        if (!text)
            return fail(why, STATUS_NO_MEMORY, "no memory for the results in the page.");
        fputs(i ? ",\n" : "\n", to);
        for (const char *c = text; *c; c++)
            if (*c == '<')
                fputs("\\u003c", to);
            else
                putc(*c, to);
        free(text);
    }
    fputs("\n]</script>\n", to);
    return STATUS_OK;
}

enum status page_html(FILE *to, struct page *page, const char *title, char *why_no_pictures,
                      size_t bytes, struct failure *why)
{
    char *pictures = NULL;
    struct failure reason = {0};
    *why_no_pictures = '\0';
    if (draw_all(page, &pictures, &reason) != STATUS_OK)
        snprintf(why_no_pictures, bytes, "No pictures: %s.", reason.text);
    put_head(to, page, title, why_no_pictures);
    put_tiles(to, page);
    const char *next = pictures;
    unsigned number = 0;
    for (size_t i = 0; i < page->section_count; i++)
        put_section(to, &page->sections[i], &next, &number);
    free(pictures);
    fprintf(
        to,
        "</main>\n<footer>\n<p>Made by gpubench %s. The results are in this page as JSON, in the "
        "element <code>#gpubench-results</code>.</p>\n</footer>\n",
        tool_version());
    const enum status status = put_data(to, page, why);
    fputs("</body>\n</html>\n", to);
    return status;
}

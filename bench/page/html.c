/* page_html.c - the page as one HTML file: no script, nothing loaded, and the security policy in
 * its head says so. Light and dark come from the style sheet, which the pictures' colours are
 * variables of. Each picture is there twice, drawn for a wide window and for a phone's. */
#include "bench/page/page.h"

#include "harness/result/tool.h"
#include "harness/text/markup.h"

#include <stdlib.h>
#include <string.h>

/* Okabe and Ito's palette, which colour-blind people can tell apart, and its brighter twin. */
static const char style[] =
    ":root{color-scheme:light "
    "dark;--bg:#fbfbf9;--card:#fff;--text:#1d2024;--soft:#5b626c;--edge:#e3e5e8;"
    "--accent:#0072b2;--s0:#4a5058;--s1:#e9ebee;--s2:#9aa1ab;--s3:#0072b2;--s4:#e69f00;--s5:#"
    "009e73;"
    "--s6:#d55e00;--s7:#56b4e9;--s8:#c46a9b;--s9:#84745a;--s10:#3c4148}\n"
    "@media(prefers-color-scheme:dark){:root{--bg:#131619;--card:#1a1e23;--text:#e7e9ec;--soft:#"
    "9ea6b0;"
    "--edge:#2b3138;--accent:#5ab4f0;--s0:#b9c0c8;--s1:#2a3037;--s2:#6d7580;--s3:#4ba9e9;--s4:#"
    "f2b632;"
    "--s5:#2fc79b;--s6:#ff8552;--s7:#93d2f8;--s8:#e59bc6;--s9:#bfb098;--s10:#d5d9de}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--bg);color:var(--text);font:16px/1.55 system-ui,-apple-system,"
    "\"Segoe UI\",Roboto,\"Noto Sans\",\"DejaVu Sans\",sans-serif;-webkit-text-size-adjust:100%}\n"
    "main,header,footer{max-width:860px;margin:0 auto;padding:0 20px}\n"
    "header{padding-top:48px;padding-bottom:8px}\n"
    "h1{font-size:2rem;line-height:1.2;letter-spacing:-.02em;margin:0 0 "
    "8px;overflow-wrap:anywhere}\n"
    "h2{font-size:1.2rem;letter-spacing:-.01em;line-height:1.3;margin:0 0 "
    "4px;overflow-wrap:anywhere}\n"
    "p{margin:0 0 14px;overflow-wrap:anywhere}\n"
    ".meta,.note,footer{color:var(--soft)}\n"
    ".warn{border-left:4px solid var(--s6);background:var(--card);padding:10px 14px;margin:16px "
    "0}\n"
    ".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(170px,1fr));gap:12px;margin:"
    "20px 0 28px}\n"
    ".tile{background:var(--card);border:1px solid var(--edge);border-radius:10px;padding:14px "
    "16px}\n"
    ".tile b{display:block;font-size:1.55rem;line-height:1.25;letter-spacing:-.02em;"
    "font-variant-numeric:tabular-nums}\n"
    ".tile span{font-size:.85rem;line-height:1.4;display:block;color:var(--soft)}\n"
    "section{background:var(--card);border:1px solid var(--edge);border-radius:12px;"
    "padding:22px 24px 18px;margin:0 0 22px}\n"
    "section>p{color:var(--soft);font-size:.95rem}\n"
    "figure{margin:10px 0 14px}svg{display:block;width:100%;height:auto}svg "
    "text{font-family:inherit}\n"
    ".narrow{display:none}\n"
    ".scroll{overflow-x:auto}\n"
    "table{border-collapse:collapse;width:100%;font-size:.86rem;font-variant-numeric:tabular-nums}"
    "\n"
    "th,td{text-align:right;padding:6px 0 6px 13px;border-bottom:1px solid "
    "var(--edge);white-space:nowrap}\n"
    "th{font-weight:600;color:var(--soft)}th.l,td.l{text-align:left}"
    "th:first-child,td:first-child{padding-left:0}tbody tr:last-child td{border-bottom:0}\n"
    "summary{cursor:pointer;color:var(--accent);font-size:.95rem}details[open] "
    "summary{margin-bottom:8px}\n"
    "footer{font-size:.85rem;padding-bottom:48px}code{font-family:ui-monospace,Menlo,Consolas,"
    "\"DejaVu Sans Mono\",monospace;font-size:.9em}\n"
    "@media(max-width:640px){main,header,footer{padding-left:12px;padding-right:12px}header{"
    "padding-top:28px}"
    "h1{font-size:1.55rem}section{padding:16px 14px 12px;border-radius:10px}.wide{display:none}"
    ".narrow{display:block}.tiles{grid-template-columns:1fr 1fr}.tile b{font-size:1.25rem}}\n"
    "@media print{section{break-inside:avoid}details>div{display:block}}\n";

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
    fprintf(to, "<style>\n%s</style>\n</head>\n<body>\n<header>\n", style);
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
        *pictures = gnuplot_svg(to, *pictures, (*number)++, s->alt ? s->alt : s->heading);
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

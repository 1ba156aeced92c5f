/* page_markdown.c - the page as Markdown: headings, sentences and tables. */
#include "bench/page/page.h"

#include "harness/text/markup.h"

#include <string.h>

void page_markdown(FILE *to, const struct page *page, const char *title)
{
    fputs("# ", to);
    markup_markdown(to, title);
    fprintf(to, "\n\n%zu run%s on %zu host%s, %s", page->readings.count,
            page->readings.count == 1 ? "" : "s", page->hosts, page->hosts == 1 ? "" : "s",
            page->first);
    if (strcmp(page->first, page->last) != 0)
        fprintf(to, " to %s", page->last);
    fputs(".\n", to);
    if (page->simulated)
        fprintf(to,
                "\n**%zu of these runs are of simulated devices: no such time means anything.**\n",
                page->simulated);
    for (size_t i = 0; i < page->section_count; i++) {
        const struct section *s = &page->sections[i];
        if (!s->grid.columns && !strstr(s->heading, "Samples"))
            continue; /* only a picture */
        fputs("\n## ", to);
        markup_markdown(to, s->heading);
        fputs("\n\n", to);
        markup_markdown(to, s->text);
        fputs("\n", to);
        if (!s->grid.columns)
            continue;
        fputs(s->folded ? "\n<details><summary>Show all</summary>\n\n" : "\n", to);
        grid_markdown(to, &s->grid);
        fputs(s->folded ? "\n</details>\n" : "", to);
    }
}

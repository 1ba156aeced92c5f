/* markdown.c - the page as Markdown: headings, sentences and tables. */
#include "bench/report/render.h"

#include "harness/text/markup.h"

#include <string.h>

void render_extent(FILE *to, const struct page *page)
{
    fprintf(to, "%zu run%s on %zu host%s, %s", page->readings.count,
            page->readings.count == 1 ? "" : "s", page->hosts, page->hosts == 1 ? "" : "s",
            page->first);
    if (strcmp(page->first, page->last) != 0)
        fprintf(to, " to %s", page->last);
}

void render_simulated(FILE *to, const struct page *page)
{
    fprintf(to, "%zu of these runs %s, whose times mean nothing.", page->simulated,
            page->simulated == 1 ? "is of a simulated device" : "are of simulated devices");
}

bool render_is_shown(const struct section *s, bool has_pictures)
{
    return has_pictures || !s->needs_picture;
}

static void put_line(FILE *to, const char *before, const char *text)
{
    fputs(before, to);
    markup_markdown(to, text);
    fputs("\n", to);
}

void render_markdown(FILE *to, const struct page *page, const struct render *how)
{
    const struct group *group = NULL;
    put_line(to, "# ", how->title);
    fputs("\n", to);
    render_extent(to, page);
    fputs(".\n", to);
    if (page->simulated) {
        fputs("\n**", to);
        render_simulated(to, page);
        fputs("**\n", to);
    }
    for (size_t i = 0; i < page->section_count; i++) {
        const struct section *s = &page->sections[i];
        if (!render_is_shown(s, false))
            continue;
        if (s->group && s->group != group) {
            put_line(to, "\n## ", s->group->title);
            put_line(to, "\n", s->group->about);
        }
        if (!s->group && (i == 0 || group))
            fputs("\n## All machines\n", to);
        group = s->group;
        put_line(to, "\n### ", s->heading);
        put_line(to, "\n", s->text);
        if (!s->grid.columns)
            continue;
        fputs(s->is_folded ? "\n<details><summary>Show all</summary>\n\n" : "\n", to);
        grid_markdown(to, &s->grid);
        fputs(s->is_folded ? "\n</details>\n" : "", to);
    }
}

/* render.h - a page as HTML and as Markdown. */
#ifndef BENCH_RENDER_H
#define BENCH_RENDER_H

#include "bench/page/page.h"

struct render {
    const char *title;
    bool without_samples;       /* the results in the page have no list of samples */
    char why_no_pictures[1100]; /* filled by render_html(): a sentence, or "" */
};

/* One HTML file without scripts, which loads nothing. A missing gnuplot costs only the pictures;
 * an interruption is returned. */
enum status render_html(FILE *to, const struct page *page, struct render *how, struct failure *why);

void render_markdown(FILE *to, const struct page *page, const struct render *how);

/* Prints how much a page covers, for example "58 runs on 2 hosts, 2026-11-24 to 2026-11-26". */
void render_extent(FILE *to, const struct page *page);

/* Prints how many of the page's runs are of simulated devices, as a warning. */
void render_simulated(FILE *to, const struct page *page);

/* Whether the section has content in a page without pictures. */
bool render_is_shown(const struct section *section, bool has_pictures);

#endif

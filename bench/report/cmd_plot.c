/* cmd_plot.c - the verb plot: the pictures of a report in the terminal. */
#include "bench/cli/verb.h"
#include "bench/draw/gnuplot.h"
#include "bench/report/rows_json.h"
#include "bench/stored/inputs.h"
#include "bench/terminal/lines.h"
#include "bench/terminal/words.h"
#include "harness/base/need.h"
#include "harness/result/store.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_LEAST = 40, COLUMNS_MOST = 160, COLUMNS_USUAL = 80 };

/* 0 if the terminal is too narrow for a picture. */
static unsigned picture_columns(void)
{
    const char *columns = getenv("COLUMNS");
    const size_t width = terminal_width(stdout);
    const size_t wanted = width < SIZE_MAX ? width : columns ? strtoul(columns, NULL, 10) : 0;
    return wanted >= COLUMNS_LEAST ? (unsigned)(wanted < COLUMNS_MOST ? wanted : COLUMNS_MOST)
           : width < SIZE_MAX      ? 0
                                   : COLUMNS_USUAL;
}

/* Without gnuplot's form feeds, the blanks that end its lines, and what it writes beyond its width.
 */
static void print_picture(char *text)
{
    const unsigned columns = picture_columns();
    for (char *rest, *line = strtok_r(text, "\n\f", &rest); line;
         line = strtok_r(NULL, "\n\f", &rest)) {
        size_t end = strlen(line);
        while (end > 0 && line[end - 1] == ' ')
            end--;
        line[end] = '\0';
        while (words_width(line) > columns) {
            while ((line[--end] & 0xC0) == 0x80)
                continue;
            line[end] = '\0';
        }
        puts(line);
    }
}

static enum status draw_section(const struct section *s, char **out, struct failure *why)
{
    struct canvas canvas = {.terminal = true, .narrow = true, .columns = picture_columns()};
    char *script;
    size_t bytes;
    canvas.script = need_stream(&script, &bytes);
    s->draw(&canvas, s);
    need_stream_end(canvas.script);
    const enum status status = gnuplot_run(&canvas, script, bytes, false, out, why);
    free(script);
    canvas_free(&canvas);
    return status;
}

/* Prints each section that has a picture. Once gnuplot fails, *no_picture says why, and tables take
 * the place of the pictures. */
static enum status print_sections(const struct page *page, struct failure *no_picture)
{
    const struct group *group = NULL;
    for (size_t i = 0, printed = 0; i < page->section_count; i++) {
        const struct section *s = &page->sections[i];
        char *picture = NULL;
        if (!s->draw)
            continue;
        if (no_picture->status == STATUS_OK && picture_columns() > 0 &&
            draw_section(s, &picture, no_picture) == STATUS_INTERRUPTED)
            return STATUS_INTERRUPTED;
        if (!picture && s->needs_picture)
            continue;
        fputs(printed++ ? "\n" : "", stdout);
        if (s->group && s->group != group)
            lines_printf(stdout, "%s (%s)\n\n", s->group->title, s->group->about);
        group = s->group;
        lines_printf(stdout, "%s\n%s", s->heading, s->text);
        if (picture)
            print_picture(picture);
        else if (s->grid.columns)
            grid_text(stdout, &s->grid);
        free(picture);
    }
    return STATUS_OK;
}

static enum status cmd_plot(const struct options *o, struct failure *why)
{
    struct page page = {0};
    struct failure no_picture = {0};
    enum status status = page_make(&page, o, why);
    if (status == STATUS_OK && o->json)
        rows_print(&page);
    else if (status == STATUS_OK && print_sections(&page, &no_picture) != STATUS_OK) {
        *why = no_picture;
        status = no_picture.status;
    }
    if (status == STATUS_OK) {
        inputs_tell_skipped(o, &page.readings);
        if (no_picture.status != STATUS_OK && !o->quiet)
            words_warn("no pictures: %s.", no_picture.text);
    }
    page_free(&page);
    return status;
}

const struct verb verb_plot = {
    .name = "plot",
    .argument = "FILE...",
    .optional = true,
    .line = "draw a report's pictures in the terminal",
    .about = "Draws the pictures of `gpubench report` with characters, by gnuplot; without "
             "gnuplot it prints the tables.",
    .options = OPTIONS_STORE | OPTIONS_JSON | OPTIONS_TALK | OPTIONS_HELP,
    .run = cmd_plot,
};

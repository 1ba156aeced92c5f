/* cmd_plot.c - the verb plot: the pictures of a report in the terminal. */
#include "bench/cli/verb.h"
#include "bench/draw/gnuplot.h"
#include "bench/report/rows_json.h"
#include "bench/stored/inputs.h"
#include "harness/base/need.h"
#include "harness/result/store.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static unsigned terminal_columns(void)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
        return size.ws_col < 160 ? size.ws_col : 160;
    const int wanted = columns ? atoi(columns) : 0;
    return wanted >= 40 && wanted <= 160 ? (unsigned)wanted : 80;
}

static enum status draw_section(const struct section *s, char **out, struct failure *why)
{
    struct canvas canvas = {.terminal = true, .narrow = true, .columns = terminal_columns()};
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
        if (no_picture->status == STATUS_OK &&
            draw_section(s, &picture, no_picture) == STATUS_INTERRUPTED)
            return STATUS_INTERRUPTED;
        if (!picture && s->needs_picture)
            continue;
        fputs(printed++ ? "\n" : "", stdout);
        if (s->group && s->group != group)
            printf("%s (%s)\n\n", s->group->title, s->group->about);
        group = s->group;
        printf("%s\n%s\n", s->heading, s->text);
        if (picture)
            fputs(picture, stdout);
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
        status = store_print(rows_to_json(&page), why);
    else if (status == STATUS_OK && print_sections(&page, &no_picture) != STATUS_OK) {
        *why = no_picture;
        status = no_picture.status;
    }
    if (status == STATUS_OK) {
        inputs_tell_skipped(o, &page.readings);
        if (no_picture.status != STATUS_OK)
            fprintf(stderr, "gpubench: no pictures: %s.\n", no_picture.text);
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

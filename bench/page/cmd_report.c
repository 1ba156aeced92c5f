/* cmd_report.c - the verbs report and plot: a set of results as a page, and as pictures in the
 * terminal. */
#include "bench/cli/verb.h"
#include "bench/draw/gnuplot.h"
#include "bench/page/page.h"
#include "bench/stored/inputs.h"
#include "harness/result/store.h"
#include "harness/text/json_text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* "gpubench: NVIDIA H200", or how many hosts there are. */
static void title_of(const struct page *page, char *out, size_t bytes)
{
    const char *device = "";
    for (size_t i = 0; i < page->lead_count; i++)
        if (!*device || strcmp(page->lead[i]->result->backend, "gpu") == 0)
            device = page->lead[i]->device;
    if (page->hosts > 2)
        snprintf(out, bytes, "gpubench: %.200s and %zu other hosts", page->host, page->hosts - 1);
    else
        snprintf(out, bytes, "gpubench: %.200s", *device ? device : "results");
}

static bool ends_in(const char *text, const char *end)
{
    const size_t length = strlen(text), want = strlen(end);
    return length >= want && strcmp(text + length - want, end) == 0;
}

/* What the page tells, row by row, for programs. */
static enum status write_json(const struct page *page, struct failure *why)
{
    json_t *all = json_array();
    for (size_t i = 0; i < page->rows.count; i++) {
        const struct export_row *row = &page->rows.list[i];
        json_t *entry = json_pack(
            "{s:s, s:s, s:s, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "key",
            row->key, "host", row->host, "device", row->device, "runs", (json_int_t)row->count,
            "failed", (json_int_t)row->bad, "waived", (json_int_t)row->waived, "median_s",
            json_number(row->median_s), "low_s", json_number(row->low_s), "high_s",
            json_number(row->high_s), "confidence", json_number(row->confidence), "flops",
            json_number(row->flops), "bytes_per_s", json_number(row->bytes_per_s), "peak_share",
            json_number(row->peak_share), "sum_error", json_number(row->sum_error));
        json_array_append_new(all, entry);
    }
    return store_print(all, why);
}

/* The page as text; *no_pictures is a sentence if it has none. */
static enum status make_text(struct page *page, const struct options *o, char **text, size_t *bytes,
                             char *no_pictures, size_t room, struct failure *why)
{
    const bool markdown = o->markdown || (o->output && ends_in(o->output, ".md"));
    enum status status = STATUS_OK;
    char title[300];
    FILE *to = open_memstream(text, bytes);
    if (!to)
        return fail(why, STATUS_NO_MEMORY, "no memory for the page.");
    title_of(page, title, sizeof title);
    if (markdown)
        page_markdown(to, page, o->title ? o->title : title);
    else
        status = page_html(to, page, o->title ? o->title : title, no_pictures, room, why);
    if (fclose(to) != 0 && status == STATUS_OK)
        status = fail(why, STATUS_NO_MEMORY, "no memory for the page.");
    return status;
}

static enum status cmd_report(const struct options *o, struct failure *why)
{
    struct page page = {0};
    char no_pictures[1100] = "", *text = NULL;
    size_t bytes = 0;
    const bool has_page = !o->json || o->output;
    enum status status = page_make(&page, o, why);
    if (status == STATUS_OK && has_page)
        status = make_text(&page, o, &text, &bytes, no_pictures, sizeof no_pictures, why);
    if (status == STATUS_OK && o->output)
        status = store_write_text(o->output, text, bytes, why);
    else if (status == STATUS_OK && has_page)
        fwrite(text, 1, bytes, stdout); /* main() looks whether it arrived */
    if (status == STATUS_OK && o->json)
        status = write_json(&page, why);
    if (status == STATUS_OK) {
        inputs_tell_skipped(o, &page.readings);
        if (*no_pictures && !o->quiet)
            fprintf(stderr, "gpubench: %s The page has the tables.\n", no_pictures);
    }
    free(text);
    page_free(&page);
    return status;
}

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
    char *script = NULL;
    size_t bytes = 0;
    canvas.script = open_memstream(&script, &bytes);
    if (!canvas.script)
        return fail(why, STATUS_NO_MEMORY, "no memory for the picture.");
    s->draw(&canvas, s);
    enum status status = fclose(canvas.script) == 0
                             ? gnuplot_run(&canvas, script, bytes, false, out, why)
                             : fail(why, STATUS_NO_MEMORY, "no memory for the picture.");
    free(script);
    canvas_free(&canvas);
    return status;
}

static enum status cmd_plot(const struct options *o, struct failure *why)
{
    struct page page = {0};
    struct failure no_picture = {0};
    enum status status = page_make(&page, o, why);
    for (size_t i = 0; status == STATUS_OK && i < page.section_count; i++) {
        const struct section *s = &page.sections[i];
        char *picture = NULL;
        if (!s->draw)
            continue;
        if (o->json)
            break;
        printf("%s%s\n%s\n", i ? "\n" : "", s->heading, s->text);
        if (no_picture.status == STATUS_OK)
            draw_section(s, &picture, &no_picture);
        if (picture)
            fputs(picture, stdout);
        else if (s->grid.columns)
            grid_text(stdout, &s->grid);
        free(picture);
    }
    if (status == STATUS_OK && o->json)
        status = write_json(&page, why);
    if (status == STATUS_OK) {
        inputs_tell_skipped(o, &page.readings);
        if (no_picture.status != STATUS_OK)
            fprintf(stderr, "gpubench: no pictures: %s.\n", no_picture.text);
    }
    page_free(&page);
    return status;
}

const struct verb verb_report = {
    .name = "report",
    .argument = "FILE...",
    .optional = true,
    .line = "make a page of results: HTML or Markdown",
    .about = "Makes one self-contained HTML page of the results in files and directories "
             "(default: the results directory): bars by variant, speed against N with the "
             "device's peak, error against speed, samples with their clocks, hosts side by side, "
             "GPU against CPU. gnuplot draws the pictures, for light and dark screens and for "
             "phones; without gnuplot the page has the tables only. The page loads nothing from "
             "elsewhere, and contains the results as JSON.",
    .options =
        OPTIONS_PAGE | OPTIONS_FILE | OPTIONS_STORE | OPTIONS_JSON | OPTIONS_TALK | OPTIONS_HELP,
    .run = cmd_report,
};

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

/* cmd_report.c - the verb report: a set of results as a page. */
#include "bench/cli/verb.h"
#include "bench/report/render.h"
#include "bench/report/rows_json.h"
#include "bench/stored/inputs.h"
#include "bench/terminal/words.h"
#include "harness/base/interrupt.h"
#include "harness/base/need.h"
#include "harness/result/store.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* Writes the title of a page that has none of its own, for example "gpubench: NVIDIA H100 and
 * NVIDIA H200 on 11 hosts". It names at most two devices, and counts the others. */
static void title_of(const struct page *page, char *out, size_t bytes)
{
    const char *first = page->groups[0].device, *second = "";
    char others[216] = "", hosts[32] = "";
    size_t devices = 0;
    for (size_t i = 0; i < page->group_count; i++) {
        bool is_new = true;
        for (size_t k = 0; k < i; k++)
            is_new = is_new && strcmp(page->groups[i].device, page->groups[k].device) != 0;
        devices += is_new;
        if (is_new && devices == 2)
            second = page->groups[i].device;
    }
    if (devices == 2)
        snprintf(others, sizeof others, " and %.200s", *second ? second : "another device");
    else if (devices > 2)
        snprintf(others, sizeof others, " and %zu other devices", devices - 1);
    if (page->hosts > 1)
        snprintf(hosts, sizeof hosts, " on %zu hosts", page->hosts);
    snprintf(out, bytes, "gpubench: %.200s%s%s", *first ? first : "results", others, hosts);
}

/* The file's extension, "" if it has none. */
static const char *extension_of(const char *file)
{
    const char *slash = strrchr(file, '/'), *dot = strrchr(slash ? slash : file, '.');
    return dot && dot[1] ? dot + 1 : "";
}

static bool is_one_of(const char *text, const char *const *list)
{
    while (*list && strcasecmp(text, *list) != 0)
        list++;
    return *list != NULL;
}

/* Chooses HTML or Markdown by --markdown and the extension. Other extensions are refused, because a
 * .pdf that contains HTML is of no use. */
static enum status choose_format(const struct options *o, bool *markdown, struct failure *why)
{
    static const char *const html[] = {"html", "htm", "xhtml", NULL};
    static const char *const text[] = {"md", "markdown", "txt", NULL};
    const char *extension = o->output ? extension_of(o->output) : "";
    *markdown =
        o->markdown || strcasecmp(extension, "md") == 0 || strcasecmp(extension, "markdown") == 0;
    if (*extension && !is_one_of(extension, *markdown ? text : html))
        return fail(why, STATUS_USAGE,
                    *markdown ? "--markdown writes Markdown, and -o %.300s names another format: "
                                "name a .md file."
                              : "report writes HTML or Markdown, and -o %.300s is neither: name a "
                                ".html or a .md file.",
                    o->output);
    if (!o->output && !o->json && !*markdown && isatty(STDOUT_FILENO))
        return fail(why, STATUS_USAGE,
                    "a page of HTML is nothing for a terminal: gpubench report -o report.html "
                    "writes a file, --markdown prints text, and gpubench plot draws here.");
    return STATUS_OK;
}

static enum status cmd_report(const struct options *o, struct failure *why)
{
    struct page page = {0};
    struct render how = {.without_samples = o->no_samples};
    char title[480], *text = NULL;
    size_t bytes = 0;
    bool markdown;
    const bool has_page = !o->json || o->output;
    enum status status = choose_format(o, &markdown, why);
    if (status == STATUS_OK)
        status = page_make(&page, o, why);
    if (status == STATUS_OK && has_page) {
        title_of(&page, title, sizeof title);
        how.title = o->title ? o->title : title;
        FILE *to = need_stream(&text, &bytes);
        if (markdown)
            render_markdown(to, &page, &how);
        else
            status = render_html(to, &page, &how, why);
        need_stream_end(to);
    }
    if (status == STATUS_OK)
        status = interrupt_check(why);
    if (status == STATUS_OK && o->output)
        status = store_write_text(o->output, text, bytes, why);
    else if (status == STATUS_OK && has_page)
        fwrite(text, 1, bytes, stdout); /* main() checks that it arrived */
    if (status == STATUS_OK && o->json)
        rows_print(&page);
    if (status == STATUS_OK) {
        inputs_tell_skipped(o, &page.readings);
        if (*how.why_no_pictures && !o->quiet)
            words_warn("%s The page has the tables.", how.why_no_pictures);
    }
    free(text);
    page_free(&page);
    return status;
}

const struct verb verb_report = {
    .name = "report",
    .argument = "FILE...",
    .optional = true,
    .line = "make a page of results: HTML or Markdown",
    .about = "Makes one self-contained HTML page of the results in files and directories "
             "(default: the results directory), a chapter for each device: bars by variant, speed "
             "against N with the device's peak, error against speed, samples with their clocks, "
             "scaling over ranks, GPU against CPU; then hosts side by side, with the outliers. "
             "gnuplot draws the pictures, for light and dark screens and for phones; without "
             "gnuplot the page has the tables only. The page loads nothing from elsewhere, and "
             "contains the results as JSON. On a terminal it demands -o FILE.",
    .options =
        OPTIONS_PAGE | OPTIONS_FILE | OPTIONS_STORE | OPTIONS_JSON | OPTIONS_TALK | OPTIONS_HELP,
    .run = cmd_report,
};

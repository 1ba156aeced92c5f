/* group.c - sorts runs into groups that may be compared: one class of machine (its fingerprint),
 * one range of values, one device image, streamed or not, warm or of one cold run. */
#include "bench/page/page.h"

#include "harness/base/need.h"

#include <stdlib.h>
#include <string.h>

static char *text_at(const json_t *document, const char *path)
{
    char text[READ_NAME_MAX + 1];
    return need_text(read_text(document, path, text, sizeof text));
}

static struct group group_of(const struct reading *r)
{
    struct group g = {.device = r->device};
    g.range = text_at(r->document, "problem.range");
    g.image = text_at(r->document, "images.forced");
    g.is_streamed = read_number(r->document, "device.memory.panel_rows") > 0;
    for (size_t i = 0; i < r->count; i++)
        g.is_cpu = g.is_cpu || strcmp(r->results[i].backend, "cpu") == 0;
    for (size_t i = 0; i < r->count; i++)
        g.is_first_run = g.is_first_run || r->results[i].is_first_run;
    return g;
}

static bool is_same(const struct group *a, const struct group *b, const struct reading *r)
{
    return strcmp(a->readings.list[0].fingerprint, r->fingerprint) == 0 &&
           strcmp(a->device, b->device) == 0 && strcmp(a->range, b->range) == 0 &&
           strcmp(a->image, b->image) == 0 && a->is_cpu == b->is_cpu &&
           a->is_first_run == b->is_first_run && a->is_streamed == b->is_streamed;
}

static void add_run(struct page *page, const struct reading *r)
{
    struct group own = group_of(r);
    size_t i = 0;
    while (i < page->group_count && !is_same(&page->groups[i], &own, r))
        i++;
    if (i == page->group_count) {
        page->groups = need_room(page->groups, i, sizeof own);
        page->groups[page->group_count++] = own;
    } else {
        group_free(&own);
    }
    struct readings *list = &page->groups[i].readings;
    list->list = need_room(list->list, list->count, sizeof *r);
    list->list[list->count++] = *r;
}

/* The host with most timed rows, of several the first; its rows become the lead. */
static void choose_lead(struct group *g)
{
    struct tally {
        const char *host;
        size_t rows;
    } *tally = need_array(g->rows.count + 1, sizeof *tally);
    size_t best = 0;
    for (size_t i = 0; i < g->rows.count; i++) {
        size_t k = 0;
        if (!g->rows.list[i].count)
            continue;
        while (k < g->hosts && strcmp(tally[k].host, g->rows.list[i].host) != 0)
            k++;
        if (k == g->hosts)
            tally[g->hosts++].host = g->rows.list[i].host;
        tally[k].rows++;
    }
    for (size_t k = 1; k < g->hosts; k++)
        if (tally[k].rows > tally[best].rows)
            best = k;
    g->host = g->hosts ? tally[best].host : "";
    free(tally);
    g->lead = need_array(g->rows.count + 1, sizeof *g->lead);
    for (size_t i = 0; i < g->rows.count; i++)
        if (g->rows.list[i].count && strcmp(g->rows.list[i].host, g->host) == 0)
            g->lead[g->lead_count++] = &g->rows.list[i];
}

/* GPUs first; then what was measured as usual; then the group with most results. */
static int in_order(const void *a, const void *b)
{
    const struct group *x = a, *y = b;
    const bool x_special = *x->image || x->is_streamed || x->is_first_run;
    const bool y_special = *y->image || y->is_streamed || y->is_first_run;
    int order = x->is_cpu - y->is_cpu;
    order = order ? order : x_special - y_special;
    order = order ? order : (x->lead_count < y->lead_count) - (x->lead_count > y->lead_count);
    order = order ? order : strcmp(x->device, y->device);
    order = order ? order : strcmp(x->range, y->range);
    return order ? order : strcmp(x->image, y->image);
}

static void say_days(const struct group *g, FILE *to)
{
    const char *first = g->readings.list[0].started, *last = first;
    for (size_t i = 1; i < g->readings.count; i++) {
        const char *day = g->readings.list[i].started;
        first = strcmp(day, first) < 0 ? day : first;
        last = strcmp(day, last) > 0 ? day : last;
    }
    fprintf(to, "%.10s", first);
    if (strncmp(first, last, 10) != 0)
        fprintf(to, " to %.10s", last);
}

/* `shared`: other groups are of the same device, so the title says how this one differs. */
static void describe(struct group *g, bool shared)
{
    const struct reading *last = &g->readings.list[g->readings.count - 1];
    char text[READ_NAME_MAX + 1];
    size_t bytes;
    FILE *to = need_stream(&g->title, &bytes);
    fputs(*g->device ? g->device : "unknown device", to);
    if (*g->range && strcmp(g->range, "[0,1)") != 0)
        fprintf(to, ", values in %s", g->range);
    if (*g->image)
        fprintf(to, ", %s image", g->image);
    if (g->is_streamed)
        fputs(", A streamed", to);
    if (g->is_first_run)
        fputs(", one cold run each", to);
    if (shared && g->is_cpu)
        fprintf(to, ", %s", read_text(last->document, "device.summary", text, sizeof text));
    need_stream_end(to);
    to = need_stream(&g->about, &bytes);
    fprintf(to, "%zu run%s, ", g->readings.count, g->readings.count == 1 ? "" : "s");
    say_days(g, to);
    if (g->hosts > 1)
        fprintf(to, ", on %zu hosts; shown is %s, which has most results", g->hosts, g->host);
    else if (g->hosts == 1 && *g->host)
        fprintf(to, ", on %s", g->host);
    read_text(last->document, "device.summary", text, sizeof text);
    if (*text)
        fprintf(to, " · %s", text);
    if (last->is_simulated)
        fputs(" · a simulated device, whose times mean nothing", to);
    need_stream_end(to);
}

void page_group(struct page *page)
{
    for (size_t i = 0; i < page->readings.count; i++)
        add_run(page, &page->readings.list[i]);
    for (size_t i = 0; i < page->group_count; i++) {
        struct group *g = &page->groups[i];
        export_collect(&g->readings, true, &g->rows);
        choose_lead(g);
    }
    qsort(page->groups, page->group_count, sizeof *page->groups, in_order);
    for (size_t i = 0; i < page->group_count; i++) {
        bool shared = false;
        for (size_t k = 0; k < page->group_count; k++)
            shared =
                shared || (k != i && strcmp(page->groups[i].device, page->groups[k].device) == 0);
        describe(&page->groups[i], shared);
    }
}

void group_free(struct group *g)
{
    free(g->title);
    free(g->about);
    free((char *)g->range);
    free((char *)g->image);
    free(g->lead);
    export_free(&g->rows);
    free(g->readings.list); /* what is in it belongs to the page */
}

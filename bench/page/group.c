/* group.c - sorts runs into groups that may be compared: one class of machine (its fingerprint),
 * one range of values, one device image, streamed or not, warm or of one cold run. */
#include "bench/page/page.h"

#include "harness/base/need.h"

#include <stdlib.h>
#include <string.h>

static struct group group_of(const struct reading *r)
{
    struct group g = {
        .device = r->device, .range = r->range, .image = r->image, .is_streamed = r->is_streamed};
    for (size_t i = 0; i < r->count; i++)
        g.is_cpu = g.is_cpu || strcmp(r->results[i].backend, "cpu") == 0;
    for (size_t i = 0; i < r->count; i++)
        g.is_first_run = g.is_first_run || r->results[i].is_first_run;
    return g;
}

/* A run, and the group that it would make alone. */
struct member {
    struct group own;
    const struct reading *run;
};

static int by_class(const struct member *a, const struct member *b)
{
    const struct group *x = &a->own, *y = &b->own;
    int order = strcmp(a->run->fingerprint, b->run->fingerprint);
    order = order ? order : strcmp(x->device, y->device);
    order = order ? order : strcmp(x->range, y->range);
    order = order ? order : strcmp(x->image, y->image);
    order = order ? order : x->is_cpu - y->is_cpu;
    order = order ? order : x->is_first_run - y->is_first_run;
    return order ? order : x->is_streamed - y->is_streamed;
}

/* Runs of one group lie together, in the order in which they were given. */
static int by_group(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    const int order = by_class(x, y);
    return order ? order : (x->run > y->run) - (x->run < y->run);
}

static void part_runs(struct page *page)
{
    const size_t count = page->readings.count;
    struct member *members = need_array(count, sizeof *members);
    for (size_t i = 0; i < count; i++)
        members[i] = (struct member){group_of(&page->readings.list[i]), &page->readings.list[i]};
    qsort(members, count, sizeof *members, by_group);
    for (size_t i = 0, first = 0; i < count; i++) {
        if (i == 0 || by_class(&members[first], &members[i]) != 0) {
            page->groups = need_room(page->groups, page->group_count, sizeof *page->groups);
            page->groups[page->group_count++] = members[i].own;
            first = i;
        }
        struct readings *list = &page->groups[page->group_count - 1].readings;
        list->list = need_room(list->list, list->count, sizeof *list->list);
        list->list[list->count++] = *members[i].run;
    }
    free(members);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Returns the most frequent name, the first one of several. Sorts the names and counts the
 * different ones. */
static const char *most_frequent(const char **names, size_t count, size_t *different)
{
    const char *found = "";
    size_t most = 0;
    *different = 0;
    qsort(names, count, sizeof *names, by_text);
    for (size_t i = 0, end; i < count; i = end, ++*different) {
        for (end = i + 1; end < count && strcmp(names[end], names[i]) == 0;)
            end++;
        if (end - i > most) {
            most = end - i;
            found = names[i];
        }
    }
    return found;
}

/* The timed rows of the host that has most of them become the lead: one row for each key, that of
 * the card with most rows if it has one. */
static void choose_lead(struct group *g)
{
    const char **names = need_array(g->rows.count, sizeof *names);
    size_t count = 0, cards;
    for (size_t i = 0; i < g->rows.count; i++)
        if (g->rows.list[i].count)
            names[count++] = reading_host(g->rows.list[i].reading);
    g->host_id = most_frequent(names, count, &g->hosts);
    g->host = "";
    count = 0;
    g->lead = need_array(g->rows.count, sizeof *g->lead);
    for (size_t i = 0; i < g->rows.count; i++)
        if (g->rows.list[i].count &&
            strcmp(reading_host(g->rows.list[i].reading), g->host_id) == 0) {
            g->host = g->rows.list[i].host;
            names[count] = g->rows.list[i].card;
            g->lead[count++] = &g->rows.list[i];
        }
    const char *card = most_frequent(names, count, &cards);
    free(names);
    for (size_t i = 0; i < count; i++) { /* rows of one key are neighbours */
        const struct export_row *row = g->lead[i];
        const bool is_new =
            g->lead_count == 0 || strcmp(g->lead[g->lead_count - 1]->key, row->key) != 0;
        if (is_new || strcmp(row->card, card) == 0)
            g->lead[is_new ? g->lead_count++ : g->lead_count - 1] = row;
    }
    group_index(g);
}

/* GPUs first, then ordinary runs, then the group with the most results. */
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
    order = order ? order : strcmp(x->image, y->image);
    return order ? order : strcmp(x->readings.list->fingerprint, y->readings.list->fingerprint);
}

static int by_device(const void *a, const void *b)
{
    return strcmp((*(struct group *const *)a)->device, (*(struct group *const *)b)->device);
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
    json_t *document = readings_document(last, true);
    read_text(document, "device.summary", text, sizeof text);
    json_decref(document);
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
        fprintf(to, ", %s", text);
    need_stream_end(to);
    to = need_stream(&g->about, &bytes);
    fprintf(to, "%zu run%s, ", g->readings.count, g->readings.count == 1 ? "" : "s");
    say_days(g, to);
    if (g->hosts > 1)
        fprintf(to, ", on %zu hosts; shown is %s, which has most results", g->hosts, g->host);
    else if (g->hosts == 1 && *g->host)
        fprintf(to, ", on %s", g->host);
    if (*text)
        fprintf(to, " · %s", text);
    if (last->is_simulated)
        fputs(" · a simulated device, whose times mean nothing", to);
    need_stream_end(to);
}

void page_group(struct page *page)
{
    part_runs(page);
    for (size_t i = 0; i < page->group_count; i++) {
        struct group *g = &page->groups[i];
        export_collect(&g->readings, true, &g->rows);
        choose_lead(g);
    }
    qsort(page->groups, page->group_count, sizeof *page->groups, in_order);
    struct group **list = need_array(page->group_count, sizeof *list);
    for (size_t i = 0; i < page->group_count; i++)
        list[i] = &page->groups[i];
    qsort(list, page->group_count, sizeof *list, by_device);
    for (size_t i = 0; i < page->group_count; i++)
        describe(list[i],
                 (i > 0 && by_device(&list[i - 1], &list[i]) == 0) ||
                     (i + 1 < page->group_count && by_device(&list[i], &list[i + 1]) == 0));
    free(list);
}

void group_free(struct group *g)
{
    free(g->title);
    free(g->about);
    free(g->lead);
    free(g->references);
    export_free(&g->rows);
    free(g->readings.list); /* what is in it belongs to the page */
}

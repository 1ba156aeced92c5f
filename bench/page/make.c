/* make.c - the results that a page is made of, and its sections in order. */
#include "bench/page/page.h"

#include "bench/stored/inputs.h"
#include "harness/base/interrupt.h"
#include "harness/base/need.h"

#include <stdlib.h>
#include <string.h>

/* Further groups have their results in one table and no sections of their own. */
enum { GROUPS_IN_FULL = 12 };

static void note_days(struct page *page)
{
    for (size_t i = 0; i < page->readings.count; i++) {
        const char *day = page->readings.list[i].started;
        if (i == 0 || strcmp(day, page->first) < 0)
            snprintf(page->first, sizeof page->first, "%.10s", day);
        if (strcmp(day, page->last) > 0)
            snprintf(page->last, sizeof page->last, "%.10s", day);
        page->simulated += page->readings.list[i].is_simulated;
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t count_hosts(const struct page *page)
{
    const char **names = need_array(page->readings.count, sizeof *names);
    size_t hosts = 0;
    for (size_t i = 0; i < page->readings.count; i++)
        names[i] = reading_host(&page->readings.list[i]);
    qsort(names, page->readings.count, sizeof *names, by_name);
    for (size_t i = 0; i < page->readings.count; i++)
        hosts += i == 0 || strcmp(names[i], names[i - 1]) != 0;
    free(names);
    return hosts;
}

/* Compares hosts by what was measured in the same way on all of them. */
static enum status gather_fleet(struct page *page, struct failure *why)
{
    struct readings usual = {.list = need_array(page->readings.count, sizeof *usual.list)};
    for (size_t i = 0; i < page->group_count; i++) {
        const struct group *g = &page->groups[i];
        for (size_t k = 0; k < g->readings.count; k++)
            if (!*g->image && !g->is_streamed && !g->readings.list[k].is_simulated)
                usual.list[usual.count++] = g->readings.list[k];
    }
    const enum status status = fleet_gather(&usual, NULL, &page->fleet, why);
    free(usual.list); /* the fleet points to texts of the page's readings */
    return status;
}

static void add_group(struct page *page, const struct group *g)
{
    for (int op = 0; op < OP_COUNT; op++) {
        page_variants(page, g, op_name((enum op)op));
        page_orders(page, g, op_name((enum op)op));
        page_errors(page, g, op_name((enum op)op));
        page_samples(page, g, op_name((enum op)op));
    }
    page_scaling(page, g);
    page_soaks(page, g);
    page_sweep(page, g);
    page_all(page, g, 1);
}

enum status page_make(struct page *page, const struct options *o, struct failure *why)
{
    enum status status = inputs_read(o, 0, READ_AGAIN, &page->readings, why);
    if (status == STATUS_OK)
        status = interrupt_check(why);
    if (status == STATUS_OK)
        page_group(page);
    if (status == STATUS_OK)
        status = gather_fleet(page, why);
    if (status != STATUS_OK)
        return status;
    size_t rows = 0;
    for (size_t i = 0; i < page->group_count; i++)
        rows += page->groups[i].rows.count;
    if (rows == 0)
        return fail(why, STATUS_FAILED, "the files hold no result.");
    note_days(page);
    page->hosts = count_hosts(page);
    for (size_t i = 0; i < page->group_count && i < GROUPS_IN_FULL; i++)
        add_group(page, &page->groups[i]);
    if (page->group_count > GROUPS_IN_FULL)
        page_all(page, page->groups + GROUPS_IN_FULL, page->group_count - GROUPS_IN_FULL);
    page_hosts(page);
    page_machines(page);
    return interrupt_check(why);
}

json_t *page_document(const struct page *page, size_t i, bool with_samples)
{
    return readings_document(&page->readings.list[i], with_samples);
}

void page_free(struct page *page)
{
    for (size_t i = 0; i < page->section_count; i++) {
        struct section *s = &page->sections[i];
        free(s->heading);
        free(s->text);
        free(s->alt);
        free(s->rows);
        json_decref(s->documents);
        grid_free(&s->grid);
    }
    free(page->sections);
    for (size_t i = 0; i < page->group_count; i++)
        group_free(&page->groups[i]);
    free(page->groups);
    fleet_free(&page->fleet);
    readings_free(&page->readings);
    *page = (struct page){0};
}

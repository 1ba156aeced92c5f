/* page.c - the results that a page is made of, and its sections in order. */
#include "bench/page/page.h"

#include "bench/stored/inputs.h"

#include <stdlib.h>
#include <string.h>

/* The host with most rows, of two the one that comes first; and how many there are. */
static void choose_lead(struct page *page)
{
    const struct export_rows *rows = &page->rows;
    size_t most = 0;
    struct tally {
        const char *host;
        size_t rows;
    } *tally = calloc(rows->count + 1, sizeof *tally);
    for (size_t i = 0; tally && i < rows->count; i++) {
        size_t k = 0;
        if (!rows->list[i].count)
            continue;
        while (k < page->hosts && strcmp(tally[k].host, rows->list[i].host) != 0)
            k++;
        if (k == page->hosts)
            tally[page->hosts++].host = rows->list[i].host;
        tally[k].rows++;
    }
    for (size_t k = 0; k < page->hosts; k++)
        if (tally[k].rows > most) {
            most = tally[k].rows;
            page->host = tally[k].host;
        }
    free(tally);
}

static void note_days(struct page *page)
{
    for (size_t i = 0; i < page->readings.count; i++) {
        const char *day = page->readings.list[i].started;
        if (!page->first[0] || strncmp(day, page->first, 10) < 0)
            snprintf(page->first, sizeof page->first, "%.10s", day);
        if (strncmp(day, page->last, 10) > 0)
            snprintf(page->last, sizeof page->last, "%.10s", day);
        page->simulated += page->readings.list[i].is_simulated;
    }
}

enum status page_make(struct page *page, const struct options *o, struct failure *why)
{
    static const char *const ops[] = {"sum-aat", "matmul", "reduce"};
    enum status status = inputs_read(o, 0, READ_WHOLE, &page->readings, why);
    if (status == STATUS_OK)
        status = export_collect(&page->readings, true, &page->rows, why);
    if (status != STATUS_OK)
        return status;
    if (page->rows.count == 0)
        return fail(why, STATUS_FAILED, "the files hold no result to tell of.");
    note_days(page);
    choose_lead(page);
    page->lead = calloc(page->rows.count, sizeof *page->lead);
    if (!page->lead)
        return fail(why, STATUS_NO_MEMORY, "no memory for the page.");
    for (size_t i = 0; page->host && i < page->rows.count; i++)
        if (page->rows.list[i].count && strcmp(page->rows.list[i].host, page->host) == 0)
            page->lead[page->lead_count++] = &page->rows.list[i];
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        page_variants(page, ops[i]);
        page_orders(page, ops[i]);
        page_errors(page, ops[i]);
        page_samples(page, ops[i]);
    }
    page_sweep(page);
    page_hosts(page);
    page_all(page);
    page_machines(page);
    return STATUS_OK;
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
    free(page->lead);
    export_free(&page->rows);
    readings_free(&page->readings);
    *page = (struct page){0};
}

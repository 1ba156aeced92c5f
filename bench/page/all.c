/* page_all.c - every result, and every machine. */
#include "bench/page/page.h"

#include "bench/terminal/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 2000 };

void page_all(struct page *page)
{
    static const char *const heads[] = {"result",  "median",     "± 99 %", "speed",
                                        "of peak", "rel. error", "runs",   "state"};
    const struct export_rows *rows = &page->rows;
    struct section *s =
        page_add(page, "All results", "%zu results of %zu runs%s.", rows->count,
                 page->readings.count, rows->count > ROWS_MAX ? "; the first 2000 are listed" : "");
    if (!s)
        return;
    struct grid *g = &s->grid;
    s->folded = rows->count > 12;
    g->heads = heads;
    g->columns = 8;
    g->left = 1 | 1 << 7;
    for (size_t i = 0; i < rows->count && i < ROWS_MAX; i++) {
        const struct export_row *row = &rows->list[i];
        char text[WORDS_BYTES];
        grid_add(g, row->name);
        grid_add(g, row->count ? words_time(text, row->median_s) : "-");
        if (row->count && row->confidence >= 0.99)
            grid_add(g, words_percent(text, (row->high_s - row->low_s) / 2 / row->median_s));
        else
            grid_add(g, "-");
        grid_add(g, row->count && row_rate(row) > 0
                        ? words_rate(text, row_rate(row), row_is_reduce(row) ? "B/s" : "FLOP/s")
                        : "-");
        grid_add(g, isnan(row->peak_share) ? "-" : words_percent(text, row->peak_share));
        grid_add(g, isnan(row->sum_error) ? "-" : words_error(text, row->sum_error));
        grid_addf(g, "%zu", row->count);
        if (row->bad)
            grid_addf(g, "failed: %s", row->reason);
        else if (!row->count)
            grid_addf(g, "waived: %s", row->reason);
        else
            grid_add(g, "ok");
    }
}

static int by_machine(const void *a, const void *b)
{
    const struct reading *x = *(const struct reading *const *)a;
    const struct reading *y = *(const struct reading *const *)b;
    int order = strcmp(x->host, y->host);
    order = order ? order : strcmp(x->device, y->device);
    return order ? order : strcmp(x->started, y->started);
}

void page_machines(struct page *page)
{
    static const char *const heads[] = {"host",   "device", "",      "processor", "driver",
                                        "commit", "runs",   "first", "last"};
    const size_t count = page->readings.count;
    const struct reading **list = malloc(count * sizeof *list);
    struct section *s = list ? page_add(page, "Machines", "%s",
                                        "What the results were measured on, and with which build.")
                             : NULL;
    if (!s) {
        free(list);
        return;
    }
    for (size_t i = 0; i < count; i++)
        list[i] = &page->readings.list[i];
    qsort(list, count, sizeof *list, by_machine);
    struct grid *g = &s->grid;
    g->heads = heads;
    g->columns = 9;
    g->left = 0x3f;
    size_t rows = 0;
    for (size_t i = 0, end; i < count && rows < ROWS_MAX; i = end, rows++) {
        for (end = i + 1; end < count && strcmp(list[end]->host, list[i]->host) == 0 &&
                          strcmp(list[end]->device, list[i]->device) == 0;)
            end++;
        const json_t *document = list[end - 1]->document;
        char text[READ_NAME_MAX + 1];
        grid_add(g, list[i]->host);
        grid_add(g, list[i]->device);
        grid_add(g, read_text(document, "device.summary", text, sizeof text));
        grid_add(g, read_text(document, "host.cpu.model", text, sizeof text));
        grid_add(g, read_text(document, "driver.version", text, sizeof text));
        grid_add(g, list[end - 1]->commit);
        grid_addf(g, "%zu", end - i);
        grid_addf(g, "%.10s", list[i]->started);
        grid_addf(g, "%.10s", list[end - 1]->started);
    }
    s->folded = rows > 12;
    free(list);
}

/* all.c - every result, and every machine. */
#include "bench/page/page.h"

#include "bench/terminal/words.h"
#include "harness/base/need.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 2000, GROUPS_MAX = 12, FOLD_AT = 12 };

static void add_row(struct grid *g, const struct group *group, const struct export_row *row,
                    bool with_device)
{
    char text[WORDS_BYTES];
    grid_add(g, row->name);
    if (with_device)
        grid_add(g, group->title);
    grid_add(g, row->count ? words_time(text, row->median_s) : "-");
    const double half_width = export_half_width(row);
    grid_add(g, isnan(half_width) ? "-" : words_percent(text, half_width));
    grid_add(g, row->count && row_rate(row) > 0
                    ? words_rate(text, row_rate(row), row_is_reduce(row) ? "B/s" : "FLOP/s")
                    : "-");
    grid_add(g, isnan(row->peak_share) ? "-" : words_percent(text, row->peak_share));
    grid_add(g, isnan(row->sum_error) ? "-" : words_error(text, row->sum_error));
    grid_addf(g, "%zu", row->count);
    if (row->bad || !row->count) {
        char *state = export_untimed(row);
        grid_add(g, state);
        free(state);
    } else {
        grid_add(g, isnan(row->sum_error) ? "not verified" : export_ok(row));
    }
}

void page_all(struct page *page, const struct group *groups, size_t count)
{
    static const char *const heads[] = {"result",  "median",     "± 99 %", "speed",
                                        "of peak", "rel. error", "runs",   "state"};
    static const char *const with_device[] = {"result",  "device",     "median", "± 99 %", "speed",
                                              "of peak", "rel. error", "runs",   "state"};
    /* All groups together list no more rows than one alone may, or the page would be too large. */
    const size_t shares = page->group_count < GROUPS_MAX ? page->group_count : GROUPS_MAX;
    const size_t most = ROWS_MAX / shares;
    size_t rows = 0;
    bool is_withheld = false;
    for (size_t i = 0; i < count; i++) {
        rows += groups[i].rows.count;
        for (size_t k = 0; k < groups[i].rows.count; k++)
            is_withheld = is_withheld || groups[i].rows.list[k].is_over_peak;
    }
    char listed_text[64];
    snprintf(listed_text, sizeof listed_text, "; the first %zu are listed", most);
    struct section *s = page_add(page, count == 1 ? groups : NULL,
                                 count == 1 ? "All results" : "Results of other machines",
                                 "%zu result%s%s.%s", rows, rows == 1 ? "" : "s",
                                 rows > most ? listed_text : "", read_peak_note(is_withheld));
    s->is_folded = rows > FOLD_AT;
    s->grid.heads = count == 1 ? heads : with_device;
    s->grid.columns = count == 1 ? 8 : 9;
    s->grid.left = count == 1 ? 1 | 1 << 7 : 3 | 1 << 8;
    size_t listed = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < groups[i].rows.count && listed < most; k++, listed++)
            add_row(&s->grid, &groups[i], &groups[i].rows.list[k], count > 1);
}

/* By class of machine, then by host. */
static int by_machine(const void *a, const void *b)
{
    const struct reading *x = *(const struct reading *const *)a;
    const struct reading *y = *(const struct reading *const *)b;
    int order = strcmp(x->device, y->device);
    order = order ? order : strcmp(x->fingerprint, y->fingerprint);
    order = order ? order : strcmp(reading_host(x), reading_host(y));
    return order ? order : strcmp(x->started, y->started);
}

static bool same_machine(const struct reading *a, const struct reading *b)
{
    return strcmp(a->device, b->device) == 0 && strcmp(a->fingerprint, b->fingerprint) == 0 &&
           strcmp(reading_host(a), reading_host(b)) == 0;
}

void page_machines(struct page *page)
{
    static const char *const heads[] = {"device", "host", "details", "processor",
                                        "commit", "runs", "first",   "last"};
    const size_t count = page->readings.count;
    const struct reading **list = need_array(count, sizeof *list);
    struct section *s = page_add(page, NULL, "Machines",
                                 "What the results were measured on, and with which build.");
    for (size_t i = 0; i < count; i++)
        list[i] = &page->readings.list[i];
    qsort(list, count, sizeof *list, by_machine);
    struct grid *g = &s->grid;
    g->heads = heads;
    g->columns = 8;
    g->left = 0x1f;
    size_t rows = 0;
    for (size_t i = 0, end; i < count && rows < ROWS_MAX; i = end, rows++) {
        for (end = i + 1; end < count && same_machine(list[i], list[end]);)
            end++;
        const struct reading *last = list[end - 1];
        char text[READ_NAME_MAX + 1];
        json_t *document = readings_document(last, true);
        grid_add(g, last->device);
        grid_add(g, last->label);
        grid_add(g, read_text(document, "device.summary", text, sizeof text));
        grid_add(g, read_text(document, "host.cpu.model", text, sizeof text));
        json_decref(document);
        grid_add(g, last->commit);
        grid_addf(g, "%zu", end - i);
        grid_addf(g, "%.10s", list[i]->started);
        grid_addf(g, "%.10s", last->started);
    }
    s->is_folded = rows > FOLD_AT;
    free(list);
}

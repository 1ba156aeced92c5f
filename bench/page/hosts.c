/* page_hosts.c - one result on many hosts. */
#define _GNU_SOURCE 1 /* asprintf */

#include "bench/page/page.h"

#include "bench/terminal/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BARS_MAX = 30, HOSTS_MAX = 200 };

static int fastest_first(const void *a, const void *b)
{
    const struct export_row *x = *(const struct export_row *const *)a;
    const struct export_row *y = *(const struct export_row *const *)b;
    const int order = (x->median_s > y->median_s) - (x->median_s < y->median_s);
    return order ? order : strcmp(x->name, y->name);
}

/* Of the bars, the first half are the fastest, and with too many hosts the rest the slowest. */
static size_t shown(size_t bar, size_t bars, size_t count)
{
    return bar < (bars + 1) / 2 ? bar : count - bars + bar;
}

static void name_of(const struct export_row *row, char *out, size_t bytes)
{
    snprintf(out, bytes, "%s · %s", row->host, row->device);
}

static void draw_hosts(struct canvas *c, const struct section *s)
{
    FILE *to = c->script;
    const size_t bars = s->count < BARS_MAX ? s->count : BARS_MAX;
    const double best = s->rows[0]->median_s;
    double most = 1;
    canvas_begin(c, s->height);
    fputs("$h << E\n", to);
    for (size_t i = 0; i < bars; i++) {
        const double times = s->rows[shown(i, bars, s->count)]->median_s / best;
        char label[64];
        most = fmax(most, times);
        snprintf(label, sizeof label, i ? "+%.1f %%" : "best", 100 * (times - 1));
        fprintf(to, "%zu %.9g %s\n", i, times, canvas_label(c, label));
    }
    fprintf(to, "E\nset yrange [%g:-0.6]\nset xrange [0:%.9g]\nset ytics (", (double)bars - 0.4,
            most * 1.25);
    for (size_t i = 0; i < bars; i++) {
        char label[400];
        const struct export_row *row = s->rows[shown(i, bars, s->count)];
        if (c->narrow)
            snprintf(label, sizeof label, "%.20s", row->host);
        else
            name_of(row, label, sizeof label);
        fprintf(to, "%s\"%s\" %zu", i ? ", " : "", canvas_label(c, label), i);
    }
    fprintf(
        to,
        ") textcolor %s\nset xlabel \"time, as a multiple of the best\"\nset grid noytics\n"
        "unset key\n"
        "plot $h using (0):1:(0):2:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc %s, "
        "$h using 2:1:3 with labels left offset 0.6,0 tc %s\n",
        canvas_shade(SHADE_TEXT), canvas_shade(SHADE_1), canvas_shade(SHADE_TEXT));
}

static void fill_grid(struct section *s)
{
    static const char *const heads[] = {"host", "device", "driver", "median", "× best", "runs"};
    s->grid.heads = heads;
    s->grid.columns = 6;
    s->grid.left = 7;
    for (size_t i = 0; i < s->count && i < HOSTS_MAX; i++) {
        const struct export_row *row =
            s->rows[shown(i, HOSTS_MAX < s->count ? HOSTS_MAX : s->count, s->count)];
        char text[READ_NAME_MAX + 1], time[WORDS_BYTES];
        grid_add(&s->grid, row->host);
        grid_add(&s->grid, row->device);
        grid_add(&s->grid, read_text(row->reading->document, "driver.version", text, sizeof text));
        grid_add(&s->grid, words_time(time, row->median_s));
        grid_addf(&s->grid, "%.3f", row->median_s / s->rows[0]->median_s);
        grid_addf(&s->grid, "%zu", row->count);
    }
}

/* The key that most hosts or devices have, of several the one with most work. Rows of one key lie
 * together. */
static size_t most_shared(const struct page *page, size_t *first)
{
    const struct export_rows *all = &page->rows;
    size_t most = 0;
    for (size_t i = 0, end; i < all->count; i = end) {
        size_t timed = 0;
        for (end = i; end < all->count && strcmp(all->list[end].key, all->list[i].key) == 0; end++)
            timed += all->list[end].count > 0;
        if (timed > most ||
            (timed == most && timed > 0 && all->list[i].result->n > all->list[*first].result->n)) {
            most = timed;
            *first = i;
        }
    }
    return most;
}

void page_hosts(struct page *page)
{
    size_t first = 0;
    const size_t count = most_shared(page, &first);
    if (count < 2)
        return;
    const struct export_row **rows = malloc(count * sizeof *rows);
    if (!rows)
        return;
    for (size_t i = first, k = 0; k < count; i++)
        if (page->rows.list[i].count)
            rows[k++] = &page->rows.list[i];
    qsort(rows, count, sizeof *rows, fastest_first);
    char best[WORDS_BYTES], middle[WORDS_BYTES], worst[WORDS_BYTES];
    struct section *s = page_add(
        page, "Hosts", "%s on %zu hosts and devices: best %s, middle %s, slowest %s (+%.1f %%).",
        rows[0]->key, count, words_time(best, rows[0]->median_s),
        words_time(middle, rows[count / 2]->median_s), words_time(worst, rows[count - 1]->median_s),
        100 * (rows[count - 1]->median_s / rows[0]->median_s - 1));
    if (!s) {
        free(rows);
        return;
    }
    snprintf(s->tile, sizeof s->tile, "+%.1f %%",
             100 * (rows[count - 1]->median_s / rows[0]->median_s - 1));
    snprintf(s->tile_note, sizeof s->tile_note, "slowest of %zu hosts against the best", count);
    s->rows = rows;
    s->count = count;
    s->draw = draw_hosts;
    s->height = 90 + 28 * (unsigned)(count < BARS_MAX ? count : BARS_MAX);
    s->alt = strdup("Bars: time of each host as a multiple of the best");
    fill_grid(s);
}

/* hosts.c - one result on many hosts or cards of one model, with the outliers named; and the ranks
 * that made one result together. */
#include "bench/page/page.h"

#include "bench/terminal/words.h"
#include "harness/base/need.h"
#include "harness/stats/stats.h"
#include "harness/text/append.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BARS_MAX = 30, HOSTS_MAX = 200, SECTIONS_MAX = 12, NAMED_MAX = 5 };

/* Of more hosts than bars, the fastest half of the bars and the slowest half are shown. */
static const struct fleet_host *host_at(const struct fleet_model *m, size_t bar, size_t bars)
{
    return &m->hosts[bar < (bars + 1) / 2 ? bar : m->count - bars + bar];
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void draw_hosts(struct canvas *c, const struct section *s)
{
    const struct fleet_model *m = s->model;
    FILE *to = c->script;
    const size_t bars = least(m->count, BARS_MAX);
    double most = 1;
    canvas_begin(c, s->height);
    for (int outliers = 0; outliers < 2; outliers++) {
        fprintf(to, "$h%d << E\n", outliers);
        for (size_t i = 0; i < bars; i++) {
            const struct fleet_host *h = host_at(m, i, bars);
            const double times = h->median_s / m->median_s;
            char label[64];
            if (h->is_outlier != (bool)outliers)
                continue;
            most = fmax(most, times);
            snprintf(label, sizeof label, "%+.1f %%%s", 100 * (times - 1),
                     outliers ? ", outlier" : "");
            fprintf(to, "%zu %.9g %s\n", i, times, canvas_label(c, label));
        }
        fputs("E\n", to);
    }
    fprintf(to, "set yrange [%g:-0.6]\nset xrange [0:%.9g]\nset ytics (", (double)bars - 0.4,
            most * (c->narrow ? 1.5 : 1.3));
    for (size_t i = 0; i < bars; i++) {
        char label[READ_NAME_MAX + 32];
        fleet_label(m, host_at(m, i, bars), label, sizeof label);
        if (c->narrow && strlen(label) > 20)
            memmove(label, label + strlen(label) - 20,
                    21); /* the end of a host name differs between nodes */
        fprintf(to, "%s\"%s\" %zu", i ? ", " : "", canvas_label(c, label), i);
    }
    fprintf(to,
            ") textcolor %s\nset xlabel \"time, as a multiple of the median\"\nset grid noytics\n"
            "unset key\n%splot ",
            canvas_shade(SHADE_TEXT), c->narrow ? "unset xtics\n" : "");
    for (int outliers = 0; outliers < 2; outliers++)
        fprintf(to,
                "%s$h%d using (0):1:(0):2:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc "
                "%s notitle, $h%d using 2:1:3 with labels left offset 0.6,0 tc %s notitle",
                outliers ? ", " : "", outliers, canvas_shade(outliers ? SHADE_4 : SHADE_1),
                outliers, canvas_shade(SHADE_TEXT));
    putc('\n', to);
}

static void fill_grid(struct section *s)
{
    static const char *const heads[] = {"host", "median", "× median", "runs", "remark"};
    const struct fleet_model *m = s->model;
    const size_t rows = least(m->count, HOSTS_MAX);
    s->grid.heads = heads;
    s->grid.columns = 5;
    s->grid.left = 1 | 1 << 4;
    s->is_folded = rows > 12;
    for (size_t i = 0; i < rows; i++) {
        const struct fleet_host *h = host_at(m, i, rows);
        char label[READ_NAME_MAX + 32], time[WORDS_BYTES];
        grid_add(&s->grid, fleet_label(m, h, label, sizeof label));
        grid_add(&s->grid, words_time(time, h->median_s));
        if (h->is_noisy)
            grid_add(&s->grid, STATS_NOISY_SHORT);
        else
            grid_addf(&s->grid, "%.3f", h->median_s / m->median_s);
        grid_addf(&s->grid, "%zu", h->runs);
        grid_addf(&s->grid, "%s%s%s", h->is_outlier ? "outlier" : "",
                  h->is_outlier && *h->reason ? ": " : "", h->reason);
    }
}

/* Counts and names the outliers, for example "1 outlier: node7 (+22.0 %)." */
static void say_outliers(const struct fleet_model *m, char *out, size_t bytes)
{
    size_t named = 0;
    snprintf(out, bytes, m->outliers ? " %zu outlier%s: " : " No outlier.", m->outliers,
             m->outliers == 1 ? "" : "s");
    for (size_t i = m->count; i-- > 0 && named < NAMED_MAX;) {
        const struct fleet_host *h = &m->hosts[i];
        char label[READ_NAME_MAX + 32];
        if (h->is_outlier)
            append_text(out, bytes, "%s%.80s (%+.1f %%)", named++ ? ", " : "",
                        fleet_label(m, h, label, sizeof label),
                        100 * (h->median_s / m->median_s - 1));
    }
    if (m->outliers)
        append_text(out, bytes, m->outliers > named ? " and %zu more." : ".", m->outliers - named);
}

static unsigned long order_of(const struct fleet_model *m)
{
    const char *n = strstr(m->key, "/n=");
    return n ? strtoul(n + 3, NULL, 10) : 0;
}

/* Of one device, the key that most hosts have comes first; of several the one with the largest N.
 */
static int widest_first(const void *a, const void *b)
{
    const struct fleet_model *x = *(const struct fleet_model *const *)a;
    const struct fleet_model *y = *(const struct fleet_model *const *)b;
    int order = strcmp(x->device, y->device);
    order = order ? order : (x->count < y->count) - (x->count > y->count);
    order = order ? order : (order_of(x) < order_of(y)) - (order_of(x) > order_of(y));
    return order ? order : (x > y) - (x < y);
}

static int as_in_fleet(const void *a, const void *b)
{
    const struct fleet_model *x = *(const struct fleet_model *const *)a;
    const struct fleet_model *y = *(const struct fleet_model *const *)b;
    return (x > y) - (x < y);
}

/* Hosts whose runs failed or were wrong are not among those with a time. */
static void say_bad(const struct fleet *f, const struct fleet_model *m, char *out, size_t bytes)
{
    size_t count = 0;
    const char *first = "";
    *out = '\0';
    for (size_t i = 0; i < f->bad_count; i++)
        if (strcmp(f->bad[i].key, m->key) == 0 && strcmp(f->bad[i].device, m->device) == 0 &&
            (f->bad[i].failed || f->bad[i].wrong))
            first = count++ ? first : f->bad[i].label;
    if (count)
        snprintf(out, bytes, " Runs failed or were wrong on %.100s%s.", first,
                 count > 1 ? " and others" : "");
}

static void add_model(struct page *page, const struct fleet_model *m)
{
    const char *what = strncmp(m->key, "gpu/", 4) == 0 ? "cards" : "hosts";
    const size_t count = m->count - m->repeated;
    char bad[200];
    char heading[160], best[WORDS_BYTES], middle[WORDS_BYTES], worst[WORDS_BYTES], outliers[800];
    const double slowest = m->hosts[m->count - 1].median_s;
    say_outliers(m, outliers, sizeof outliers);
    snprintf(heading, sizeof heading, "%zu %s of %.100s%s", count, what, m->device, m->kind);
    say_bad(&page->fleet, m, bad, sizeof bad);
    struct section *s =
        page_add(page, NULL, heading,
                 "%s: fastest %s, median %s, slowest %s (%+.1f %% against the "
                 "median).%s%s",
                 m->key, words_time(best, m->hosts[0].median_s), words_time(middle, m->median_s),
                 words_time(worst, slowest), 100 * (slowest / m->median_s - 1), outliers, bad);
    if (m->outliers) {
        snprintf(s->tile, sizeof s->tile, "%zu outlier%s", m->outliers,
                 m->outliers == 1 ? "" : "s");
        snprintf(s->tile_note, sizeof s->tile_note, "of %zu %s of %.100s%s", count, what, m->device,
                 m->kind);
    } else {
        snprintf(s->tile, sizeof s->tile, "%+.1f %%", 100 * (slowest / m->median_s - 1));
        snprintf(s->tile_note, sizeof s->tile_note,
                 "slowest of %zu %s against their median · %.100s%s", count, what, m->device,
                 m->kind);
    }
    s->model = m;
    s->draw = draw_hosts;
    s->height = 90 + 28 * (unsigned)least(m->count, BARS_MAX);
    s->alt = need_format("Bars: time of each of %zu %s as a multiple of the median", count, what);
    fill_grid(s);
}

void page_hosts(struct page *page)
{
    const struct fleet *f = &page->fleet;
    const struct fleet_model **list = need_array(f->count, sizeof *list);
    size_t count = 0;
    for (size_t i = 0; i < f->count; i++)
        list[i] = &f->models[i];
    qsort(list, f->count, sizeof *list, widest_first);
    for (size_t i = 0; i < f->count; i++)
        if (list[i]->count - list[i]->repeated > 1 &&
            (i == 0 || strcmp(list[i]->device, list[i - 1]->device) != 0))
            list[count++] = list[i];
    qsort(list, count, sizeof *list, as_in_fleet);
    for (size_t i = 0; i < count && i < SECTIONS_MAX; i++)
        add_model(page, list[i]);
    free(list);
}

/* ---- ranks ---- */

enum { RANKS_SHOWN = 128, RANKS_FOLD_AT = 12 };

static double median_of(const json_t *list)
{
    double *values = need_array(json_array_size(list) + 1, sizeof *values);
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_is_number(json_array_get(list, i)))
            values[count++] = json_number_value(json_array_get(list, i));
    const double median = count ? stats_median(values, count) : NAN;
    free(values);
    return median;
}

static void add_time(struct grid *g, double seconds)
{
    char text[WORDS_BYTES];
    grid_add(g, !(seconds > 0) ? "-" : words_time(text, seconds));
}

void page_ranks(struct page *page, const struct group *g, const struct export_row *row,
                const char *what)
{
    static const char *const heads[] = {"rank",     "host",    "place", "share", "compute",
                                        "exchange", "waiting", "link",  "clock", "rel. error"};
    json_t *document = readings_document(row->reading, false);
    const json_t *list = json_object_get(json_object_get(document, "ranks"), "list");
    const size_t count = json_array_size(list);
    char links[READ_NAME_MAX + 1], host[READ_NAME_MAX + 1], place[READ_NAME_MAX + 1];
    char text[WORDS_BYTES], *slow = need_text("");
    double slowest = 0;
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(list, i);
        const double seconds = median_of(json_object_get(one, "compute_s"));
        if (!(seconds > slowest))
            continue;
        slowest = seconds;
        free(slow);
        slow = need_format(" Rank %zu on %s (%s) computes longest, %s.", i,
                           read_text(one, "host", host, sizeof host),
                           read_text(one, "place", place, sizeof place), words_time(text, seconds));
    }
    if (count > 0) {
        char *heading = need_format("Ranks of the largest run, %s", what);
        read_text(document, "ranks.links", links, sizeof links);
        if (!*links)
            read_text(document, "ranks.transport", links, sizeof links);
        struct section *s = page_add(page, g, heading, "%zu rank%s at N = %" PRIu64 "%s%s.%s%s",
                                     count, count == 1 ? "" : "s", row->result->n,
                                     *links ? ", by " : "", links, count > 1 ? slow : "",
                                     count > RANKS_SHOWN ? " The table has the first 128." : "");
        s->grid.heads = heads;
        s->grid.columns = sizeof heads / sizeof *heads;
        s->grid.left = 6;
        s->is_detail = true;
        s->is_folded = count > RANKS_FOLD_AT;
        for (size_t i = 0; i < count && i < RANKS_SHOWN; i++) {
            const json_t *one = json_array_get(list, i);
            const double share = read_number(one, "share"), error = read_number(one, "error");
            const double link = read_number(one, "link_bytes_per_s"),
                         hz = read_number(one, "sm_hz");
            const bool shared = json_is_true(json_object_get(one, "shares_device"));
            grid_addf(&s->grid, "%zu", i);
            grid_add(&s->grid, read_text(one, "host", host, sizeof host));
            grid_addf(&s->grid, "%s%s", read_text(one, "place", place, sizeof place),
                      shared ? " (shared)" : "");
            grid_add(&s->grid, isnan(share) ? "-" : words_percent(text, share));
            add_time(&s->grid, median_of(json_object_get(one, "compute_s")));
            add_time(&s->grid, median_of(json_object_get(one, "exchange_s")));
            add_time(&s->grid, median_of(json_object_get(one, "waiting_s")));
            grid_add(&s->grid, link > 0 ? words_rate(text, link, "B/s") : "-");
            grid_addf(&s->grid, hz > 0 ? "%.2f GHz" : "-", hz / 1e9);
            grid_add(&s->grid, isnan(error) ? "-" : words_error(text, error));
        }
        free(heading);
    }
    free(slow);
    json_decref(document);
}

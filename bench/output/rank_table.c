/* rank_table.c - the ranks as a table. Times are medians over the samples. */
#include "bench/output/rank_table.h"

#include "bench/terminal/grid.h"
#include "bench/terminal/lines.h"
#include "bench/terminal/words.h"
#include "harness/stats/stats.h"

#include <string.h>

static double median(const struct rank_results *r, const double *seconds)
{
    return stats_median(seconds, r->samples);
}

static int slowest(const struct rank_results *r)
{
    int found = 0;
    for (int i = 1; i < r->count; i++)
        if (median(r, r->list[i].compute_s) > median(r, r->list[found].compute_s))
            found = i;
    return found;
}

static bool has_ring(const struct rank_results *r)
{
    return r->list[0].link_bytes_s > 0;
}

/* Where the card is, as lspci has it: without a domain of 0. */
static const char *slot(const struct rank_result *one)
{
    return one->pci + (strncmp(one->pci, "0000:", 5) == 0 ? 5 : 0);
}

static void add_row(struct grid *g, const struct rank_results *r, int i)
{
    const struct rank_result *one = &r->list[i];
    char text[WORDS_BYTES];
    grid_addf(g, "%d", i);
    grid_addf(g, "%.60s", one->host);
    grid_addf(g, "%s%s", one->place, one->shares_device ? " (shared)" : "");
    grid_add(g, slot(one));
    grid_addf(g, "%.120s", one->device);
    grid_add(g, words_percent(text, one->share));
    grid_add(g, words_time(text, median(r, one->compute_s)));
    if (has_ring(r))
        grid_add(g, words_time(text, median(r, one->exchange_s)));
    grid_add(g, words_time(text, median(r, one->waiting_s)));
    if (has_ring(r))
        grid_add(g, words_rate(text, one->link_bytes_s, "B/s"));
    if (one->sm_mhz > 0)
        grid_addf(g, "%.2f GHz", one->sm_mhz / 1000);
    else
        grid_add(g, "");
    grid_add(g, words_error(text, one->error));
}

void ranks_print(FILE *to, const struct result *result)
{
    const struct rank_results *r = result->ranks;
    const char *const pci = r->list[0].pci[0] ? "PCI" : ""; /* without a head it is left out */
    const char *const none[] = {"rank",  "host",    "place",   pci,     "device",
                                "share", "compute", "waiting", "clock", "rel. error"};
    const char *const ring[] = {"rank",    "host",     "place",   pci,    "device", "share",
                                "compute", "exchange", "waiting", "link", "clock",  "rel. error"};
    struct grid g = {.heads = has_ring(r) ? ring : none,
                     .columns =
                         has_ring(r) ? sizeof ring / sizeof *ring : sizeof none / sizeof *none,
                     .left = 0x1e,
                     .drop = "E"}; /* the name, unless it differs */
    const int last = slowest(r);
    char text[WORDS_BYTES], percent[WORDS_BYTES];
    if (r->samples == 0)
        return;
    for (int i = 0; i < r->count; i++)
        add_row(&g, r, i);
    fputc('\n', to);
    grid_text(to, &g);
    grid_free(&g);
    if (r->list[0].share > 0)
        lines_printf(to, "efficiency       %s of %d × rank 0 alone, which takes %s for its share",
                     words_percent(percent, r->efficiency), r->count, words_time(text, r->alone_s));
    if (r->count > 1)
        lines_printf(to, "slowest          rank %d on %s (%s%s%s, %s)", last, r->list[last].host,
                     r->list[last].place, r->list[last].pci[0] ? ", PCI " : "",
                     slot(&r->list[last]), r->list[last].device);
    for (int i = 0; i < r->count; i++)
        for (int k = i + 1; k < r->count && r->list[i].shares_device; k++)
            if (r->list[k].shares_device && strcmp(r->list[i].uuid, r->list[k].uuid) == 0 &&
                strcmp(r->list[i].host, r->list[k].host) == 0) {
                lines_printf(to,
                             "shared           ranks %d and %d on %s have one GPU, %s %s: it does "
                             "the work of both",
                             i, k, r->list[i].host, r->list[i].place, r->list[i].uuid);
                break;
            }
}

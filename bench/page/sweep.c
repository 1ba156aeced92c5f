/* sweep.c - one GPU against the CPU of the same host over N, where both were swept. */
#include "bench/page/page.h"

#include "harness/base/need.h"
#include "harness/compare/sweep.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CPUS_MAX = 12 };

/* Whether rows[i] is of the operation and the arithmetic that the section draws. */
static bool is_drawn(const struct section *s, const struct sweep_row *row)
{
    return strcmp(row->op, s->op) == 0 && strcmp(row->arithmetic, s->arithmetic) == 0;
}

static void draw_sweep(struct canvas *c, const struct section *s)
{
    static const enum shade shades[SWEEP_CASES] = {SHADE_1, SHADE_5, SHADE_3, SHADE_4};
    FILE *to = c->script;
    struct sweep_row *rows;
    const size_t count = sweep_rows(s->documents, &rows);
    uint64_t *orders = need_array(count, sizeof *orders);
    size_t order_count = 0;
    canvas_begin(c, s->height + (c->narrow ? 80 : 0));
    fprintf(to, "set logscale xy\nset xlabel \"N\" offset 0,0.5\nset border 3\nset key %s\n",
            c->narrow ? "below vertical left" : "above horizontal left");
    for (int line = -1; line < SWEEP_CASES; line++) {
        fprintf(to, "$w%d << E\n", line + 1);
        for (size_t i = 0; i < count; i++) {
            const double seconds = line < 0 ? rows[i].cpu_s : rows[i].gpu_s[line];
            if (is_drawn(s, &rows[i]) && !isnan(seconds))
                fprintf(to, "%" PRIu64 " %.9g\n", rows[i].n, seconds);
        }
        fputs("E\n", to);
    }
    for (size_t i = 0; i < count; i++)
        if (is_drawn(s, &rows[i]))
            orders[order_count++] = rows[i].n;
    canvas_orders(c, orders, order_count);
    canvas_time(c, "y");
    fprintf(to, "plot $w0 using 1:2 with linespoints lw 2.5 pt 5 ps 0.7 lc %s title \"CPU\"",
            canvas_shade(SHADE_2));
    for (int line = 0; line < SWEEP_CASES; line++)
        fprintf(to, ", $w%d using 1:2 with linespoints lw 2 pt %d ps 0.7 lc %s title \"%s\"",
                line + 1, 7 + 2 * line, canvas_shade(shades[line]),
                canvas_label(c, sweep_case_title((enum sweep_case)line)));
    putc('\n', to);
    free(orders);
    free(rows);
}

static void add_documents(json_t *to, const struct group *g, const char *host_id)
{
    for (size_t i = 0; i < g->readings.count; i++)
        if (strcmp(reading_host(&g->readings.list[i]), host_id) == 0)
            json_array_append_new(to, readings_document(&g->readings.list[i], false));
}

/* How many rows have both sides; *at is the last of them. */
static size_t both_sides(const struct sweep_row *rows, size_t count, size_t *at)
{
    size_t both = 0;
    for (size_t i = 0; i < count; i++)
        if (rows[i].gpu_variant && rows[i].cpu_variant) {
            both++;
            *at = i;
        }
    return both;
}

/* The group's runs on its host, and those of the CPU there. If that CPU has several groups (for
 * example of different thread counts), takes the one with the most N in common, among the largest
 * CPUS_MAX of them. */
static json_t *pair_with_cpu(const struct page *page, const struct group *gpu)
{
    json_t *best = NULL;
    size_t most = 1, tried = 0;
    for (size_t k = 0; k < page->group_count && tried < CPUS_MAX; k++) {
        const struct group *cpu = &page->groups[k];
        if (!cpu->is_cpu || strcmp(cpu->range, gpu->range) != 0)
            continue;
        json_t *documents = json_array();
        struct sweep_row *rows;
        size_t at;
        add_documents(documents, cpu, gpu->host_id);
        tried += json_array_size(documents) > 0;
        if (json_array_size(documents) > 0)
            add_documents(documents, gpu, gpu->host_id);
        const size_t count = sweep_rows(documents, &rows), both = both_sides(rows, count, &at);
        free(rows);
        if (both > most) {
            most = both;
            json_decref(best);
            best = json_incref(documents);
        }
        json_decref(documents);
    }
    return best;
}

/* Rows of one operation and arithmetic lie together. */
static void fill_grid(struct section *s, const struct sweep_row *rows, size_t count)
{
    static const char *const heads[] = {"arithmetic", "where A is", "the GPU wins"};
    s->grid.heads = heads;
    s->grid.columns = 3;
    s->grid.left = 7;
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && strcmp(rows[end].op, rows[i].op) == 0 &&
                          strcmp(rows[end].arithmetic, rows[i].arithmetic) == 0;)
            end++;
        for (int c = 0; c < SWEEP_CASES && strcmp(rows[i].op, s->op) == 0; c++) {
            const struct crossover x =
                sweep_crossover(rows + i, end - i, s->op, rows[i].arithmetic, (enum sweep_case)c);
            char sentence[160];
            sweep_sentence(sentence, sizeof sentence, &x);
            grid_add(&s->grid, rows[i].arithmetic);
            grid_add(&s->grid, sweep_case_title((enum sweep_case)c));
            grid_add(&s->grid, sentence);
        }
    }
}

void page_sweep(struct page *page, const struct group *g)
{
    json_t *documents = g->is_cpu ? NULL : pair_with_cpu(page, g);
    struct sweep_row *rows;
    size_t at = 0;
    if (!documents)
        return;
    const size_t count = sweep_rows(documents, &rows);
    both_sides(rows, count, &at);
    struct section *s =
        page_add(page, g, "GPU against CPU",
                 "How long a caller waits for one %s in %s, and from which N the GPU is always "
                 "faster.",
                 rows[at].op, rows[at].arithmetic);
    s->documents = documents; /* own the texts below */
    s->op = rows[at].op;
    s->arithmetic = rows[at].arithmetic;
    const struct crossover x = sweep_crossover(rows, count, s->op, s->arithmetic, SWEEP_ON_DEVICE);
    if (x.kind == CROSSOVER_FROM || x.kind == CROSSOVER_ALWAYS) {
        snprintf(s->tile, sizeof s->tile, "N ≥ %" PRIu64, x.n);
        snprintf(s->tile_note, sizeof s->tile_note, "the GPU is faster than the CPU, %.40s · %.80s",
                 s->op, g->title);
    }
    s->draw = draw_sweep;
    s->height = 400;
    s->alt = need_format("Lines: a caller's wait against N, on the CPU and on %s in four cases",
                         g->device);
    fill_grid(s, rows, count);
    free(rows);
}

/* scaling.c - one problem on more and more ranks: rate and efficiency over their number, and what
 * each rank of the largest run did.
 *
 * A series is one backend, operation, arithmetic, variant, exchange and balance; efficiencies never
 * leave it. Strong scaling has one N; weak scaling has N grown by the cube root of the ranks (for
 * reduce the square root), so that a rank's work stays the same. A single rank that was not
 * measured may be an ordinary run of the same variant: it exchanges nothing, and its time is taken
 * by the host's clock, as ranks are timed. */
#include "bench/page/page.h"

#include "bench/terminal/words.h"
#include "harness/base/need.h"
#include "harness/stats/stats.h"
#include "harness/text/append.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SERIES_MAX = 12, POINTS_MAX = 100, LINES_MAX = 8, FOLD_AT = 12 };
enum kind { STRONG, WEAK, KINDS };

static const char *const kind_names[KINDS] = {"strong", "weak"};

struct point {
    const struct export_row *row;
    size_t ranks;
    double seconds, rate;
    size_t base[KINDS], members[KINDS]; /* its base point; how many points have it as theirs */
};

/* By series, number of ranks and N; then the row on the host that the page shows. */
struct candidate {
    struct row_series series;
    const struct export_row *row;
    bool is_elsewhere;
};

static int by_series(const struct candidate *x, const struct candidate *y)
{
    const int order = strcmp(x->series.work, y->series.work);
    return order ? order : strcmp(x->series.how, y->series.how);
}

static int by_ranks(const struct export_row *x, const struct export_row *y)
{
    const size_t a = row_ranks(x), b = row_ranks(y);
    const uint64_t n = x->result->n, m = y->result->n;
    const int order = (a > b) - (a < b);
    return order ? order : (n > m) - (n < m);
}

static int in_order(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    int order = by_series(x, y);
    order = order ? order : by_ranks(x->row, y->row);
    order = order ? order : x->is_elsewhere - y->is_elsewhere;
    return order ? order : (x->row > y->row) - (x->row < y->row);
}

static bool is_reduce(const struct export_row *row)
{
    return strcmp(row->result->op, "reduce") == 0;
}

static bool is_weak(const struct export_row *row, size_t ranks, uint64_t grown, size_t more)
{
    const double n = (double)row->result->n, times = (double)more / (double)ranks,
                 want = n * (is_reduce(row) ? sqrt(times) : cbrt(times));
    return more > ranks && fabs((double)grown - want) <= fmax(1, 0.02 * (want - n));
}

/* Whether an ordinary run of one device may be the single rank of a series: no rank alone was
 * measured at its N, and another point is compared with it. */
static bool is_single_rank(const struct export_row *row, const struct candidate *list, size_t count)
{
    const uint64_t n = row->result->n;
    bool is_wanted = false;
    if (row_ranks(row) || !row->count || !(row->result->wall_median_s > 0) ||
        strcmp(row_series(row).work, list->series.work) != 0)
        return false;
    for (size_t i = 0; i < count; i++) {
        const uint64_t m = list[i].row->result->n;
        const size_t ranks = row_ranks(list[i].row);
        if (ranks == 1 && m == n)
            return false;
        is_wanted = is_wanted || m == n || is_weak(row, 1, m, ranks);
    }
    return is_wanted;
}

static double per_rank(const struct point *p)
{
    return p->rate / (double)p->ranks;
}

/* The points of rows that are sorted by the number of ranks, with what each is relative to: the
 * fewest ranks at its N, and the fewest ranks with a rank's work. */
static size_t points_of(const struct section *s, struct point points[POINTS_MAX])
{
    const size_t count = s->count < POINTS_MAX ? s->count : POINTS_MAX;
    for (size_t i = 0; i < count; i++) {
        const struct export_row *row = s->rows[i];
        const size_t ranks = row_ranks(row);
        struct point *p = &points[i];
        *p = (struct point){.row = row, .ranks = ranks ? ranks : 1, .base = {i, i}};
        p->seconds = ranks ? row->median_s : row->result->wall_median_s;
        p->rate = row_rate(row) * row->median_s / p->seconds;
        for (size_t k = i; k-- > 0;) {
            const struct point *q = &points[k];
            if (q->row->result->n == row->result->n)
                p->base[STRONG] = k;
            if (is_weak(q->row, q->ranks, row->result->n, p->ranks))
                p->base[WEAK] = k;
        }
        for (int kind = 0; kind < KINDS; kind++)
            points[p->base[kind]].members[kind]++;
    }
    return count;
}

static bool has_line(const struct point *points, size_t base, int kind)
{
    return points[base].base[kind] == base && points[base].members[kind] > 1;
}

static double efficiency(const struct point *points, const struct point *p, int kind)
{
    return per_rank(p) / per_rank(&points[p->base[kind]]);
}

/* Bases of the lines that are drawn. */
static size_t lines_of(const struct point *points, size_t count, int kinds[LINES_MAX],
                       size_t bases[LINES_MAX])
{
    size_t lines = 0;
    for (int kind = 0; kind < KINDS; kind++)
        for (size_t i = 0; i < count && lines < LINES_MAX; i++)
            if (has_line(points, i, kind)) {
                kinds[lines] = kind;
                bases[lines++] = i;
            }
    return lines;
}

static void plot_lines(struct canvas *c, const struct point *points, const int *kinds,
                       const size_t *bases, size_t lines, int column)
{
    for (size_t k = 0; k < lines; k++) {
        char title[64];
        snprintf(title, sizeof title,
                 kinds[k] == STRONG ? "strong, N = %" PRIu64 : "weak, from N = %" PRIu64,
                 points[bases[k]].row->result->n);
        fprintf(c->script,
                ", $l%zu using 1:%d with linespoints lw 2 pt %zu ps 0.7 lc %s title \"%s\"", k,
                column, 5 + 2 * (k % 5), canvas_line_shade(k), canvas_label(c, title));
    }
    putc('\n', c->script);
}

/* The rate above, and below it the efficiency, over the same numbers of ranks. */
static void draw_scaling(struct canvas *c, const struct section *s)
{
    struct point points[POINTS_MAX];
    int kinds[LINES_MAX];
    size_t bases[LINES_MAX], rank_count = 0;
    uint64_t ranks[POINTS_MAX];
    double least = 1, most = 1, least_rate = INFINITY, most_rate = 0;
    const size_t count = points_of(s, points), lines = lines_of(points, count, kinds, bases);
    const unsigned height = s->height + 22 * (unsigned)(lines + 1);
    const double share = s->height / (double)height; /* the panels'; the key is below them */
    FILE *to = c->script;
    canvas_begin(c, height);
    fputs("$i << E\n", to);
    for (size_t k = 0; k < lines; k++) {
        const struct point *b = &points[bases[k]], *last = b;
        for (size_t i = 0; i < count; i++)
            last = points[i].base[kinds[k]] == bases[k] ? &points[i] : last;
        fprintf(to, "%zu %.9g\n%zu %.9g\n\n", b->ranks, b->rate / s->scale, last->ranks,
                per_rank(b) * (double)last->ranks / s->scale);
        most_rate = fmax(most_rate, per_rank(b) * (double)last->ranks / s->scale);
    }
    fputs("E\n", to);
    for (size_t k = 0; k < lines; k++) {
        fprintf(to, "$l%zu << E\n", k);
        for (size_t i = 0; i < count; i++) {
            const struct point *p = &points[i];
            if (p->base[kinds[k]] != bases[k])
                continue;
            const double rate = p->rate / s->scale, own = efficiency(points, p, kinds[k]);
            least = fmin(least, own);
            most = fmax(most, own);
            least_rate = fmin(least_rate, rate);
            most_rate = fmax(most_rate, rate);
            fprintf(to, "%zu %.9g %.9g\n", p->ranks, rate, 100 * own);
        }
        fputs("E\n", to);
    }
    for (size_t i = 0; i < count; i++) /* ascending; only those of a line */
        for (size_t k = 0; k < lines; k++)
            if (points[i].base[kinds[k]] == bases[k] &&
                (!rank_count || ranks[rank_count - 1] != points[i].ranks))
                ranks[rank_count++] = points[i].ranks;
    fputs("set border 3\nset logscale x\nset logscale y 2\nset xlabel \"ranks\"\n", to);
    canvas_orders(c, ranks, rank_count);
    if (c->terminal)
        fputs("set key above horizontal left\n", to);
    else
        fprintf(to,
                "set multiplot\nset lmargin %d\nset rmargin 2\nset tmargin at screen %.4g\n"
                "set bmargin at screen %.4g\nset xlabel \" \"\nunset key\n",
                c->narrow ? 10 : 11, 1 - 0.02 * share, 1 - 0.45 * share);
    fprintf(to,
            "set ylabel \"%s\"\nset yrange [%.9g:%.9g]\n"
            "plot $i using 1:2 with lines lw 1 dt (6,4) lc %s title \"ideal\"",
            s->unit, least_rate / 1.3, most_rate * 1.3, canvas_shade(SHADE_LINE));
    plot_lines(c, points, kinds, bases, lines, 2);
    if (c->terminal)
        return;
    fprintf(to,
            "set tmargin at screen %.4g\nset bmargin at screen %.4g\nset xlabel \"ranks\"\n"
            "set ylabel \"efficiency\"\nunset logscale y\nset format y \"%%g %%%%\"\n"
            "set yrange [%.9g:%.9g]\nset key at screen 0.03,%.4g left top vertical maxrows %zu\n"
            "plot 100 with lines lw 1 dt (6,4) lc %s title \"ideal\"",
            1 - 0.55 * share, 1 - 0.88 * share, fmax(0, 10 * floor(10 * least - 0.5)),
            100 * most + 5, 1 - 0.99 * share, lines + 1, canvas_shade(SHADE_LINE));
    plot_lines(c, points, kinds, bases, lines, 3);
    fputs("unset multiplot\n", to);
}

/* Adds the number of ranks and where they ran: "4", "4 on 2 GPUs", "16 on 2 hosts"; or "1 *" for an
 * ordinary run. */
static void add_ranks(struct grid *g, const struct point *p)
{
    json_t *document = row_ranks(p->row) ? readings_document(p->row->reading, false) : NULL;
    const double devices = read_number(document, "ranks.devices");
    const double hosts = read_number(document, "ranks.hosts");
    if (strcmp(p->row->result->backend, "gpu") == 0 && devices >= 1 && devices < (double)p->ranks)
        grid_addf(g, "%zu on %.0f GPU%s", p->ranks, devices, devices > 1 ? "s" : "");
    else if (hosts > 1)
        grid_addf(g, "%zu on %.0f hosts", p->ranks, hosts);
    else
        grid_addf(g, "%zu%s", p->ranks, row_ranks(p->row) ? "" : " *");
    json_decref(document);
}

static void fill_grid(struct section *s, const struct point *points, size_t count)
{
    static const char *const products[] = {"ranks",  "N",    "time",      "as 2N³",
                                           "strong", "weak", "of a rank", "runs"},
                             *const sums[] = {"ranks",  "N",    "time",      "rate",
                                              "strong", "weak", "of a rank", "runs"};
    const bool adds_up = is_reduce(points->row);
    const char *unit = adds_up ? "B/s" : "FLOP/s";
    s->grid.heads = adds_up ? sums : products;
    s->grid.columns = sizeof products / sizeof *products;
    s->is_folded = count > FOLD_AT;
    for (size_t i = 0; i < count; i++) {
        const struct point *p = &points[i];
        char text[WORDS_BYTES];
        add_ranks(&s->grid, p);
        grid_addf(&s->grid, "%" PRIu64, p->row->result->n);
        grid_add(&s->grid, words_time(text, p->seconds));
        grid_add(&s->grid, words_rate(text, p->rate, unit));
        for (int kind = 0; kind < KINDS; kind++) {
            const struct point *base = &points[p->base[kind]];
            if (!has_line(points, p->base[kind], kind))
                grid_add(&s->grid, "-");
            else if (export_is_noisy(p->row) || export_is_noisy(base->row))
                grid_add(&s->grid, STATS_NOISY_SHORT);
            else
                grid_add(&s->grid, words_percent(text, efficiency(points, p, kind)));
        }
        grid_add(&s->grid, words_rate(text, per_rank(p), unit));
        grid_addf(&s->grid, "%zu", p->row->count);
    }
}

/* Says how well the largest number of ranks of each kind scales, for example "2 ranks reach 96 % of
 * ideal strong scaling at N = 50000, and …". */
static void say_scaling(struct section *s, const struct point *points, size_t count, char *out,
                        size_t bytes)
{
    *out = '\0';
    for (int kind = 0; kind < KINDS; kind++)
        for (size_t i = count; i-- > 0;) {
            const struct point *p = &points[i];
            const size_t base = p->base[kind];
            char text[WORDS_BYTES];
            if (base == i || export_is_noisy(p->row) || export_is_noisy(points[base].row))
                continue;
            words_percent(text, efficiency(points, p, kind));
            if (kind == STRONG && s) {
                snprintf(s->tile, sizeof s->tile, "%s", text);
                snprintf(s->tile_note, sizeof s->tile_note,
                         "efficiency of %zu ranks, %.40s, N = %" PRIu64 " · %.60s", p->ranks,
                         p->row->result->variant, p->row->result->n, s->group->title);
            }
            append_item(out, bytes, "; ",
                        "%zu ranks have %s of the ideal %s scaling at N = %" PRIu64, p->ranks, text,
                        kind_names[kind], p->row->result->n);
            break;
        }
    if (!*out)
        snprintf(out, bytes, "No two numbers of ranks have the same N, or the same work a rank%s",
                 strcmp(points->row->result->op, "sum-aat") == 0
                     ? ": gpubench sweep N --ranks 1,2,4 measures both"
                     : "");
}

/* The section of one series; takes over the rows. */
static void add_series(struct page *page, const struct group *g, const struct row_series *series,
                       const struct export_row **rows, size_t count, bool is_first)
{
    const struct read_result *r = rows[count - 1]->result;
    const bool none = strncmp(series->how, "none", 4) == 0;
    char *what = need_format("%s, %s in %s, %s%s", r->op, r->variant, r->arithmetic,
                             none ? "without exchange" : series->how,
                             none && strstr(series->how, "/measured") ? "/measured" : "");
    char *heading = need_format("Scaling of %s", what), finding[400];
    struct point points[POINTS_MAX];
    bool has_plain = false, has_lines = false;
    struct section plan = {.group = g};
    section_rows(&plan, r->op, 0, rows, count);
    const size_t point_count = points_of(&plan, points);
    for (size_t i = 0; i < point_count; i++) {
        has_plain = has_plain || !row_ranks(rows[i]);
        has_lines = has_lines || has_line(points, i, STRONG) || has_line(points, i, WEAK);
    }
    say_scaling(is_first ? &plan : NULL, points, point_count, finding, sizeof finding);
    struct section *s = page_add(
        page, g, heading,
        "%s. Efficiency is the rate of a rank relative to that of the fewest ranks: strong, at the "
        "same N; weak, at an N that grows with the %s root of the ranks, which gives each the same "
        "work.%s%s",
        finding, is_reduce(rows[0]) ? "square" : "cube",
        has_plain ? " *: an ordinary run of one device, timed by the host's clock as ranks are."
                  : "",
        count > POINTS_MAX ? " The first 100 points are shown." : "");
    memcpy(s->tile, plan.tile, sizeof s->tile);
    memcpy(s->tile_note, plan.tile_note, sizeof s->tile_note);
    section_rows(s, r->op, 0, rows, count);
    s->arithmetic = r->arithmetic;
    s->height = 460;
    s->draw = has_lines ? draw_scaling : NULL;
    s->alt = need_format("Lines: rate and efficiency against the number of ranks, %s on %s", what,
                         g->device);
    fill_grid(s, points, point_count);
    page_ranks(page, g, points[point_count - 1].row, what);
    free(heading);
    free(what);
}

/* The rows of list[0]'s series: one for each number of ranks and N, and before them ordinary runs
 * that may be a single rank. */
static size_t rows_of_series(const struct group *g, const struct candidate *list, size_t count,
                             const struct export_row ***rows)
{
    size_t used = 0;
    *rows = need_array(count + g->lead_count, sizeof **rows);
    for (size_t i = 0; i < g->lead_count; i++) /* by N, within a variant */
        if (is_single_rank(g->lead[i], list, count))
            (*rows)[used++] = g->lead[i];
    for (size_t i = 0; i < count; i++)
        if (i == 0 || by_ranks(list[i - 1].row, list[i].row) != 0)
            (*rows)[used++] = list[i].row;
    return used;
}

void page_scaling(struct page *page, const struct group *g)
{
    struct candidate *list = NULL;
    size_t count = 0, shown = 0;
    for (size_t i = 0; i < g->rows.count; i++) {
        const struct export_row *row = &g->rows.list[i];
        if (!row->count || !row_ranks(row))
            continue;
        list = need_room(list, count, sizeof *list);
        list[count++] = (struct candidate){row_series(row), row,
                                           strcmp(reading_host(row->reading), g->host_id) != 0};
    }
    if (count)
        qsort(list, count, sizeof *list, in_order);
    for (size_t from = 0, to; from < count && shown < SERIES_MAX; from = to, shown++) {
        const struct export_row **rows;
        for (to = from + 1; to < count && by_series(&list[from], &list[to]) == 0;)
            to++;
        const size_t row_count = rows_of_series(g, list + from, to - from, &rows);
        add_series(page, g, &list[from].series, rows, row_count, shown == 0);
    }
    free(list);
}

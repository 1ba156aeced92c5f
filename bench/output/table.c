/* table.c - the contestants of one problem, a row each. */
#include "bench/output/table.h"

#include "bench/output/figures.h"
#include "bench/output/notes.h"
#include "bench/terminal/grid.h"
#include "bench/terminal/lines.h"
#include "bench/terminal/words.h"
#include "harness/base/need.h"
#include "harness/contract/facts.h"
#include "harness/result/contestant.h"
#include "harness/stats/stats.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

struct row {
    const struct contestant *contestant;
    struct figures figures;
    double seconds; /* the sort key; infinite for a row without a time */
};

/* The reference if all rows have the same one, else NULL; *count is the number of references. */
static const struct contestant *only_reference(const struct result *r, size_t *count)
{
    const struct contestant *found = NULL;
    *count = 0;
    for (size_t i = 0; i < r->contestant_count; i++) {
        const struct contestant *c = &r->contestants[i];
        const struct contestant *reference = reference_for(r, c->variant->arithmetic);
        if (reference != c) /* a row that is the reference counts as having it */
            continue;
        found = c;
        ++*count;
    }
    return *count == 1 ? found : NULL;
}

/* Rates of one table share a unit, the one that suits the fastest. */
static const char *rate_unit(double fastest, bool is_reduce, double *scale)
{
    if (is_reduce) {
        *scale = 1e9;
        return "GB/s";
    }
    *scale = fastest >= 1e12 ? 1e12 : 1e9;
    return fastest >= 1e12 ? "TFLOP/s" : "GFLOP/s";
}

static int rank(const struct contestant *c)
{
    return c->state == CONTESTANT_OK ? 0 : c->state == CONTESTANT_WAIVED ? 2 : 1;
}

static int by_speed(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    if (rank(a->contestant) != rank(b->contestant))
        return rank(a->contestant) - rank(b->contestant);
    if (a->seconds != b->seconds)
        return a->seconds < b->seconds ? -1 : 1;
    /* In the order of the backend's table. */
    return a->contestant < b->contestant ? -1 : a->contestant > b->contestant;
}

static void add_share(struct grid *g, double share)
{
    char text[WORDS_BYTES];
    grid_add(g, isfinite(share) ? words_percent(text, share) : "-");
}

/* The error of the entries of C; empty if C was not checked. */
static void add_entry_errors(struct grid *g, const struct contestant *c)
{
    const struct verdict *v = &c->verdict;
    const bool is_product = c->variant->op == OP_MATMUL;
    char text[WORDS_BYTES];
    if (is_product && isfinite(v->rel_f))
        grid_addf(g, "%.1e", v->rel_f);
    else
        grid_add(g, "");
    grid_add(g, is_product && isfinite(v->bias) ? words_error(text, v->bias) : "");
    if (is_product && isfinite(v->worst_entry))
        grid_addf(g, "%.1e", v->worst_entry);
    else
        grid_add(g, "");
}

static void add_row(struct grid *g, const struct result *r, const struct row *row, double scale,
                    bool colored)
{
    static const char *const states[] = {[CONTESTANT_WAIVED] = "waived",
                                         [CONTESTANT_FAILED] = "failed",
                                         [CONTESTANT_WRONG] = "wrong"};
    const struct contestant *c = row->contestant;
    const struct figures *f = &row->figures;
    char text[sizeof c->reason + 16];
    grid_add(g, arithmetic_name(c->variant->arithmetic));
    grid_add(g, c->variant->name);
    if (c->state != CONTESTANT_OK) {
        snprintf(text, sizeof text, "%s: %s", states[c->state], c->reason);
        facts_clean(text, sizeof text); /* may quote the driver */
        grid_rest(g, colored, c->state == CONTESTANT_WAIVED ? TINT_DIM : TINT_BAD, text);
        return;
    }
    bool is_unranked;
    const double rate = f->rate / scale, speedup = reference_speedup(r, c, &is_unranked);
    grid_add(g, words_time(text, f->seconds));
    add_share(g, f->half_width);
    grid_addf(g, "%.*f", rate < 10 ? 2 : 1, rate);
    add_share(g, f->of_peak);
    if (isfinite(speedup))
        grid_addf(g, "%s×", words_ratio(text, speedup));
    else
        grid_add(g, is_unranked ? STATS_NOISY_SHORT : "");
    grid_add(g, words_error(text, c->verdict.sum_error));
    add_entry_errors(g, c);
    const bool is_noisy = f->half_width > STATS_NOISY;
    grid_tint(g, colored, is_noisy ? TINT_WARN : TINT_GOOD,
              is_noisy ? "ok, " STATS_NOISY_WHY : "ok");
}

/* Fills in the rows, fastest first. */
static struct row *sorted_rows(const struct result *r)
{
    struct row *rows = need_array(r->contestant_count, sizeof *rows);
    for (size_t i = 0; i < r->contestant_count; i++) {
        const struct contestant *c = &r->contestants[i];
        rows[i] = (struct row){.contestant = c, .seconds = INFINITY};
        if (c->state == CONTESTANT_OK && c->count > 0) {
            rows[i].figures = figures_of(r, c);
            rows[i].seconds = rows[i].figures.seconds;
        }
    }
    qsort(rows, r->contestant_count, sizeof *rows, by_speed);
    return rows;
}

/* "  syrk-fused is 1.85× as fast as cublas-sgemm (f32)": the fastest in f32, or else in the fastest
 * row's arithmetic, against the library of that arithmetic, or else the next row. Prints nothing if
 * a row above it is too noisy. */
static void print_conclusion(FILE *to, const struct result *r, const struct row *rows)
{
    const struct row *first[ARITH_COUNT] = {0}, *other[ARITH_COUNT] = {0};
    bool is_open[ARITH_COUNT] = {0};
    for (size_t i = 0; i < r->contestant_count && isfinite(rows[i].seconds); i++) {
        const enum arithmetic a = rows[i].contestant->variant->arithmetic;
        if (rows[i].figures.half_width > STATS_NOISY)
            is_open[a] |= !first[a];
        else if (!first[a])
            first[a] = &rows[i];
        else if (!other[a] || rows[i].contestant == reference_for(r, a))
            other[a] = &rows[i];
    }
    for (size_t i = 0; i <= r->contestant_count; i++) {
        const enum arithmetic a = i == 0 ? ARITH_F32 : rows[i - 1].contestant->variant->arithmetic;
        if (is_open[a] || !first[a] || !other[a])
            continue;
        const double ratio = other[a]->seconds / first[a]->seconds;
        lines_printf(to, "  %s is %.2f× as fast as %s (%s)", first[a]->contestant->variant->name,
                     ratio, other[a]->contestant->variant->name, arithmetic_name(a));
        return;
    }
}

void table_print(FILE *to, const struct result *r, const char *how, bool colored)
{
    const bool is_product = r->problem.op == OP_MATMUL;
    struct row *rows = sorted_rows(r);
    size_t references;
    const struct contestant *reference = only_reference(r, &references);
    double fastest = 0, scale;
    for (size_t i = 0; i < r->contestant_count; i++)
        fastest = fmax(fastest, rows[i].figures.rate);
    const char *unit = rate_unit(fastest, r->problem.op == OP_REDUCE, &scale);
    char ratio[WORDS_BYTES] = "";
    if (references > 0)
        snprintf(ratio, sizeof ratio, "× %.50s", reference ? reference->variant->name : "library");

    const char *const heads[] = {"arithmetic",
                                 "variant",
                                 "median",
                                 "± 99 %",
                                 unit,
                                 "of peak",
                                 ratio,
                                 "rel. error",
                                 is_product ? "relF" : "",
                                 is_product ? "bias" : "",
                                 is_product ? "worst entry" : "",
                                 "verdict"};
    struct grid g = {.heads = heads,
                     .columns = sizeof heads / sizeof *heads,
                     .left = 1 << 0 | 1 << 1 | 1 << 11,
                     .drop = "jkidhfeAg"};
    for (size_t i = 0; i < r->contestant_count; i++)
        add_row(&g, r, &rows[i], scale, colored);
    lines_printf(to, "%s · N = %" PRIu64 " · %s · seed %" PRIu64 " · %s", op_name(r->problem.op),
                 r->problem.n, r->device.name, r->problem.seed, how);
    grid_text(to, &g);
    grid_free(&g);
    print_conclusion(to, r, rows);
    free(rows);
    notes_print(to, r);
}

/* table.c - many contestants of one problem, one row each. */
#include "bench/output/table.h"

#include "bench/output/figures.h"
#include "bench/output/notes.h"
#include "bench/terminal/color.h"
#include "bench/terminal/words.h"
#include "harness/result/reference.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum column {
    ARITHMETIC,
    VARIANT,
    MEDIAN,
    PLUS_MINUS,
    RATE,
    OF_PEAK,
    RATIO,
    ERROR, /* of the sum; what follows is of the entries of C, where C is stored */
    REL_F,
    BIAS,
    WORST,
    COLUMNS
};

struct row {
    const struct contestant *contestant;
    double seconds; /* what rows are sorted by; infinite without a time */
    char cell[COLUMNS][WORDS_BYTES];
};

/* The one reference of all rows, or NULL if there are none or several. */
static const struct contestant *only_reference(const struct result *r, size_t *count)
{
    const struct contestant *found = NULL;
    *count = 0;
    for (size_t i = 0; i < r->contestant_count; i++) {
        const struct contestant *c = &r->contestants[i];
        const struct contestant *reference = reference_for(r, c->variant->arithmetic);
        if (reference != c) /* each is its own reference, and counted there */
            continue;
        found = c;
        ++*count;
    }
    return *count == 1 ? found : NULL;
}

/* Rates of one table share a unit, so that the column can be compared at a glance: the one that
 * suits the fastest. */
static const char *rate_unit(double fastest, bool is_reduce, double *scale)
{
    if (is_reduce) {
        *scale = 1e9;
        return "GB/s";
    }
    *scale = fastest >= 1e12 ? 1e12 : 1e9;
    return fastest >= 1e12 ? "TFLOP/s" : "GFLOP/s";
}

static void measured_cells(struct row *row, const struct figures *f, double scale, double speedup)
{
    const struct contestant *c = row->contestant;
    words_time(row->cell[MEDIAN], f->seconds);
    strcpy(row->cell[PLUS_MINUS], "-");
    strcpy(row->cell[OF_PEAK], "-");
    if (isfinite(f->half_width))
        words_percent(row->cell[PLUS_MINUS], f->half_width);
    double rate = f->rate / scale;
    snprintf(row->cell[RATE], WORDS_BYTES, "%.*f", rate < 10 ? 2 : 1, rate);
    if (isfinite(f->of_peak))
        words_percent(row->cell[OF_PEAK], f->of_peak);
    if (isfinite(speedup))
        snprintf(row->cell[RATIO], WORDS_BYTES, "%.2f×", speedup);
    words_error(row->cell[ERROR], c->verdict.sum_error);
    if (c->variant->op != OP_MATMUL)
        return; /* no C that was looked at */
    if (isfinite(c->verdict.rel_f))
        snprintf(row->cell[REL_F], WORDS_BYTES, "%.1e", c->verdict.rel_f);
    if (isfinite(c->verdict.bias))
        words_error(row->cell[BIAS], c->verdict.bias);
    if (isfinite(c->verdict.worst_entry))
        snprintf(row->cell[WORST], WORDS_BYTES, "%.1e", c->verdict.worst_entry);
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
    /* As they stand in the backend's table, in one array. */
    return a->contestant < b->contestant ? -1 : a->contestant > b->contestant;
}

static void print_row(FILE *to, const struct row *row, const size_t *width, bool colored)
{
    static const char *const states[] = {[CONTESTANT_WAIVED] = "waived",
                                         [CONTESTANT_FAILED] = "failed",
                                         [CONTESTANT_WRONG] = "wrong"};
    static const enum tint tints[] = {[CONTESTANT_WAIVED] = TINT_DIM,
                                      [CONTESTANT_FAILED] = TINT_BAD,
                                      [CONTESTANT_WRONG] = TINT_BAD};
    const struct contestant *c = row->contestant;
    fputs("  ", to);
    words_left(to, row->cell[ARITHMETIC], width[ARITHMETIC] + 2);
    words_left(to, row->cell[VARIANT], width[VARIANT] + 2);
    if (c->state != CONTESTANT_OK) {
        char text[sizeof c->reason + 16];
        snprintf(text, sizeof text, "%s: %s", states[c->state], c->reason);
        color_print(to, colored, tints[c->state], text);
        fputc('\n', to);
        return;
    }
    for (int i = MEDIAN; i < COLUMNS; i++)
        if (width[i] > 0) {
            words_right(to, row->cell[i], width[i]);
            fputs("  ", to);
        }
    color_print(to, colored, TINT_GOOD, "ok");
    fputc('\n', to);
}

static void print_heading(FILE *to, char heading[COLUMNS][WORDS_BYTES], const size_t *width)
{
    fputs("  ", to);
    for (int i = 0; i < COLUMNS; i++) {
        if (width[i] == 0)
            continue;
        (i <= VARIANT ? words_left : words_right)(to, heading[i], width[i]);
        fputs("  ", to);
    }
    fputs("verdict\n", to);
}

static void fill_rows(const struct result *r, struct row *rows, char heading[COLUMNS][WORDS_BYTES])
{
    const bool is_reduce = r->problem.op == OP_REDUCE;
    size_t references;
    const struct contestant *reference = only_reference(r, &references);
    double fastest = 0, scale;
    for (size_t i = 0; i < r->contestant_count; i++) {
        const struct contestant *c = &r->contestants[i];
        if (c->state == CONTESTANT_OK && c->count > 0)
            fastest = fmax(fastest, figures_of(r, c).rate);
    }
    snprintf(heading[RATE], WORDS_BYTES, "%s", rate_unit(fastest, is_reduce, &scale));
    if (reference)
        snprintf(heading[RATIO], WORDS_BYTES, "× %.50s", reference->variant->name);
    else if (references > 0)
        snprintf(heading[RATIO], WORDS_BYTES, "× library");
    for (size_t i = 0; i < r->contestant_count; i++) {
        const struct contestant *c = &r->contestants[i];
        rows[i] = (struct row){.contestant = c, .seconds = INFINITY};
        snprintf(rows[i].cell[ARITHMETIC], WORDS_BYTES, "%s",
                 arithmetic_name(c->variant->arithmetic));
        snprintf(rows[i].cell[VARIANT], WORDS_BYTES, "%s", c->variant->name);
        if (c->state == CONTESTANT_OK && c->count > 0) {
            const struct figures f = figures_of(r, c);
            rows[i].seconds = f.seconds;
            measured_cells(&rows[i], &f, scale, reference_speedup(r, c));
        }
    }
    qsort(rows, r->contestant_count, sizeof *rows, by_speed);
}

void table_print(FILE *to, const struct result *r, const char *how, bool colored)
{
    struct row *rows = calloc(r->contestant_count, sizeof *rows);
    if (!rows) {
        fputs("(no memory for the table)\n", to);
        return;
    }
    char heading[COLUMNS][WORDS_BYTES] = {"arithmetic", "variant", "median", "± 99 %",
                                          "",           "of peak", "",       "rel. error"};
    if (r->problem.op == OP_MATMUL) {
        strcpy(heading[REL_F], "relF");
        strcpy(heading[BIAS], "bias");
        strcpy(heading[WORST], "worst entry");
    }
    size_t width[COLUMNS];
    fill_rows(r, rows, heading);
    for (int i = 0; i < COLUMNS; i++) {
        width[i] = words_width(heading[i]);
        for (size_t k = 0; k < r->contestant_count; k++)
            if (words_width(rows[k].cell[i]) > width[i])
                width[i] = words_width(rows[k].cell[i]);
    }
    fprintf(to, "%s · N = %" PRIu64 " · %s · seed %" PRIu64 " · %s\n", op_name(r->problem.op),
            r->problem.n, r->device.name, r->problem.seed, how);
    print_heading(to, heading, width);
    for (size_t i = 0; i < r->contestant_count; i++)
        print_row(to, &rows[i], width, colored);
    free(rows);
    notes_print(to, r);
}

/* report.c - the main job in words. */
#include "bench/output/report.h"

#include "bench/output/figures.h"
#include "bench/output/notes.h"
#include "bench/terminal/grid.h"
#include "bench/terminal/lines.h"
#include "bench/terminal/words.h"
#include "harness/base/need.h"
#include "harness/catalogue/catalogue.h"
#include "harness/stats/stats.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

enum { LABEL_LEAST = 12, MILLISECONDS = 7 };

void report_answer(FILE *to, const struct result *r)
{
    char sum[WORDS_BYTES], taken[WORDS_BYTES];
    fprintf(to, "%s\n\nShape: (%" PRIu64 ", %" PRIu64 ") Device: %s\nTime taken: %s\n",
            words_sum(sum, r->sum), r->problem.n, r->problem.n, r->device.place,
            words_clock(taken, r->time_taken_ns));
}

/* The width of the widest label, so that the values are aligned in one column. */
static size_t label_columns(const struct result *r)
{
    size_t widest = LABEL_LEAST;
    for (size_t i = 0; i < r->phase_count; i++)
        if (words_width(r->phases[i].name) > widest)
            widest = words_width(r->phases[i].name);
    return widest;
}

static void print_phases(FILE *to, const struct result *r, size_t labels)
{
    size_t widest = 0;
    for (size_t i = 0; i < r->phase_count; i++)
        if (r->phases[i].place[0] && words_width(r->phases[i].what) > widest)
            widest = words_width(r->phases[i].what);
    for (size_t i = 0; i < r->phase_count; i++) {
        const struct phase *p = &r->phases[i];
        char ms[WORDS_BYTES];
        snprintf(ms, sizeof ms, p->ns > 0 && p->ns < 50000 ? "< 0.1" : "%.1f", (double)p->ns / 1e6);
        fputs("  ", to);
        words_left(to, p->name, labels);
        words_right(to, ms, MILLISECONDS + 2);
        fputs(" ms", to);
        if (p->what[0] || p->place[0])
            fputs("  ", to);
        words_left(to, p->what, p->place[0] ? widest : 0);
        fprintf(to, "%s%s\n", p->place[0] ? "  " : "", p->place);
    }
}

/* An error with its limit: "sum -3.1e-08 (limit 1e-06)". Errors that
 * were not checked are NaN and are not printed. */
static void print_error(FILE *to, const char *before, const char *what, double error, double limit)
{
    if (!isfinite(error))
        return;
    char text[WORDS_BYTES];
    fprintf(to, "%s%s %s (limit %.0e)", before, what, words_error(text, error), limit);
}

static void print_verdict(FILE *to, const struct result *r, const struct verdict *v, size_t labels)
{
    static const char *const against[OP_COUNT] = {
        [OP_SUM_AAT] = "the float64 identity",
        [OP_MATMUL] = "float64",
        [OP_REDUCE] = "float64 column sums",
    };
    fputs("  ", to);
    words_left(to, "verified", labels + 3);
    print_error(to, "", "rel. error", v->sum_error, v->limit.sum);
    print_error(to, ", ", "rows", v->row_error, v->limit.row);
    print_error(to, ", ", "entries", v->worst_entry, v->limit.entry);
    const bool is_matmul = r->problem.op == OP_MATMUL;
    fprintf(to, ", against %s%s", against[r->problem.op],
            !v->is_full ? ""
            : is_matmul ? ", every entry"
                        : ", also with other signs of rows");
    if (v->limit.integers > 0)
        print_error(to, "; A's integers, ", "multiplied exactly:", v->integer_error,
                    v->limit.integers);
    fputc('\n', to);
}

const char *report_cache(const struct result *r)
{
    return r->is_cold ? ", cold cache" : result_in_cache(r) ? ", in cache" : "";
}

static void print_steady_state(FILE *to, const struct result *r, const struct contestant *c,
                               size_t labels)
{
    const struct figures f = figures_of(r, c);
    const bool is_reduce = r->problem.op == OP_REDUCE;
    char text[WORDS_BYTES];
    words_left(to, c->is_first_run ? "one run, cold" : "steady state", labels + 5);
    fputs(words_time(text, f.seconds), to);
    if (isfinite(f.half_width))
        fprintf(to, " ± %s%s", words_percent(text, f.half_width),
                f.half_width > STATS_NOISY ? ", " STATS_NOISY_WHY : "");
    fprintf(to, "   %s", words_rate(text, f.rate, f.unit));
    if (c->variant->symmetric)
        fprintf(to, " as 2N³, %s done", words_rate(text, f.done, f.unit));
    if (isfinite(f.of_peak))
        fprintf(to, ", %s of %s", words_percent(text, f.of_peak),
                is_reduce ? "memory peak" : "peak");
    if (isfinite(f.energy_j))
        fprintf(to, ", %.3g J", f.energy_j);
    fprintf(to, "   (%zu run%s", c->count, c->count == 1 ? "" : "s");
    if (c->warmups > 0)
        fprintf(to, " after %zu warm-up%s", c->warmups, c->warmups == 1 ? "" : "s");
    else
        fputs(" without warm-up", to);
    fprintf(to, "%s, %s", report_cache(r), stop_reason_name(c->stop));
    if (c->count < FIGURES_INTERVAL_SAMPLES)
        fprintf(to, "; --samples %d for %s", FIGURES_INTERVAL_SAMPLES,
                c->is_first_run ? "the steady state" : "an interval");
    else if (!isfinite(f.half_width))
        fputs("; a longer --max-time gives an interval", to);
    fputs(")\n", to);
}

/* Labels are ASCII. */
static void print_line(FILE *to, const char *label, const char *text)
{
    lines_printf(to, "%-*s%s", LABEL_LEAST + 5, label, text);
}

void report_details(FILE *to, const struct result *r)
{
    const struct contestant *c = &r->contestants[0];
    const size_t labels = label_columns(r);
    char *text, share[512];
    size_t bytes;
    FILE *lines = need_stream(&text, &bytes);
    fprintf(lines, "\n%s · %s%sseed %" PRIu64 "%s\n", r->device.name, r->device.summary,
            r->device.summary[0] ? " · " : "", r->problem.seed,
            r->problem.range == RANGE_SIGNED ? " · entries in [-1,1)" : "");
    print_phases(lines, r, labels);
    print_verdict(lines, r, &c->verdict, labels);
    if (c->state == CONTESTANT_OK)
        print_steady_state(lines, r, c, labels);
    else
        print_line(lines, "steady state", "failed");
    if (!isnan(catalogue_compare(r, c, share, sizeof share)))
        print_line(lines, "reference", share);
    need_stream_end(lines);
    lines_print(to, text);
    free(text);
    notes_print(to, r);
}

void report_end(FILE *to, const char *saved, const char *output, const char *command,
                const char *what)
{
    char path[4096];
    if (saved) {
        words_path(path, sizeof path, saved);
        print_line(to, "saved", path);
    }
    if (output)
        print_line(to, "written", output);
    if (command) {
        snprintf(path, sizeof path, "%s     %s", command, what);
        print_line(to, "try", path);
    }
}

void report_facts(FILE *to, const struct facts *facts)
{
    struct grid g = {.columns = 2, .left = ~0u, .flush = true};
    for (size_t i = 0; i < facts->count; i++) {
        const struct fact *fact = &facts->list[i];
        grid_add(&g, fact->path);
        switch (fact->type) {
        case FACT_TEXT:
            grid_add(&g, fact->text);
            break;
        case FACT_INTEGER:
            grid_addf(&g, "%" PRId64, fact->integer);
            break;
        case FACT_REAL:
            grid_addf(&g, "%.6g", fact->real);
            break;
        case FACT_BOOLEAN:
            grid_add(&g, fact->integer ? "yes" : "no");
            break;
        }
    }
    fputc('\n', to);
    grid_text(to, &g);
    grid_free(&g);
}

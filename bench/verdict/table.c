/* table.c - a comparison as a table for people. */
#include "bench/verdict/verdicts.h"

#include "bench/terminal/color.h"
#include "bench/terminal/grid.h"
#include "bench/terminal/lines.h"
#include "bench/terminal/words.h"
#include "harness/reading/identity_diff.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { COLUMNS = 8, DIFFERENCES_MAX = 12 };

/* If a gate was UNSURE this many times in a row, the table says so. */
enum { UNSURE_CHECKS = 5 };

char *verdicts_change(char *out, double change)
{
    const double percent = 100 * change;
    snprintf(out, WORDS_BYTES, "%+.*f %%", fabs(percent) < 99.95 ? 1 : 0, percent);
    return out;
}

char *verdicts_interval(char *out, const struct compare_row *row)
{
    const double low = change_of(row->shift.low), high = change_of(row->shift.high);
    if (isinf(row->shift.low))
        snprintf(out, WORDS_BYTES, "-");
    else
        snprintf(out, WORDS_BYTES, "%+.1f … %+.1f %%", 100 * low, 100 * high);
    return out;
}

char *verdicts_side(char *out, const struct compare_side *side)
{
    char time[WORDS_BYTES], spread[WORDS_BYTES];
    words_time(time, side->median_s);
    if (isnan(side->spread))
        snprintf(out, WORDS_BYTES, "%.30s", time);
    else
        snprintf(out, WORDS_BYTES, "%.30s ± %.20s", time, words_percent(spread, side->spread));
    return out;
}

const char *verdicts_word(const struct compare_row *row)
{
    switch (row->state) {
    case ROW_JUDGED:
        return change_name(row->change);
    case ROW_OTHER_MACHINE:
        return "OTHER MACHINE";
    case ROW_ONLY_BASE:
        return "ONLY BASE";
    case ROW_ONLY_NEW:
        return "ONLY NEW";
    case ROW_BROKEN:
        return row->is_wrong ? "WRONG" : "FAILED";
    }
    return "";
}

static enum tint tint_of(const struct compare_row *row)
{
    if (row->state != ROW_JUDGED)
        return row->state == ROW_BROKEN || row->state == ROW_OTHER_MACHINE ? TINT_BAD : TINT_DIM;
    return row->change == CHANGE_SLOW     ? TINT_BAD
           : row->change == CHANGE_UNSURE ? TINT_WARN
                                          : TINT_GOOD;
}

/* Columns are three blanks apart: one more than the grid's own. */
static void add_cell(struct grid *g, const char *text)
{
    grid_addf(g, " %s", text);
}

static void add_row(struct grid *g, const struct compare_row *row, bool colored)
{
    char text[WORDS_BYTES + 16];
    const bool is_judged = row->state == ROW_JUDGED;
    grid_add(g, row->key);
    add_cell(g, is_judged ? verdicts_side(text, &row->base) : "-");
    add_cell(g, is_judged ? verdicts_side(text, &row->now) : "-");
    if (is_judged && row->change == CHANGE_SAME)
        add_cell(g, "~");
    else
        add_cell(g, is_judged ? verdicts_change(text, change_of(row->shift.estimate)) : "-");
    add_cell(g, is_judged ? verdicts_interval(text, row) : "-");
    snprintf(text, sizeof text, is_judged ? "%zu+%zu" : "-", row->base.processes,
             row->now.processes);
    add_cell(g, text);
    snprintf(text, sizeof text, " %s", verdicts_word(row));
    grid_tint(g, colored, tint_of(row), text);
    if (is_judged && row->change == CHANGE_SAME && !*row->reason)
        snprintf(text, sizeof text, "within ±%.3g %%", 100 * row->threshold);
    else
        *text = '\0';
    add_cell(g, *text ? text : row->reason);
}

/* ---- above the table */

static const struct compare_row *first_with_both(const struct comparison *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->rows[i].base.reading && c->rows[i].now.reading)
            return &c->rows[i];
    return NULL;
}

static const char *commit_of(const struct reading *r)
{
    return *r->commit ? r->commit : "unknown";
}

static void print_differences(FILE *to, const char *what, const struct difference *list,
                              size_t count)
{
    const size_t shown = count < DIFFERENCES_MAX ? count : DIFFERENCES_MAX;
    struct grid g = {.columns = 3, .left = 7, .flush = true};
    for (size_t i = 0; i < shown; i++) {
        grid_add(&g, what);
        grid_add(&g, list[i].path);
        grid_addf(&g, "%s → %s", list[i].base, list[i].now);
    }
    grid_text(to, &g);
    grid_free(&g);
    if (count > shown)
        fprintf(to, "%s  %zu more\n", what, count - shown);
}

/* Names the two sides: one line for machines of one class, then the fields that differ. */
static void print_heading(FILE *to, const struct verdicts *v)
{
    struct difference list[DIFFERENCES_MAX];
    const struct compare_row *row = first_with_both(v->comparison);
    for (size_t i = 0; i < v->comparison->count; i++)
        if (v->comparison->rows[i].state == ROW_OTHER_MACHINE)
            row = &v->comparison->rows[i];
    if (!row)
        return;
    const struct reading *base = row->base.reading, *now = row->now.reading;
    lines_printf(to, "%s %s (%.10s)   %s %s (%.10s)   %s%s%s", v->base_name, commit_of(base),
                 base->started, v->now_name, commit_of(now), now->started, now->label,
                 *now->label ? " · " : "", now->device);
    size_t count = identity_hard_differences(base->identity, now->identity, list, DIFFERENCES_MAX);
    print_differences(to, v->rules->is_cross_host ? "differs" : "other machine", list, count);
    count = identity_soft_differences(base, now, list, DIFFERENCES_MAX);
    print_differences(to, "differs", list, count);
}

/* ---- below it */

/* Results with a new start but old samples were copied and not measured again. */
static void print_copies(FILE *to, const struct verdicts *v, const struct compare_row *row)
{
    const struct compare_side *const sides[] = {&row->base, &row->now};
    for (int side = 0; side < 2; side++)
        if (sides[side]->copies)
            fprintf(
                to,
                "! %s: %zu run%s of the %s side with the samples of an earlier run, but another "
                "start, %s left out\n",
                row->key, sides[side]->copies, sides[side]->copies == 1 ? "" : "s",
                side ? v->now_name : v->base_name, sides[side]->copies == 1 ? "is" : "are");
    if (row->now.old)
        fprintf(
            to,
            "! %s: %zu of %zu runs of the %s side have the samples of a run of the %s side, but "
            "another start: was this measured again?\n",
            row->key, row->now.old, row->now.processes, v->now_name, v->base_name);
}

/* Of the other classes of machine the first difference is shown. */
static void print_strays(FILE *to, const struct verdicts *v, const struct compare_row *row,
                         bool is_now)
{
    const struct compare_side *side = is_now ? &row->now : &row->base;
    struct difference d;
    if (!side->strays ||
        identity_hard_differences(side->stray->identity, side->reading->identity, &d, 1) == 0)
        return;
    lines_printf(to,
                 "! %s: %zu run%s of the %s side %s left out, measured on another class of machine "
                 "(%s %s, here %s)",
                 row->key, side->strays, side->strays == 1 ? "" : "s",
                 is_now ? v->now_name : v->base_name, side->strays == 1 ? "is" : "are", d.path,
                 d.base, d.now);
}

static void print_left_out(FILE *to, const struct verdicts *v)
{
    for (size_t i = 0; i < v->comparison->count; i++) {
        const struct compare_row *row = &v->comparison->rows[i];
        const struct compare_side *const sides[] = {&row->base, &row->now};
        for (int side = 0; side < 2 && row->state == ROW_JUDGED; side++)
            if (sides[side]->left_out)
                lines_printf(
                    to,
                    "! %s: %zu run%s of the %s side (failed, wrong, waived or cold) %s left out",
                    row->key, sides[side]->left_out, sides[side]->left_out == 1 ? "" : "s",
                    side ? v->now_name : v->base_name, sides[side]->left_out == 1 ? "is" : "are");
        for (int side = 0; side < 2 && row->state == ROW_JUDGED; side++)
            print_strays(to, v, row, side);
        if (row->state == ROW_JUDGED)
            print_copies(to, v, row);
    }
}

/* The first row of the side whose GPUs reached least over their PCIe links. */
static void print_links(FILE *to, const struct verdicts *v)
{
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < v->comparison->count; i++) {
            const struct compare_row *row = &v->comparison->rows[i];
            const struct compare_side *s = side ? &row->now : &row->base;
            if (row->state != ROW_JUDGED || !s->slow_links)
                continue;
            lines_printf(
                to,
                "! %s: the PCIe link was below its maximum, at %.3g %% of it, in %zu of %zu "
                "runs: copies take longer",
                side ? v->now_name : v->base_name, 100 * s->link_share, s->slow_links,
                s->processes);
            break;
        }
}

static void print_noise(FILE *to, const struct compare_row *row)
{
    const int64_t measured = read_time(row->noise_measured);
    char age[48] = "at an unknown time";
    if (measured)
        snprintf(age, sizeof age, "%.10s, %.0f days ago", row->noise_measured,
                 fmax(0, floor(difftime(time(NULL), (time_t)measured) / 86400)));
    lines_printf(to,
                 "! this machine's own noise (A/A) is %.2g %% (measured %s); no threshold is below "
                 "twice that, and check --forget-noise forgets it",
                 100 * row->noise, age);
}

static void print_notes(FILE *to, const struct verdicts *v)
{
    print_left_out(to, v);
    print_links(to, v);
    bool has_card = false, has_noise = false;
    for (size_t i = 0; i < v->comparison->count; i++) {
        const struct compare_row *row = &v->comparison->rows[i];
        if (row->state != ROW_JUDGED)
            continue;
        if (row->is_other_card && !has_card)
            lines_printf(to, "! threshold %.3g %%: two cards or hosts of one model are compared",
                         100 * row->threshold);
        if (row->noise > 0 && !has_noise)
            print_noise(to, row);
        if (row->unsure_checks >= UNSURE_CHECKS)
            lines_printf(
                to,
                "! %s: this gate was UNSURE in its last %zu checks and protects nothing; "
                "--self-test says how small a change it can find, --processes and --threshold "
                "help",
                row->key, row->unsure_checks);
        has_card = has_card || row->is_other_card;
        has_noise = has_noise || row->noise > 0;
    }
}

void verdicts_print(FILE *to, const struct verdicts *v, bool colored)
{
    const struct comparison *c = v->comparison;
    char base[WORDS_BYTES], now[WORDS_BYTES], interval[WORDS_BYTES];
    snprintf(base, sizeof base, " %s", v->base_name);
    snprintf(now, sizeof now, " %s", v->now_name);
    snprintf(interval, sizeof interval, " %.3g %% interval", 100 * (1 - v->rules->alpha));
    const char *const heads[COLUMNS] = {"", base, now, " change", interval, " n", "", ""};
    struct grid g = {
        .heads = heads, .columns = COLUMNS, .left = 1 | 1 << 6 | 1 << 7, .flush = true};
    print_heading(to, v);
    for (size_t i = 0; i < c->count; i++)
        add_row(&g, &c->rows[i], colored);
    grid_text(to, &g);
    grid_free(&g);
    print_notes(to, v);
}

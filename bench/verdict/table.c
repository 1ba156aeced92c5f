/* verdict_table.c - a comparison as a table. */
#include "bench/verdict/verdicts.h"

#include "bench/terminal/color.h"
#include "bench/terminal/words.h"
#include "harness/reading/identity_diff.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum column { KEY, BASE, NOW, CHANGE, INTERVAL, COUNT, COLUMNS };
enum { CELL_BYTES = READ_NAME_MAX + 64, DIFFERENCES_MAX = 12 };

struct cells {
    char text[COLUMNS][CELL_BYTES];
};

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

static void fill_row(const struct compare_row *row, struct cells *c)
{
    char words[WORDS_BYTES];
    snprintf(c->text[KEY], CELL_BYTES, "%s", row->key);
    for (int i = BASE; i < COLUMNS; i++)
        snprintf(c->text[i], CELL_BYTES, "-");
    if (row->state != ROW_JUDGED)
        return;
    snprintf(c->text[BASE], CELL_BYTES, "%s", verdicts_side(words, &row->base));
    snprintf(c->text[NOW], CELL_BYTES, "%s", verdicts_side(words, &row->now));
    if (row->change == CHANGE_SAME)
        snprintf(c->text[CHANGE], CELL_BYTES, "~");
    else
        snprintf(c->text[CHANGE], CELL_BYTES, "%s",
                 verdicts_change(words, change_of(row->shift.estimate)));
    snprintf(c->text[INTERVAL], CELL_BYTES, "%s", verdicts_interval(words, row));
    snprintf(c->text[COUNT], CELL_BYTES, "%zu+%zu", row->base.processes, row->now.processes);
}

static void print_cells(FILE *to, const struct cells *c, const size_t *width)
{
    words_left(to, c->text[KEY], width[KEY]);
    for (int i = BASE; i < COLUMNS; i++) {
        fputs("   ", to);
        words_right(to, c->text[i], width[i]);
    }
}

/* ---- above the table */

static const struct compare_row *first_with_both(const struct comparison *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->rows[i].base.reading && c->rows[i].now.reading)
            return &c->rows[i];
    return NULL;
}

static void print_side(FILE *to, const char *name, const struct reading *r)
{
    fprintf(to, "%s %s (%.10s)   ", name, *r->commit ? r->commit : "unknown", r->started);
}

static void print_differences(FILE *to, const char *what, const struct difference *list,
                              size_t count)
{
    const size_t shown = count < DIFFERENCES_MAX ? count : DIFFERENCES_MAX;
    size_t width = 0;
    for (size_t i = 0; i < shown; i++)
        if (words_width(list[i].path) > width)
            width = words_width(list[i].path);
    for (size_t i = 0; i < shown; i++) {
        fprintf(to, "%s  ", what);
        words_left(to, list[i].path, width + 2);
        fprintf(to, "%s → %s\n", list[i].base, list[i].now);
    }
    if (count > shown)
        fprintf(to, "%s  %zu more\n", what, count - shown);
}

/* Between which machines: one line if they are of one class, else field by field. */
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
    print_side(to, v->base_name, base);
    print_side(to, v->now_name, now);
    fprintf(to, "%s%s%s\n", *now->host ? now->host : "", *now->host ? " · " : "", now->device);
    size_t count = identity_hard_differences(base->identity, now->identity, list, DIFFERENCES_MAX);
    print_differences(to, v->rules->is_cross_host ? "differs" : "other machine", list, count);
    if (base->document && now->document) {
        count = identity_soft_differences(base, now, list, DIFFERENCES_MAX);
        print_differences(to, "differs", list, count);
    }
}

/* ---- below it */

static void print_notes(FILE *to, const struct verdicts *v)
{
    bool has_card = false, has_noise = false;
    for (size_t i = 0; i < v->comparison->count; i++) {
        const struct compare_row *row = &v->comparison->rows[i];
        if (row->state != ROW_JUDGED)
            continue;
        if (row->is_other_card && !has_card)
            fprintf(to, "! threshold %.3g %%: two cards or hosts of one model are compared\n",
                    100 * row->threshold);
        if (row->noise > 0 && !has_noise)
            fprintf(to,
                    "! this machine's own noise (A/A) is %.2g %%, no threshold is below twice "
                    "that\n",
                    100 * row->noise);
        has_card = has_card || row->is_other_card;
        has_noise = has_noise || row->noise > 0;
    }
}

void verdicts_print(FILE *to, const struct verdicts *v, bool colored)
{
    const struct comparison *c = v->comparison;
    struct cells *rows = calloc(c->count + 1, sizeof *rows);
    size_t width[COLUMNS] = {0};
    if (!rows) {
        fputs("(no memory for the table)\n", to);
        return;
    }
    print_heading(to, v);
    struct cells *heading = &rows[c->count];
    snprintf(heading->text[BASE], CELL_BYTES, "%s", v->base_name);
    snprintf(heading->text[NOW], CELL_BYTES, "%s", v->now_name);
    snprintf(heading->text[CHANGE], CELL_BYTES, "change");
    snprintf(heading->text[INTERVAL], CELL_BYTES, "%.3g %% interval", 100 * (1 - v->rules->alpha));
    snprintf(heading->text[COUNT], CELL_BYTES, "n");
    for (size_t k = 0; k <= c->count; k++) {
        if (k < c->count)
            fill_row(&c->rows[k], &rows[k]);
        for (int i = 0; i < COLUMNS; i++)
            if (words_width(rows[k].text[i]) > width[i])
                width[i] = words_width(rows[k].text[i]);
    }
    print_cells(to, heading, width);
    fputc('\n', to);
    for (size_t k = 0; k < c->count; k++) {
        const struct compare_row *row = &c->rows[k];
        print_cells(to, &rows[k], width);
        fputs("   ", to);
        color_print(to, colored, tint_of(row), verdicts_word(row));
        fprintf(to, "%s%s\n", row->reason[0] ? "   " : "", row->reason);
    }
    print_notes(to, v);
    free(rows);
}

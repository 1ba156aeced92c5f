/* cmd_history.c - the verb history: prints the runs of one key, one per line, and marks where the
 * level changed. */
#include "bench/cli/verb.h"
#include "bench/stored/inputs.h"
#include "bench/terminal/grid.h"
#include "bench/terminal/lines.h"
#include "bench/terminal/sparkline.h"
#include "bench/terminal/words.h"
#include "harness/base/need.h"
#include "harness/export/export.h"
#include "harness/result/store.h"
#include "harness/stats/change.h"
#include "harness/stats/history.h"
#include "harness/text/json_text.h"
#include "harness/text/markup.h"

#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The results of one key on one host and device over time, and where they changed. */
struct series {
    const struct export_row *row;
    struct level *levels;
    size_t level_count;
};

static bool matches(const char *pattern, const struct export_row *row)
{
    bool found = fnmatch(pattern, row->key, 0) == 0 || fnmatch(pattern, row->name, 0) == 0;
    for (size_t i = 0; i < row->count && !found && strchr(pattern, '@'); i++) {
        char *name = need_format("%s@%s", row->key, row->runs[i].reading->host);
        found = fnmatch(pattern, name, 0) == 0;
        free(name);
    }
    return found && row->count > 0;
}

/* The medians of the row's runs, to be freed. */
static double *medians_of(const struct export_row *row)
{
    double *values = need_array(row->count, sizeof *values);
    for (size_t i = 0; i < row->count; i++)
        values[i] = row->runs[i].result->median_s;
    return values;
}

static void find_levels(struct series *s)
{
    const struct export_row *row = s->row;
    const bool gpu = strcmp(row->result->backend, "gpu") == 0;
    double *values = medians_of(row);
    s->levels = need_array(row->count / HISTORY_LEAST, sizeof *s->levels);
    for (size_t i = 0; i < row->count; i++)
        values[i] = log(values[i]);
    s->level_count =
        history_levels(values, row->count, log1p(gpu ? CHANGE_GPU : CHANGE_CPU), s->levels);
    free(values);
}

static const struct level *level_at(const struct series *s, size_t run)
{
    for (size_t i = 0; i < s->level_count; i++)
        if (s->levels[i].first == run)
            return &s->levels[i];
    return NULL;
}

static void print_series(FILE *to, const struct series *s)
{
    static const char *const heads[] = {"started", "commit", "median", "± 99 %", "change"};
    const struct export_row *row = s->row;
    struct grid g = {.heads = heads, .columns = 5, .left = 1 | 1 << 1 | 1 << 4};
    char *line;
    size_t bytes;
    FILE *title = need_stream(&line, &bytes);
    fprintf(title, "%s · %s · %s%s%s · %zu run%s", row->key, row->host, row->device,
            *row->class ? " · " : "", row->class, row->count, row->count == 1 ? "" : "s");
    if (row->bad)
        fprintf(title, " · %zu failed or wrong", row->bad);
    if (row->cold)
        fprintf(title, " · %zu single cold run%s left out", row->cold, row->cold == 1 ? "" : "s");
    if (row->count > 1) {
        double *values = medians_of(row);
        fputs("  ", title);
        sparkline(title, values, row->count, 40);
        free(values);
    }
    need_stream_end(title);
    lines_print(to, line);
    free(line);
    for (size_t i = 0; i < row->count; i++) {
        const struct export_run *run = &row->runs[i];
        const struct level *level = level_at(s, i);
        char text[WORDS_BYTES];
        /* "2026-11-24T10:15:02Z", which was checked when it was read */
        grid_addf(&g, "%.10s %.8s", run->reading->started, run->reading->started + 11);
        grid_add(&g, run->reading->commit);
        grid_add(&g, words_time(text, run->result->median_s));
        if (run->result->confidence >= 0.99)
            grid_add(&g, words_percent(text, (run->result->high_s - run->result->low_s) / 2 /
                                                 run->result->median_s));
        else
            grid_add(&g, "-");
        if (level)
            grid_addf(&g, "%s %+.1f %% from here (p = %.1g)",
                      level->shift > 0 ? "SLOWER" : "FASTER", 100 * expm1(level->shift), level->p);
        else
            grid_add(&g, "");
    }
    grid_text(to, &g);
    grid_free(&g);
}

/* The columns that Apache Otava reads: time, commit and one metric. */
static void print_csv(FILE *to, const struct series *s)
{
    fputs("time,commit,median_s\n", to);
    for (size_t i = 0; i < s->row->count; i++) {
        const struct export_run *run = &s->row->runs[i];
        fprintf(to, "%s,", run->reading->started);
        markup_csv(to, run->reading->commit);
        fprintf(to, ",%.9g\n", run->result->median_s);
    }
}

static json_t *series_to_json(const struct series *s)
{
    json_t *runs = json_array();
    for (size_t i = 0; i < s->row->count; i++) {
        const struct export_run *run = &s->row->runs[i];
        const struct level *level = level_at(s, i);
        json_t *entry =
            json_pack("{s:s, s:s, s:o, s:o, s:o}", "started", run->reading->started, "commit",
                      run->reading->commit, "median_s", json_number(run->result->median_s), "low_s",
                      json_number(run->result->low_s), "high_s", json_number(run->result->high_s));
        if (level)
            json_object_set_new(entry, "change",
                                json_pack("{s:o, s:o}", "ratio", json_number(expm1(level->shift)),
                                          "p", json_number(level->p)));
        json_array_append_new(runs, entry);
    }
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "key", s->row->key, "host",
                     s->row->host, "device", s->row->device, "uuid", s->row->card, "machine",
                     s->row->reading->machine, "class", s->row->class, "runs", runs);
}

static enum status nothing_matches(const char *pattern, const struct export_rows *rows,
                                   struct failure *why)
{
    const char **names = need_array(rows->count, sizeof *names);
    size_t timed = 0;
    for (size_t i = 0; i < rows->count; i++)
        if (rows->list[i].count)
            names[timed++] = rows->list[i].key;
    const char *near = words_nearest(pattern, names, timed);
    free(names);
    if (!timed)
        return fail(why, STATUS_FAILED,
                    "none of these results has a time, so there is no history to show.");
    if (near)
        return fail(why, STATUS_FAILED,
                    "no timed result is called \"%.200s\": did you mean \"%.200s\"?", pattern,
                    near);
    return fail(why, STATUS_FAILED,
                "no timed result is called \"%.200s\": gpubench history '*' shows all.", pattern);
}

static enum status show(const struct options *o, const struct series *list, size_t count,
                        struct failure *why)
{
    if (o->csv && count != 1)
        return fail(why, STATUS_USAGE,
                    "--csv writes one series, and \"%.100s\" matches %zu, for example \"%.200s\".",
                    o->first, count, list[0].row->name);
    if (o->csv) {
        print_csv(stdout, &list[0]);
        return STATUS_OK;
    }
    if (o->json) {
        for (size_t i = 0; i < count; i++) { /* one at a time, because of memory */
            json_t *series = series_to_json(&list[i]);
            fputs(i ? ",\n" : "[\n", stdout);
            json_text_write(series, stdout);
            json_decref(series);
        }
        puts("]");
        return STATUS_OK;
    }
    for (size_t i = 0; i < count; i++) {
        fputs(i ? "\n" : "", stdout);
        print_series(stdout, &list[i]);
    }
    return STATUS_OK;
}

static enum status cmd_history(const struct options *o, struct failure *why)
{
    struct readings readings = {0};
    struct export_rows rows = {0};
    struct series *list = NULL;
    size_t count = 0;
    enum status status = inputs_read(o, 1, READ_LEAN, &readings, why);
    if (status == STATUS_OK)
        export_collect(&readings, true, &rows);
    list = need_array(rows.count, sizeof *list);
    for (size_t i = 0; status == STATUS_OK && i < rows.count; i++)
        if (matches(o->first, &rows.list[i])) {
            list[count].row = &rows.list[i];
            find_levels(&list[count++]);
        }
    if (status == STATUS_OK)
        status = count ? show(o, list, count, why) : nothing_matches(o->first, &rows, why);
    inputs_tell_skipped(o, &readings);
    for (size_t i = 0; i < count; i++)
        free(list[i].levels);
    free(list);
    export_free(&rows);
    readings_free(&readings);
    return status;
}

const struct verb verb_history = {
    .name = "history",
    .argument = "KEY [FILE...]",
    .line = "one result over time, and where it changed",
    .about = "Shows the runs of one result, named by its key, in files and directories (default: "
             "the results directory), one a line, and marks where the level changed: by a "
             "Mann-Whitney test of the runs before and after (p < 0.001) and by at least 3 % on a "
             "GPU, 5 % on a CPU. KEY may contain * and ?, and \"KEY@HOST\" selects one host.",
    .options = OPTIONS_HISTORY | OPTIONS_STORE | OPTIONS_JSON | OPTIONS_TALK | OPTIONS_HELP,
    .run = cmd_history,
};

/* ci.c - a comparison for CI systems: JUnit for GitLab and Jenkins, annotations and a step
 * summary for GitHub Actions. */
#include "bench/verdict/verdicts.h"

#include "bench/terminal/words.h"
#include "harness/base/need.h"
#include "harness/result/store.h"
#include "harness/text/markup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A row in one line: "SLOW +6.4 % (99 % interval +5.9 … +7.0 %, threshold 5 %, 10+10 runs)". */
static void describe(char *out, size_t bytes, const struct compare_row *row, double alpha)
{
    char change[WORDS_BYTES], interval[WORDS_BYTES], verdict[300];
    if (row->state != ROW_JUDGED)
        snprintf(verdict, sizeof verdict, "%s", verdicts_word(row));
    else
        snprintf(verdict, sizeof verdict,
                 "%s %s (%.3g %% interval %s, threshold %.3g %%, %zu+%zu runs)", verdicts_word(row),
                 verdicts_change(change, change_of(row->shift.estimate)), 100 * (1 - alpha),
                 verdicts_interval(interval, row), 100 * row->threshold, row->base.processes,
                 row->now.processes);
    snprintf(out, bytes, "%s%s%s", verdict, row->reason[0] ? ": " : "", row->reason);
}

enum meaning { GOOD, BAD, OPEN };

static enum meaning meaning_of(const struct compare_row *row, const struct compare_rules *rules)
{
    switch (row->state) {
    case ROW_JUDGED:
        return row->change == CHANGE_SLOW ? BAD : row->change == CHANGE_UNSURE ? OPEN : GOOD;
    case ROW_OTHER_MACHINE:
    case ROW_BROKEN:
        return BAD;
    case ROW_ONLY_BASE:
        return rules->is_complete ? BAD : OPEN;
    case ROW_ONLY_NEW:
        break;
    }
    return OPEN;
}

/* ---- JUnit */

static void junit_case(FILE *to, const struct verdicts *v, const struct compare_row *row)
{
    char text[640], base[WORDS_BYTES], now[WORDS_BYTES];
    const enum meaning meaning = meaning_of(row, v->rules);
    const double time =
        row->state == ROW_JUDGED ? row->now.median_s * (double)row->now.processes : 0;
    describe(text, sizeof text, row, v->rules->alpha);
    fprintf(to, "    <testcase classname=\"gpubench.%s\" name=\"", v->verb);
    markup_xml(to, row->key);
    fprintf(to, "\" time=\"%.3f\">\n", time);
    if (meaning == BAD) {
        fputs("      <failure type=\"regression\" message=\"", to);
        markup_xml(to, text);
        fputs("\">", to);
        markup_xml(to, text); /* GitLab shows the element and not its message */
        if (row->state == ROW_JUDGED)
            fprintf(to, "; %s %s, %s %s", v->base_name, verdicts_side(base, &row->base),
                    v->now_name, verdicts_side(now, &row->now));
        fputs("</failure>\n", to);
    } else if (meaning == OPEN) {
        fputs("      <skipped message=\"", to);
        markup_xml(to, text);
        fputs("\"/>\n", to);
    }
    fputs("    </testcase>\n", to);
}

static void junit(FILE *to, const struct verdicts *v)
{
    const struct comparison *c = v->comparison;
    size_t bad = 0, open = 0;
    char stamp[32], counts[160];
    const time_t now = time(NULL);
    struct tm utc;
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", gmtime_r(&now, &utc));
    for (size_t i = 0; i < c->count; i++) {
        bad += meaning_of(&c->rows[i], v->rules) == BAD;
        open += meaning_of(&c->rows[i], v->rules) == OPEN;
    }
    snprintf(counts, sizeof counts, "tests=\"%zu\" failures=\"%zu\" errors=\"0\"", c->count, bad);
    fprintf(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    fprintf(to, "<testsuites name=\"gpubench\" %s time=\"%.3f\">\n", counts, v->seconds);
    fprintf(to,
            "  <testsuite name=\"gpubench.%s\" %s skipped=\"%zu\" time=\"%.3f\" "
            "timestamp=\"%s\" hostname=\"",
            v->verb, counts, open, v->seconds, stamp);
    const struct reading *here = c->count ? c->rows[0].now.reading : NULL;
    markup_xml(to, here ? here->host : "");
    fputs("\">\n", to);
    for (size_t i = 0; i < c->count; i++)
        junit_case(to, v, &c->rows[i]);
    fputs("  </testsuite>\n</testsuites>\n", to);
}

enum status verdicts_write_junit(const struct verdicts *v, const char *file, struct failure *why)
{
    char *text;
    size_t bytes;
    FILE *to = need_stream(&text, &bytes);
    junit(to, v);
    need_stream_end(to);
    const enum status status = store_write_text(file, text, bytes, why);
    free(text);
    return status;
}

/* ---- GitHub Actions */

/* Escapes the text of an annotation, or of one of its properties, where "," and ":" are escaped
 * too.
 */
static void annotation_text(FILE *to, const char *text, bool is_property)
{
    for (; *text; text++)
        if (*text == '%' || *text == '\r' || *text == '\n' ||
            (is_property && (*text == ':' || *text == ',')))
            fprintf(to, "%%%02X", (unsigned)(unsigned char)*text);
        else
            putc(*text, to);
}

static void annotate(FILE *to, const char *kind, const char *title, const char *text)
{
    fprintf(to, "::%s title=", kind);
    annotation_text(to, title, true);
    fputs("::", to);
    annotation_text(to, text, false);
    putc('\n', to);
}

static void cell(FILE *to, const char *text)
{
    putc(' ', to);
    markup_markdown(to, text);
    fputs(" |", to);
}

static void summary(FILE *to, const struct verdicts *v)
{
    fprintf(to,
            "### gpubench %s\n\n| Benchmark | %s | %s | Change (%.3g %% interval) | Verdict |\n"
            "|:---|---:|---:|---:|:---|\n",
            v->verb, v->base_name, v->now_name, 100 * (1 - v->rules->alpha));
    for (size_t i = 0; i < v->comparison->count; i++) {
        const struct compare_row *row = &v->comparison->rows[i];
        char base[WORDS_BYTES] = "-", now[WORDS_BYTES] = "-", change[WORDS_BYTES];
        char interval[WORDS_BYTES], both[2 * WORDS_BYTES + 4] = "-", word[400];
        if (row->state == ROW_JUDGED) {
            verdicts_side(base, &row->base);
            verdicts_side(now, &row->now);
            snprintf(both, sizeof both, "%s (%s)",
                     verdicts_change(change, change_of(row->shift.estimate)),
                     verdicts_interval(interval, row));
        }
        snprintf(word, sizeof word, "%s%s%s", verdicts_word(row), row->reason[0] ? ": " : "",
                 row->reason);
        fputs("|", to);
        cell(to, row->key);
        cell(to, base);
        cell(to, now);
        cell(to, both);
        cell(to, word);
        fputs("\n", to);
    }
    if (v->sentence[0]) {
        fputs("\n", to);
        markup_markdown(to, v->sentence);
        fprintf(to, " Exit status %d.\n", exit_code(v->outcome));
    }
    fputs("\n", to);
}

static const char *verdict_word(enum status outcome, const struct comparison *c)
{
    switch (outcome) {
    case STATUS_OK:
    case STATUS_INCONCLUSIVE:
        return comparison_count(c, CHANGE_UNSURE) ? "UNSURE" : "SAME";
    case STATUS_REGRESSION:
        return "SLOW";
    case STATUS_NOT_COMPARABLE:
        return "NOT COMPARABLE";
    default:
        return "FAILED";
    }
}

/* Opens the file that a variable of the runner names. A failure is only a warning, because the log
 * has the same text. */
static FILE *open_named(const char *variable)
{
    const char *path = getenv(variable);
    FILE *to = path && *path ? fopen(path, "ae") : NULL;
    if (path && *path && !to)
        words_warn("cannot write %s (%s): %s", path, variable, strerror(errno));
    return to;
}

void verdicts_tell_github(FILE *to, const struct verdicts *v)
{
    const char *actions = getenv("GITHUB_ACTIONS");
    if (!actions || strcmp(actions, "true") != 0)
        return;
    char text[640], title[READ_NAME_MAX + 16];
    for (size_t i = 0; i < v->comparison->count; i++) {
        const struct compare_row *row = &v->comparison->rows[i];
        const enum meaning meaning = meaning_of(row, v->rules);
        if (meaning == GOOD || row->state == ROW_ONLY_NEW)
            continue;
        describe(text, sizeof text, row, v->rules->alpha);
        snprintf(title, sizeof title, "gpubench %s", row->key);
        annotate(to, meaning == BAD ? "error" : "warning", title, text);
    }
    FILE *file = open_named("GITHUB_STEP_SUMMARY");
    if (file) {
        summary(file, v);
        fclose(file);
    }
    file = open_named("GITHUB_OUTPUT");
    if (file) {
        fprintf(file, "verdict=%s\n", verdict_word(v->outcome, v->comparison));
        fclose(file);
    }
}

/* hosts.c - compares many hosts. Prints a summary, then every key that several hosts measured: up
 * to HOSTS_SHOWN hosts as a table, more as two lines and the outliers. With an outlier the exit
 * status is 3, so that a script can accept a fleet. */
#include "bench/gate/hosts.h"

#include "bench/gate/gate.h"
#include "bench/stored/inputs.h"
#include "bench/stored/publishing.h"
#include "bench/terminal/color.h"
#include "bench/terminal/grid.h"
#include "bench/terminal/lines.h"
#include "bench/terminal/words.h"
#include "harness/base/need.h"
#include "harness/compare/fleet.h"
#include "harness/result/store.h"
#include "harness/stats/stats.h"
#include "harness/text/json_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HOSTS_SHOWN = 20, OUTLIERS_SHOWN = 50, LABEL_BYTES = 2 * READ_NAME_MAX, NAMES_MAX = 64 };

static const char *label_of(const struct fleet_model *m, const struct fleet_host *h, char *out)
{
    return fleet_label(m, h, out, LABEL_BYTES);
}

static const char *noun_of(const struct fleet_model *m)
{
    return strncmp(m->key, "gpu/", 4) == 0 ? "card" : "host";
}

/* Prints all hosts of one key, which `count` models have measured. */
static void print_table(FILE *to, const struct fleet_model *models, size_t count, bool colored)
{
    static const char *const heads[] = {"host", "device", "median", "× best", "runs", "", ""};
    struct grid g = {.heads = heads, .columns = 7, .left = 3 | 1 << 5 | 1 << 6};
    char label[LABEL_BYTES], time[WORDS_BYTES];
    double fastest = INFINITY;
    for (size_t i = 0; i < count;
         i++) /* the fastest host need not be of the model with the best median */
        for (size_t k = 0; k < models[i].count; k++)
            if (!models[i].hosts[k].is_noisy)
                fastest = fmin(fastest, models[i].hosts[k].median_s);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < models[i].count; k++) {
            const struct fleet_host *h = &models[i].hosts[k];
            grid_add(&g, label_of(&models[i], h, label));
            grid_add(&g, h->device);
            grid_add(&g, words_time(time, h->median_s));
            if (h->is_noisy)
                grid_add(&g, STATS_NOISY_SHORT);
            else
                grid_addf(&g, "%.2f×", h->median_s / fastest);
            grid_addf(&g, "%zu", h->runs);
            if (h->is_outlier)
                grid_tint(&g, colored, TINT_BAD, " outlier");
            else if (!h->is_noisy && h->median_s <= fastest)
                grid_tint(&g, colored, TINT_GOOD, " fastest");
            else
                grid_add(&g, "");
            grid_add(&g, h->reason);
        }
    grid_text(to, &g);
    grid_free(&g);
}

static void print_outliers(FILE *to, const struct fleet_model *m, bool colored)
{
    struct grid g = {.columns = 5, .left = 3 | 1 << 4, .flush = true};
    char label[LABEL_BYTES], time[WORDS_BYTES], change[WORDS_BYTES];
    size_t shown = 0;
    for (size_t i = m->count; i-- > 0 && shown < OUTLIERS_SHOWN;) { /* slowest first */
        const struct fleet_host *h = &m->hosts[i];
        if (!h->is_outlier)
            continue;
        grid_tint(&g, colored, TINT_BAD, shown++ ? "" : "outliers");
        grid_add(&g, label_of(m, h, label));
        grid_add(&g, words_time(time, h->median_s));
        grid_add(&g, verdicts_change(change, h->median_s / m->median_s - 1));
        grid_addf(&g, " %s", h->reason);
    }
    grid_text(to, &g);
    grid_free(&g);
    if (m->outliers > shown)
        lines_printf(to, "          %zu more; gpubench compare --json lists all",
                     m->outliers - shown);
}

static void print_summary(FILE *to, const struct fleet_model *m, bool colored)
{
    char label[2][LABEL_BYTES], time[5][WORDS_BYTES];
    const struct fleet_host *first = &m->hosts[0], *last = &m->hosts[m->count - 1];
    lines_printf(to, "median %s   fastest %s (%s)   slowest %s (%s)   middle 98 %%: %s … %s",
                 words_time(time[0], m->median_s), words_time(time[1], first->median_s),
                 label_of(m, first, label[0]), words_time(time[2], last->median_s),
                 label_of(m, last, label[1]), words_time(time[3], m->low_s),
                 words_time(time[4], m->high_s));
    if (m->outliers)
        print_outliers(to, m, colored);
    else
        fputs("no outliers\n", to);
}

/* Prints caveats below the table, for example that on a host with few processes a single late
 * process makes an outlier. */
static void print_caveats(FILE *to, const struct fleet_model *m)
{
    size_t renamed = 0;
    for (size_t i = 0; i < m->count; i++)
        renamed += m->hosts[i].names > 1;
    if (renamed)
        lines_printf(
            to, "! %zu %s%s ran under several host names: %s; --host gives a run's host a name",
            renamed, noun_of(m), renamed == 1 ? "" : "s",
            strcmp(noun_of(m), "card") == 0 ? "a UUID is one card"
                                            : "a machine's digest is one host");
    if (m->repeated)
        lines_printf(to,
                     "! %zu of these rows %s of a %s that is here already: its runs are of "
                     "several classes, which are not pooled",
                     m->repeated, m->repeated == 1 ? "is" : "are", noun_of(m));
    if (m->few && m->count > 1)
        lines_printf(
            to,
            "! %zu of %zu ha%s fewer than %d processes: one late process can look like a bad "
            "%s",
            m->few, m->count, m->few == 1 ? "s" : "ve", FLEET_FEWEST_RUNS, noun_of(m));
    if (m->count > 1 && m->count < FLEET_FEWEST_HOSTS)
        lines_printf(
            to,
            "! of fewer than %d %ss none is called an outlier; to judge two, keep the results "
            "of each in a folder of its own: gpubench compare FOLDER FOLDER",
            FLEET_FEWEST_HOSTS, noun_of(m));
}

static size_t hosts_of(const struct fleet_model *models, size_t count)
{
    size_t hosts = 0;
    for (size_t i = 0; i < count; i++)
        hosts += models[i].count - models[i].repeated;
    return hosts;
}

static void print_key(FILE *to, const struct fleet_model *models, size_t count, bool colored)
{
    const size_t hosts = hosts_of(models, count);
    if (hosts <= HOSTS_SHOWN) {
        lines_printf(to, "%s%s · %zu %ss", models[0].key, models[0].kind, hosts,
                     noun_of(&models[0]));
        print_table(to, models, count, colored);
        for (size_t i = 0; i < count; i++)
            print_caveats(to, &models[i]);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        char ratio[WORDS_BYTES];
        char *times = i == 0
                          ? need_text("")
                          : need_format(" · %s× the time of %s%s",
                                        words_ratio(ratio, models[i].median_s / models[0].median_s),
                                        models[0].device, models[0].kind);
        const size_t alone = hosts_of(&models[i], 1);
        lines_printf(to, "%s%s · %zu %s%s of %s%s", models[i].key, models[i].kind, alone,
                     noun_of(&models[i]), alone == 1 ? "" : "s", models[i].device, times);
        free(times);
        print_summary(to, &models[i], colored);
        print_caveats(to, &models[i]);
    }
}

/* Returns how many models have the same key and kind as models[from]. They are adjacent. */
static size_t same_key(const struct fleet *f, size_t from)
{
    size_t to = from + 1;
    while (to < f->count && strcmp(f->models[from].key, f->models[to].key) == 0 &&
           strcmp(f->models[from].kind, f->models[to].kind) == 0)
        to++;
    return to - from;
}

static json_t *to_json(const struct fleet *f)
{
    json_t *models = json_array();
    for (size_t i = 0; models && i < f->count; i++) {
        const struct fleet_model *m = &f->models[i];
        json_t *hosts = json_array();
        const bool is_card = strcmp(noun_of(m), "card") == 0;
        for (size_t k = 0; hosts && k < m->count; k++) {
            const struct fleet_host *h = &m->hosts[k];
            json_array_append_new(
                hosts, json_pack("{s:o, s:s, s:o, s:o, s:I, s:o, s:I, s:b, s:b, s:o}", "host",
                                 json_words(h->label), is_card ? "card" : "machine", h->id,
                                 "median_s", json_number(h->median_s), "off_median",
                                 json_number(h->median_s / m->median_s - 1), "runs",
                                 (json_int_t)h->runs, "sm_hz", json_number(h->sm_hz), "throttled",
                                 (json_int_t)h->throttled, "noisy", h->is_noisy, "outlier",
                                 h->is_outlier, "reason", json_words(h->reason)));
        }
        json_array_append_new(models,
                              json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:I, s:o}", "key", m->key,
                                        "device", m->device, "kind", m->kind + (*m->kind ? 2 : 0),
                                        "median_s", json_number(m->median_s), "low_s",
                                        json_number(m->low_s), "high_s", json_number(m->high_s),
                                        "outliers", (json_int_t)m->outliers, "hosts", hosts));
    }
    json_t *bad = json_array();
    for (size_t i = 0; bad && i < f->bad_count; i++) {
        const struct fleet_bad *b = &f->bad[i];
        json_array_append_new(
            bad, json_pack("{s:s, s:o, s:s, s:I, s:I, s:I, s:I, s:o}", "key", b->key, "host",
                           json_words(b->label), "id", b->id, "runs", (json_int_t)b->runs, "wrong",
                           (json_int_t)b->wrong, "failed", (json_int_t)b->failed, "waived",
                           (json_int_t)b->waived, "reason", json_words(b->reason)));
    }
    return json_pack("{s:s, s:o, s:o}", "schema", "gpubench-hosts/1", "models", models,
                     "without_time", bad);
}

/* Returns STATUS_INCONCLUSIVE if a host could not be judged beside others, or none could. */
static enum status judge_strictly(const struct fleet *f, struct failure *why)
{
    size_t judged = 0, unjudged = 0;
    for (size_t from = 0, count; from < f->count; from += count) {
        count = same_key(f, from);
        if (hosts_of(&f->models[from], count) < 2)
            continue;
        for (size_t i = from; i < from + count; i++)
            for (size_t k = 0; k < f->models[i].count; k++)
                (*(fleet_is_judged(&f->models[i], &f->models[i].hosts[k]) ? &judged : &unjudged))++;
    }
    if (judged + unjudged == 0)
        return fail(why, STATUS_INCONCLUSIVE,
                    "no result is of several hosts or cards, so none could be judged.");
    if (unjudged)
        return fail(why, STATUS_INCONCLUSIVE,
                    "%zu of %zu could not be judged: of fewer than %d of a model none is called "
                    "an outlier, and none whose times are too noisy to rank.",
                    unjudged, judged + unjudged, FLEET_FEWEST_HOSTS);
    return STATUS_OK;
}

/* Returns STATUS_REGRESSION if there are outliers; the message names them, the furthest first. */
static enum status outcome_of(const struct fleet *f, bool is_strict, struct failure *why)
{
    char label[LABEL_BYTES], change[WORDS_BYTES];
    const struct fleet_model *worst = NULL;
    const struct fleet_host *furthest = NULL;
    size_t outliers = 0;
    double most = 0;
    for (size_t i = 0; i < f->count; i++)
        for (size_t k = 0; k < f->models[i].count; k++) {
            const struct fleet_host *h = &f->models[i].hosts[k];
            const double off = fabs(log(h->median_s / f->models[i].median_s));
            outliers += h->is_outlier;
            if (h->is_outlier && off > most) {
                most = off;
                furthest = h;
                worst = &f->models[i];
            }
        }
    if (!furthest)
        return is_strict && f->count ? judge_strictly(f, why) : STATUS_OK;
    return fail(why, STATUS_REGRESSION, "%zu outlier%s: %s%.200s at %s from the median of %.200s.",
                outliers, outliers == 1 ? "" : "s", outliers == 1 ? "" : "the furthest is ",
                label_of(worst, furthest, label),
                verdicts_change(change, furthest->median_s / worst->median_s - 1), worst->key);
}

/* Prints "3 results that several hosts or cards measured, 1 outlier; 150 that only one measured".
 */
static void print_sum(FILE *to, const struct fleet *f)
{
    size_t shared = 0, single = 0, outliers = 0;
    for (size_t from = 0, count; from < f->count; from += count) {
        count = same_key(f, from);
        *(hosts_of(&f->models[from], count) > 1 ? &shared : &single) += 1;
    }
    for (size_t i = 0; i < f->count; i++)
        outliers += f->models[i].outliers;
    char alone[96] = "";
    if (single)
        snprintf(alone, sizeof alone,
                 "; %zu result%s of a single one not shown (gpubench report has all)", single,
                 single == 1 ? "" : "s");
    lines_printf(to, "%zu result%s of several hosts or cards, %zu outlier%s%s", shared,
                 shared == 1 ? "" : "s", outliers, outliers == 1 ? "" : "s", alone);
}

static enum status print_fleet(const struct fleet *f, const struct options *o, struct failure *why)
{
    FILE *people = o->json ? stderr : stdout;
    const bool colored = color_wanted(people, o->color);
    if (!o->quiet)
        print_sum(people, f);
    for (size_t from = 0, count; !o->quiet && from < f->count; from += count) {
        count = same_key(f, from);
        if (hosts_of(&f->models[from], count) < 2)
            continue;
        fputc('\n', people);
        print_key(people, &f->models[from], count, colored);
    }
    enum status status = STATUS_OK;
    if (o->json)
        status = store_print(to_json(f), why);
    if (status == STATUS_OK && o->junit)
        status = verdicts_write_fleet_junit(f, o->junit, why);
    return status == STATUS_OK ? outcome_of(f, o->strict, why) : status;
}

/* Whether one host appears under several of the names on the command line. If so, these names are
 * shown instead of the hosts' own. Only the first NAMES_MAX names are examined. */
static bool is_ambiguous(const struct readings *r, const char *const *word_of)
{
    for (size_t i = 1; i < r->count; i++)
        if (word_of[i] != word_of[i - 1])
            for (size_t k = 0; k < i; k++)
                if (word_of[k] != word_of[i] && strcmp(r->list[i].place, r->list[k].place) == 0)
                    return true;
    return false;
}

enum status hosts_compare(const struct options *o, struct failure *why)
{
    struct readings r = {0};
    struct fleet fleet = {0};
    const char **word_of = NULL;
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < o->word_count; i++) {
        const size_t before = r.count;
        status = destination_is_url(o->words[i]) ? publishing_baseline(o, o->words[i], &r, why)
                                                 : readings_add(&r, o->words[i], READ_LEAN, why);
        word_of = need_more(word_of, (r.count + 1) * sizeof *word_of);
        for (size_t k = before; k < r.count; k++)
            word_of[k] = o->words[i];
    }
    inputs_tell_skipped(o, &r);
    readings_label(&r);
    if (status == STATUS_OK)
        status = fleet_gather(
            &r, o->word_count <= NAMES_MAX && is_ambiguous(&r, word_of) ? word_of : NULL, &fleet,
            why);
    struct failure soak_why = {0};
    FILE *people = o->json ? stderr : stdout;
    enum status soaks = STATUS_OK;
    if (status == STATUS_OK)
        soaks = verdicts_of_soaks(o->quiet ? NULL : people, &r, color_wanted(people, o->color),
                                  &soak_why);
    struct failure bad_why = {0};
    enum status bad = STATUS_OK;
    if (status == STATUS_OK)
        bad = verdicts_of_failures(o->quiet ? NULL : people, &fleet, color_wanted(people, o->color),
                                   &bad_why);
    if (status == STATUS_OK && fleet.count == 0 && soaks == STATUS_OK && bad == STATUS_OK)
        status = fail(why, STATUS_NOT_COMPARABLE, "none of these results has a time.");
    if (status == STATUS_OK)
        status = print_fleet(&fleet, o, why);
    if (soaks != STATUS_OK && status_worse(soaks, status) == soaks) {
        status = soaks;
        *why = soak_why;
    }
    if (bad != STATUS_OK && status_worse(bad, status) == bad) {
        status = bad;
        *why = bad_why;
    }
    fleet_free(&fleet);
    readings_free(&r);
    free(word_of);
    return status;
}

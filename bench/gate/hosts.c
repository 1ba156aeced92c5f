/* hosts.c - many hosts side by side: a table of up to HOSTS_SHOWN, a summary and the outliers of
 * more. */
#include "bench/gate/hosts.h"

#include "bench/gate/gate.h"
#include "bench/stored/publishing.h"
#include "bench/terminal/color.h"
#include "bench/terminal/words.h"
#include "harness/compare/fleet.h"
#include "harness/result/store.h"
#include "harness/text/json_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HOSTS_SHOWN = 20, OUTLIERS_SHOWN = 50, LABEL_BYTES = 2 * READ_NAME_MAX, NAMES_MAX = 64 };

/* "node1", or "node1 GPU-1a2b3c4d" where a host has several cards. */
static const char *label_of(const struct fleet_model *m, const struct fleet_host *h, char *out)
{
    const char *name = *h->label ? h->label : "(no name)";
    if (m->cards_on_one_host > 1 && *h->card)
        snprintf(out, LABEL_BYTES, "%s %.12s", name, h->card);
    else
        snprintf(out, LABEL_BYTES, "%s", name);
    return out;
}

static char *off_median(const struct fleet_model *m, const struct fleet_host *h, char *out)
{
    return verdicts_change(out, h->median_s / m->median_s - 1);
}

/* The models of one key, of which there are `count`. */
static void print_table(FILE *to, const struct fleet_model *models, size_t count, bool colored)
{
    char label[LABEL_BYTES], time[WORDS_BYTES];
    size_t label_width = 4, device_width = 6;
    const double best = models[0].hosts[0].median_s; /* a faster model stands first … */
    double fastest = best;
    for (size_t i = 0; i < count; i++) {
        fastest = fmin(fastest, models[i].hosts[0].median_s); /* … and may have a slower host */
        if (words_width(models[i].device) > device_width)
            device_width = words_width(models[i].device);
        for (size_t k = 0; k < models[i].count; k++) {
            const size_t width = words_width(label_of(&models[i], &models[i].hosts[k], label));
            if (width > label_width)
                label_width = width;
        }
    }
    fputs("  ", to);
    words_left(to, "host", label_width + 2);
    words_left(to, "device", device_width + 2);
    fputs("   median   × best   runs\n", to);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < models[i].count; k++) {
            const struct fleet_host *h = &models[i].hosts[k];
            fputs("  ", to);
            words_left(to, label_of(&models[i], h, label), label_width + 2);
            words_left(to, h->device, device_width + 2);
            words_right(to, words_time(time, h->median_s), 9);
            fprintf(to, "  %6.2f×  %5zu   ", h->median_s / fastest, h->runs);
            if (h->median_s <= fastest)
                color_print(to, colored, TINT_GOOD, "fastest");
            else if (h->is_outlier)
                color_print(to, colored, TINT_BAD, "outlier");
            fprintf(to, "%s%s\n", h->reason[0] ? "   " : "", h->reason);
        }
}

static void print_summary(FILE *to, const struct fleet_model *m, bool colored)
{
    char label[LABEL_BYTES], a[WORDS_BYTES], b[WORDS_BYTES];
    const struct fleet_host *first = &m->hosts[0], *last = &m->hosts[m->count - 1];
    fprintf(to, "median %s   fastest %s", words_time(a, m->median_s),
            words_time(b, first->median_s));
    fprintf(to, " (%s)", label_of(m, first, label));
    fprintf(to, "   slowest %s (%s)", words_time(b, last->median_s), label_of(m, last, label));
    fprintf(to, "   middle 98 %%: %s … %s\n", words_time(a, m->low_s), words_time(b, m->high_s));
    if (m->outliers == 0) {
        fputs("no outliers\n", to);
        return;
    }
    size_t width = 0, shown = 0;
    for (size_t i = 0; i < m->count; i++)
        if (m->hosts[i].is_outlier && words_width(label_of(m, &m->hosts[i], label)) > width)
            width = words_width(label);
    for (size_t i = m->count; i-- > 0 && shown < OUTLIERS_SHOWN;) { /* the slowest first */
        const struct fleet_host *h = &m->hosts[i];
        if (!h->is_outlier)
            continue;
        color_print(to, colored, TINT_BAD, shown++ ? "          " : "outliers  ");
        words_left(to, label_of(m, h, label), width + 2);
        words_right(to, words_time(a, h->median_s), 9);
        fputs("  ", to);
        words_right(to, off_median(m, h, b), 8);
        fprintf(to, "   %s\n", h->reason);
    }
    if (m->outliers > shown)
        fprintf(to, "          %zu more; gpubench compare --json lists all\n", m->outliers - shown);
}

static void print_key(FILE *to, const struct fleet_model *models, size_t count, bool colored)
{
    size_t hosts = 0;
    for (size_t i = 0; i < count; i++)
        hosts += models[i].count;
    if (hosts <= HOSTS_SHOWN) {
        fprintf(to, "%s · %zu host%s\n", models[0].key, hosts, hosts == 1 ? "" : "s");
        print_table(to, models, count, colored);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const char *what = strncmp(models[i].key, "gpu/", 4) == 0 ? "card" : "host";
        fprintf(to, "%s · %zu %s%s of %s", models[i].key, models[i].count, what,
                models[i].count == 1 ? "" : "s", models[i].device);
        if (i > 0)
            fprintf(to, " · %.2f× the time of %s", models[i].median_s / models[0].median_s,
                    models[0].device);
        fputc('\n', to);
        print_summary(to, &models[i], colored);
    }
}

static size_t same_key(const struct fleet *f, size_t from)
{
    size_t to = from + 1;
    while (to < f->count && strcmp(f->models[from].key, f->models[to].key) == 0)
        to++;
    return to - from;
}

static json_t *to_json(const struct fleet *f)
{
    json_t *models = json_array();
    for (size_t i = 0; models && i < f->count; i++) {
        const struct fleet_model *m = &f->models[i];
        json_t *hosts = json_array();
        for (size_t k = 0; hosts && k < m->count; k++) {
            const struct fleet_host *h = &m->hosts[k];
            json_array_append_new(hosts,
                                  json_pack("{s:o, s:s, s:o, s:o, s:I, s:o, s:I, s:b, s:o}", "host",
                                            json_words(h->label), "card", h->card, "median_s",
                                            json_number(h->median_s), "off_median",
                                            json_number(h->median_s / m->median_s - 1), "runs",
                                            (json_int_t)h->runs, "sm_hz", json_number(h->sm_hz),
                                            "throttled", (json_int_t)h->throttled, "outlier",
                                            h->is_outlier, "reason", json_words(h->reason)));
        }
        json_array_append_new(
            models, json_pack("{s:s, s:s, s:o, s:o, s:o, s:I, s:o}", "key", m->key, "device",
                              m->device, "median_s", json_number(m->median_s), "low_s",
                              json_number(m->low_s), "high_s", json_number(m->high_s), "outliers",
                              (json_int_t)m->outliers, "hosts", hosts));
    }
    return json_pack("{s:s, s:o}", "schema", "gpubench-hosts/1", "models", models);
}

static enum status print_fleet(const struct fleet *f, const struct options *o, struct failure *why)
{
    FILE *people = o->json ? stderr : stdout;
    const bool colored = color_wanted(people, o->color);
    for (size_t from = 0, count; !o->quiet && from < f->count; from += count) {
        count = same_key(f, from);
        if (from)
            fputc('\n', people);
        print_key(people, &f->models[from], count, colored);
    }
    if (!o->json)
        return STATUS_OK;
    return store_print(to_json(f), why);
}

/* Names of hosts are enough to tell them apart, unless one host stands behind several of the names
 * that were given: then these names do. Nobody gives more than NAMES_MAX by hand. */
static bool is_ambiguous(const struct readings *r, const char *const *word_of)
{
    for (size_t i = 1; i < r->count; i++)
        if (word_of[i] != word_of[i - 1])
            for (size_t k = 0; k < i; k++)
                if (word_of[k] != word_of[i] && strcmp(r->list[i].host, r->list[k].host) == 0 &&
                    strcmp(r->list[i].card, r->list[k].card) == 0)
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
        const char **more = realloc(word_of, (r.count + 1) * sizeof *more);
        if (!more)
            status = fail(why, STATUS_NO_MEMORY, "no memory for %zu results.", r.count);
        else
            word_of = more;
        for (size_t k = before; more && k < r.count; k++)
            word_of[k] = o->words[i];
    }
    gate_warn_skipped(&r);
    if (status == STATUS_OK)
        status = fleet_gather(
            &r, o->word_count <= NAMES_MAX && is_ambiguous(&r, word_of) ? word_of : NULL, &fleet,
            why);
    if (status == STATUS_OK && fleet.count == 0)
        status = fail(why, STATUS_NOT_COMPARABLE, "there is no time in any of these results.");
    if (status == STATUS_OK)
        status = print_fleet(&fleet, o, why);
    fleet_free(&fleet);
    readings_free(&r);
    free(word_of);
    return status;
}

/* cmd_reference.c - the verb reference: what models of devices reach, from a site's own results. */
#include "bench/cli/verb.h"
#include "bench/stored/inputs.h"
#include "bench/terminal/words.h"
#include "harness/base/durable.h"
#include "harness/base/need.h"
#include "harness/catalogue/catalogue.h"
#include "harness/result/store.h"
#include "harness/stats/stats.h"
#include "harness/text/json_text.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A timed result, of one process. */
struct timed {
    const struct reading *reading;
    const struct read_result *result;
};

static int by_model_and_key(const void *a, const void *b)
{
    const struct timed *x = a, *y = b;
    const int order = strcmp(x->reading->device, y->reading->device);
    return order ? order : strcmp(x->result->key, y->result->key);
}

/* Adds to *count the timed results of all readings, those of a model and key together; the caller
 * frees them. */
static struct timed *timed_results(const struct readings *r, size_t *count)
{
    struct timed *timed = NULL;
    for (size_t i = 0; i < r->count; i++)
        for (size_t k = 0; k < r->list[i].count; k++) {
            const struct read_result *result = &r->list[i].results[k];
            const bool is_alone = !json_at(r->list[i].document, "device.at_once");
            if (result->state != READ_OK || !(result->median_s > 0) || result->is_first_run ||
                !is_alone)
                continue;
            timed = need_room(timed, *count, sizeof *timed);
            timed[(*count)++] = (struct timed){&r->list[i], result};
        }
    if (timed)
        qsort(timed, *count, sizeof *timed, by_model_and_key);
    return timed;
}

/* The median of a fact over the runs; NaN if it is unknown. */
static double median_fact(const struct timed *t, size_t count, const char *path)
{
    double *values = need_array(count, sizeof *values);
    size_t known = 0;
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_at(t[i].reading->document, path);
        if (json_is_number(value) || json_is_boolean(value))
            values[known++] =
                json_is_boolean(value) ? json_is_true(value) : json_number_value(value);
    }
    const double median = known ? stats_median(values, known) : NAN;
    free(values);
    return median;
}

static struct catalogue_entry entry_of(const struct timed *t, size_t count)
{
    struct catalogue_entry e = {.runs = (unsigned)count, .low_s = INFINITY, .sm_hz = NAN};
    double *medians = need_array(count, sizeof *medians),
           *clocks = need_array(count, sizeof *clocks);
    size_t known = 0;
    const struct reading *latest = t[0].reading;
    for (size_t i = 0; i < count; i++) {
        medians[i] = t[i].result->median_s;
        e.low_s = fmin(e.low_s, medians[i]);
        e.high_s = fmax(e.high_s, medians[i]);
        if (t[i].result->sm_hz > 0)
            clocks[known++] = t[i].result->sm_hz;
        if (strcmp(t[i].reading->started, latest->started) > 0)
            latest = t[i].reading;
    }
    e.median_s = stats_median(medians, count);
    if (known)
        e.sm_hz = stats_median(clocks, known);
    e.power_limit_w = median_fact(t, count, "device.power_limit_w");
    e.pcie_generation = median_fact(t, count, "device.pcie.generation");
    e.pcie_width = median_fact(t, count, "device.pcie.width");
    e.ecc = median_fact(t, count, "device.ecc");
    snprintf(e.device, sizeof e.device, "%s", t->reading->device);
    snprintf(e.key, sizeof e.key, "%s", t->result->key);
    read_text(latest->document, "driver.version", e.driver, sizeof e.driver);
    snprintf(e.date, sizeof e.date, "%.10s", latest->started);
    free(medians);
    free(clocks);
    return e;
}

static bool fits(const struct timed *t)
{
    const struct catalogue_entry *e = NULL;
    return strlen(t->reading->device) < sizeof e->device && strlen(t->result->key) < sizeof e->key;
}

/* Adds the entries that follow from the readings to the catalogue in `path`, and prints them. */
static enum status add(const struct options *o, const struct readings *readings, const char *path,
                       struct failure *why)
{
    struct catalogue c = {0};
    size_t count = 0, bytes, added = 0, few = 0;
    char *text, shown[PATH_MAX];
    int error = durable_read(path, 16 << 20, &text, &bytes);
    if (!error) {
        const size_t bad = catalogue_read(&c, text);
        free(text);
        if (bad) {
            catalogue_free(&c);
            return fail(why, STATUS_FAILED, "%s has %zu line%s of a catalogue: mend or remove it.",
                        path, bad, bad == 1 ? " that is no entry" : "s that are no entries");
        }
    }
    struct timed *timed = timed_results(readings, &count);
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && by_model_and_key(&timed[i], &timed[next]) == 0;)
            next++;
        if (!fits(&timed[i]))
            continue;
        const struct catalogue_entry e = entry_of(&timed[i], next - i);
        catalogue_set(&c, &e);
        added++;
        few += e.runs < 5;
    }
    free(timed);
    if (!added) {
        catalogue_free(&c);
        return fail(why, STATUS_NOT_COMPARABLE, "there is no timed result to add.");
    }
    text = catalogue_text(&c, &bytes);
    enum status status = store_write_text(path, text, bytes, why);
    free(text);
    catalogue_free(&c);
    words_path(shown, sizeof shown, path);
    if (status == STATUS_OK && !o->quiet)
        printf("%zu entr%s in %s%s\n", added, added == 1 ? "y" : "ies", shown,
               few ? "; those of fewer than 5 runs say little of the next card" : "");
    return status;
}

static enum status cmd_reference(const struct options *o, struct failure *why)
{
    char path[PATH_MAX], folder[PATH_MAX];
    struct readings readings = {0};
    if (strcmp(o->first, "add") != 0 || o->word_count < 2)
        return fail(why, STATUS_USAGE, "write: gpubench reference add FILE...");
    enum status status = STATUS_OK;
    if (o->output)
        snprintf(path, sizeof path, "%s", o->output);
    else
        status = catalogue_path(path, sizeof path, why);
    if (status == STATUS_OK)
        status = inputs_read(o, 1, READ_WHOLE, &readings, why);
    if (status == STATUS_OK && !o->output) {
        snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
        status = store_make_directories(folder, why);
    }
    inputs_tell_skipped(o, &readings);
    if (status == STATUS_OK)
        status = add(o, &readings, path, why);
    readings_free(&readings);
    return status;
}

const struct verb verb_reference = {
    .name = "reference",
    .argument = "add FILE...",
    .line = "record what a model of device usually reaches",
    .about =
        "Takes the medians of each model and key from result files and directories, and keeps "
        "them in ~/.config/gpubench/reference.tsv. Runs of gpu and soak then say what share of "
        "that they reached, and below 0.95 what differs. Five runs or more make a good "
        "reference.",
    .options = OPTIONS_FILE | OPTIONS_TALK | OPTIONS_HELP,
    .run = cmd_reference,
};

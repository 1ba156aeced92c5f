/* self_test.c - measures the same commands twice, in turns, and stores how large a change the noise
 * of the machine can imitate. */
#include "bench/gate/self_test.h"

#include "bench/terminal/grid.h"
#include "bench/terminal/lines.h"
#include "bench/terminal/progress.h"
#include "bench/terminal/words.h"
#include "harness/base/need.h"
#include "harness/compare/compare.h"
#include "harness/result/store.h"
#include "harness/stats/stats.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Writes the medians of a result's processes, in the order of measuring, and returns how many. The
 * processes of one command are every `commands`th run from `first` on; those of another may be on
 * another device. */
static size_t medians_of(const struct readings *r, size_t first, size_t commands, const char *key,
                         double *to)
{
    size_t count = 0;
    for (size_t i = first; i < r->count; i += commands)
        for (size_t k = 0; k < r->list[i].count; k++) {
            const struct read_result *result = &r->list[i].results[k];
            if (result->median_s > 0 && strcmp(result->key, key) == 0)
                to[count++] = result->median_s;
        }
    return count;
}

static void estimate(const struct readings *runs, size_t commands, struct noise *noise)
{
    double *medians = need_array(runs->count + 1, sizeof *medians);
    for (size_t i = 0; i < commands; i++)
        for (size_t k = 0; k < runs->list[i].count; k++) {
            const struct read_result *r = &runs->list[i].results[k];
            const bool is_gpu = strcmp(r->backend, "gpu") == 0;
            if (!(r->median_s > 0))
                continue;
            const size_t count = medians_of(runs, i, commands, r->key, medians);
            struct noise_entry e =
                noise_estimate(medians, count, CHANGE_PROCESSES, is_gpu ? CHANGE_GPU : CHANGE_CPU);
            e.key = (char *)r->key;
            snprintf(e.measured, sizeof e.measured, "%s", runs->list[runs->count - 1].started);
            memcpy(e.fingerprint, runs->list[i].fingerprint, sizeof e.fingerprint);
            noise_put(noise, &e);
        }
    free(medians);
}

static void print_noise(FILE *to, const struct noise *n)
{
    struct grid g = {.columns = 4, .left = 0xf, .flush = true};
    char text[WORDS_BYTES];
    for (size_t i = 0; i < n->count; i++) {
        const struct noise_entry *e = &n->entries[i];
        grid_add(&g, e->key);
        grid_addf(&g, " noise (A/A) %s", words_percent(text, e->noise));
        words_percent(text, e->smallest);
        grid_addf(&g, " smallest change that is found %s",
                  isnan(e->smallest) ? "none below 100 %" : text);
        grid_addf(&g, " %zu runs", e->processes);
    }
    grid_text(to, &g);
    grid_free(&g);
}

/* Returns STATUS_INCONCLUSIVE if the machine is too noisy for a gate. The value is not stored,
 * because the gate would then hide every change. */
static enum status judge(const struct noise *n, struct failure *why)
{
    char text[WORDS_BYTES];
    for (size_t i = 0; i < n->count; i++)
        if (!(n->entries[i].noise <= STATS_NOISY))
            return fail(why, STATUS_INCONCLUSIVE,
                        "this machine is too noisy for a gate: two equal sets of runs of %.200s "
                        "differ by %s. Nothing was stored; end other programs and test again.",
                        n->entries[i].key, words_percent(text, n->entries[i].noise));
    return STATUS_OK;
}

/* Writes one file for each class of machine. */
static enum status save(const struct options *o, const struct readings *runs, size_t commands,
                        const struct noise *found, struct failure *why)
{
    char directory[PATH_MAX], path[PATH_MAX];
    enum status status = store_directory(o->results, directory, sizeof directory, why);
    for (size_t i = 0; status == STATUS_OK && i < commands; i++) {
        const char *fingerprint = runs->list[i].fingerprint;
        struct noise all = {0};
        bool is_done = false;
        for (size_t k = 0; k < i; k++)
            is_done = is_done || strcmp(runs->list[k].fingerprint, fingerprint) == 0;
        if (is_done)
            continue;
        noise_load(&all, directory, fingerprint);
        for (size_t k = 0; k < found->count; k++)
            if (strcmp(found->entries[k].fingerprint, fingerprint) == 0)
                noise_put(&all, &found->entries[k]);
        status = noise_save(&all, fingerprint, directory, path, sizeof path, why);
        if (status == STATUS_OK && !o->quiet) {
            char shown[PATH_MAX];
            words_path(shown, sizeof shown, path);
            lines_printf(o->json ? stderr : stdout, "saved   %s", shown);
        }
        noise_free(&all);
    }
    return status;
}

enum status self_test(const struct options *o, const struct commands *commands, size_t count,
                      struct failure *why)
{
    struct readings runs = {0};
    struct noise noise = {0};
    enum status status = commands_measure(commands, &runs, count, count, "run", why);
    progress_stop();
    if (status == STATUS_OK)
        estimate(&runs, commands->count, &noise);
    if (status == STATUS_OK && noise.count == 0)
        status = fail(why, STATUS_FAILED, "%s has no time, so nothing was tested.",
                      commands->list[0].text);
    if (status == STATUS_OK && !o->quiet)
        print_noise(o->json ? stderr : stdout, &noise);
    if (status == STATUS_OK && o->json)
        status = store_print(json_pack("{s:s, s:o}", "schema", "gpubench-noise/1", "entries",
                                       noise_to_json(&noise, NULL)),
                             why);
    if (status == STATUS_OK)
        status = judge(&noise, why);
    if (status == STATUS_OK)
        status = save(o, &runs, commands->count, &noise, why);
    noise_free(&noise);
    readings_free(&runs);
    return status;
}

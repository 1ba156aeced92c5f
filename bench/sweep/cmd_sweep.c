/* cmd_sweep.c - the verb sweep: GPU and CPU over N, and from which N the GPU always wins. */
#include "bench/cli/verb.h"
#include "bench/devices/hang.h"
#include "bench/run/run.h"
#include "bench/sweep/sweep.h"
#include "bench/terminal/lines.h"
#include "bench/terminal/progress.h"
#include "bench/terminal/words.h"
#include "harness/base/interrupt.h"
#include "harness/compare/sweep.h"
#include "harness/result/store.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum status misread(const char *words, struct failure *why)
{
    return fail(
        why, STATUS_USAGE,
        "sweep %.60s: write FROM:TO or FROM:TO:STEPS, for example gpubench sweep 64:16384:17",
        words);
}

/* Reads one of the three numbers of FROM:TO:STEPS; false if it is invalid or out of range. */
static bool take_number(const char **rest, uint64_t most, uint64_t *value)
{
    char digits[24];
    const size_t length = strcspn(*rest, ":");
    snprintf(digits, sizeof digits, "%.*s", (int)(length < 20 ? length : 20), *rest);
    *rest += length + ((*rest)[length] == ':');
    return words_parse_whole("sweep", digits, 1, most, value, NULL) == STATUS_OK;
}

enum status sweep_parse(const char *words, struct sweep *s, struct failure *why)
{
    const char *rest = words;
    uint64_t steps = 0;
    const size_t length = strlen(words);
    if (!strchr(words, ':') || words[length - 1] == ':' ||
        !take_number(&rest, PROBLEM_MAX_N, &s->from) ||
        !take_number(&rest, PROBLEM_MAX_N, &s->to) ||
        (*rest && (strchr(rest, ':') || !take_number(&rest, SWEEP_STEPS_MAX, &steps))))
        return misread(words, why);
    if (s->from > s->to)
        return fail(why, STATUS_USAGE, "sweep %.60s: FROM is larger than TO.", words);
    if (steps == 0)
        steps = 1 + (uint64_t)llround(2 * log2((double)s->to / (double)s->from));
    if (steps == 1 && s->from < s->to)
        return fail(why, STATUS_USAGE,
                    "sweep %.60s: from %" PRIu64 " to %" PRIu64 " takes two steps at least.", words,
                    s->from, s->to);
    s->steps = (size_t)steps;
    s->count = sweep_grid(s->from, s->to, s->steps, s->n);
    return STATUS_OK;
}

/* The sides to measure: both, or the one given with --only. */
static void choose_sides(struct sweep *s)
{
    static const char *const names[SWEEP_SIDES] = {"gpu", "cpu"};
    const char *only = s->options->only;
    for (size_t i = 0; i < SWEEP_SIDES; i++)
        if (!only || strcmp(only, names[i]) == 0)
            s->side[i] = place_named(names[i]);
}

static enum status open_sides(struct sweep *s, struct failure *why)
{
    const struct options *o = s->options;
    for (size_t i = 0; i < SWEEP_SIDES; i++) {
        char *libraries = NULL;
        if (!s->side[i])
            continue;
        s->now_side = i;
        if (run_name_libraries(s->side[i], o->blas, &libraries, why) != STATUS_OK) {
            free(libraries);
            return STATUS_USAGE;
        }
        const struct device_request request = {.index = i == 0 ? o->device : 0,
                                               .found = s->publishing ? &s->found : NULL,
                                               .threads = o->threads,
                                               .image = o->image,
                                               .memory_limit = o->memory_limit,
                                               .is_bound = o->is_bound,
                                               .libraries = libraries};
        progress_say(-1, "opening the %s", s->side[i]->backend->name);
        enum status status = s->side[i]->backend->open(&request, &s->device[i], why);
        free(libraries);
        if (status == STATUS_NO_DEVICE && i == 0) {
            char text[sizeof why->text];
            snprintf(text, sizeof text, "%s", why->text);
            return fail(why, status, "%.800s (A sweep of the CPU alone: --only cpu.)", text);
        }
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status point(struct sweep *s, size_t side, uint64_t n, struct failure *why)
{
    json_t *document = sweep_load(s, side, n);
    if (document) {
        s->resumed++;
    } else {
        enum status status = sweep_measure(s, side, n, &document, why);
        if (status == STATUS_OK)
            status = sweep_keep(s, side, n, document, why);
        if (status != STATUS_OK) {
            json_decref(document);
            return status;
        }
    }
    json_array_append_new(s->documents, document);
    return STATUS_OK;
}

static enum status walk(struct sweep *s, struct failure *why)
{
    const size_t sides = s->side[0] && s->side[1] ? 2 : 1;
    const double all = (double)(s->count * sides);
    size_t done = 0;
    for (size_t i = 0; i < s->count; i++)
        for (size_t side = 0; side < SWEEP_SIDES; side++) {
            if (!s->side[side])
                continue;
            progress_within((double)done / all, (double)(done + 1) / all,
                            "%s N = %" PRIu64 " (%zu of %.0f)", s->side[side]->backend->name,
                            s->n[i], done + 1, all);
            s->now = i;
            s->now_side = side;
            enum status status = point(s, side, s->n[i], why);
            if (status == STATUS_INTERRUPTED && s->directory[0])
                return fail(why, status,
                            "interrupted; %zu of %.0f points are saved, and the same command goes "
                            "on from there",
                            done, all);
            if (status != STATUS_OK)
                return status;
            done++;
        }
    return STATUS_OK;
}

/* The number of wrong or failed results over all points. */
static size_t count_state(const json_t *documents, const char *state)
{
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(documents); i++) {
        const json_t *results = json_object_get(json_array_get(documents, i), "results");
        for (size_t k = 0; k < json_array_size(results); k++) {
            const char *is =
                json_string_value(json_object_get(json_array_get(results, k), "state"));
            count += is && strcmp(is, state) == 0;
        }
    }
    return count;
}

static enum status outcome(const struct sweep *s, struct failure *why)
{
    const size_t wrong = count_state(s->documents, "wrong");
    const size_t failed = count_state(s->documents, "failed");
    if (wrong)
        return fail(why, STATUS_WRONG,
                    "wrong result: %zu time%s in the sweep; a wrong one has no time.", wrong,
                    wrong == 1 ? "" : "s");
    if (failed)
        return fail(why, STATUS_FAILED, "%zu run%s failed in the sweep; the result file%s why.",
                    failed, failed == 1 ? "" : "s", failed == 1 ? " says" : "s say");
    if (count_state(s->documents, "ok") == 0)
        return fail(why, STATUS_FAILED, "no N of the sweep could be measured.");
    return STATUS_OK;
}

static enum status tell(struct sweep *s, struct failure *why)
{
    const struct options *o = s->options;
    FILE *people = o->json ? stderr : stdout;
    enum status status = STATUS_OK;
    if (!(o->json && o->quiet))
        sweep_print(people, s);
    if (!o->quiet && s->resumed)
        lines_printf(people, "resumed     %zu of %zu points were there already", s->resumed,
                     json_array_size(s->documents));
    if (!o->quiet && s->finished[0]) {
        char path[PATH_MAX];
        words_path(path, sizeof path, s->finished);
        lines_printf(people, "saved       %s\ntry         gpubench report %s -o sweep.html", path,
                     path);
    }
    if (!o->json && !o->output)
        return STATUS_OK;
    json_t *document = sweep_to_json(s);
    if (o->output)
        status = store_write(o->output, document, why);
    if (o->json && status == STATUS_OK)
        status = store_write("-", document, why);
    json_decref(document);
    return status;
}

/* The part that needs the devices; if it fails, the failure is published. */
static enum status measure_all(struct sweep *s, struct failure *why)
{
    enum status status = open_sides(s, why);
    if (status == STATUS_OK)
        status = sweep_place(s, why);
    if (status == STATUS_OK)
        status = walk(s, why);
    progress_stop();
    if (status != STATUS_OK && s->directory[0])
        rmdir(s->directory); /* unless it holds points */
    if (status != STATUS_OK && status != STATUS_USAGE)
        sweep_send_failure(s, why);
    return status;
}

static enum status go(struct sweep *s, struct failure *why)
{
    enum status status = sweep_send_begin(s, why);
    if (status == STATUS_OK)
        status = measure_all(s, why);
    if (status == STATUS_OK)
        status = sweep_finish(s, why);
    if (status == STATUS_OK)
        status = tell(s, why);
    return status == STATUS_OK ? sweep_send(s, outcome(s, why), why) : status;
}

/* Runs on the guard's thread, while the main thread is stuck in the driver. */
static void on_hang(void *context, const struct variant *v, const struct failure *why)
{
    sweep_send_failure(context, why);
    hang_end(NULL, v, why);
}

static enum status cmd_sweep(const struct options *options, struct failure *why)
{
    struct sweep s = {.options = options, .documents = json_array()};
    if (options->ranks || options->exchange || options->balance) {
        json_decref(s.documents);
        return options->ranks
                   ? sweep_scaling(options, why)
                   : fail(why, STATUS_USAGE,
                          "--exchange and --balance are for ranks: add --ranks 1,2,4, or leave "
                          "them out.");
    }
    if (sweep_parse(options->first, &s, why) != STATUS_OK) {
        json_decref(s.documents);
        return STATUS_USAGE;
    }
    choose_sides(&s);
    if (!options->quiet)
        progress_start();
    guard_on_hang(on_hang, &s);
    enum status status = go(&s, why);
    guard_on_hang(hang_end, NULL);
    progress_stop();
    sweep_send_end(&s);
    for (size_t i = 0; i < SWEEP_SIDES; i++)
        if (s.device[i])
            s.side[i]->backend->close(s.device[i]);
    json_decref(s.documents);
    return status;
}

const struct verb verb_sweep = {
    .name = "sweep",
    .argument = "FROM:TO[:STEPS]",
    .line = "GPU against CPU over N: where the GPU wins",
    .about = "Measures GPU and CPU at orders N from FROM to TO in equal ratios (by default two "
             "steps for each doubling), and reports from which N on the GPU always wins: with the "
             "matrix already on the GPU, copied there once for ten calls, and copied for each "
             "call from pinned and from pageable memory. Each finished point is a result file; "
             "the same command continues a sweep that was interrupted. With --ranks, and N in "
             "place of FROM:TO, it measures how GPUs (with --only cpu, processes of the CPU) that "
             "do one problem together scale, with N as it is and with N that grows so that each "
             "has the same work.",
    .options = OPTIONS_OP | OPTIONS_WORK | OPTIONS_TIME | OPTIONS_FILE | OPTIONS_RECORD |
               OPTIONS_NAME | OPTIONS_STORE | OPTIONS_JSON | OPTIONS_PUBLISH | OPTIONS_REDACT |
               OPTIONS_SERVER | OPTIONS_GPU | OPTIONS_CPU | OPTIONS_SWEEP | OPTIONS_LOCAL |
               OPTIONS_TALK | OPTIONS_HELP,
    .run = cmd_sweep,
};

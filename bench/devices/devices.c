/* devices.c - measures every GPU of a host alone and then all at once, because they share power,
 * cooling, host memory and buses. */
#include "bench/devices/devices.h"

#include "bench/devices/children.h"
#include "bench/terminal/grid.h"
#include "bench/terminal/lines.h"
#include "bench/terminal/progress.h"
#include "bench/terminal/words.h"
#include "harness/base/interrupt.h"
#include "harness/base/need.h"
#include "harness/result/store.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Each device is measured twice: alone[i] and together[i] belong to the same device. */
struct fleet {
    const struct options *options;
    int count;
    struct child *alone, *together;
    double alone_sum, together_sum; /* work per second of the first variant, summed over GPUs */
    int measured;                   /* the number of GPUs in these two sums */
};

static json_t *at(const json_t *object, const char *one, const char *two)
{
    return json_object_get(json_object_get(object, one), two);
}

static const char *text_at(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

/* The contestant of that variant if it was measured, or NULL. */
static const json_t *measured(const json_t *document, const char *variant)
{
    size_t i;
    json_t *result;
    json_array_foreach(json_object_get(document, "results"), i,
                       result) if (strcmp(text_at(result, "variant"), variant) == 0 &&
                                   json_number_value(at(result, "summary", "median_s")) >
                                       0) return result;
    return NULL;
}

static double per_second(const struct fleet *f, const json_t *result)
{
    return json_number_value(
        at(result, "speed", f->options->op == OP_REDUCE ? "bytes_per_s" : "flops"));
}

static const char *rate_unit(const struct fleet *f)
{
    return f->options->op == OP_REDUCE ? "B/s" : "FLOP/s";
}

static double opening_s(const json_t *document)
{
    size_t i;
    json_t *phase;
    json_array_foreach(at(document, "job", "phases"), i,
                       phase) if (strcmp(text_at(phase, "name"), "open") ==
                                  0) return json_number_value(json_object_get(phase, "seconds"));
    return NAN;
}

static void add_time(struct grid *g, double seconds)
{
    char text[WORDS_BYTES];
    grid_add(g, isnan(seconds) ? "" : words_time(text, seconds));
}

/* Adds the cells of one variant on one GPU, measured alone and together. */
static void add_figures(struct fleet *f, struct grid *g, int i, const json_t *alone,
                        const json_t *together)
{
    const double before = json_number_value(at(alone, "summary", "median_s"));
    const double after = json_number_value(at(together, "summary", "median_s"));
    const double open_alone = opening_s(f->alone[i].document);
    const double open_together = opening_s(f->together[i].document);
    const bool is_opening_known = !isnan(open_alone) && !isnan(open_together);
    char text[WORDS_BYTES];
    add_time(g, before);
    add_time(g, after);
    grid_addf(g, "%+.1f %%", 100 * (after / before - 1));
    grid_add(g, words_rate(text, per_second(f, together), rate_unit(f)));
    add_time(g, is_opening_known ? open_alone : NAN);
    add_time(g, is_opening_known ? open_together : NAN);
}

static const json_t *device_of(const struct fleet *f, int i)
{
    const json_t *document = f->alone[i].document ? f->alone[i].document : f->together[i].document;
    return json_object_get(document, "device");
}

/* How much of a UUID is shown: "GPU-" and eight digits, or all of it where two begin alike. */
static int uuid_shown(const struct fleet *f)
{
    enum { SHORT = 12, WHOLE = 63 };
    for (int i = 0; i < f->count; i++)
        for (int k = i + 1; k < f->count; k++) {
            const char *one = text_at(device_of(f, i), "uuid");
            if (*one && strncmp(one, text_at(device_of(f, k), "uuid"), SHORT) == 0)
                return WHOLE;
        }
    return SHORT;
}

static void add_head(const struct fleet *f, struct grid *g, int i)
{
    const json_t *device = device_of(f, i);
    grid_addf(g, "%d", f->alone[i].device);
    grid_addf(g, "%.120s", device ? text_at(device, "name") : "-");
    grid_addf(g, "%.20s", text_at(device, "pci"));
    grid_addf(g, "%.*s", uuid_shown(f), text_at(device, "uuid"));
}

/* Adds a GPU's rows: one per variant that was measured both times, or one with the error. */
static void add_rows(struct fleet *f, struct grid *g, int i, bool colored)
{
    size_t used = 0, k;
    const json_t *result;
    json_array_foreach(json_object_get(f->alone[i].document, "results"), k, result)
    {
        const char *variant = text_at(result, "variant");
        const json_t *alone = measured(f->alone[i].document, variant);
        const json_t *together = measured(f->together[i].document, variant);
        if (!alone || !together)
            continue;
        add_head(f, g, i);
        grid_addf(g, "%.120s", variant);
        add_figures(f, g, i, alone, together);
        if (used++ == 0) {
            f->alone_sum += per_second(f, alone);
            f->together_sum += per_second(f, together);
            f->measured++;
        }
    }
    if (used > 0)
        return;
    const bool is_early = f->alone[i].sentence[0];
    char text[512];
    snprintf(text, sizeof text, "failed %s: %s", is_early ? "alone" : "at once",
             is_early ? f->alone[i].sentence : f->together[i].sentence);
    add_head(f, g, i);
    grid_rest(g, colored, TINT_BAD, text);
}

static void print_table(FILE *to, struct fleet *f, bool colored)
{
    static const char *const heads[] = {
        "GPU",     "",       "PCI",          "UUID",         "variant",       "alone",
        "at once", "change", "rate at once", "opened alone", "opened at once"};
    struct grid g = {.heads = heads, .columns = sizeof heads / sizeof *heads, .left = 0x1f};
    for (int i = 0; i < f->count; i++)
        add_rows(f, &g, i, colored);
    grid_text(to, &g);
    grid_free(&g);
    if (f->measured > 1) {
        char rate[WORDS_BYTES];
        words_rate(rate, f->together_sum, rate_unit(f));
        lines_printf(to, "all at once      %s, %.2f × one alone (%d would mean no mutual slowdown)",
                     rate, f->together_sum / (f->alone_sum / f->measured), f->measured);
    }
}

/* All documents as one array: first those of each GPU alone, then those of all at once. */
static enum status print_json(const struct fleet *f, struct failure *why)
{
    json_t *all = json_array();
    for (int i = 0; i < 2 * f->count; i++) {
        const struct child *child = i < f->count ? &f->alone[i] : &f->together[i - f->count];
        if (child->document)
            json_array_append(all, child->document);
    }
    return store_print(all, why);
}

static void print_saved(FILE *to, const struct fleet *f)
{
    char directory[4096], shown[4096];
    int saved = 0;
    if (f->options->discard ||
        store_directory(f->options->results, directory, sizeof directory, NULL))
        return;
    for (int i = 0; i < f->count; i++)
        saved += (f->alone[i].code == 0) + (f->together[i].code == 0);
    words_path(shown, sizeof shown, directory);
    lines_printf(to, "saved            %d results below %s", saved, shown);
}

/* The exit status of the group: a wrong result wins over a failure, a failure over no device. */
static enum status outcome(const struct fleet *f, struct failure *why)
{
    int failed = 0, without = 0;
    for (int i = 0; i < f->count; i++) {
        const int codes[] = {f->alone[i].code, f->together[i].code};
        failed += codes[0] != 0 || codes[1] != 0;
        without += codes[0] == exit_code(STATUS_NO_DEVICE);
    }
    if (failed == 0)
        return STATUS_OK;
    return fail(why, without == f->count ? STATUS_NO_DEVICE : STATUS_FAILED,
                "%d of %d GPUs failed: their rows say why.", failed, f->count);
}

static enum status run_all(struct fleet *f, struct failure *why)
{
    enum status status = STATUS_OK;
    for (int i = 0; i < f->count && status == STATUS_OK; i++) {
        f->alone[i].device = f->together[i].device = i;
        progress_say((double)i / (f->count + 1), "GPU %d alone", i);
        status = children_run(f->options, &f->alone[i], 1, why);
    }
    if (status != STATUS_OK)
        return status;
    progress_say((double)f->count / (f->count + 1), "all %d GPUs at once", f->count);
    return children_run(f->options, f->together, f->count, why);
}

enum status devices_run(const struct options *o, bool *is_begun, struct failure *why)
{
    struct fleet fleet = {.options = o};
    FILE *people = o->json ? stderr : stdout;
    *is_begun = false;
    if (o->device_is_given)
        return fail(why, STATUS_USAGE,
                    "--all-devices is every GPU, --device one: leave out either.");
    if (o->output)
        return fail(
            why, STATUS_USAGE,
            "--all-devices gives a result for each GPU, alone and at once: name a directory "
            "for them with --results DIR, or take them as one array with --json.");
    enum status status = children_count(&fleet.count, why);
    if (status != STATUS_OK)
        return status;
    *is_begun = true;
    fleet.alone = need_array((size_t)fleet.count, sizeof *fleet.alone);
    fleet.together = need_array((size_t)fleet.count, sizeof *fleet.together);
    if (!o->quiet)
        progress_start();
    status = run_all(&fleet, why);
    progress_stop();
    if (status == STATUS_OK && o->json)
        status = print_json(&fleet, why);
    if (status == STATUS_OK) {
        if (!(o->json && o->quiet)) {
            lines_printf(
                people, "%s · N = %" PRIu64 " · %d GPU%s, a process each, in turn and then at once",
                op_name(o->op), o->n, fleet.count, fleet.count == 1 ? "" : "s");
            print_table(people, &fleet, color_wanted(people, o->color));
        }
        if (!o->quiet)
            print_saved(people, &fleet);
        status = outcome(&fleet, why);
    }
    children_free(fleet.alone, fleet.count);
    children_free(fleet.together, fleet.count);
    free(fleet.alone);
    free(fleet.together);
    return status;
}

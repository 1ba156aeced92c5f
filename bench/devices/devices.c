/* devices.c - every GPU of a host alone and beside the others: what power, cooling and the host's
 * memory and buses, which they share, cost each of them. */
#include "bench/devices/devices.h"

#include "bench/devices/children.h"
#include "bench/terminal/color.h"
#include "bench/terminal/progress.h"
#include "bench/terminal/words.h"
#include "harness/base/interrupt.h"
#include "harness/result/store.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Every device twice: alone[i] and together[i] are of the same one. */
struct fleet {
    const struct options *options;
    int count;
    struct child *alone, *together;
    double alone_sum, together_sum; /* work a second, of the first variant, over all GPUs */
    int measured;                   /* GPUs that these two are sums of */
};

enum column {
    GPU,
    NAME,
    VARIANT,
    ALONE,
    TOGETHER,
    CHANGE,
    RATE,
    OPEN_ALONE,
    OPEN_TOGETHER,
    COLUMNS
};

struct row {
    char cell[COLUMNS][128];
    char failure[512]; /* instead of the cells behind NAME */
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

static double opening_s(const json_t *document)
{
    size_t i;
    json_t *phase;
    json_array_foreach(at(document, "job", "phases"), i,
                       phase) if (strcmp(text_at(phase, "name"), "open") ==
                                  0) return json_number_value(json_object_get(phase, "seconds"));
    return NAN;
}

static void figures(struct fleet *f, int i, const json_t *alone, const json_t *together,
                    bool is_first, struct row *row)
{
    const double before = json_number_value(at(alone, "summary", "median_s"));
    const double after = json_number_value(at(together, "summary", "median_s"));
    const double open_alone = opening_s(f->alone[i].document);
    const double open_together = opening_s(f->together[i].document);
    words_time(row->cell[ALONE], before);
    words_time(row->cell[TOGETHER], after);
    snprintf(row->cell[CHANGE], sizeof row->cell[CHANGE], "%+.1f %%", 100 * (after / before - 1));
    words_rate(row->cell[RATE], per_second(f, together),
               f->options->op == OP_REDUCE ? "B/s" : "FLOP/s");
    if (!isnan(open_alone) && !isnan(open_together)) {
        words_time(row->cell[OPEN_ALONE], open_alone);
        words_time(row->cell[OPEN_TOGETHER], open_together);
    }
    if (is_first) {
        f->alone_sum += per_second(f, alone);
        f->together_sum += per_second(f, together);
        f->measured++;
    }
}

static void head_of_row(const struct fleet *f, int i, struct row *row)
{
    const json_t *document = f->alone[i].document ? f->alone[i].document : f->together[i].document;
    snprintf(row->cell[GPU], sizeof row->cell[GPU], "%d", f->alone[i].device);
    snprintf(row->cell[NAME], sizeof row->cell[NAME], "%.120s",
             document ? text_at(json_object_get(document, "device"), "name") : "-");
}

/* A GPU's rows, one for each variant that was measured both times, or one that says what failed. */
static size_t rows_of(struct fleet *f, int i, struct row *rows, size_t room)
{
    size_t used = 0, k;
    const json_t *result;
    json_array_foreach(json_object_get(f->alone[i].document, "results"), k, result)
    {
        const char *variant = text_at(result, "variant");
        const json_t *alone = measured(f->alone[i].document, variant);
        const json_t *together = measured(f->together[i].document, variant);
        if (!alone || !together || used == room)
            continue;
        head_of_row(f, i, &rows[used]);
        snprintf(rows[used].cell[VARIANT], sizeof rows[used].cell[VARIANT], "%.120s", variant);
        figures(f, i, alone, together, used == 0, &rows[used]);
        used++;
    }
    if (used > 0 || room == 0)
        return used;
    const bool is_early = f->alone[i].sentence[0];
    head_of_row(f, i, rows);
    snprintf(rows->failure, sizeof rows->failure, "failed %s: %s", is_early ? "alone" : "at once",
             is_early ? f->alone[i].sentence : f->together[i].sentence);
    return 1;
}

static void print_rows(FILE *to, const struct row *rows, size_t count, bool colored)
{
    size_t width[COLUMNS] = {0};
    for (size_t r = 0; r < count; r++)
        for (int c = 0; c < COLUMNS; c++)
            if (words_width(rows[r].cell[c]) > width[c])
                width[c] = words_width(rows[r].cell[c]);
    for (size_t r = 0; r < count; r++) {
        fputs("  ", to);
        for (int c = 0; c < (rows[r].failure[0] ? VARIANT : COLUMNS); c++) {
            if (width[c] == 0)
                continue;
            (c <= VARIANT ? words_left : words_right)(to, rows[r].cell[c], width[c]);
            fputs(c + 1 < COLUMNS ? "  " : "", to);
        }
        if (rows[r].failure[0])
            color_print(to, colored, TINT_BAD, rows[r].failure);
        fputc('\n', to);
    }
}

static void print_table(FILE *to, struct fleet *f, bool colored)
{
    enum { VARIANTS_MAX = 64 };
    const size_t room = (size_t)f->count * VARIANTS_MAX + 1;
    struct row *rows = calloc(room, sizeof *rows);
    if (!rows) {
        fputs("(no memory for the table)\n", to);
        return;
    }
    rows[0] = (struct row){.cell = {"GPU", "", "variant", "alone", "at once", "change",
                                    "rate at once", "opened alone", "opened at once"}};
    size_t used = 1;
    for (int i = 0; i < f->count; i++)
        used += rows_of(f, i, rows + used, VARIANTS_MAX);
    print_rows(to, rows, used, colored);
    if (f->measured > 1) {
        char rate[WORDS_BYTES];
        words_rate(rate, f->together_sum, f->options->op == OP_REDUCE ? "B/s" : "FLOP/s");
        fprintf(to, "all at once      %s, %.2f × one alone (%d: they cost each other nothing)\n",
                rate, f->together_sum / (f->alone_sum / f->measured), f->measured);
    }
    free(rows);
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
    fprintf(to, "saved            %d results below %s\n", saved, shown);
}

/* The most telling of the exit statuses: a wrong result, a failure, no device. */
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

enum status devices_run(const struct options *o, struct failure *why)
{
    struct fleet fleet = {.options = o};
    FILE *people = o->json ? stderr : stdout;
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
    fleet.alone = calloc((size_t)fleet.count, sizeof *fleet.alone);
    fleet.together = calloc((size_t)fleet.count, sizeof *fleet.together);
    if (!fleet.alone || !fleet.together)
        status = fail(why, STATUS_NO_MEMORY, "no memory for %d GPUs.", fleet.count);
    if (status == STATUS_OK) {
        if (!o->quiet)
            progress_start();
        status = run_all(&fleet, why);
        progress_stop();
    }
    if (status == STATUS_OK && o->json)
        status = print_json(&fleet, why);
    if (status == STATUS_OK) {
        if (!(o->json && o->quiet)) {
            fprintf(people,
                    "%s · N = %" PRIu64 " · %d GPU%s, a process each, in turn and then at once\n",
                    op_name(o->op), o->n, fleet.count, fleet.count == 1 ? "" : "s");
            print_table(people, &fleet, color_wanted(people, o->color));
        }
        if (!o->quiet)
            print_saved(people, &fleet);
        status = outcome(&fleet, why);
    }
    if (fleet.alone && fleet.together) {
        children_free(fleet.alone, fleet.count);
        children_free(fleet.together, fleet.count);
    }
    free(fleet.alone);
    free(fleet.together);
    return status;
}

/* group.c - several GPUs soaked at once, a process each: a GPU that is lost or hangs takes its own
 * process along and no other. */
#include "bench/devices/children.h"
#include "bench/output/report.h"
#include "bench/soak/soak.h"
#include "bench/terminal/lines.h"
#include "bench/terminal/words.h"
#include "harness/base/interrupt.h"
#include "harness/base/need.h"
#include "harness/result/store.h"
#include "harness/text/json_text.h"

#include <stdlib.h>
#include <string.h>

/* Beyond the soak itself: the answers are verified again, and a guard ends what hangs. */
static const double end_within_s = 900, hurry_s = 20;

/* What the parent shows while its children run. */
struct shown {
    struct soak_row *rows;
    struct soak_display display;
};

static void tick(void *context)
{
    struct shown *shown = context;
    soak_display_tick(&shown->display);
}

/* A process that was killed could not say so in its own row. */
static void ended(void *context, int i, const char *sentence)
{
    struct soak_row *row = &((struct shown *)context)->rows[i];
    if (row->stage == SOAK_STARTS) {
        snprintf(row->reason, sizeof row->reason, "%s", sentence);
        row->stage = SOAK_GAVE_UP;
    } else if (row->stage != SOAK_GAVE_UP) {
        row->stage = SOAK_ENDED;
    }
}

static bool outcome_named(const char *name, enum soak_outcome *outcome)
{
    for (int i = SOAK_OK; i <= SOAK_FAULTY; i++)
        if (name && strcmp(name, soak_outcome_name((enum soak_outcome)i)) == 0) {
            *outcome = (enum soak_outcome)i;
            return true;
        }
    return false;
}

static const char *text_at(const json_t *document, const char *path)
{
    const char *text = json_string_value(json_at(document, path));
    return text ? text : "";
}

/* Prints a GPU's verdict and returns its status. A GPU whose process gave no result is faulty,
 * unless the process never ran: then only the reason is printed. */
static enum status print_child(const struct options *o, FILE *to, bool colored,
                               const struct child *child, const struct soak_row *row)
{
    char label[32];
    enum soak_outcome outcome = SOAK_FAULTY;
    const json_t *d = child->document;
    const bool has_result = outcome_named(text_at(d, "soak.verdict"), &outcome);
    soak_row_label(row, label, sizeof label);
    if (has_result)
        soak_print_verdict(to, colored, label, outcome, json_number_value(json_at(d, "soak.flops")),
                           (uint64_t)json_integer_value(json_at(d, "soak.launches")),
                           text_at(d, "soak.reason"), text_at(d, "soak.remark"));
    else if (row->stage <= SOAK_GAVE_UP)
        lines_printf(to, "%-7s FAILED     before the first launch: %s", label, child->sentence);
    else
        soak_print_verdict(to, colored, label, SOAK_FAULTY, row->flops, row->launches,
                           child->sentence, NULL);
    const bool is_lost = has_result && !o->discard && !row->is_saved;
    if (is_lost)
        lines_printf(to, "%-7s NOT SAVED  %s", label, child->sentence);
    return is_lost      ? status_worse(soak_status(outcome), STATUS_FAILED)
           : has_result ? soak_status(outcome)
           : child->code == exit_code(STATUS_NO_DEVICE) ? STATUS_NO_DEVICE
                                                        : STATUS_FAILED;
}

/* All documents as one array. */
static enum status print_json(const struct child *children, int count, struct failure *why)
{
    json_t *all = json_array();
    for (int i = 0; i < count; i++)
        if (children[i].document)
            json_array_append(all, children[i].document);
    return store_print(all, why);
}

static enum status report(const struct options *o, const struct child *children,
                          const struct soak_row *rows, int count, FILE *people, struct failure *why)
{
    enum status worst = STATUS_OK;
    int bad = 0, saved = 0;
    FILE *to = o->json && o->quiet ? NULL : people;
    FILE *nowhere = to ? NULL : fopen("/dev/null", "we");
    const bool colored = to && color_wanted(to, o->color);
    for (int i = 0; i < count; i++) {
        const enum status status = print_child(o,
                                               to        ? to
                                               : nowhere ? nowhere
                                                         : stderr,
                                               colored, &children[i], &rows[i]);
        worst = status_worse(worst, status);
        bad += status != STATUS_OK;
        saved += rows[i].is_saved;
    }
    if (nowhere)
        fclose(nowhere);
    if (to && !o->quiet && saved) {
        char directory[4096], shown[4096], line[4200];
        if (store_directory(o->results, directory, sizeof directory, NULL) == STATUS_OK) {
            words_path(shown, sizeof shown, directory);
            snprintf(line, sizeof line, "%d result%s below %s", saved, saved == 1 ? "" : "s",
                     shown);
            report_end(to, line, NULL, NULL, NULL);
        }
    }
    if (interrupt_requested() && worst != STATUS_WRONG)
        return fail(why, STATUS_INTERRUPTED, "interrupted; what was seen until then is %s",
                    saved == count ? "saved" : "above");
    return bad ? fail(why, worst, "%d of %d GPUs %s not OK: the lines above say why.", bad, count,
                      bad == 1 ? "is" : "are")
               : STATUS_OK;
}

enum status soak_group(const struct options *o, const int *devices, int count, struct failure *why)
{
    FILE *people = o->json ? stderr : stdout;
    if (o->output)
        return fail(why, STATUS_USAGE,
                    "several GPUs give a result each: name a directory for them with --results "
                    "DIR, or take them as one array with --json.");
    struct soak_row *rows = soak_rows_new(devices, count, why);
    if (!rows)
        return why->status;
    struct child *children = need_array((size_t)count, sizeof *children);
    for (int i = 0; i < count; i++)
        children[i].device = devices[i];
    struct shown shown = {rows, soak_display_new(people, rows, count, o->quiet)};
    const struct children_watch watch = {.tick = tick,
                                         .ended = ended,
                                         .context = &shown,
                                         .limit_s = soak_seconds(o) + end_within_s,
                                         .hurry_s = hurry_s};
    enum status status = children_run_watched(o, children, count, &watch, why);
    soak_display_wipe(&shown.display);
    if (status == STATUS_OK || status == STATUS_INTERRUPTED) {
        const enum status written = o->json ? print_json(children, count, why) : STATUS_OK;
        status = report(o, children, rows, count, people, why);
        status = status_worse(status, written);
    }
    children_free(children, count);
    free(children);
    return status;
}

/* finish.c - saves, prints and sends the result of a run. */
#include "bench/run/run.h"

#include "bench/cli/verb.h"
#include "bench/output/rank_table.h"
#include "bench/output/report.h"
#include "bench/output/save.h"
#include "bench/output/table.h"
#include "bench/stored/cards.h"
#include "bench/terminal/color.h"
#include "bench/terminal/words.h"
#include "harness/base/need.h"
#include "harness/result/document.h"
#include "harness/result/store.h"
#include "harness/text/append.h"

#include <inttypes.h>
#include <string.h>

/* Writes the command that the last line of the output suggests. */
static void next_command(const struct run *run, char *command, size_t bytes)
{
    const struct options *o = run->options;
    const bool other_op = o->op != OP_SUM_AAT;
    snprintf(command, bytes, "gpubench %s %" PRIu64 "%s%s --all", o->verb->name, o->n,
             other_op ? " --op " : "", other_op ? op_name(o->op) : "");
}

static void describe_contest(const struct run *run, char *text, size_t bytes)
{
    const struct options *o = run->options;
    const struct contest_times t = contest_times(o);
    if (o->samples)
        snprintf(text, bytes, "interleaved, %zu sample%s each", o->samples,
                 o->samples == 1 ? "" : "s");
    else
        snprintf(text, bytes, "interleaved, %.1f s warm-up, %.3g s", t.warmup_s, t.sample_s);
    append_text(text, bytes, "%s", report_cache(&run->result));
}

static void print_rest(const struct run *run, const char *saved, const char *output)
{
    const struct options *o = run->options;
    char text[128];
    if (o->quiet && !run->is_table)
        return;
    if (run->is_table) {
        describe_contest(run, text, sizeof text);
        table_print(run->people, &run->result, text, color_wanted(run->people, o->color));
    } else {
        report_details(run->people, &run->result);
        if (run->result.ranks)
            ranks_print(run->people, &run->result);
    }
    if (o->quiet)
        return;
    next_command(run, text, sizeof text);
    report_end(run->people, saved[0] ? saved : NULL, output,
               run->is_table || run->result.ranks ? NULL : text,
               "every variant, the libraries' among them, in one table");
    if (o->verbose)
        report_facts(run->people, &run->result.facts);
}

/* The result is saved before it is printed, so that a reader that closes the pipe early, or a full
 * disk behind standard output, cannot lose it. It is queued for its server before it is saved, so
 * that every saved result will be sent. */
enum status run_finish(struct run *run, struct failure *why)
{
    const struct options *o = run->options;
    char saved[4096];
    struct failure not_saved = {0}, not_queued = {0};
    run->is_finished = true;
    run_add_facts(run);
    json_t *document = result_to_json(&run->result);
    enum status queued = STATUS_OK;
    if (run->publishing)
        queued = publishing_add(run->publishing, document, o->redact, &not_queued);
    enum status status = save_document(o, document, saved, sizeof saved, &not_saved);
    if (o->json && status == STATUS_OK)
        status = store_write("-", document, &not_saved);
    else if (o->json)
        store_write("-", document, NULL); /* the exit status reports the first failure */
    json_decref(document);
    if (!(o->json && o->quiet))
        print_rest(run, saved, status == STATUS_OK ? o->output : NULL);
    if (status == STATUS_OK && queued != STATUS_OK) {
        not_saved = not_queued;
        status = queued;
    }
    if (status != STATUS_OK) {
        *why = not_saved;
        return status;
    }
    if (run->is_table)
        status = contest_outcome(&run->result, why);
    return run->publishing ? publishing_send(run->publishing, status, why) : status;
}

/* Marks every variant that was to run as failed or wrong. If the device was to choose the variant,
 * the entry is called "auto". */
static void fail_all(struct run *run, const struct failure *why)
{
    static struct variant automatic = {.name = "auto"};
    struct result *r = &run->result;
    if (!r->contestants) {
        if (run->chosen_count == 0) {
            automatic.op = r->problem.op;
            automatic.arithmetic = plain_arithmetic(r->problem.element);
            run->chosen[run->chosen_count++] = &automatic;
        }
        r->contestant_count = run->chosen_count;
        r->contestants = need_array(r->contestant_count, sizeof *r->contestants);
        for (size_t i = 0; i < r->contestant_count; i++)
            r->contestants[i].variant = run->chosen[i];
    }
    for (size_t i = 0; i < r->contestant_count; i++) {
        struct contestant *c = &r->contestants[i];
        if (c->state != CONTESTANT_OK)
            continue;
        c->state = why->status == STATUS_WRONG ? CONTESTANT_WRONG : CONTESTANT_FAILED;
        snprintf(c->reason, sizeof c->reason, "%.*s", (int)sizeof c->reason - 1, why->text);
    }
    r->job_variant = NULL; /* no time is reported for a wrong or failed result */
    if (run->ranks)
        result_name_ranks(r, run->ranks);
    else if (!r->device.place[0])
        snprintf(r->device.place, sizeof r->device.place, "/%s:%d", r->backend_name,
                 run->options->device);
}

/* A GPU that did not open has no UUID in its facts. Without the UUID the failure would be published
 * to another group than the card's good runs, which would then stay on show. So the UUID is looked
 * up in stored results. */
static void add_failed_card(struct run *run, enum status status)
{
    struct facts *facts = &run->result.facts;
    const int index = run->options->device;
    struct known_cards known = {0};
    if (strcmp(run->result.backend_name, "gpu") != 0 || run->ranks ||
        facts_get(facts, "device.uuid"))
        return;
    const char *card = *run->card ? run->card : cards_failed(&run->found, &known, index);
    if (!card && !run->is_card_asked) {
        cards_known(run->options, facts_get_text(facts, "host.machine"), &known);
        card = cards_failed(&run->found, &known, index);
        if (!card && status != STATUS_USAGE && run->publishing->to.kind == TO_PUSHGATEWAY)
            words_warn("which card GPU %d is cannot be known: it did not open, and no stored "
                       "result tells its UUID. The failure goes to the group of this machine's "
                       "gpu:%d, and the group of the card's good runs keeps its last value",
                       index, index);
    }
    run->is_card_asked = true;
    if (card && card != run->card)
        snprintf(run->card, sizeof run->card, "%s", card);
    if (card)
        facts_text(facts, "device.uuid", card);
}

bool run_queue_failure(struct run *run, const struct failure *why)
{
    /* An invalid command ends before `began` is set, and is not published. */
    if (!run->publishing || run->is_finished || !run->began || why->status == STATUS_INTERRUPTED)
        return false;
    const enum destination_kind kind = run->publishing->to.kind;
    if (kind != TO_PUSHGATEWAY && kind != TO_INFLUX)
        return false;
    struct failure not_queued = {0};
    fail_all(run, why);
    run->is_asking = true; /* after a failure the device may no longer answer */
    run_add_facts(run);
    add_failed_card(run, why->status);
    json_t *document = result_to_json(&run->result);
    const bool is_queued =
        publishing_add(run->publishing, document, run->options->redact, &not_queued) == STATUS_OK;
    if (!is_queued)
        words_warn("%s", not_queued.text);
    json_decref(document);
    return is_queued;
}

void run_push_failure(struct run *run, const struct failure *why)
{
    if (run_queue_failure(run, why))
        publishing_send_failures(run->publishing);
}

/* cmd_run.c - the verbs gpu and cpu: choose, run, save, print. */
#include "bench/barrier.h"
#include "bench/devices.h"
#include "bench/figures.h"
#include "bench/hang.h"
#include "bench/progress.h"
#include "bench/report.h"
#include "bench/run.h"
#include "bench/select.h"
#include "bench/table.h"
#include "bench/verbs.h"
#include "bench/words.h"
#include "harness/host.h"
#include "harness/store.h"
#include "harness/tool.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { HURRY_SECONDS = 3 }; /* to keep what there is once the device hangs */

nanos run_lap(nanos *from)
{
    nanos now = clock_now(), taken = now - *from;
    *from = now;
    return taken;
}

enum status run_checked(enum status status, struct failure *why)
{
    if (interrupt_requested())
        return fail(why, STATUS_INTERRUPTED, "interrupted; nothing was saved");
    return status;
}

enum status run_open(struct run *run, struct failure *why)
{
    const struct options *o = run->options;
    const struct device_request request = {.index = o->device,
                                           .threads = o->threads,
                                           .image = o->image,
                                           .memory_limit = o->memory_limit};
    nanos from = clock_now();
    progress_say(-1, "opening the %s", run->place->backend->name);
    if (run->place->backend->open(&request, &run->device, why) != STATUS_OK)
        return run_checked(why->status, why);
    run->result.device = *run->place->backend->device_facts(run->device);
    if (run->result.device.warning[0] && !o->quiet) {
        progress_hide();
        fprintf(stderr, "gpubench: %s\n", run->result.device.warning);
    }
    result_add_phase(&run->result, "open", run_lap(&from), "", "%s", run->place->opens);
    return run_checked(STATUS_OK, why);
}

enum status run_begin(struct run *run, struct failure *why)
{
    nanos from = clock_now();
    progress_say(-1, "filling the matrix");
    enum status status =
        run->place->backend->begin(run->device, &run->result.problem, &run->job, why);
    if (status != STATUS_OK)
        return run_checked(status, why);
    result_add_phase(&run->result, "fill", run_lap(&from), run->result.device.place, "philox");
    return run_checked(STATUS_OK, why);
}

/* Whether v (NULL: the matrix alone) fits into the device's memory; STATUS_NO_MEMORY with the two
 * sizes if not. */
static enum status fits(const struct run *run, const struct variant *v, struct failure *why)
{
    const uint64_t available = run->result.device.memory_free;
    const uint64_t needed = run->place->backend->bytes_needed(run->device, v, &run->result.problem);
    char need[WORDS_BYTES], have[WORDS_BYTES];
    words_bytes(need, needed);
    words_bytes(have, available);
    if (available > 0 && needed > available)
        return fail(why, STATUS_NO_MEMORY, "needs %s, %s are free", need, have);
    return STATUS_OK;
}

enum status run_suits(const struct run *run, const struct variant *v, struct failure *why)
{
    const struct backend *backend = run->place->backend;
    const struct problem *p = &run->result.problem;
    char reason[256] = "";

    /* Memory first: it has a way out that the backend does not know of. */
    if (fits(run, v, why) != STATUS_OK)
        return STATUS_NO_MEMORY;
    if (!backend->can_run(run->device, v, p, reason, sizeof reason))
        return fail(why, STATUS_FAILED, "%s", reason);
    return STATUS_OK;
}

/* How the text for people starts over: a variant other than the ones that were named would be tried
 * like this. */
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
    const size_t used = strlen(text);
    snprintf(text + used, bytes - used, "%s", report_cache(&run->result));
}

/* After the timed part, because it reads many files. */
void run_add_facts(struct run *run)
{
    struct facts *facts = &run->result.facts;
    tool_facts(facts);
    host_facts(facts);
    barrier_facts(facts);
    if (!run->is_asking) { /* else it hangs, and the result does without */
        run->is_asking = true;
        run->place->backend->facts(run->device, facts);
    }
    run->result.device = *run->place->backend->device_facts(run->device);
}

/* Saves the document where it was asked to go. The path of the saved file goes to `saved`, "" if
 * none was wanted. */
static enum status save(const struct run *run, json_t *document, char *saved, size_t bytes,
                        struct failure *why)
{
    const struct options *o = run->options;
    enum status status = STATUS_OK;
    *saved = '\0';
    if (o->output)
        status = store_write(o->output, document, why);
    if (!o->discard) {
        struct failure other = {0};
        char directory[4096];
        enum status second = store_directory(o->results, directory, sizeof directory, &other);
        if (second == STATUS_OK)
            second = store_save(directory, document, saved, bytes, &other);
        if (second != STATUS_OK) {
            *saved = '\0';
            if (status == STATUS_OK)
                *why = other;
            status = second;
        }
    }
    return status;
}

static void print_rest(const struct run *run, bool is_table, const char *saved, const char *output)
{
    const struct options *o = run->options;
    char text[128];
    if (o->quiet && !is_table)
        return;
    if (is_table) {
        describe_contest(run, text, sizeof text);
        table_print(run->people, &run->result, text, report_colored(run->people, o->color));
    } else {
        report_details(run->people, &run->result);
    }
    if (o->quiet)
        return;
    next_command(run, text, sizeof text);
    report_end(run->people, saved[0] ? saved : NULL, output, is_table ? NULL : text,
               "every variant, the libraries' among them, in one table");
    if (o->verbose)
        report_facts(run->people, &run->result.facts);
}

/* Sends what was queued before the result was saved. Of two findings the worse one ends the
 * program, and the other is said here. */
static enum status publish(const struct run *run, enum status status, struct failure *why)
{
    struct failure not_sent = {0};
    size_t sent = 0;
    if (publish_send(&run->publishing->outbox, &sent, &not_sent) == STATUS_OK)
        return status;
    const bool is_worse = status_worse(status, not_sent.status) != status;
    if (status != STATUS_OK)
        fprintf(stderr, "gpubench: %s\n", is_worse ? why->text : not_sent.text);
    if (is_worse)
        *why = not_sent;
    return status_worse(status, not_sent.status);
}

/* The result is saved before it is printed: a reader that closes the pipe early, or a full disk
 * behind standard output, then costs text and not the measurement. It is queued for its server
 * before it is saved, so that a result that is there is one that will be sent. */
static enum status finish(struct run *run, bool is_table, struct failure *why)
{
    const struct options *o = run->options;
    char saved[4096];
    struct failure not_saved = {0}, not_queued = {0};
    run_add_facts(run);
    json_t *document = result_to_json(&run->result);
    if (!document)
        return fail(why, STATUS_FAILED, "no memory for the result document.");
    enum status queued = STATUS_OK;
    if (run->publishing)
        queued = publish_add(&run->publishing->outbox, document, o->redact, &not_queued);
    enum status status = save(run, document, saved, sizeof saved, &not_saved);
    if (o->json && status == STATUS_OK)
        status = store_write("-", document, &not_saved);
    else if (o->json)
        store_write("-", document, NULL); /* what is already wrong is what the exit status tells */
    json_decref(document);
    if (!(o->json && o->quiet))
        print_rest(run, is_table, saved, status == STATUS_OK ? o->output : NULL);
    if (status == STATUS_OK && queued != STATUS_OK) {
        not_saved = not_queued;
        status = queued;
    }
    if (status != STATUS_OK) {
        *why = not_saved;
        return status;
    }
    if (is_table)
        status = contest_outcome(&run->result, why);
    return run->publishing ? publish(run, status, why) : status;
}

/* Saves and prints what there was before *why, which contestants[culprit] met, ended the run. */
static void keep(struct run *run, size_t culprit, const struct failure *why)
{
    struct failure other = {0};
    const size_t count = run->result.contestant_count;
    if (!run->is_asking)
        contestants_lose_device(run->result.contestants, count, culprit, why->text);
    progress_stop();
    if (finish(run, run->options->all || count > 1, &other) != STATUS_OK &&
        other.status != STATUS_FAILED)
        fprintf(stderr, "gpubench: %s\n", other.text);
}

/* On the guard's thread, the main one being stuck in the driver. */
static void on_hang(void *context, const struct variant *v, const struct failure *why)
{
    struct run *run = context;
    size_t culprit = run->current;
    for (size_t i = 0; v && i < run->result.contestant_count; i++)
        if (run->result.contestants[i].variant == v)
            culprit = i;
    if (run->has_findings && why->status != STATUS_INTERRUPTED) {
        hang_hurry(HURRY_SECONDS);
        keep(run, culprit, why);
    }
    hang_end(NULL, v, why);
}

enum status run_choose(struct run *run, struct failure *why)
{
    const struct options *o = run->options;
    const struct backend *backend = run->place->backend;
    run->chosen = calloc(backend->variant_count + 1, sizeof *run->chosen);
    if (!run->chosen)
        return fail(why, STATUS_NO_MEMORY, "no memory for the list of variants.");
    return select_variants(backend, o->op, o->variants, o->arithmetics, o->all, run->chosen,
                           &run->chosen_count, &run->automatic, why);
}

/* No f32 variant of the operation can run; the first one's reason stands for all. */
static enum status nothing_runs(const struct run *run, struct failure *why)
{
    const struct backend *backend = run->place->backend;
    const enum op op = run->result.problem.op;
    char reason[512] = "there is none";
    for (size_t i = 0; i < backend->variant_count; i++) {
        const struct variant *v = &backend->variants[i];
        if (v->op == op && v->arithmetic == ARITH_F32 && !v->library &&
            run_suits(run, v, why) != STATUS_OK) {
            snprintf(reason, sizeof reason, "%s %.400s", v->name, why->text);
            break;
        }
    }
    return fail(why, STATUS_FAILED,
                "no f32 variant of %s can run on %s (%s): gpubench list tells what each needs.",
                op_name(op), run->result.device.name, reason);
}

/* "N = 60000 needs 26.8 GiB for matmul (A and C), GeForce GT 750M has 1.9 GiB free", with the way
 * out. */
static enum status does_not_fit(const struct run *run, struct failure *why)
{
    const struct problem *p = &run->result.problem;
    const uint64_t available = run->result.device.memory_free;
    struct problem fused = *p;
    fused.op = OP_SUM_AAT;
    const uint64_t needed = run->place->backend->bytes_needed(run->device, NULL, p);
    const bool is_fused = p->op == OP_SUM_AAT;
    const uint64_t in_panels = run->place->backend->bytes_needed(run->device, NULL, &fused);
    char need[WORDS_BYTES], have[WORDS_BYTES], way_out[160] = "Choose a smaller N.";
    words_bytes(need, needed);
    words_bytes(have, available);
    if (!is_fused && in_panels <= available)
        snprintf(way_out, sizeof way_out,
                 "sum-aat %sstreams A: gpubench %s %" PRIu64 " --op sum-aat",
                 p->op == OP_MATMUL ? "needs no C and " : "", run->options->verb->name, p->n);
    return fail(why, STATUS_NO_MEMORY, "N = %" PRIu64 " needs %s%s for %s%s; %s has %s free. %s",
                p->n, is_fused ? "at least " : "", need, op_name(p->op),
                p->op == OP_MATMUL ? " (A and C)" : "", run->result.device.name, have, way_out);
}

/* Puts the backend's own choice among the chosen, if it was asked for and is not one of them. */
static enum status add_automatic(struct run *run, struct failure *why)
{
    if (!run->automatic)
        return STATUS_OK;
    const struct problem *p = &run->result.problem;
    const struct backend *backend = run->place->backend;
    const struct variant *v = backend->auto_variant(run->device, p);
    if (fits(run, NULL, why) != STATUS_OK)
        return does_not_fit(run, why);
    if (!v)
        return nothing_runs(run, why);
    for (size_t i = 0; i < run->chosen_count; i++)
        if (run->chosen[i] == v)
            return STATUS_OK;
    run->chosen[run->chosen_count++] = v;
    return STATUS_OK;
}

enum status run_line_up(struct run *run, struct failure *why)
{
    enum status status = add_automatic(run, why);
    if (status != STATUS_OK)
        return status;
    struct result *r = &run->result;
    r->contestants = calloc(run->chosen_count, sizeof *r->contestants);
    if (!r->contestants)
        return fail(why, STATUS_NO_MEMORY, "no memory for %zu contestants.", run->chosen_count);
    r->contestant_count = run->chosen_count;
    for (size_t i = 0; i < r->contestant_count; i++)
        r->contestants[i].variant = run->chosen[i];
    return STATUS_OK;
}

static enum status go(struct run *run, struct failure *why)
{
    const struct options *o = run->options;
    enum status status = run_choose(run, why);
    if (status != STATUS_OK)
        return status;
    run->began = clock_now();
    status = run_open(run, why);
    if (status == STATUS_OK)
        status = run_line_up(run, why);
    if (status != STATUS_OK)
        return status;
    const bool is_table = o->all || run->chosen_count > 1;
    status = is_table ? contest_run(run, why) : job_run(run, why);
    progress_stop();
    if (status == STATUS_OK)
        return finish(run, is_table, why);
    if (!is_table && run->has_findings && status != STATUS_INTERRUPTED)
        keep(run, 0, why);
    return status;
}

static enum status go_and_publish(struct run *run, struct failure *why)
{
    const struct options *o = run->options;
    struct publishing publishing;
    if (!o->publish)
        return go(run, why);
    run->publishing = &publishing;
    enum status status =
        publishing_begin(&publishing, o, o->publish, o->quiet ? NULL : run->people, why);
    if (status == STATUS_OK)
        status = go(run, why);
    publishing_end(&publishing);
    run->publishing = NULL;
    return status;
}

enum status run_start(struct run *run, const struct options *options, const struct place *place,
                      struct failure *why)
{
    *run =
        (struct run){.options = options, .place = place, .people = options->json ? stderr : stdout};
    struct result *r = &run->result;
    r->problem = (struct problem){options->op, options->n, options->seed, options->range};
    r->is_cold = options->is_cold;
    r->backend_name = place->backend->name;
    r->argc = options->argc;
    r->argv = publishing_arguments(options->argc, options->argv);
    if (!r->argv)
        return fail(why, STATUS_NO_MEMORY, "no memory for the command line.");
    time_t now = time(NULL);
    struct tm utc;
    strftime(r->started, sizeof r->started, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &utc));
    return STATUS_OK;
}

void run_end(struct run *run)
{
    struct result *r = &run->result;
    for (size_t i = 0; i < r->contestant_count; i++)
        contestant_free(&r->contestants[i]);
    free(r->contestants);
    oracle_free(&run->oracle);
    if (run->job)
        run->place->backend->end(run->job);
    facts_free(&r->facts);
    publishing_free_arguments(r->argv);
    free(run->chosen);
}

enum status cmd_run(const struct options *options, struct failure *why)
{
    if (options->all_devices)
        return devices_run(options, why);
    struct run run;
    if (run_start(&run, options, place_named(options->verb->name), why) != STATUS_OK)
        return why->status;
    if (!options->quiet)
        progress_start();
    guard_on_hang(on_hang, &run);
    enum status status = go_and_publish(&run, why);
    guard_on_hang(hang_end, NULL);
    progress_stop();
    run_end(&run);
    if (run.device)
        run.place->backend->close(run.device);
    return status;
}

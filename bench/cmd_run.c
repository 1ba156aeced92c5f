/* cmd_run.c - the verbs gpu and cpu: choose, run, save, print. */
#include "bench/figures.h"
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
    const struct device_request request = {
        .index = o->device, .threads = o->threads, .image = o->image};
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
    run->place->backend->facts(run->device, facts);
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

/* The result is saved before it is printed: a reader that closes the pipe early, or a full disk
 * behind standard output, then costs text and not the measurement. */
static enum status finish(struct run *run, bool is_table, struct failure *why)
{
    const struct options *o = run->options;
    char saved[4096];
    struct failure not_saved = {0};
    run_add_facts(run);
    json_t *document = result_to_json(&run->result);
    if (!document)
        return fail(why, STATUS_FAILED, "no memory for the result document.");
    enum status status = save(run, document, saved, sizeof saved, &not_saved);
    if (o->json && status == STATUS_OK)
        status = store_write("-", document, &not_saved);
    else if (o->json)
        store_write("-", document, NULL); /* what is already wrong is what the exit status tells */
    json_decref(document);
    if (!(o->json && o->quiet))
        print_rest(run, is_table, saved, status == STATUS_OK ? o->output : NULL);
    if (status != STATUS_OK) {
        *why = not_saved;
        return status;
    }
    return is_table ? contest_outcome(&run->result, why) : STATUS_OK;
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

/* Puts the backend's own choice among the chosen, if it was asked for and is not one of them. */
static enum status add_automatic(struct run *run, struct failure *why)
{
    if (!run->automatic)
        return STATUS_OK;
    const struct problem *p = &run->result.problem;
    const struct backend *backend = run->place->backend;
    const struct variant *v = backend->auto_variant(run->device, p);
    if (fits(run, NULL, why) != STATUS_OK)
        return fail(why, STATUS_NO_MEMORY, "N = %" PRIu64 ": A alone %s on %s: choose a smaller N.",
                    p->n, why->text, run->result.device.name);
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
    return status == STATUS_OK ? finish(run, is_table, why) : status;
}

void run_start(struct run *run, const struct options *options, const struct place *place)
{
    *run =
        (struct run){.options = options, .place = place, .people = options->json ? stderr : stdout};
    struct result *r = &run->result;
    r->problem = (struct problem){options->op, options->n, options->seed, options->range};
    r->is_cold = options->is_cold;
    r->backend_name = place->backend->name;
    r->argc = options->argc;
    r->argv = options->argv;
    time_t now = time(NULL);
    struct tm utc;
    strftime(r->started, sizeof r->started, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &utc));
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
    free(run->chosen);
}

enum status cmd_run(const struct options *options, struct failure *why)
{
    struct run run;
    run_start(&run, options, place_named(options->verb->name));
    if (!options->quiet)
        progress_start();
    enum status status = go(&run, why);
    progress_stop();
    run_end(&run);
    if (run.device)
        run.place->backend->close(run.device);
    return status;
}

/* one.c - the soak of one device, from opening it to its verdict and its file. */
#include "bench/devices/barrier.h"
#include "bench/devices/hang.h"
#include "bench/output/report.h"
#include "bench/output/save.h"
#include "bench/soak/soak.h"
#include "bench/terminal/color.h"
#include "bench/terminal/lines.h"
#include "bench/terminal/progress.h"
#include "bench/terminal/words.h"
#include "harness/base/interrupt.h"
#include "harness/base/need.h"
#include "harness/catalogue/catalogue.h"
#include "harness/contract/guard.h"
#include "harness/result/document.h"
#include "harness/result/store.h"
#include "harness/soak/soak_json.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HURRY_SECONDS = 3 };
struct one {
    struct run run;
    struct soak soak;
    struct soak_row *row;
    struct soak_display display;
    bool is_chosen, has_findings; /* what it runs; anything to save */
};

static void on_batch(void *context, const struct soak *soak)
{
    struct one *one = context;
    soak_row_update(one->row, soak);
    soak_display_tick(&one->display);
}

static void on_preparation(void *context, double share, const char *what, size_t done, size_t total)
{
    struct one *one = context;
    one->row->share = share;
    progress_say(share, "%s, matrix %zu of %zu", what, done + 1, total);
    if (!one->display.is_terminal || one->row->stage == SOAK_ENDS) /* else that line is enough */
        soak_display_tick(&one->display);
}

enum status soak_status(enum soak_outcome outcome)
{
    return outcome == SOAK_FAULTY ? STATUS_WRONG
           : outcome == SOAK_OK   ? STATUS_OK
                                  : STATUS_REGRESSION;
}

void soak_print_verdict(FILE *to, bool colored, const char *label, enum soak_outcome outcome,
                        double flops, uint64_t launches, const char *reason, const char *remark)
{
    char name[24], rate[WORDS_BYTES];
    snprintf(name, sizeof name, "%-9s", soak_outcome_name(outcome));
    fprintf(to, "%-7s ", label);
    color_print(to, colored,
                outcome == SOAK_OK       ? TINT_GOOD
                : outcome == SOAK_FAULTY ? TINT_BAD
                                         : TINT_WARN,
                name);
    char *said;
    size_t bytes;
    FILE *line = need_stream(&said, &bytes);
    fprintf(line, "sustained %s, %" PRIu64 " launches checked", words_rate(rate, flops, "FLOP/s"),
            launches);
    if (reason && *reason)
        fprintf(line, ": %s", reason);
    if (remark && *remark)
        fprintf(line, " (%s)", remark);
    need_stream_end(line);
    fputs("  ", to);
    words_wrap(to, said, 19, terminal_width(to) < 48 ? 2 : 19, terminal_width(to));
    fputc('\n', to);
    free(said);
}

/* How fast a matrix moves to the device and back, beside what the link can carry; a warning if it
 * is trained below its maximum. */
static void print_link(const struct one *one)
{
    const struct link_pcie pcie = link_pcie_of(&one->run.result.facts);
    char text[256];
    const struct fact *is_one_memory = facts_get(&one->run.result.facts, "device.integrated");
    if (!one->soak.backend->copy_in || (is_one_memory && is_one_memory->integer))
        return;
    link_words(&one->soak.link, &pcie, text, sizeof text);
    lines_printf(one->run.people, "  link: %s", text);
    if (link_is_degraded(&pcie, text, sizeof text))
        lines_printf(one->run.people,
                     "  ! the link is %s: seat the card again, or look at the slot and its riser",
                     text);
}

static void print_plan(const struct one *one)
{
    const struct soak *soak = &one->soak;
    char used[WORDS_BYTES], of[WORDS_BYTES];
    if (one->run.options->quiet)
        return;
    lines_printf(one->run.people, "soak · %s · N = %" PRIu64 " · %s of %s · every launch checked",
                 one->run.result.device.name, one->run.result.problem.n,
                 words_bytes(used, soak->memory_used),
                 words_bytes(of, one->run.result.device.memory_total));
    for (size_t i = 0; i < soak->load_count; i++) {
        const struct soak_load *load = &soak->loads[i];
        const struct variant *v = load->variant;
        char share[64] = "";
        if (soak->backend->keep)
            snprintf(share, sizeof share, "; comparing takes %.1f %% of a launch",
                     100 * soak_check_share(load));
        lines_printf(one->run.people, "  %s/%s/%s, %zu matri%s%s", op_name(v->op),
                     arithmetic_name(v->arithmetic), v->name, load->job_count,
                     load->job_count == 1 ? "x" : "ces", share);
    }
    if (soak->memory_used > soak->memory)
        lines_printf(one->run.people,
                     "  ! that is more than the %s of --memory: each variant needs a matrix; "
                     "--order chooses smaller ones",
                     words_bytes(used, soak->memory));
    print_link(one);
    fflush(one->run.people);
}

/* Adds to the remark what share of its model's reference the first variant reached. */
static void add_share(struct soak_verdict *verdict, const struct result *r)
{
    char share[512], remark[sizeof verdict->remark];
    memcpy(remark, verdict->remark, sizeof remark);
    if (isnan(catalogue_compare(r, &r->contestants[0], share, sizeof share)))
        snprintf(share, sizeof share,
                 "no reference for this model and order: gpubench reference add DIR makes one");
    snprintf(verdict->remark, sizeof verdict->remark, "%s%s%.500s", share, *remark ? "; " : "",
             remark);
}

/* Judges, saves and prints the soak, also after a failure in the middle. */
static enum status finish(struct one *one, struct failure *why)
{
    struct run *run = &one->run;
    const struct options *o = run->options;
    char saved[4096], label[32];
    struct failure not_saved = {0};
    one->soak.is_interrupted = interrupt_requested() != 0;
    struct soak_verdict verdict = soak_judge(&one->soak);
    if (one->soak.is_interrupted && !one->soak.launches && verdict.outcome != SOAK_FAULTY)
        return fail(why, STATUS_INTERRUPTED,
                    "interrupted before the first launch had ended; nothing was saved");
    if (!one->soak.launches)
        snprintf(one->row->reason, sizeof one->row->reason, "%.399s", verdict.reason);
    one->row->stage = SOAK_ENDED;
    soak_to_contestants(&one->soak, &verdict, &run->result);
    run_add_facts(run);
    if (verdict.outcome != SOAK_FAULTY)
        add_share(&verdict, &run->result);
    json_t *document = result_to_json(&run->result);
    json_object_set_new(document, "soak", soak_to_json(&one->soak, &verdict, &run->result));
    enum status status = save_document(o, document, saved, sizeof saved, &not_saved);
    one->row->is_saved = status == STATUS_OK && saved[0];
    if (o->json && store_write("-", document, status == STATUS_OK ? &not_saved : NULL))
        status = status_worse(status, STATUS_FAILED);
    json_decref(document);
    soak_display_wipe(&one->display);
    if (!(o->json && o->quiet))
        soak_print_verdict(run->people, color_wanted(run->people, o->color),
                           soak_row_label(one->row, label, sizeof label), verdict.outcome,
                           soak_flops(&one->soak), one->soak.launches, verdict.reason,
                           verdict.remark);
    if (!o->quiet)
        report_end(run->people, saved[0] ? saved : NULL, status == STATUS_OK ? o->output : NULL,
                   NULL, NULL);
    if (status != STATUS_OK) {
        *why = not_saved;
        return status;
    }
    if (verdict.outcome != SOAK_FAULTY && one->soak.is_interrupted)
        return fail(
            why, STATUS_INTERRUPTED, "interrupted %s %.0f s; what was seen until then is %s",
            one->soak.elapsed_s < one->soak.seconds ? "after" : "in the final verification, after",
            one->soak.elapsed_s, saved[0] || o->output ? "saved" : "above");
    status = soak_status(verdict.outcome);
    return status == STATUS_OK ? STATUS_OK
                               : fail(why, status, "%s", o->json && o->quiet ? verdict.reason : "");
}

/* Runs on the guard's thread, while the main thread is stuck in the driver. */
static void on_hang(void *context, const struct variant *v, const struct failure *why)
{
    struct one *one = context;
    struct failure end = *why;
    progress_stop();
    if (one->has_findings || (one->is_chosen && why->status == STATUS_LOST)) {
        hang_hurry(HURRY_SECONDS);
        one->run.is_asking = true; /* no more questions to the device */
        if (why->status != STATUS_INTERRUPTED)
            one->soak.failure = *why;
        finish(one, &end);
    }
    hang_end(NULL, v, end.text[0] ? &end : why);
}

static enum status steps(struct one *one, struct failure *why)
{
    struct run *run = &one->run;
    struct soak *soak = &one->soak;
    enum status status = run_open(run, why);
    if (status != STATUS_OK)
        return status;
    snprintf(one->row->name, sizeof one->row->name, "%.63s", run->result.device.name);
    soak->backend =
        run->place->may_hang ? run->place->backend : guard_interrupts(run->place->backend);
    soak->device = run->device;
    status = soak_choose(run->options, run->libraries, soak, why);
    if (status == STATUS_OK) {
        run->result.problem = soak->loads[0].problem;
        one->is_chosen = true;
        status = soak_prepare(soak, why);
    }
    if (status == STATUS_OK)
        status = link_measure(soak->backend, soak->loads[0].jobs[0].job, &soak->loads[0].problem,
                              &soak->link, why);
    if (status == STATUS_WRONG || status == STATUS_LOST) { /* faulty from the start */
        soak->failure = *why;
        progress_stop();
        soak_read_health(soak, soak->after);
        return finish(one, why);
    }
    if (status == STATUS_OK)
        status = barrier_wait(why);
    progress_stop();
    if (status != STATUS_OK)
        return run_checked(status, why);
    run_add_facts(run); /* now, because a device that hangs cannot be asked; again at the end */
    print_plan(one);
    run->is_asking = false;
    one->has_findings = true;
    interrupt_allow(HURRY_SECONDS * 1000);
    struct job *watched = soak->loads[0].jobs[0].job;
    if (soak->backend->telemetry_start)
        soak->backend->telemetry_start(watched);
    soak_run(soak);
    one->row->stage = SOAK_ENDS;
    if (one->display.is_terminal) /* the first of few matrices may take long */
        one->display.next = 0;
    if (soak->backend->telemetry_stop && soak->failure.status != STATUS_LOST)
        soak->backend->telemetry_stop(watched);
    soak_verify_again(soak);
    soak_read_health(soak, soak->after);
    return finish(one, why);
}

double soak_seconds(const struct options *o)
{
    return o->for_s > 0 ? o->for_s : 600;
}

enum status soak_one(const struct options *o, const struct place *place, struct failure *why)
{
    struct one one = {.soak = {.seconds = soak_seconds(o),
                               .stops_on_error = o->stops_on_error,
                               .tick = on_batch,
                               .say = on_preparation,
                               .context = &one}};
    const int device = place->may_hang ? o->device : -1;
    struct soak_row own = {.device = device, .share = -1};
    if (run_start(&one.run, o, place, why) != STATUS_OK)
        return why->status;
    if (run_name_libraries(place, o->blas, &one.run.libraries, why) != STATUS_OK) {
        run_end(&one.run);
        return why->status;
    }
    one.run.result.is_soak = true;
    one.row = soak_row_of_parent(device);
    const bool is_child = one.row != NULL;
    if (!one.row)
        one.row = &own;
    one.display = soak_display_new(one.run.people, one.row, 1, is_child || o->quiet);
    if (!o->quiet)
        progress_start();
    guard_on_hang(on_hang, &one);
    enum status status = steps(&one, why);
    guard_on_hang(hang_end, NULL);
    if (one.row->stage == SOAK_STARTS) {
        snprintf(one.row->reason, sizeof one.row->reason, "%.399s", why->text);
        one.row->stage = SOAK_GAVE_UP;
    }
    progress_stop();
    soak_free(&one.soak);
    run_end(&one.run);
    if (one.run.device)
        place->backend->close(one.run.device);
    return status;
}

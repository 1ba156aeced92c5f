/* run.c - the steps of every run: start, open the device, make the matrix, add facts, end. */
#include "bench/run/run.h"

#include "bench/devices/barrier.h"
#include "bench/terminal/progress.h"
#include "bench/terminal/words.h"
#include "harness/host/host.h"
#include "harness/result/tool.h"
#include "harness/text/append.h"
#include "harness/verify/probes.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

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

/* read_time() accepts only starts between these dates. A host clock outside of them is recorded as
 * the first second: it is earlier than any build, so readers mark it as wrong. */
static const time_t first_second = 1, end_of_time = 7258118400; /* 1970-01-01, 2200-01-01 */

static void warn_of_clock(time_t now)
{
    static bool is_said; /* a sweep prints the warnings at its first point only */
    const time_t made = (time_t)tool_made();
    struct tm utc;
    char is[40] = "no date from 1970 to 2199", was[16];
    if (is_said)
        return;
    is_said = true;
    if (now >= 0 && now < end_of_time)
        strftime(is, sizeof is, "%Y-%m-%d", gmtime_r(&now, &utc));
    strftime(was, sizeof was, "%Y-%m-%d", gmtime_r(&made, &utc));
    fprintf(stderr,
            "gpubench: the clock says %s, and this build is of %s: the result's date is wrong, and "
            "so is its place in the history; set the clock\n",
            is, was);
}

enum status run_start(struct run *run, const struct options *options, const struct place *place,
                      struct failure *why)
{
    *run =
        (struct run){.options = options, .place = place, .people = options->json ? stderr : stdout};
    struct result *r = &run->result;
    r->problem = (struct problem){.op = options->op,
                                  .n = options->n,
                                  .seed = options->seed,
                                  .range = options->range,
                                  .element = options->element};
    r->is_cold = options->is_cold;
    r->backend_name = place->backend->name;
    r->argc = options->argc;
    r->argv = publishing_arguments(options->argc, options->argv);
    if (!r->argv)
        return fail(why, STATUS_NO_MEMORY, "no memory for the command line.");
    run_date(run, time(NULL));
    return STATUS_OK;
}

void run_date(struct run *run, time_t now)
{
    struct result *r = &run->result;
    const time_t start = now >= first_second && now < end_of_time ? now : first_second;
    struct tm utc;
    strftime(r->started, sizeof r->started, "%Y%m%dT%H%M%SZ", gmtime_r(&start, &utc));
    r->is_clock_wrong = start < tool_made();
    if (r->is_clock_wrong && !run->options->quiet)
        warn_of_clock(now);
}

/* Prints each line of `text` as a warning that begins with the program's name. */
static void print_warnings(const char *text)
{
    for (size_t length; *text; text += length + (text[length] == '\n')) {
        length = strcspn(text, "\n");
        words_warn("%.*s", (int)length, text);
    }
}

enum status run_open(struct run *run, struct failure *why)
{
    const struct options *o = run->options;
    const struct device_request request = {.index = o->device,
                                           .found = run->publishing ? &run->found : NULL,
                                           .share = run->share,
                                           .threads = o->threads,
                                           .libraries = run->libraries,
                                           .is_bound = o->is_bound,
                                           .image = o->image,
                                           .memory_limit = o->memory_limit};
    nanos from = clock_now();
    progress_say(-1, "opening the %s", run->place->backend->name);
    if (run->place->backend->open(&request, &run->device, why) != STATUS_OK)
        return run_checked(why->status, why);
    run->result.device = *run->place->backend->device_facts(run->device);
    if (run->result.device.warning[0] && !o->quiet) {
        progress_hide();
        print_warnings(run->result.device.warning);
    }
    result_add_phase(&run->result, "open", run_lap(&from), "", "%s", run->place->opens);
    return run_checked(STATUS_OK, why);
}

enum status run_begin(struct run *run, struct failure *why)
{
    nanos from = clock_now();
    progress_say(-1, "filling the matrix");
    const struct plan *plan = &run->plan;
    enum status status = run->place->backend->begin(run->device, plan, &run->job, why);
    if (status != STATUS_OK)
        return run_checked(status, why);
    result_add_phase(&run->result, "fill", run_lap(&from), run->result.device.place, "philox");
    if (*plan->sentence)
        append_item(run->result.device.summary, sizeof run->result.device.summary, " · ", "%s",
                    plan->sentence);
    return run_checked(STATUS_OK, why);
}

/* Verification that takes less than this many seconds needs no warning. */
static const double long_seconds = 2;

/* Prints "--verify full compares all 100000000 entries of C with float64: about 12 s a variant". */
static void warn_of_verifying(const struct run *run)
{
    const struct problem *p = &run->result.problem;
    const unsigned long long entries = p->n * p->n;
    const double seconds = probe_seconds(p, &run->result.device);
    if (run->options->quiet || !(seconds > long_seconds))
        return;
    progress_hide();
    if (p->op == OP_MATMUL)
        fprintf(stderr,
                "gpubench: --verify full compares all %llu entries of C with float64: about %.0f s "
                "a variant\n",
                entries, seconds);
    else
        fprintf(stderr,
                "gpubench: --verify full repeats the run %d times over A with other signs of its "
                "rows: %.0f s a variant or more\n",
                PROBE_FULL_RUNS, seconds);
}

enum status run_make_oracle(struct run *run, struct failure *why)
{
    const char *verify = run->options->verify;
    const bool is_full = verify && strcmp(verify, "full") == 0;
    if (is_full)
        warn_of_verifying(run);
    const enum status status =
        oracle_make(run->place->backend, run->job, &run->result.problem, &run->oracle, why);
    run->oracle.device = &run->result.device;
    run->oracle.is_full = is_full;
    return status;
}

/* Is called after the timed part, because it reads many files. */
void run_add_facts(struct run *run)
{
    struct facts *facts = &run->result.facts;
    tool_facts(facts);
    if (run->result.is_clock_wrong)
        facts_boolean(facts, "host.clock_before_build", true);
    host_facts(facts);
    if (run->options->host)
        facts_text(facts, "host.name", run->options->host);
    barrier_facts(facts);
    if (!run->is_asking) { /* if true, an earlier call did not return: do not ask again */
        run->is_asking = true;
        run->place->backend->facts(run->device, facts);
    } else if (*run->result.device.uuid) {
        facts_text(facts, "device.uuid", run->result.device.uuid);
    }
    if (run->plan.panel_rows)
        facts_integer(facts, "device.memory.panel_rows", run->plan.panel_rows);
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
    free(run->libraries);
}

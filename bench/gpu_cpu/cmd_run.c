/* cmd_run.c - the verbs gpu and cpu: choose variants, open the device, plan, run, finish.
 *
 * run_choose() takes the options as the request, run_plan() decides everything that depends on the
 * device, job_run() or contest_run() fills in the result, and run_finish() saves, prints and sends
 * it without changing it. */
#include "bench/cli/verb.h"
#include "bench/devices/devices.h"
#include "bench/devices/hang.h"
#include "bench/gpu_cpu/ranked.h"
#include "bench/ranks/local.h"
#include "bench/stored/cards.h"
#include "bench/terminal/progress.h"
#include "bench/terminal/words.h"
#include "harness/base/need.h"
#include "harness/host/host.h"

#include <string.h>

enum { HURRY_SECONDS = 3 }; /* to save what was measured before the device hung */

/* Saves and prints the results so far after contestants[culprit] failed with *why. */
static void keep(struct run *run, size_t culprit, const struct failure *why)
{
    struct failure other = {0};
    const size_t count = run->result.contestant_count;
    if (!run->is_asking)
        contestants_lose_device(run->result.contestants, count, culprit, why->text);
    progress_stop();
    if (run_finish(run, &other) != STATUS_OK && other.status != STATUS_FAILED)
        words_warn("%s", other.text);
}

/* Runs on the guard's thread, while the main thread is stuck in the driver. */
static void on_hang(void *context, const struct variant *v, const struct failure *why)
{
    struct run *run = context;
    size_t culprit = run->current;
    for (size_t i = 0; v && i < run->result.contestant_count; i++)
        if (run->result.contestants[i].variant == v)
            culprit = i;
    if (why->status != STATUS_INTERRUPTED)
        hang_hurry(HURRY_SECONDS);
    if (run->has_findings && why->status != STATUS_INTERRUPTED)
        keep(run, culprit, why);
    else
        run_push_failure(run, why);
    hang_end(NULL, v, why);
}

/* need() has failed: the program ends after this. */
static void on_no_memory(void *context)
{
    struct run *run = context;
    const struct failure why = {STATUS_NO_MEMORY, "out of host memory"};
    if (run->has_findings)
        keep(run, run->current, &why);
}

static enum status run_steps(struct run *run, struct failure *why)
{
    enum status status = run_choose(run, why);
    if (status != STATUS_OK)
        return status;
    run->began = clock_now();
    status = run_open(run, why);
    if (status == STATUS_OK)
        status = run_plan(run, why);
    if (status != STATUS_OK)
        return status;
    status = run->is_table ? contest_run(run, why) : job_run(run, why);
    progress_stop();
    if (status == STATUS_OK)
        return run_finish(run, why);
    if (!run->is_table && run->has_findings && status != STATUS_INTERRUPTED)
        keep(run, 0, why);
    return status;
}

static enum status run_and_publish(struct run *run, struct ranks *ranks, struct failure *why)
{
    const struct options *o = run->options;
    struct publishing publishing;
    if (ranks && ranks->rank > 0)
        return ranked_run(run, ranks, why);
    if (!o->publish)
        return ranks ? ranked_run(run, ranks, why) : run_steps(run, why);
    run->publishing = &publishing;
    enum status status =
        publishing_begin(&publishing, o, o->publish, o->quiet ? NULL : run->people, why);
    if (status != STATUS_OK && ranks)
        ranks->is_broken =
            true; /* the other ranks know nothing of this failure, so they are ended */
    if (status == STATUS_OK) {
        status = ranks ? ranked_run(run, ranks, why) : run_steps(run, why);
        if (status != STATUS_OK)
            run_push_failure(run, why);
    }
    publishing_end(&publishing);
    run->publishing = NULL;
    return status;
}

static enum status run_here(const struct options *options, struct ranks *ranks, struct failure *why)
{
    struct run run;
    struct options mine = *options;
    if (ranks && ranks->rank > 0)
        mine.quiet = true;
    if (run_start(&run, &mine, place_named(options->verb->name), why) != STATUS_OK)
        return why->status;
    if (!mine.quiet)
        progress_start();
    guard_on_hang(on_hang, &run);
    need_on_failure(on_no_memory, &run);
    enum status status = run_and_publish(&run, ranks, why);
    need_on_failure(NULL, NULL);
    guard_on_hang(hang_end, NULL);
    progress_stop();
    run_end(&run);
    if (run.device)
        run.place->backend->close(run.device);
    return status;
}

/* Whether this process starts the ranks, and does no share of the problem itself. */
static bool is_together(const struct options *o)
{
    return (o->together || o->ranks) && !local_transport();
}

/* Publishes that a GPU did not open, or with --devices that the ranks did not start. */
static void push_failed_start(const struct options *options, struct publishing *publishing,
                              const struct known_cards *known, const struct failure *why)
{
    struct run run;
    struct failure other = {0};
    if (run_start(&run, options, place_named(options->verb->name), &other) != STATUS_OK ||
        run_choose(&run, &other) != STATUS_OK) {
        words_warn("%s", other.text);
        return;
    }
    run.publishing = publishing;
    run.began = clock_now();
    run.ranks = options->together ? (int)known->count : 0;
    for (size_t i = 0; i < known->count; i++)
        if (known->list[i].index == options->device)
            memcpy(run.card, known->list[i].uuid, sizeof run.card);
    run_push_failure(&run, why);
    run_end(&run);
}

/* Publishes the failure for every GPU that stored results name, because the driver cannot count
 * them. */
static void push_failed_starts(const struct options *options, const struct failure *why)
{
    struct options mine = *options;
    struct publishing publishing = {0};
    struct failure other = {0};
    struct facts facts = {0};
    struct known_cards known;
    host_facts(&facts);
    cards_known(options, facts_get_text(&facts, "host.machine"), &known);
    facts_free(&facts);
    if (publishing_begin(&publishing, options, options->publish, options->quiet ? NULL : stdout,
                         &other) != STATUS_OK)
        words_warn("%s", other.text);
    else if (options->together || known.count == 0)
        push_failed_start(options, &publishing, &known, why);
    else
        for (size_t i = 0; i < known.count; i++) {
            mine.device = known.list[i].index;
            push_failed_start(&mine, &publishing, &known, why);
        }
    publishing_end(&publishing);
}

/* Checks the command line once, before the processes start, so that an error is printed once. */
static enum status check_request(const struct options *options, struct failure *why)
{
    struct options quiet = *options;
    struct publishing publishing = {0};
    struct run run;
    quiet.quiet = true;
    enum status status = run_start(&run, &quiet, place_named(options->verb->name), why);
    if (status != STATUS_OK)
        return status;
    status = run_choose(&run, why);
    if (status == STATUS_OK && options->publish)
        status = publishing_begin(&publishing, options, options->publish, NULL, why);
    publishing_end(&publishing);
    run_end(&run);
    return status;
}

/* Starts several processes, each of which publishes its own result or failure. If none could start,
 * this process publishes the failure. */
static enum status run_processes(const struct options *options, struct failure *why)
{
    bool is_begun;
    enum status status = check_request(options, why);
    if (status != STATUS_OK)
        return status;
    status = is_together(options) ? local_run(options, &is_begun, why)
                                  : devices_run(options, &is_begun, why);
    if (status != STATUS_OK && status != STATUS_USAGE && !is_begun && options->publish)
        push_failed_starts(options, why);
    return status;
}

static enum status cmd_run(const struct options *options, struct failure *why)
{
    struct ranks *ranks;
    if (is_together(options) || options->all_devices)
        return run_processes(options, why);
    enum status status = ranks_join(options, &ranks, why);
    if (status == STATUS_OK && !ranks && (options->exchange || options->balance))
        status = fail(why, STATUS_USAGE,
                      "%s is for several ranks: start them with mpirun, srun or --%s, or leave it "
                      "out.",
                      options->exchange ? "--exchange" : "--balance",
                      options->verb == &verb_cpu ? "ranks" : "devices");
    if (status == STATUS_OK)
        status = run_here(options, ranks, why);
    ranks_end(ranks, status, why);
    return status;
}

enum {
    RUN_OPTIONS = OPTIONS_OP | OPTIONS_WORK | OPTIONS_VERIFY | OPTIONS_RANKS | OPTIONS_TIME |
                  OPTIONS_FILE | OPTIONS_RECORD | OPTIONS_NAME | OPTIONS_STORE | OPTIONS_JSON |
                  OPTIONS_PUBLISH | OPTIONS_REDACT | OPTIONS_SERVER | OPTIONS_TALK | OPTIONS_HELP
};

const struct verb verb_gpu = {
    .name = "gpu",
    .argument = "N",
    .takes_order = true,
    .line = "the sum of A·Aᵀ on the GPU, verified and timed",
    .about = "Makes a random N×N matrix A with entries in [0,1) on the GPU, computes the sum of "
             "all entries of A·Aᵀ, verifies it against float64, and prints how long each step "
             "took and how fast the GPU is once warm.",
    .options = RUN_OPTIONS | OPTIONS_CACHE | OPTIONS_GPU | OPTIONS_DEVICES | OPTIONS_TOGETHER,
    .run = cmd_run,
};

const struct verb verb_cpu = {
    .name = "cpu",
    .argument = "N",
    .takes_order = true,
    .line = "the same on the CPU",
    .about = "Makes the same matrix, bit for bit, on the CPU, computes the sum of all entries of "
             "A·Aᵀ, verifies it against float64, and prints how long each step took and how fast "
             "the CPU is once warm.",
    .options = RUN_OPTIONS | OPTIONS_CPU | OPTIONS_LOCAL,
    .run = cmd_run,
};

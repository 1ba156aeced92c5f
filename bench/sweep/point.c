/* point.c - one N on one side: the contest of the chosen variants, then the times that only the
 * host's clock shows: a single call, and the copies. */
#include "bench/run/run.h"
#include "bench/sweep/sweep.h"

#include "harness/result/document.h"
#include "harness/stats/stats.h"
#include "harness/text/json_text.h"

#include <math.h>
#include <stdlib.h>

#define SAMPLE_SECONDS 1.0
#define CALL_SECONDS   0.2 /* time spent on the calls of one variant, and on each kind of copy */
enum { CALLS_MAX = 20 };

static json_t *times_to_json(const double *seconds, size_t count)
{
    json_t *samples = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(samples, json_number(seconds[i]));
    return json_pack("{s:o, s:o}", "median_s", json_number(stats_median(seconds, count)),
                     "samples_s", samples);
}

/* How many calls of `seconds` each fit into CALL_SECONDS. */
static size_t calls_for(double seconds)
{
    const double calls = CALL_SECONDS / seconds;
    return calls > (double)CALLS_MAX ? CALLS_MAX : calls < 1 ? 1 : (size_t)calls;
}

/* Times single calls, from the request until the answer is on the host; C of a product stays on the
 * device. */
static enum status time_calls(struct run *run, const struct contestant *c, json_t *entry,
                              struct failure *why)
{
    const struct backend *backend = run->place->backend;
    double seconds[CALLS_MAX];
    const size_t count = calls_for((double)c->samples[0].wall_ns / 1e9);
    for (size_t i = 0; i < count; i++) {
        struct sample sample;
        double sum;
        const nanos start = clock_now();
        enum status status = backend->run(run->job, c->variant, 1, &sample, why);
        if (status == STATUS_OK && c->variant->op != OP_MATMUL)
            status = backend->answer(run->job, c->variant, &sum, why);
        if (status != STATUS_OK || interrupt_requested())
            return run_checked(status, why);
        seconds[i] = (double)(clock_now() - start) / 1e9;
    }
    json_object_set_new(entry, "call", times_to_json(seconds, count));
    return STATUS_OK;
}

static enum status time_copies(struct run *run, bool pinned, json_t *copies, struct failure *why)
{
    nanos taken[CALLS_MAX];
    double seconds[CALLS_MAX];
    enum status status = run->place->backend->copy_in(run->job, pinned, taken, 1, why);
    if (status != STATUS_OK)
        return run_checked(status, why);
    const size_t count = calls_for((double)taken[0] / 1e9);
    status = run->place->backend->copy_in(run->job, pinned, taken, count, why);
    if (status != STATUS_OK)
        return run_checked(status, why);
    for (size_t i = 0; i < count; i++)
        seconds[i] = (double)taken[i] / 1e9;
    json_object_set_new(copies, pinned ? "pinned" : "pageable", times_to_json(seconds, count));
    return STATUS_OK;
}

/* A host that cannot pin that much memory gets a reason instead of a time, and the sweep goes on.
 */
static enum status add_copies(struct run *run, json_t *document, struct failure *why)
{
    if (!run->place->backend->copy_in)
        return STATUS_OK;
    const double n = (double)run->result.problem.n;
    json_t *copies = json_pack("{s:f}", "bytes", n * n * sizeof(float));
    for (int pinned = 1; copies && pinned >= 0; pinned--) {
        struct failure reason = {0};
        enum status status = time_copies(run, pinned, copies, &reason);
        if (status == STATUS_INTERRUPTED) {
            json_decref(copies);
            return fail(why, status, "%s", reason.text);
        }
        if (status != STATUS_OK)
            json_object_set_new(copies, pinned ? "pinned_reason" : "pageable_reason",
                                json_words(reason.text));
    }
    json_object_set_new(document, "copy_in", copies);
    return STATUS_OK;
}

static enum status add_calls(struct run *run, json_t *document, struct failure *why)
{
    const struct result *r = &run->result;
    json_t *results = json_object_get(document, "results");
    for (size_t i = 0; i < r->contestant_count; i++) {
        if (r->contestants[i].state != CONTESTANT_OK || !r->contestants[i].count)
            continue;
        enum status status = time_calls(run, &r->contestants[i], json_array_get(results, i), why);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status measured(struct run *run, json_t **document, struct failure *why)
{
    struct failure reason = {0};
    enum status status = run_choose(run, why);
    if (status != STATUS_OK)
        return status;
    status = run_plan(run, &reason);
    if (status == STATUS_OK)
        status = contest_run(run, &reason);
    const bool fits = status != STATUS_NO_MEMORY;
    if (fits && status != STATUS_OK)
        return fail(why, status, "%s", reason.text);

    run_add_facts(run);
    const size_t contestants = run->result.contestant_count;
    if (!fits)
        run->result.contestant_count = 0; /* none of the variants ran */
    *document = result_to_json(&run->result);
    run->result.contestant_count = contestants;
    if (!fits) {
        json_object_set_new(*document, "waived", json_words(reason.text));
        return STATUS_OK;
    }
    status = add_calls(run, *document, why);
    return status == STATUS_OK ? add_copies(run, *document, why) : status;
}

enum status sweep_start(const struct sweep *sweep, size_t side, uint64_t n, struct options *options,
                        struct run *run, struct failure *why)
{
    struct options *o = options;
    *o = *sweep->options;
    o->n = n;
    if (!(o->max_time_s > 0))
        o->max_time_s = SAMPLE_SECONDS;
    if (side != 0) {
        /* The options name variants of the GPU; the CPU takes part with its best. */
        o->variants = o->arithmetics = NULL;
        o->all = false;
        o->device = 0;
    }
    const enum status status = run_start(run, o, sweep->side[side], why);
    run->is_table = true;
    run->device = sweep->device[side];
    if (status == STATUS_OK && run->device)
        run->result.device = *sweep->side[side]->backend->device_facts(run->device);
    return status;
}

enum status sweep_measure(struct sweep *sweep, size_t side, uint64_t n, json_t **document,
                          struct failure *why)
{
    struct options o;
    struct run run;
    if (sweep_start(sweep, side, n, &o, &run, why) != STATUS_OK)
        return why->status;

    *document = NULL;
    enum status status = measured(&run, document, why);
    if (status != STATUS_OK) {
        json_decref(*document);
        *document = NULL;
    }
    run_end(&run);
    return status;
}

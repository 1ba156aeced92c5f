/* contest.c - runs a table of variants: loads and verifies each chosen variant, then samples all of
 * them in turns. */
#include "bench/devices/barrier.h"
#include "bench/run/run.h"
#include "bench/terminal/progress.h"

#include <stdio.h>

/* A device needs seconds to warm up, so a share of the sampling time is added for that. */
#define SAMPLE_SECONDS 12.0
#define WARMUP_SHARE   0.25

struct contest_times contest_times(const struct options *o)
{
    const double sample_s = o->max_time_s > 0 ? o->max_time_s : SAMPLE_SECONDS;
    return (struct contest_times){sample_s * WARMUP_SHARE, sample_s};
}

static void note(struct contestant *c, unsigned state, const char *reason)
{
    c->state = state;
    snprintf(c->reason, sizeof c->reason, "%.*s", (int)sizeof c->reason - 1, reason);
}

/* Runs a contestant for the first time and verifies it; the answer is filled with NaN before.
 * Returns false if the device is lost. */
static bool try_once(struct run *run, size_t i)
{
    struct contestant *c = &run->result.contestants[i];
    const struct backend *backend = run->place->backend;
    struct sample sample = {0};
    struct failure why = {0};
    enum status status = backend->load(run->job, c->variant, &why);
    if (status == STATUS_OK)
        status = backend->poison(run->job, &why);
    if (status == STATUS_OK)
        status = backend->run(run->job, c->variant, 1, &sample, &why);
    if (status == STATUS_OK)
        status =
            verify(backend, run->job, c->variant, &run->oracle, sample.wall_ns, &c->verdict, &why);
    if (status == STATUS_LOST)
        contestants_lose_device(run->result.contestants, run->result.contestant_count, i, why.text);
    else if (status != STATUS_OK)
        note(c, status == STATUS_NO_DEVICE ? CONTESTANT_WAIVED : CONTESTANT_FAILED, why.text);
    else if (!c->verdict.ok)
        note(c, CONTESTANT_WRONG, c->verdict.reason);
    return status != STATUS_LOST;
}

static void show_sampling(void *context, const struct contestant *now, double done)
{
    (void)context;
    progress_say(done > 0 ? done : -1, "%s %s/%s", done > 0 ? "sampling" : "warming up",
                 arithmetic_name(now->variant->arithmetic), now->variant->name);
}

enum status contest_run(struct run *run, struct failure *why)
{
    const struct options *o = run->options;
    struct result *r = &run->result;
    enum status status = run_begin(run, why);
    if (status == STATUS_OK) {
        progress_say(-1, "making the float64 references");
        status = run_checked(run_make_oracle(run, why), why);
    }
    if (status != STATUS_OK)
        return status;

    run->has_findings = true;
    for (size_t i = 0; i < r->contestant_count; i++) {
        struct contestant *c = &r->contestants[i];
        progress_say((double)i / (double)r->contestant_count, "verifying %s/%s",
                     arithmetic_name(c->variant->arithmetic), c->variant->name);
        run->current = i;
        const bool goes_on = c->state != CONTESTANT_OK || try_once(run, i);
        if (!goes_on || interrupt_requested())
            return run_checked(STATUS_OK, why);
    }

    const struct contest_times times = contest_times(o);
    size_t running = 0;
    for (size_t i = 0; i < r->contestant_count; i++)
        running += r->contestants[i].state == CONTESTANT_OK;
    struct measure_plan plan = {
        .stop = stop_rule_default((nanos)(times.sample_s * 1e9) / (running ? running : 1)),
        .warmup_ns = (nanos)(times.warmup_s * 1e9),
        .max_warmups = 1000,
        .min_sample_ns = o->is_cold ? 0 : 50000,
        .progress = show_sampling,
        .problem = run->result.problem,
        .device = &run->result.device,
    };
    plan.stop.exact_samples = o->samples;
    if (o->is_cold)
        status = run->place->backend->go_cold(run->job, why);
    if (status == STATUS_OK)
        status = barrier_wait(why);
    if (status == STATUS_OK)
        status =
            measure(run->place->backend, run->job, r->contestants, r->contestant_count, &plan, why);
    return run_checked(status, why);
}

enum status contest_outcome(const struct result *r, struct failure *why)
{
    size_t ok = 0, wrong = 0, failed = 0;
    for (size_t i = 0; i < r->contestant_count; i++) {
        ok += r->contestants[i].state == CONTESTANT_OK;
        wrong += r->contestants[i].state == CONTESTANT_WRONG;
        failed += r->contestants[i].state == CONTESTANT_FAILED;
    }
    if (wrong > 0)
        return fail(why, STATUS_WRONG,
                    "wrong result: %zu of %zu variants; no time of theirs is reported.", wrong,
                    r->contestant_count);
    if (failed > 0)
        return fail(why, STATUS_FAILED, "%zu of %zu variants failed; their rows say why.", failed,
                    r->contestant_count);
    if (ok == 0 && r->contestant_count == 1)
        return fail(why, STATUS_FAILED, "%s cannot run on %s; its row says why.",
                    r->contestants->variant->name, r->device.name);
    if (ok == 0)
        return fail(why, STATUS_FAILED, "none of the %zu variants can run on %s.",
                    r->contestant_count, r->device.name);
    return STATUS_OK;
}

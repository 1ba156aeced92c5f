/* job.c - the main job: runs one variant once and times it from opening the device to the sum on
 * the host, as a person with a stopwatch would; then samples its steady state. */
#include "bench/devices/barrier.h"
#include "bench/output/report.h"
#include "bench/run/run.h"
#include "bench/terminal/progress.h"
#include "harness/base/need.h"
#include "harness/verify/recheck.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* How much is sampled if the user gave no time: BRIEF_RUNS runs, but for at least a short time and
 * for at most `brief_s` of the place. */
enum { BRIEF_RUNS = 3 };
static const double brief_least_s = 0.05;

/* A run up to QUICK_NS is too short to be noticed. For runs from SLOW_NS on, one warm-up run is
 * enough. */
enum { QUICK_NS = 10000000, SLOW_NS = 1000000000 };

/* If less than this of "Time taken" belongs to no phase, it gets no line. */
enum { OTHER_LEAST_NS = 1000000 };

void run_add_steps(struct result *r, const struct variant *v, const struct sample *sample)
{
    char key[96];
    run_key(r, v, key, sizeof key);
    for (int i = 0; i < VARIANT_STEPS_MAX && v->steps[i]; i++)
        result_add_phase(r, v->steps[i], sample->step_ns[i], r->device.place, "%s", key);
}

/* Does everything from opening the device to having the sum on the host. */
static enum status timed_part(struct run *run, struct contestant *c, struct sample *first,
                              struct failure *why)
{
    const struct backend *backend = run->place->backend;
    const struct variant *v = c->variant;
    struct result *r = &run->result;
    char key[96];
    run_key(r, v, key, sizeof key);

    enum status status = run_begin(run, why);
    if (status != STATUS_OK)
        return status;

    nanos from = clock_now();
    progress_say(-1, "loading %s", key);
    status = backend->load(run->job, v, why);
    if (status != STATUS_OK)
        return run_checked(status, why);
    result_add_phase(r, "load", run_lap(&from), "", "%s", run->place->loads);

    progress_say(-1, "%s, N = %" PRIu64, key, r->problem.n);
    status = backend->run(run->job, v, 1, first, why);
    if (status != STATUS_OK)
        return run_checked(status, why);
    run_add_steps(r, v, first);

    from = clock_now();
    status = backend->answer(run->job, v, &r->sum, why);
    if (status != STATUS_OK)
        return run_checked(status, why);
    result_add_phase(r, "read back", run_lap(&from), "", "%s", "");
    r->time_taken_ns = clock_now() - run->began;
    r->job_variant = v;
    return run_checked(STATUS_OK, why);
}

/* Adds a phase for the time that no other phase covers, so that the phases add up to "Time taken".
 */
static void add_other(struct result *r)
{
    nanos known = 0;
    for (size_t i = 0; i < r->phase_count; i++)
        known += r->phases[i].ns;
    if (r->time_taken_ns > known + OTHER_LEAST_NS)
        result_add_phase(r, "other", r->time_taken_ns - known, "", "launches and waiting");
}

static enum status verified(struct run *run, struct contestant *c, const struct sample *first,
                            struct failure *why)
{
    const struct backend *backend = run->place->backend;
    progress_say(-1, "verifying");
    enum status status = run_make_oracle(run, why);
    if (status == STATUS_OK)
        status =
            verify(backend, run->job, c->variant, &run->oracle, first->wall_ns, &c->verdict, why);
    if (status != STATUS_OK || interrupt_requested())
        return run_checked(status, why);
    if (!c->verdict.ok) {
        char key[96];
        run_key(&run->result, c->variant, key, sizeof key);
        return fail(why, STATUS_WRONG, "wrong result: %s: %s. No time is reported.", key,
                    c->verdict.reason);
    }
    return STATUS_OK;
}

/* Keeps the job's own run as the only sample, because another run of work this long would double
 * the waiting time. */
static enum status keep_first(const struct result *r, struct contestant *c,
                              const struct sample *first, struct failure *why)
{
    c->samples = need_room(c->samples, 0, sizeof *c->samples);
    c->samples[0] = *first;
    c->count = 1;
    c->is_first_run = true;
    c->launches_per_sample = 1;
    c->stop = STOP_TIME;
    return recheck_speed(&r->problem, c->variant, &r->device, (double)first->device_ns * 1e-9, why);
}

static void show_sampling(void *context, const struct contestant *now, double done)
{
    (void)context;
    progress_say(done > 0 ? done : -1, "%s %s", done > 0 ? "sampling" : "warming up",
                 now->variant->name);
}

/* How long to sample if the user gave no time. The first run is cold, so later ones are no slower.
 */
static double brief_seconds(const struct place *place, const struct sample *first)
{
    return fmin(place->brief_s,
                fmax(brief_least_s, (double)BRIEF_RUNS * (double)first->wall_ns * 1e-9));
}

static enum status steady_state(struct run *run, struct contestant *c, const struct sample *first,
                                struct failure *why)
{
    const struct options *o = run->options;
    const bool is_asked_for = o->samples > 0 || o->max_time_s > 0;
    const double budget_s = o->max_time_s > 0 ? o->max_time_s : brief_seconds(run->place, first);
    const nanos budget = (nanos)(budget_s * 1e9);
    enum status status = STATUS_OK;
    if (o->is_cold)
        status = run->place->backend->go_cold(run->job, why);
    else if (!o->samples && first->wall_ns > budget && !barrier_exists())
        return run_checked(keep_first(&run->result, c, first, why), why);
    if (status != STATUS_OK)
        return run_checked(status, why);

    struct measure_plan plan = {.stop = stop_rule_default(budget),
                                .min_sample_ns = o->is_cold ? 0 : 50000,
                                .progress = show_sampling,
                                .problem = run->result.problem,
                                .device = &run->result.device};
    plan.stop.exact_samples = o->samples;
    if (is_asked_for && first->wall_ns < SLOW_NS) {
        /* The user asked for an accurate figure, so the device gets time to warm up. */
        plan.max_warmups = 50;
        plan.warmup_ns = o->max_time_s > 0 ? budget / 4 : 0;
    } else if (first->wall_ns < QUICK_NS) {
        /* The job's own run has warmed the device up, but these warm-ups find the number of
         * launches in a sample. */
        plan.max_warmups = 4;
    }
    status = barrier_wait(why);
    if (status == STATUS_OK)
        status = measure(run->place->backend, run->job, c, 1, &plan, why);
    if (status != STATUS_OK || interrupt_requested())
        return run_checked(status, why);
    if (c->state != CONTESTANT_OK)
        return fail(why, STATUS_FAILED, "%s", c->reason);
    c->warmups++; /* the job's own run */
    return STATUS_OK;
}

enum status job_run(struct run *run, struct failure *why)
{
    struct contestant *c = &run->result.contestants[0];
    struct sample first = {0};
    enum status status = timed_part(run, c, &first, why);
    if (status == STATUS_OK) {
        add_other(&run->result);
        status = verified(run, c, &first, why);
    }
    if (status != STATUS_OK)
        return status;
    run->has_findings = true;
    /* Times are printed after the verdict, because the time of an unverified run means nothing. */
    if (!(run->options->json && run->options->quiet)) {
        progress_hide();
        report_answer(run->people, &run->result);
        fflush(run->people);
    }
    return steady_state(run, c, &first, why);
}

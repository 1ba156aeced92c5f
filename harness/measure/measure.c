/* measure.c - the measuring loop.
 *
 * Time is what the samples themselves say (wall_ns), so the loop has no clock of its own to
 * disagree with them; only the guard against time spent between samples reads the host's. */
#include "harness/measure/measure.h"
#include "harness/stats/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A launch queue that holds more than this is filled while it is emptied: more gains nothing. */
enum { LAUNCHES_MAX = 100000 };

/* Two medians of three agree within this. */
static const double warm_within = 0.02;

/* What the loop knows of one contestant beside the contestant itself. */
struct lane {
    double *seconds; /* device time of each sample, as stop_decide() wants it */
    size_t capacity;
    nanos spent_ns;      /* wall time of its samples (while warming up: of its warm-ups) */
    nanos fastest_ns;    /* one launch, the fastest warm-up */
    double last_warm[4]; /* seconds of the last four warm-ups, the latest first */
    bool done;           /* warm, or sampled enough, or out of the race */
};

struct race {
    const struct backend *backend;
    struct job *job;
    struct contestant *contestants;
    struct lane *lanes;
    size_t count;
    const struct measure_plan *plan;
    nanos spent_ns; /* wall time of all lanes */
};

static void drop_samples(struct contestant *c)
{
    free(c->samples);
    c->samples = NULL;
    c->count = c->capacity = 0;
}

static void give_up(struct contestant *c, const char *reason)
{
    c->state = CONTESTANT_FAILED;
    snprintf(c->reason, sizeof c->reason, "%.*s", (int)sizeof c->reason - 1, reason);
    drop_samples(c);
}

static void disqualify(struct contestant *c, struct lane *lane, const char *reason)
{
    give_up(c, reason);
    lane->done = true;
}

void contestants_lose_device(struct contestant *contestants, size_t count, size_t culprit,
                             const char *reason)
{
    char by[256];
    snprintf(by, sizeof by, "not measured: the device was lost under %s/%s",
             arithmetic_name(contestants[culprit].variant->arithmetic),
             contestants[culprit].variant->name);
    give_up(&contestants[culprit], reason);
    for (size_t i = 0; i < count; i++) {
        struct contestant *c = &contestants[i];
        if (c->state != CONTESTANT_OK)
            continue;
        if (c->count == 0)
            give_up(c, by);
        else if (c->stop == STOP_NOT_YET)
            c->stop = STOP_LOST;
    }
}

/* One timed run. STATUS_OK also if the contestant failed at it and is now out; then *sample is not
 * to be used, and the lane is done. */
static enum status run(struct race *race, size_t i, struct sample *sample, struct failure *why)
{
    struct contestant *c = &race->contestants[i];
    struct lane *lane = &race->lanes[i];
    struct failure run_failure = {.text = ""};

    *sample = (struct sample){0};
    const enum status status =
        race->backend->run(race->job, c->variant, c->launches_per_sample, sample, &run_failure);
    if (status == STATUS_INTERRUPTED)
        return fail(why, status, "%s", run_failure.text);
    if (status == STATUS_LOST) {
        contestants_lose_device(race->contestants, race->count, i, run_failure.text);
        for (size_t k = 0; k < race->count; k++)
            race->lanes[k].done = true;
        return STATUS_OK;
    }
    if (status != STATUS_OK) {
        disqualify(c, lane, run_failure.text);
        return STATUS_OK;
    }
    sample->launches = c->launches_per_sample;
    const nanos spent_ns = sample->wall_ns * sample->launches;
    lane->spent_ns += spent_ns;
    race->spent_ns += spent_ns;
    return STATUS_OK;
}

/* Launches that together last min_ns, when one lasts launch_ns. */
static unsigned launches_for(nanos min_ns, nanos launch_ns)
{
    if (launch_ns == 0)
        return min_ns ? LAUNCHES_MAX : 1;
    const nanos launches = (min_ns + launch_ns - 1) / launch_ns;
    return launches < 1 ? 1 : launches > LAUNCHES_MAX ? LAUNCHES_MAX : (unsigned)launches;
}

/* Back-to-back launches are faster than a lonely one, so each warm-up corrects the estimate; the
 * fastest counts, so that no later sample falls short. */
static void note_warmup(const struct race *race, size_t i, const struct sample *sample)
{
    struct contestant *c = &race->contestants[i];
    struct lane *lane = &race->lanes[i];

    c->warmups++;
    if (c->warmups == 1 || sample->device_ns < lane->fastest_ns)
        lane->fastest_ns = sample->device_ns;
    c->launches_per_sample = launches_for(race->plan->min_sample_ns, lane->fastest_ns);

    memmove(lane->last_warm + 1, lane->last_warm, 3 * sizeof lane->last_warm[0]);
    lane->last_warm[0] = (double)sample->device_ns * 1e-9;
}

static bool medians_agree(const struct lane *lane)
{
    const double now = stats_median(lane->last_warm, 3);
    const double before = stats_median(lane->last_warm + 1, 3);
    return fabs(now - before) <= warm_within * before;
}

static bool is_warm(const struct race *race, size_t i)
{
    const struct measure_plan *plan = race->plan;
    const struct contestant *c = &race->contestants[i];
    const struct lane *lane = &race->lanes[i];

    if (c->warmups >= plan->max_warmups)
        return true;
    /* A contestant that takes seconds a run is not made to warm up for minutes: like the samples,
     * its own warm-ups end when its time is up. */
    if (c->warmups >= 1 && lane->spent_ns >= plan->warmup_ns + plan->stop.max_time_ns)
        return true;
    return race->spent_ns >= plan->warmup_ns && c->warmups >= plan->min_warmups &&
           c->warmups >= 4 && medians_agree(lane);
}

static void report(const struct race *race, size_t i, double done)
{
    if (race->plan->progress)
        race->plan->progress(race->plan->progress_context, &race->contestants[i], done);
}

static enum status warm_up(struct race *race, struct failure *why)
{
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < race->count; i++) {
            struct lane *lane = &race->lanes[i];
            if (lane->done)
                continue;
            /* Asked afresh each round: the others' work warms the device too. */
            if (is_warm(race, i)) {
                lane->done = true;
                continue;
            }
            enum status status = interrupt_check(why);
            if (status != STATUS_OK)
                return status;
            report(race, i, 0);
            struct sample sample;
            status = run(race, i, &sample, why);
            if (status != STATUS_OK)
                return status;
            if (!lane->done)
                note_warmup(race, i, &sample);
            again = true;
        }
    }
    return STATUS_OK;
}

/* Room for one more sample, made before it is taken. */
static bool make_room(struct contestant *c, struct lane *lane)
{
    if (c->count < c->capacity && c->count < lane->capacity)
        return true;

    const size_t capacity = c->count < 32 ? 64 : 2 * c->count;
    struct sample *samples = realloc(c->samples, capacity * sizeof *samples);
    if (!samples)
        return false;
    c->samples = samples;
    c->capacity = capacity;

    double *seconds = realloc(lane->seconds, capacity * sizeof *seconds);
    if (!seconds)
        return false;
    lane->seconds = seconds;
    lane->capacity = capacity;
    return true;
}

/* The share of its sampling that a lane has behind it, by whichever limit is nearest. */
static double share_done(const struct stop_rule *rule, const struct contestant *c,
                         const struct lane *lane)
{
    if (lane->done)
        return 1;
    if (rule->exact_samples)
        return (double)c->count / (double)rule->exact_samples;
    const double of_time =
        rule->max_time_ns ? (double)lane->spent_ns / (double)rule->max_time_ns : 0;
    const double of_samples = rule->max_samples ? (double)c->count / (double)rule->max_samples : 0;
    return fmin(fmax(of_time, of_samples), 1);
}

static double share_of_all(const struct race *race)
{
    double sum = 0;
    for (size_t i = 0; i < race->count; i++)
        sum += share_done(&race->plan->stop, &race->contestants[i], &race->lanes[i]);
    return sum / (double)race->count;
}

/* Samples know only their own time. If launching, deciding and drawing the progress line together
 * cost as much again as all contestants were given, time is up too. */
static bool overdue(const struct race *race, nanos since)
{
    const struct stop_rule *rule = &race->plan->stop;
    return !rule->exact_samples &&
           clock_now() - since > race->spent_ns + race->count * rule->max_time_ns;
}

static enum status sample_once(struct race *race, size_t i, nanos since, struct failure *why)
{
    struct contestant *c = &race->contestants[i];
    struct lane *lane = &race->lanes[i];

    enum status status = interrupt_check(why);
    if (status != STATUS_OK)
        return status;
    if (!make_room(c, lane)) {
        disqualify(c, lane, "no memory left for its samples");
        return STATUS_OK;
    }
    report(race, i, share_of_all(race));

    struct sample sample;
    status = run(race, i, &sample, why);
    if (status != STATUS_OK || lane->done)
        return status;
    lane->seconds[c->count] = (double)sample.device_ns * 1e-9;
    c->samples[c->count++] = sample;

    c->stop = stop_decide(&race->plan->stop, lane->seconds, c->count, lane->spent_ns);
    if (c->stop == STOP_NOT_YET && overdue(race, since))
        c->stop = STOP_TIME;
    lane->done = c->stop != STOP_NOT_YET;
    return STATUS_OK;
}

static enum status sample_all(struct race *race, struct failure *why)
{
    const nanos since = clock_now();
    race->spent_ns = 0;
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < race->count; i++) {
            if (race->lanes[i].done)
                continue;
            const enum status status = sample_once(race, i, since, why);
            if (status != STATUS_OK)
                return status;
            again = true;
        }
    }
    return STATUS_OK;
}

/* Before each of the two parts: those that may run are not done, nobody has spent anything. */
static void line_up(struct race *race)
{
    for (size_t i = 0; i < race->count; i++) {
        race->lanes[i].done = race->contestants[i].state != CONTESTANT_OK;
        race->lanes[i].spent_ns = 0;
    }
}

enum status measure(const struct backend *backend, struct job *job, struct contestant *contestants,
                    size_t count, const struct measure_plan *plan, struct failure *why)
{
    if (count == 0)
        return STATUS_OK;

    struct race race = {
        .backend = backend,
        .job = job,
        .contestants = contestants,
        .lanes = calloc(count, sizeof *race.lanes),
        .count = count,
        .plan = plan,
    };
    if (!race.lanes)
        return fail(why, STATUS_NO_MEMORY, "no memory left to measure %zu variants", count);

    for (size_t i = 0; i < count; i++) {
        drop_samples(&contestants[i]);
        contestants[i].warmups = 0;
        contestants[i].stop = STOP_NOT_YET;
        contestants[i].launches_per_sample = 1;
    }

    if (backend->telemetry_start)
        backend->telemetry_start(job);
    line_up(&race);
    enum status status = warm_up(&race, why);
    if (status == STATUS_OK) {
        line_up(&race);
        status = sample_all(&race, why);
    }
    if (backend->telemetry_stop)
        backend->telemetry_stop(job);

    for (size_t i = 0; i < count; i++)
        free(race.lanes[i].seconds);
    free(race.lanes);
    return status;
}

void contestant_free(struct contestant *c)
{
    drop_samples(c);
}

/* measure.c - the measuring loop.
 *
 * Time spent is the sum of the samples' own wall_ns. Only the limit on time spent between samples
 * reads the host's clock. */
#include "harness/measure/measure.h"

#include "harness/base/need.h"
#include "harness/stats/stats.h"
#include "harness/verify/recheck.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The most launches in a sample. A longer batch gains nothing: once the launch queue is full,
 * launching and running overlap anyway. */
enum { LAUNCHES_MAX = 100000 };

/* A turn ends after turn_ns or TURN_SAMPLES samples (TURN_SHORT if the samples are short). If there
 * are other contestants, one must have TURNS_LEAST turns before it counts as converged. */
enum { TURN_SAMPLES = 64, TURN_SHORT = 16, TURNS_LEAST = 4 };
static const nanos turn_ns = 60000000, short_ns = 500000;

/* A contestant is warm if two successive medians of three warm-ups differ by no more than this. */
static const double warm_within = 0.02;

/* The loop's own data about one contestant. */
struct lane {
    double *seconds;     /* device time of each sample, for stop_decide() */
    nanos spent_ns;      /* wall time of its samples, or of its warm-ups while warming up */
    nanos fastest_ns;    /* device time of the fastest warm-up, for one launch */
    double last_warm[4]; /* seconds of the last four warm-ups, the latest first */
    size_t turns;
    bool done;         /* warm, sampled enough, or failed */
    bool is_last;      /* its next run is the one after the last sample */
    bool was_poisoned; /* its last run started from a poisoned answer */
};

struct race {
    const struct backend *backend;
    struct job *job;
    struct contestant *contestants;
    struct lane *lanes;
    size_t count;
    const struct measure_plan *plan;
    nanos spent_ns;  /* wall time of all lanes */
    bool is_lost;    /* the device is lost; nothing more is run on it */
    uint64_t random; /* state of recheck_poisons() */
};

static void drop_samples(struct contestant *c)
{
    free(c->samples);
    c->samples = NULL;
    c->count = 0;
}

static void give_up(struct contestant *c, const char *reason)
{
    c->state = CONTESTANT_FAILED;
    snprintf(c->reason, sizeof c->reason, "%.*s", (int)sizeof c->reason - 1, reason);
    drop_samples(c);
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

/* Runs a contestant and checks its answer. poison: the answer is filled with NaN before the run. */
static enum status run_checked(struct race *race, size_t i, bool poison, struct sample *sample,
                               struct failure *why)
{
    const struct contestant *c = &race->contestants[i];
    enum status status = poison ? race->backend->poison(race->job, why) : STATUS_OK;
    if (status == STATUS_OK)
        status = race->backend->run(race->job, c->variant, c->launches_per_sample, sample, why);
    if (status == STATUS_OK)
        status = recheck_answer(race->backend, race->job, c->variant, &c->verdict, poison, why);
    race->lanes[i].was_poisoned = poison;
    return status;
}

static bool poisons_next(struct race *race, size_t i)
{
    const struct contestant *c = &race->contestants[i];
    const struct stop_rule *rule = &race->plan->stop;
    const nanos run_ns = race->lanes[i].fastest_ns * c->launches_per_sample;
    return c->verdict.ok &&
           (race->lanes[i].is_last || recheck_poisons(c->variant, run_ns, &race->random) ||
            (rule->exact_samples > 0 && c->count + 1 == rule->exact_samples));
}

/* Makes one timed run. If the contestant fails, its lane is done, *sample is not valid, and
 * STATUS_OK is returned. */
static enum status run(struct race *race, size_t i, struct sample *sample, struct failure *why)
{
    struct contestant *c = &race->contestants[i];
    struct lane *lane = &race->lanes[i];
    struct failure run_failure = {.text = ""};
    *sample = (struct sample){0};
    const enum status status = run_checked(race, i, poisons_next(race, i), sample, &run_failure);
    if (status == STATUS_INTERRUPTED)
        return fail(why, status, "%s", run_failure.text);
    if (status == STATUS_LOST) {
        contestants_lose_device(race->contestants, race->count, i, run_failure.text);
        race->is_lost = true;
        for (size_t k = 0; k < race->count; k++)
            race->lanes[k].done = true;
        return STATUS_OK;
    }
    if (status != STATUS_OK) {
        give_up(c, run_failure.text);
        lane->done = true;
        return STATUS_OK;
    }
    sample->launches = c->launches_per_sample;
    const nanos spent_ns = sample->wall_ns * sample->launches;
    lane->spent_ns += spent_ns;
    race->spent_ns += spent_ns;
    return STATUS_OK;
}

/* Returns the number of launches that take min_ns together if one takes launch_ns. */
static unsigned launches_for(nanos min_ns, nanos launch_ns)
{
    if (launch_ns == 0)
        return min_ns ? LAUNCHES_MAX : 1;
    const nanos launches = (min_ns + launch_ns - 1) / launch_ns;
    return launches < 1 ? 1 : launches > LAUNCHES_MAX ? LAUNCHES_MAX : (unsigned)launches;
}

/* Back-to-back launches are faster than a single launch, so each warm-up corrects the number of
 * launches in a sample. The fastest warm-up decides, so that no sample becomes too short. */
static void note_warmup(const struct race *race, size_t i, const struct sample *sample)
{
    struct contestant *c = &race->contestants[i];
    struct lane *lane = &race->lanes[i];

    /* A launch takes the host at most tens of times as long as the device. Beyond that the device's
     * time is not believed, so that it cannot ask for hours of launches in one sample. */
    const nanos least_ns = sample->wall_ns / 100;
    const nanos launch_ns = sample->device_ns > least_ns ? sample->device_ns : least_ns;

    c->warmups++;
    if (c->warmups == 1 || launch_ns < lane->fastest_ns)
        lane->fastest_ns = launch_ns;
    c->launches_per_sample = launches_for(race->plan->min_sample_ns, lane->fastest_ns);

    memmove(lane->last_warm + 1, lane->last_warm, 3 * sizeof lane->last_warm[0]);
    lane->last_warm[0] = (double)sample->device_ns * 1e-9;
}

static bool is_warm(const struct race *race, size_t i)
{
    const struct measure_plan *plan = race->plan;
    const struct contestant *c = &race->contestants[i];
    const struct lane *lane = &race->lanes[i];
    const double now = stats_median(lane->last_warm, 3),
                 before = stats_median(lane->last_warm + 1, 3);
    if (c->warmups >= plan->max_warmups)
        return true;
    /* Warm-ups end with the time limit too, so that a contestant of several seconds a run does not
     * warm up for minutes. */
    if (c->warmups >= 1 && lane->spent_ns >= plan->warmup_ns + plan->stop.max_time_ns)
        return true;
    return race->spent_ns >= plan->warmup_ns && c->warmups >= plan->min_warmups &&
           c->warmups >= 4 && fabs(now - before) <= warm_within * before;
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
            /* Checked in every round, because the other contestants warm the device too. */
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

/* Returns the completed share of a lane's sampling, by the limit that will be reached first. */
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

/* Whether the time since the start, including launching, deciding and drawing the progress line,
 * exceeds the time that all contestants were given. The samples' own times do not include these. */
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
    report(race, i, share_of_all(race));

    struct sample sample;
    status = run(race, i, &sample, why);
    if (status != STATUS_OK || lane->done)
        return status;
    lane->seconds = need_room(lane->seconds, c->count, sizeof *lane->seconds);
    c->samples = need_room(c->samples, c->count, sizeof *c->samples);
    lane->seconds[c->count] = (double)sample.device_ns * 1e-9;
    c->samples[c->count++] = sample;

    c->stop = stop_decide(&race->plan->stop, lane->seconds, c->count, lane->spent_ns);
    if ((c->stop == STOP_CONVERGED || c->stop == STOP_PLATEAU) && race->count > 1 &&
        lane->turns < TURNS_LEAST)
        c->stop = STOP_NOT_YET;
    if (c->stop == STOP_NOT_YET && overdue(race, since))
        c->stop = STOP_TIME;
    lane->done = c->stop != STOP_NOT_YET;
    return STATUS_OK;
}

/* Takes several samples in a row, at most a quarter of all. */
static enum status take_turn(struct race *race, size_t i, nanos since, struct failure *why)
{
    const struct stop_rule *rule = &race->plan->stop;
    const struct contestant *c = &race->contestants[i];
    struct lane *lane = &race->lanes[i];
    const size_t asked = rule->exact_samples / TURNS_LEAST, begin = c->count;
    const bool is_short = lane->fastest_ns * c->launches_per_sample < short_ns;
    size_t most = is_short ? TURN_SHORT : TURN_SAMPLES;
    const nanos least = rule->max_time_ns / TURNS_LEAST, began = lane->spent_ns;
    const nanos length = rule->exact_samples || least > turn_ns ? turn_ns : least;
    enum status status;
    most = rule->exact_samples && asked < most ? asked : most;
    lane->turns++;
    do
        status = sample_once(race, i, since, why);
    while (status == STATUS_OK && !lane->done && lane->spent_ns - began < length &&
           c->count - begin < most);
    return status;
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
            const enum status status = take_turn(race, i, since, why);
            if (status != STATUS_OK)
                return status;
            again = true;
        }
    }
    return STATUS_OK;
}

/* Repeats runs whose last sample did not start from a poisoned answer, so that a device that has
 * stopped working does not pass. Then rejects medians faster than the device can be. */
static enum status check_last(struct race *race, struct failure *why)
{
    for (size_t i = 0; i < race->count; i++) {
        struct contestant *c = &race->contestants[i];
        struct lane *lane = &race->lanes[i];
        struct sample sample;
        struct failure reason = {.text = ""};
        if (c->state != CONTESTANT_OK)
            continue;
        enum status status = interrupt_check(why);
        if (status != STATUS_OK)
            return status;
        lane->is_last = true;
        if (c->verdict.ok && !lane->was_poisoned && !race->is_lost)
            status = run(race, i, &sample, why);
        if (status != STATUS_OK)
            return status;
        if (c->state == CONTESTANT_OK && race->plan->device &&
            recheck_speed(&race->plan->problem, c->variant, race->plan->device,
                          stats_median(lane->seconds, c->count), &reason) != STATUS_OK)
            give_up(c, reason.text);
    }
    return STATUS_OK;
}

/* Resets the lanes before warming up and before sampling. */
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
        .lanes = need_array(count, sizeof *race.lanes),
        .count = count,
        .plan = plan,
        .random = clock_now(),
    };

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
    if (status == STATUS_OK)
        status = check_last(&race, why);
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

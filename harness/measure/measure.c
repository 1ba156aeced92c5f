/* measure.c - the measuring loop.
 *
 * Time spent is the sum of the samples' own wall_ns. Only the limit on time spent between samples
 * reads the host's clock. */
#include "harness/measure/measure.h"

#include "harness/base/need.h"
#include "harness/measure/race.h"
#include "harness/stats/stats.h"
#include "harness/verify/recheck.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* A turn ends after turn_ns or TURN_SAMPLES samples (TURN_SHORT if the samples are short). If there
 * are other contestants, one must have TURNS_LEAST turns before it counts as converged. */
enum { TURN_SAMPLES = 64, TURN_SHORT = 16, TURNS_LEAST = 4 };
static const nanos turn_ns = 60000000, short_ns = 500000;

/* A device at its power limit needs this long to find the clock that a new contestant's power
 * allows, with a delay of 0.1 s and an overshoot (measured on H200s: docs/method.md). */
static const nanos settling_ns = 300000000;

/* Returns the completed share of a lane's sampling, by the limit that will be reached first. */
static double share_done(const struct stop_rule *rule, const struct contestant *c,
                         const struct lane *lane)
{
    if (lane->done)
        return 1;
    if (rule->exact_samples)
        return (double)c->count / (double)rule->exact_samples;
    const double of_time = (double)lane->spent_ns / (double)rule->max_time_ns;
    const double of_samples = (double)c->count / (double)rule->max_samples;
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

/* Whether the clock may still be that of the contestant before, or of an idle device. */
static bool is_settling(const struct race *race, nanos since)
{
    return race->is_hot && race->runner_ns < settling_ns && !overdue(race, since);
}

static enum status sample_once(struct race *race, size_t i, nanos since, struct failure *why)
{
    struct contestant *c = &race->contestants[i];
    struct lane *lane = &race->lanes[i];
    enum status status = interrupt_check(why);
    if (status != STATUS_OK)
        return status;
    race_report(race, i, share_of_all(race));

    struct sample sample;
    status = race_run(race, i, &sample, why);
    if (status != STATUS_OK || lane->done)
        return status;
    if (is_settling(race, since)) {
        lane->spent_ns -= sample.wall_ns * sample.launches;
        if (race->count == 1)
            c->warmups++;
        else
            c->settling++;
        return STATUS_OK;
    }
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

/* Takes several samples in a row, at most a quarter of all. Of a turn in which the clock had to
 * settle, up to settling_ns more count. */
static enum status take_turn(struct race *race, size_t i, nanos since, struct failure *why)
{
    const struct stop_rule *rule = &race->plan->stop;
    const struct contestant *c = &race->contestants[i];
    struct lane *lane = &race->lanes[i];
    const size_t asked = rule->exact_samples / TURNS_LEAST, begin = c->count,
                 settling = c->settling;
    const bool is_short = lane->fastest_ns * c->launches_per_sample < short_ns;
    const nanos quarter = rule->exact_samples ? settling_ns : rule->max_time_ns / TURNS_LEAST;
    const nanos began = lane->spent_ns;
    enum status status;
    bool goes_on;
    lane->turns++;
    do {
        status = sample_once(race, i, since, why);
        const bool had_to_settle = c->settling > settling;
        const nanos length = had_to_settle ? settling_ns : turn_ns;
        const size_t most = had_to_settle ? SIZE_MAX : is_short ? TURN_SHORT : TURN_SAMPLES;
        goes_on = c->count == begin ||
                  (lane->spent_ns - began < (quarter < length ? quarter : length) &&
                   c->count - begin < (rule->exact_samples && asked < most ? asked : most));
    } while (status == STATUS_OK && !lane->done && goes_on);
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
            status = race_run(race, i, &sample, why);
        if (status != STATUS_OK)
            return status;
        if (c->state == CONTESTANT_OK && race->plan->device &&
            recheck_speed(&race->plan->problem, c->variant, race->plan->device,
                          stats_median(lane->seconds, c->count), &reason) != STATUS_OK)
            contestant_give_up(c, reason.text);
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
        contestant_free(&contestants[i]);
        contestants[i].warmups = 0;
        contestants[i].stop = STOP_NOT_YET;
        contestants[i].launches_per_sample = 1;
    }

    if (backend->telemetry_start)
        backend->telemetry_start(job);
    line_up(&race);
    enum status status = race_warm_up(&race, why);
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

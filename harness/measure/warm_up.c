/* warm_up.c - warms all contestants up, and finds how many launches make a sample. */
#include "harness/measure/race.h"

#include "harness/stats/stats.h"

#include <math.h>
#include <string.h>

/* The most launches in a sample. A longer batch gains nothing: once the launch queue is full,
 * launching and running overlap anyway. */
enum { LAUNCHES_MAX = 100000 };

/* A contestant is warm if two successive medians of three warm-ups differ by no more than this. */
static const double warm_within = 0.02;

/* Returns the number of launches that take min_ns together if one takes launch_ns. */
static unsigned launches_for(nanos min_ns, nanos launch_ns)
{
    if (min_ns == 0)
        return 1;
    if (launch_ns == 0)
        return LAUNCHES_MAX;
    const nanos launches = (min_ns + launch_ns - 1) / launch_ns;
    return launches > LAUNCHES_MAX ? LAUNCHES_MAX : (unsigned)launches;
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
    return race->spent_ns >= plan->warmup_ns && c->warmups >= 4 &&
           fabs(now - before) <= warm_within * before;
}

enum status race_warm_up(struct race *race, struct failure *why)
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
            race_report(race, i, 0);
            struct sample sample;
            status = race_run(race, i, &sample, why);
            if (status != STATUS_OK)
                return status;
            if (!lane->done)
                note_warmup(race, i, &sample);
            again = true;
        }
    }
    return STATUS_OK;
}

/* race.c - one timed run of a contestant. */
#include "harness/measure/race.h"

#include "harness/verify/recheck.h"

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

/* Whether power limits the clock, or may do so soon: the limit is felt only after 0.1 s. */
static bool is_near_the_limit(const struct race *race, const struct sample *sample)
{
    return sample->throttle & THROTTLE_POWER_CAP ||
           (sample->power_limit_w > 0 &&
            (race->count == 1 || sample->power_w > sample->power_limit_w / 2));
}

enum status race_run(struct race *race, size_t i, struct sample *sample, struct failure *why)
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
        contestant_give_up(c, run_failure.text);
        lane->done = true;
        return STATUS_OK;
    }
    sample->launches = c->launches_per_sample;
    const nanos spent_ns = sample->wall_ns * sample->launches;
    lane->spent_ns += spent_ns;
    race->spent_ns += spent_ns;
    race->runner_ns = spent_ns + (race->runner == i ? race->runner_ns : 0);
    race->runner = i;
    race->is_hot = race->is_hot || is_near_the_limit(race, sample);
    return STATUS_OK;
}

void race_report(const struct race *race, size_t i, double done)
{
    if (race->plan->progress)
        race->plan->progress(race->plan->progress_context, &race->contestants[i], done);
}

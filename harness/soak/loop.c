/* loop.c - the launches of a soak, each checked. */
#include "harness/base/interrupt.h"
#include "harness/soak/soak.h"
#include "harness/verify/recheck.h"

#include <math.h>
#include <string.h>

/* Seconds on one matrix before the next one's turn: short enough to end soon after Ctrl-C. */
static const double batch_s = 0.1;

nanos soak_now(const struct soak *soak)
{
    return soak->now ? soak->now() : clock_now();
}

static double seconds_since(const struct soak *soak, nanos start)
{
    return (double)(soak_now(soak) - start - soak->aside_ns) * 1e-9;
}

double soak_check_share(const struct soak_load *load)
{
    return load->checked_s > 0 && isfinite(load->checked_s)
               ? fmax(1 - load->plain_s / load->checked_s, 0)
               : 0;
}

double soak_flops(const struct soak *soak)
{
    double flop = 0, wall_s = 0;
    for (size_t i = 0; i < soak->series.count; i++) {
        flop += soak->series.points[i].flop;
        wall_s += soak->series.points[i].wall_s;
    }
    return wall_s > 0 ? flop / wall_s : 0;
}

/* Whether a batch of this load keeps the comparisons within their share of the time. */
static bool is_affordable(const struct soak *soak, const struct soak_load *load)
{
    const double check_s = soak->check_s + batch_s * soak_check_share(load);
    return check_s <= SOAK_CHECK_SHARE * (soak->elapsed_s + batch_s);
}

/* Chooses a load that had no turn yet; else, of the loads that are affordable, the one that had the
 * least time; if none is, the cheapest. */
static struct soak_load *next_load(struct soak *soak)
{
    struct soak_load *next = NULL, *cheapest = &soak->loads[0];
    for (size_t i = 0; i < soak->load_count; i++) {
        struct soak_load *load = &soak->loads[i];
        if (load->spent_s <= 0)
            return load;
        if (soak_check_share(load) < soak_check_share(cheapest))
            cheapest = load;
        if (is_affordable(soak, load) && (!next || load->spent_s < next->spent_s))
            next = load;
    }
    return next ? next : cheapest;
}

static unsigned launches_of(const struct soak *soak, const struct soak_load *load)
{
    if (!soak->backend->run_checked || !is_affordable(soak, load))
        return 1;
    const double wanted = load->checked_s > 0 ? batch_s / load->checked_s : 1;
    return wanted >= (double)CHECKED_LAUNCHES_MAX ? CHECKED_LAUNCHES_MAX
           : wanted > 1                           ? (unsigned)wanted
                                                  : 1;
}

/* One launch and its answer read back, for a backend that cannot compare. */
static enum status run_and_read(const struct soak *soak, const struct soak_load *load,
                                struct soak_job *j, struct sample *sample, struct mismatches *found,
                                struct failure *why)
{
    const struct backend *backend = soak->backend;
    static uint64_t random;
    double sum;
    const bool poisons = recheck_poisons(load->variant, 0, &random);
    enum status status = poisons ? backend->poison(j->job, why) : STATUS_OK;
    if (status == STATUS_OK)
        status = backend->run(j->job, load->variant, 1, sample, why);
    if (status == STATUS_OK)
        status = backend->answer(j->job, load->variant, &sum, why);
    if (status != STATUS_OK || recheck_is_same(load->variant, &j->verdict, sum))
        return status;
    uint64_t got, want;
    memcpy(&got, &sum, sizeof got);
    memcpy(&want, &j->verdict.sum, sizeof want);
    const unsigned shift = (uint32_t)got == (uint32_t)want ? 32 : 0; /* the word that differs */
    found->launches = found->words = found->known = 1;
    found->list[0] = (struct mismatch){.words = 1,
                                       .bits = (uint32_t)((got ^ want) >> shift),
                                       .want = (uint32_t)(want >> shift),
                                       .got = (uint32_t)(got >> shift)};
    return STATUS_OK;
}

/* Looks for the multiprocessor that computed the difference. For a sum, its place is unknown. */
static void try_sms(struct soak *soak, const struct soak_job *j, const struct mismatches *found)
{
    const nanos start = soak_now(soak);
    struct failure why;
    if (soak->backend->try_sms && soak->trials++ < SOAK_TRIALS &&
        soak->backend->try_sms(j->job, found->list[0].first, soak->trial, &why) == STATUS_LOST)
        soak->failure = why;
    soak->aside_ns += soak_now(soak) - start;
}

void soak_note_errors(struct soak *soak, struct soak_load *load, struct soak_job *j,
                      const struct mismatches *found)
{
    j->wrong += found->launches;
    load->wrong += found->launches;
    soak->wrong += found->launches;
    for (unsigned i = 0; i < found->known && soak->error_count < SOAK_ERRORS_MAX; i++) {
        struct soak_error *e = &soak->errors[soak->error_count++];
        *e = (struct soak_error){.at_s = soak->elapsed_s,
                                 .load = (size_t)(load - soak->loads),
                                 .job = (size_t)(j - load->jobs),
                                 .what = found->list[i]};
        e->what.launch += j->launches + 1;
    }
    try_sms(soak, j, found);
}

static void note_batch(struct soak *soak, struct soak_load *load, struct soak_job *j,
                       const struct sample *sample, const struct mismatches *found)
{
    const struct soak_point p =
        soak_point_of(sample, soak->elapsed_s, problem_flop(&load->problem), found->launches);
    soak_series_add(&soak->series, &p);
    soak_series_add(&load->series, &p);
    soak->last = *sample;
    soak->check_s += p.wall_s * soak_check_share(load);
    load->spent_s += p.wall_s;
    for (unsigned bit = 0; bit < 32; bit++)
        if (sample->throttle >> bit & 1)
            soak->reason_s[bit] += p.wall_s;
    if (found->launches)
        soak_note_errors(soak, load, j, found);
    j->launches += sample->launches;
    load->launches += sample->launches;
    soak->launches += sample->launches;
}

void soak_run(struct soak *soak)
{
    const nanos start = soak_now(soak);
    soak->aside_ns = 0;
    while (soak->elapsed_s < soak->seconds && !interrupt_requested()) {
        struct soak_load *load = next_load(soak);
        struct soak_job *j = &load->jobs[load->next++ % load->job_count];
        struct sample sample = {0};
        struct mismatches found = {0};
        const enum status status =
            soak->backend->run_checked
                ? soak->backend->run_checked(j->job, load->variant, launches_of(soak, load),
                                             &sample, &found, &soak->failure)
                : run_and_read(soak, load, j, &sample, &found, &soak->failure);
        soak->elapsed_s = seconds_since(soak, start);
        if (status != STATUS_OK && interrupt_requested())
            soak->failure = (struct failure){0};
        if (status != STATUS_OK)
            break;
        sample.launches = sample.launches ? sample.launches : 1;
        note_batch(soak, load, j, &sample, &found);
        if (soak->tick)
            soak->tick(soak->context, soak);
        if ((soak->stops_on_error && soak->wrong) || soak->failure.status != STATUS_OK)
            break;
    }
    soak->is_interrupted = interrupt_requested() != 0;
}

/* doubt.c - turns SLOW or FAST into UNSURE if clocks, load or the speed of the CPU explain the
 * change; and the outcome of all rows together. */
#include "harness/compare/doubt.h"

#include "harness/result/contestant.h"
#include "harness/text/append.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* If the clocks of the two sides differ by more than this, they alone can explain a change. */
static const double clock_tolerance = 0.02;

void compare_choose_threshold(struct compare_row *row, const struct read_result *result,
                              bool is_one, const struct compare_rules *rules)
{
    const bool is_gpu = strcmp(result->backend, "gpu") == 0;
    row->threshold = rules->threshold;
    if (!(row->threshold > 0)) {
        row->is_other_card = !is_one;
        row->threshold = !is_one ? CHANGE_CARDS : is_gpu ? CHANGE_GPU : CHANGE_CPU;
    }
    const struct noise_entry *known =
        noise_of(rules->noise, row->now.reading->fingerprint, row->key);
    row->noise = known ? known->noise : NAN;
    if (known)
        memcpy(row->noise_measured, known->measured, sizeof row->noise_measured);
    if (row->noise > 0)
        row->threshold = fmax(row->threshold, 2 * row->noise);
}

static void throttle_words(uint32_t bits, char *out, size_t bytes)
{
    *out = '\0';
    for (unsigned bit = 0; bit < 32; bit++)
        if ((bits & COMPARE_THROTTLE) >> bit & 1)
            append_item(out, bytes, ", ", "%s", throttle_name(bit));
}

static bool doubt_throttled(struct compare_row *row)
{
    const struct compare_side *side = row->now.throttled ? &row->now : &row->base;
    char words[128];
    if (!side->throttled)
        return false;
    throttle_words(side->throttle, words, sizeof words);
    snprintf(row->reason, sizeof row->reason, "%s in %zu of %zu runs of %s", words, side->throttled,
             side->processes, side == &row->now ? "the new side" : "the base");
    return true;
}

/* Time times clock is the number of cycles. If both sides need the same number, the clock explains
 * the change. */
static bool doubt_clocks(struct compare_row *row)
{
    const double ratio = row->now.sm_hz / row->base.sm_hz; /* NaN if either is unknown */
    if (!(fabs(ratio - 1) > clock_tolerance))
        return false;
    snprintf(row->reason, sizeof row->reason,
             "SM clock %.3f → %.3f GHz (%+.1f %%): in cycles %+.1f %%", row->base.sm_hz / 1e9,
             row->now.sm_hz / 1e9, 100 * (ratio - 1),
             100 * (ratio * (1 + change_of(row->shift.estimate)) - 1));
    return true;
}

/* Times on a CPU are not reliable while more programs want to run than it has threads. A run of
 * gpubench just before may have added a load of one per thread. */
static bool doubt_load(struct compare_row *row)
{
    const bool is_slow = row->shift.estimate > 0;
    const struct compare_side *side = is_slow ? &row->now : &row->base;
    if (2 * side->loaded <= side->processes)
        return false;
    snprintf(
        row->reason, sizeof row->reason,
        "other programs were running: the load was %.1f on %.0f CPUs, in %zu of %zu runs of %s",
        side->load, side->reading ? side->reading->threads_online : 0, side->loaded,
        side->processes, is_slow ? "the new side" : "the base");
    return true;
}

/* The speed of a virtual CPU depends on the load of its neighbours and changes by the minute. Each
 * process has measured the speed of its CPU. If times in units of that speed show no change, or one
 * below the threshold, the CPU explains the change. Other programs on the same cores do not affect
 * that measurement, so their effect is still reported as a change. */
static bool doubt_cpu(struct compare_row *row)
{
    const double ratio = row->now.cpu_flops / row->base.cpu_flops; /* NaN if either is unknown */
    const double by_cpu = row->shift.estimate < 0 ? -row->by_cpu.estimate : row->by_cpu.estimate;
    if (!(fabs(ratio - 1) > clock_tolerance) || by_cpu >= log1p(row->threshold))
        return false;
    snprintf(
        row->reason, sizeof row->reason,
        "the CPU itself: multiply-adds at %.3g → %.3g GFLOP/s (%+.1f %%); corrected for that, %+.1f "
        "%%",
        row->base.cpu_flops / 1e9, row->now.cpu_flops / 1e9, 100 * (ratio - 1),
        100 * change_of(row->by_cpu.estimate));
    return true;
}

/* Returns the fewest processes per side, or pairs, with which a change can be significant if
 * `questions` rows are corrected for each other. */
static size_t fewest(const struct compare_rules *rules, size_t questions)
{
    size_t n = 2;
    while (2 * (double)questions *
               (rules->is_paired ? rank_w_probability(n, 0) : rank_u_probability(n, n, 0)) >
           rules->alpha)
        n++;
    return n;
}

static void explain_unsure(struct compare_row *row, const struct compare_rules *rules,
                           size_t questions)
{
    char *out = row->reason;
    const size_t bytes = sizeof row->reason, need = fewest(rules, questions);
    const double limit = log1p(row->threshold);
    if (row->shift.low > -limit && row->shift.high < limit)
        snprintf(out, bytes, "changed, by less than %.3g %%", 100 * row->threshold);
    else if (row->shift.smallest_p * (double)questions > rules->alpha)
        snprintf(out, bytes, "too few processes to tell (%zu+%zu; %zu+%zu can)",
                 row->base.processes, row->now.processes, need, need);
    else if (row->p > rules->alpha && row->shift.p <= rules->alpha)
        snprintf(out, bytes, "not certain as one of %zu comparisons; more processes can decide",
                 questions);
    else if (row->p <= rules->alpha)
        snprintf(out, bytes, "changed, perhaps by less than %.3g %%; more processes can decide",
                 100 * row->threshold);
    else
        snprintf(out, bytes, "perhaps no change, perhaps %.3g %%; more processes can decide",
                 100 * row->threshold);
}

/* Whether something other than the measured program explains a change. If so, the row's reason
 * names it. */
static bool is_explained(struct compare_row *row, const struct compare_rules *rules)
{
    return doubt_throttled(row) ||
           (!rules->is_paired && (doubt_load(row) || doubt_clocks(row) || doubt_cpu(row)));
}

void compare_doubt(struct compare_row *row, const struct compare_rules *rules, size_t questions)
{
    if (row->change == CHANGE_UNSURE)
        explain_unsure(row, rules, questions);
    else if (row->change != CHANGE_SAME && is_explained(row, rules))
        row->change = CHANGE_UNSURE;
}

size_t comparison_count(const struct comparison *c, enum change change)
{
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++)
        count += c->rows[i].state == ROW_JUDGED && c->rows[i].change == change;
    return count;
}

/* The first comparison has already shown that the change is significant. The second one rules out a
 * disturbance that lasts for some seconds, so it must show the change again, but not prove it
 * again. */
void comparison_confirm(struct comparison *first, const struct comparison *second,
                        const struct compare_rules *rules)
{
    for (size_t i = 0; i < first->count; i++) {
        struct compare_row *row = &first->rows[i];
        const struct compare_row *again = NULL;
        if (row->state != ROW_JUDGED || row->change != CHANGE_SLOW)
            continue;
        for (size_t k = 0; k < second->count && !again; k++)
            if (second->rows[k].state == ROW_JUDGED && strcmp(second->rows[k].key, row->key) == 0)
                again = &second->rows[k];
        struct compare_row judged = again ? *again : *row;
        const bool is_slow = again && change_of(again->shift.estimate) >= row->threshold;
        if (is_slow && !is_explained(&judged, rules))
            continue;
        row->change = CHANGE_UNSURE;
        if (is_slow)
            memcpy(row->reason, judged.reason, sizeof row->reason);
        else if (again)
            snprintf(row->reason, sizeof row->reason,
                     "slow once, but not when measured again (%+.1f %%)",
                     100 * change_of(again->shift.estimate));
        else
            snprintf(row->reason, sizeof row->reason, "slow once, and not measured again");
    }
}

static size_t count_state(const struct comparison *c, enum row_state state,
                          const struct compare_row **first)
{
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++)
        if (c->rows[i].state == state && count++ == 0)
            *first = &c->rows[i];
    return count;
}

static const struct compare_row *first_slow(const struct comparison *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->rows[i].state == ROW_JUDGED && c->rows[i].change == CHANGE_SLOW)
            return &c->rows[i];
    return NULL;
}

enum status comparison_outcome(const struct comparison *c, const struct compare_rules *rules,
                               bool is_strict, struct failure *why)
{
    const struct compare_row *row = NULL;
    size_t judged = 0;
    for (size_t i = 0; i < c->count; i++)
        judged += c->rows[i].state == ROW_JUDGED;
    const size_t slow = comparison_count(c, CHANGE_SLOW);
    const size_t unsure = comparison_count(c, CHANGE_UNSURE);

    if (count_state(c, ROW_BROKEN, &row))
        return fail(why, row->is_wrong ? STATUS_WRONG : STATUS_FAILED, "%s %s: %s", row->key,
                    row->is_wrong ? "gave a wrong result" : "failed",
                    row->reason[0] ? row->reason : "see the result file");
    if (count_state(c, ROW_OTHER_MACHINE, &row))
        return fail(why, STATUS_NOT_COMPARABLE,
                    "%s was measured on machines of different classes (the differences are listed "
                    "above); --cross-host compares them all the same.",
                    row->key);
    if (rules->is_paired && count_state(c, ROW_ONLY_BASE, &row))
        return fail(why, STATUS_NOT_COMPARABLE, "%s has no pair of runs with a time in A and in B.",
                    row->key);
    if (rules->is_complete && count_state(c, ROW_ONLY_BASE, &row))
        return fail(why, STATUS_NOT_COMPARABLE,
                    "%s is in the baseline and was not measured now%s%s: measure it, or make a new "
                    "baseline.",
                    row->key, row->reason[0] ? ", " : "", row->reason);
    if (judged == 0)
        return fail(why, STATUS_NOT_COMPARABLE,
                    "the two sides have no result in common that has a time on both: gpubench "
                    "compare --json lists their keys.");
    if (slow > 0) {
        row = first_slow(c);
        return fail(why, STATUS_REGRESSION, "%zu of %zu slower by %.3g %% or more: %s is %+.1f %%.",
                    slow, judged, 100 * row->threshold, row->key,
                    100 * change_of(row->shift.estimate));
    }
    if (unsure > 0 && is_strict)
        return fail(why, STATUS_INCONCLUSIVE,
                    "%zu of %zu cannot be distinguished from noise (--strict).", unsure, judged);
    return STATUS_OK;
}

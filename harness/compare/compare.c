/* compare.c - matches results by key and class of machine, and gives one verdict for each row. */
#include "harness/compare/compare.h"

#include "harness/base/need.h"
#include "harness/result/contestant.h"
#include "harness/stats/stats.h"
#include "harness/text/clean.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One result of one process of either side. */
struct process {
    const struct reading *reading;
    const struct read_result *result;
    const char *machine; /* the machine's fingerprint; "" if machines are not distinguished */
    bool is_now;
    size_t order;  /* index in the order of reading */
    bool is_timed; /* its time counts: the result is right, and warm unless all results of the key
                      are single cold runs */
};

bool compare_is_timed(const struct read_result *r)
{
    return r->state == READ_OK && r->median_s > 0 && !r->is_copy;
}

static int by_key_and_machine(const void *a, const void *b)
{
    const struct process *x = a, *y = b;
    int order = strcmp(x->result->key, y->result->key);
    if (!order)
        order = strcmp(x->machine, y->machine);
    return order ? order : (x->order > y->order) - (x->order < y->order);
}

/* Returns the processes of both sides, sorted by key and machine. The caller frees the array. */
static struct process *gather(const struct readings *base, const struct readings *now,
                              const struct compare_rules *rules, size_t *count)
{
    const struct readings *const sides[] = {base, now};
    size_t total = 0, at = 0;
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < sides[side]->count; i++)
            total += sides[side]->list[i].count;
    struct process *all = need_array(total, sizeof *all);
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < sides[side]->count; i++)
            for (size_t k = 0; k < sides[side]->list[i].count; k++) {
                const struct reading *reading = &sides[side]->list[i];
                const char *machine = rules->is_cross_host ? "" : reading->fingerprint;
                all[at] = (struct process){reading, &reading->results[k],
                                           machine, side == 1,
                                           at,      compare_is_timed(&reading->results[k])};
                at++;
            }
    qsort(all, total, sizeof *all, by_key_and_machine);
    *count = total;
    return all;
}

enum status compare_refuse_simulated(const struct readings *r, struct failure *why)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->list[i].is_simulated)
            return fail(why, STATUS_NOT_COMPARABLE,
                        "%.400s was made on a simulated device (%.100s): its times mean nothing, "
                        "and are never compared or taken as a baseline.",
                        r->list[i].source, r->list[i].device);
    return STATUS_OK;
}

/* ---- one side */

static double median_of(const struct read_result *const *results, size_t count,
                        double (*value)(const struct read_result *), double *half_width)
{
    double *values = need_array(count, sizeof *values);
    size_t known = 0;
    *half_width = NAN;
    for (size_t i = 0; i < count; i++)
        if (!isnan(value(results[i])))
            values[known++] = value(results[i]);
    double median = NAN;
    if (known) {
        const struct interval i = stats_median_interval(values, known, 0.99);
        median = i.median;
        if (i.confidence >= 0.99)
            *half_width = stats_relative_half_width(&i);
    }
    free(values);
    return median;
}

static double time_of(const struct read_result *r)
{
    return r->median_s;
}

static double clock_of(const struct read_result *r)
{
    return r->sm_hz;
}

static double cpu_flops_of(const struct read_result *r)
{
    return r->cpu_flops;
}

void compare_describe_side(struct compare_side *side, const struct read_result *const *results,
                           size_t count)
{
    double unused;
    side->processes = count;
    side->link_share = 1;
    side->median_s = median_of(results, count, time_of, &side->spread);
    side->sm_hz = median_of(results, count, clock_of, &unused);
    side->cpu_flops = median_of(results, count, cpu_flops_of, &unused);
    for (size_t i = 0; i < count; i++) {
        side->old += results[i]->is_old;
        side->throttle |= results[i]->throttle;
        side->throttled += (results[i]->throttle & COMPARE_THROTTLE) != 0;
        if (results[i]->load > 1.25 * results[i]->cpus + 1) {
            side->loaded++;
            side->load = fmax(side->load, results[i]->load);
        }
        side->slow_links += results[i]->link_share < 1;
        side->link_share = fmin(side->link_share, results[i]->link_share);
    }
}

/* ---- one row */

/* Whether all processes ran on one card, or on one host for the CPU. Unnamed cards or hosts count
 * as one. */
static bool is_one_place(const struct process *list, size_t count)
{
    const char *place = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!list[i].is_timed)
            continue;
        const bool is_gpu = strcmp(list[i].result->backend, "gpu") == 0;
        const struct reading *r = list[i].reading;
        const char *here = is_gpu ? r->card : r->place;
        if (*here && place && strcmp(place, here) != 0)
            return false;
        if (*here)
            place = here;
    }
    return true;
}

/* Copies the timed results of one side and returns their number. */
static size_t pick(const struct process *list, size_t count, bool is_now,
                   const struct read_result **results, struct compare_side *side)
{
    size_t picked = 0;
    for (size_t i = 0; i < count; i++)
        if (list[i].is_now == is_now && list[i].is_timed) {
            side->reading = list[i].reading;
            results[picked++] = list[i].result;
        }
    compare_describe_side(side, results, picked);
    return picked;
}

static double log_time(const struct read_result *r)
{
    return log(r->median_s);
}

/* Returns NaN if the CPU's own speed is unknown. */
static double log_time_by_cpu(const struct read_result *r)
{
    return log(r->median_s * r->cpu_flops);
}

/* The results of one side, and an array for one value of each. */
struct sample_of {
    const struct read_result **results;
    double *values;
    size_t count;
};

/* Returns the shift from one side to the other, or NaN if a value is unknown. */
static struct shift shift_of(struct sample_of *base, struct sample_of *now,
                             double (*value)(const struct read_result *), double alpha)
{
    struct sample_of *const sides[] = {base, now};
    for (size_t s = 0; s < 2; s++)
        for (size_t i = 0; i < sides[s]->count; i++) {
            sides[s]->values[i] = value(sides[s]->results[i]);
            if (isnan(sides[s]->values[i]))
                return (struct shift){.estimate = NAN};
        }
    return rank_independent(base->values, base->count, now->values, now->count, alpha);
}

/* Compares a key's processes on one machine. Returns false if one side has no process with a time.
 */
static bool judge_machine(const struct process *list, size_t count,
                          const struct compare_rules *rules, struct compare_row *row)
{
    struct sample_of base = {.results = need_array(count, sizeof *base.results),
                             .values = need_array(count, sizeof *base.values)};
    struct sample_of now = {.results = need_array(count, sizeof *now.results),
                            .values = need_array(count, sizeof *now.values)};
    *row = (struct compare_row){.key = list[0].result->key};
    base.count = pick(list, count, false, base.results, &row->base);
    now.count = pick(list, count, true, now.results, &row->now);
    const bool is_judged = base.count && now.count;
    if (is_judged) {
        row->state = ROW_JUDGED;
        row->shift = shift_of(&base, &now, log_time, rules->alpha);
        row->by_cpu = shift_of(&base, &now, log_time_by_cpu, rules->alpha);
        compare_choose_threshold(row, now.results[0], is_one_place(list, count), rules);
    }
    free(base.results);
    free(base.values);
    free(now.results);
    free(now.values);
    return is_judged;
}

/* Sets the row's kind and reason for a key that cannot be judged on any machine. */
static void explain(const struct process *list, size_t count, struct compare_row *row)
{
    const struct process *base = NULL, *now = NULL, *bad = NULL, *waived = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct process *p = &list[i];
        const bool is_bad = p->result->state == READ_FAILED || p->result->state == READ_WRONG;
        if (p->is_timed)
            *(p->is_now ? &now : &base) = p;
        else if (p->is_now && is_bad && (!bad || p->result->state == READ_WRONG))
            bad = p;
        else if (p->is_now && p->result->state == READ_WAIVED)
            waived = p;
    }
    const struct process *told = bad ? bad : !now ? waived : NULL;
    *row = (struct compare_row){.key = list[0].result->key};
    row->base.reading = base ? base->reading : NULL;
    row->now.reading = now ? now->reading : NULL;
    row->is_wrong = bad && bad->result->state == READ_WRONG;
    bool has_cold = false;
    for (size_t i = 0; i < count; i++)
        has_cold = has_cold || (!list[i].is_timed && compare_is_timed(list[i].result));
    if (has_cold && (base || now))
        snprintf(row->reason, sizeof row->reason,
                 "%s has only single cold runs, which are not compared with warm ones",
                 base ? "the new side" : "the base");
    row->state = bad           ? ROW_BROKEN
                 : base && now ? ROW_OTHER_MACHINE
                 : base        ? ROW_ONLY_BASE
                               : ROW_ONLY_NEW;
    if (told)
        clean_text(row->reason, sizeof row->reason, told->result->reason);
}

static bool has_broken(const struct process *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].is_now &&
            (list[i].result->state == READ_FAILED || list[i].result->state == READ_WRONG))
            return true;
    return false;
}

static int by_base(const void *a, const void *b)
{
    const struct compare_row *x = a, *y = b;
    return (x->base.reading > y->base.reading) - (x->base.reading < y->base.reading);
}

/* Counts the runs of each side that have no time of a key, because it failed or was wrong, or whose
 * samples are those of another run. */
static void count_left_out(const struct process *list, size_t count, struct compare_side sides[2])
{
    for (size_t i = 0; i < count; i++) {
        struct compare_side *side = &sides[list[i].is_now];
        side->copies += list[i].result->is_copy;
        side->left_out += !list[i].is_timed && !list[i].result->is_copy;
    }
}

/* Counts the runs on classes of machines that have a time on one side only. */
static void count_strays(const struct process *list, size_t count, struct compare_side sides[2])
{
    for (size_t i = 0; i < count; i++)
        if (list[i].is_timed) {
            sides[list[i].is_now].strays++;
            sides[list[i].is_now].stray = list[i].reading;
        }
}

static void put_left_out(struct compare_side *to, const struct compare_side *from)
{
    to->left_out = from->left_out;
    to->copies = from->copies;
    to->strays = from->strays;
    to->stray = from->stray;
}

/* Adds the rows of one key: one for each class of machine that has a time on both sides, in the
 * order of the base. */
static void rows_of_key(const struct process *list, size_t count, const struct compare_rules *rules,
                        struct comparison *out)
{
    const size_t before = out->count;
    struct compare_side out_of[2] = {0};
    count_left_out(list, count, out_of);
    for (size_t from = 0, to; from < count && !has_broken(list, count); from = to) {
        for (to = from + 1; to < count && strcmp(list[from].machine, list[to].machine) == 0;)
            to++;
        if (judge_machine(&list[from], to - from, rules, &out->rows[out->count]))
            out->count++;
        else
            count_strays(&list[from], to - from, out_of);
    }
    if (out->count == before) {
        explain(list, count, &out->rows[out->count]);
        const struct compare_row *row = &out->rows[out->count];
        out->count += row->state == ROW_BROKEN || row->base.reading || row->now.reading;
    }
    qsort(&out->rows[before], out->count - before, sizeof *out->rows, by_base);
    for (size_t i = before; i < out->count; i++) {
        put_left_out(&out->rows[i].base, &out_of[0]);
        put_left_out(&out->rows[i].now, &out_of[1]);
    }
}

/* Leaves out processes that measured a single cold run, because a cold run alone is slower. */
static void leave_out_cold(struct process *list, size_t count)
{
    bool has_warm = false;
    for (size_t i = 0; i < count; i++)
        has_warm = has_warm || (list[i].is_timed && !list[i].result->is_first_run);
    for (size_t i = 0; i < count; i++)
        list[i].is_timed = list[i].is_timed && !(has_warm && list[i].result->is_first_run);
}

void compare_judge_rows(struct comparison *c, const struct compare_rules *rules)
{
    double *p = need_array(c->count, sizeof *p);
    size_t questions = 0;
    for (size_t i = 0; i < c->count; i++)
        if (c->rows[i].state == ROW_JUDGED)
            p[questions++] = c->rows[i].shift.p;
    rank_holm(p, questions, p);
    for (size_t i = 0, next = 0; i < c->count; i++) {
        struct compare_row *row = &c->rows[i];
        if (row->state != ROW_JUDGED)
            continue;
        row->p = p[next++];
        row->change = change_judge(&row->shift, row->p, rules->alpha, row->threshold);
        compare_doubt(row, rules, questions);
    }
    free(p);
}

enum status compare(const struct readings *base, const struct readings *now,
                    const struct compare_rules *rules, struct comparison *out, struct failure *why)
{
    *out = (struct comparison){0};
    enum status status = compare_refuse_simulated(base, why);
    if (status == STATUS_OK)
        status = compare_refuse_simulated(now, why);
    if (status != STATUS_OK)
        return status;

    size_t count;
    struct process *all = gather(base, now, rules, &count);
    out->rows = need_array(count, sizeof *out->rows);
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && strcmp(all[from].result->key, all[to].result->key) == 0;)
            to++;
        leave_out_cold(all + from, to - from);
        rows_of_key(all + from, to - from, rules, out);
    }
    compare_judge_rows(out, rules);
    free(all);
    return STATUS_OK;
}

void comparison_free(struct comparison *c)
{
    free(c->rows);
    *c = (struct comparison){0};
}

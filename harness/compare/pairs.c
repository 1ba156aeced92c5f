/* pairs.c - compares runs of A and B that took turns: run i of A and run i of B are a pair. */
#include "harness/compare/compare.h"

#include "harness/base/need.h"
#include "harness/text/clean.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Returns the result with that key. If both runs have only one result, these two belong together
 * even if their variants have different names, because then the variant is the change. */
static const struct read_result *partner(const struct reading *of, const char *key, bool is_alone)
{
    if (is_alone && of->count == 1)
        return &of->results[0];
    for (size_t i = 0; i < of->count; i++)
        if (strcmp(of->results[i].key, key) == 0)
            return &of->results[i];
    return NULL;
}

struct pairs {
    const struct read_result **a, **b;
    double *differences;
    size_t count;
};

/* Whether a result failed or was wrong. If so, sets the row's kind and reason. */
static bool is_broken(struct compare_row *row, const struct read_result *r,
                      const struct reading *reading)
{
    if (!r || (r->state != READ_FAILED && r->state != READ_WRONG))
        return false;
    row->state = ROW_BROKEN;
    row->is_wrong = r->state == READ_WRONG;
    row->now.reading = reading;
    clean_text(row->reason, sizeof row->reason, r->reason);
    return true;
}

static void judge_key(const struct readings *a, const struct readings *b, const char *key,
                      const struct compare_rules *rules, struct pairs *pairs,
                      struct compare_row *row)
{
    *row = (struct compare_row){.key = key, .state = ROW_ONLY_BASE};
    pairs->count = 0;
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        const bool is_alone = a->list[i].count == 1;
        const struct read_result *x = partner(&a->list[i], key, false),
                                 *y = partner(&b->list[i], key, is_alone);
        if (is_broken(row, x, &a->list[i]) || is_broken(row, y, &b->list[i]))
            return;
        /* A single cold run is left out, because a cold run alone is slower. */
        if (!x || !y || !compare_is_timed(x) || !compare_is_timed(y) ||
            x->is_first_run != y->is_first_run)
            continue;
        row->base.reading = &a->list[i];
        row->now.reading = &b->list[i];
        pairs->a[pairs->count] = x;
        pairs->b[pairs->count] = y;
        pairs->differences[pairs->count++] = log(y->median_s) - log(x->median_s);
    }
    if (pairs->count == 0)
        return;
    row->state = ROW_JUDGED;
    compare_describe_side(&row->base, pairs->a, pairs->count);
    compare_describe_side(&row->now, pairs->b, pairs->count);
    row->shift = rank_paired(pairs->differences, pairs->count, rules->alpha);
    compare_choose_threshold(row, pairs->a[0], true, rules);
}

enum status compare_pairs(const struct readings *a, const struct readings *b,
                          const struct compare_rules *rules, struct comparison *out,
                          struct failure *why)
{
    *out = (struct comparison){0};
    enum status status = compare_refuse_simulated(a, why);
    if (status == STATUS_OK)
        status = compare_refuse_simulated(b, why);
    if (status != STATUS_OK || a->count == 0)
        return status;
    const struct reading *first = &a->list[0];
    struct pairs pairs = {need_array(a->count, sizeof *pairs.a),
                          need_array(a->count, sizeof *pairs.b),
                          need_array(a->count, sizeof *pairs.differences), 0};
    out->rows = need_array(first->count, sizeof *out->rows);
    for (size_t i = 0; i < first->count; i++)
        if (first->results[i].state != READ_WAIVED)
            judge_key(a, b, first->results[i].key, rules, &pairs, &out->rows[out->count++]);
    compare_judge_rows(out, rules);
    free(pairs.a);
    free(pairs.b);
    free(pairs.differences);
    return STATUS_OK;
}

/* json.c - a comparison for programs: gpubench-comparison/1. */
#include "bench/verdict/verdicts.h"

#include "harness/reading/identity_diff.h"
#include "harness/text/json_text.h"

#include <math.h>

enum { DIFFERENCES_MAX = 64 };

/* What is measured is null for a side without a time. */
static json_t *measured(const struct compare_side *side, double value)
{
    return json_number(side->processes ? value : NAN);
}

static json_t *side_to_json(const struct compare_side *side)
{
    const struct reading *r = side->reading;
    if (!r)
        return json_null();
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:I, s:o}", "host",
        r->host, "device", r->device, "commit", r->commit, "started", r->started, "fingerprint",
        r->fingerprint, "processes", (json_int_t)side->processes, "left_out",
        (json_int_t)side->left_out, "of_other_class", (json_int_t)side->strays, "copies",
        (json_int_t)side->copies, "old_samples", (json_int_t)side->old, "median_s",
        measured(side, side->median_s), "spread", measured(side, side->spread), "sm_hz",
        measured(side, side->sm_hz), "cpu_flops", measured(side, side->cpu_flops), "throttled",
        (json_int_t)side->throttled, "link_share", measured(side, side->link_share));
}

static json_t *differences_to_json(const struct difference *list, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < count && i < DIFFERENCES_MAX; i++)
        json_array_append_new(array, json_pack("{s:o, s:o, s:o}", "field", json_words(list[i].path),
                                               "base", json_words(list[i].base), "new",
                                               json_words(list[i].now)));
    return array;
}

static void add_differences(json_t *json, const struct compare_row *row)
{
    struct difference list[DIFFERENCES_MAX];
    const struct reading *base = row->base.reading, *now = row->now.reading;
    if (!base || !now)
        return;
    size_t count = identity_hard_differences(base->identity, now->identity, list, DIFFERENCES_MAX);
    json_object_set_new(json, "hard_differences", differences_to_json(list, count));
    count = identity_soft_differences(base, now, list, DIFFERENCES_MAX);
    json_object_set_new(json, "soft_differences", differences_to_json(list, count));
}

static json_t *row_to_json(const struct compare_row *row, double alpha)
{
    json_t *json = json_pack("{s:s, s:s, s:o, s:o, s:o}", "key", row->key, "verdict",
                             verdicts_word(row), "reason", json_words(row->reason), "base",
                             side_to_json(&row->base), "new", side_to_json(&row->now));
    if (json && row->state == ROW_JUDGED)
        json_object_update_new(
            json, json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:I}", "change",
                            json_number(change_of(row->shift.estimate)), "low",
                            json_number(change_of(row->shift.low)), "high",
                            json_number(change_of(row->shift.high)), "confidence",
                            json_number(1 - alpha), "p", json_number(row->shift.p), "p_corrected",
                            json_number(row->p), "threshold", json_number(row->threshold), "noise",
                            json_number(row->noise), "noise_measured", row->noise_measured,
                            "unsure_checks", (json_int_t)row->unsure_checks));
    if (json)
        add_differences(json, row);
    return json;
}

json_t *verdicts_to_json(const struct verdicts *v)
{
    json_t *rows = json_array();
    for (size_t i = 0; rows && i < v->comparison->count; i++)
        json_array_append_new(rows, row_to_json(&v->comparison->rows[i], v->rules->alpha));
    return json_pack("{s:s, s:s, s:i, s:o, s:o}", "schema", "gpubench-comparison/1", "verb",
                     v->verb, "exit", exit_code(v->outcome), "sentence", json_words(v->sentence),
                     "rows", rows);
}

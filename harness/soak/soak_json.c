/* soak_json.c - writes a soak as JSON. */
#include "harness/soak/soak_json.h"

#include "harness/base/need.h"
#include "harness/result/contestant.h"
#include "harness/text/json_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

/* ---- the entries of "results" ---- */

static struct sample sample_of(const struct soak_point *p)
{
    const double launches = (double)p->launches;
    return (struct sample){
        .launches = p->launches < UINT32_MAX ? (unsigned)p->launches : UINT32_MAX,
        .device_ns = (nanos)(p->device_s / launches * 1e9),
        .wall_ns = (nanos)(p->wall_s / launches * 1e9),
        .sm_mhz = soak_mean(&p->sm_mhz),
        .power_w = soak_mean(&p->power_w),
        .temperature_c = soak_mean(&p->temperature_c),
        .throttle = p->throttle & ~1u,
    };
}

void soak_to_contestants(const struct soak *soak, const struct soak_verdict *verdict,
                         struct result *r)
{
    r->contestants = need_array(soak->load_count, sizeof *r->contestants);
    r->contestant_count = soak->load_count;
    for (size_t i = 0; i < soak->load_count; i++) {
        const struct soak_load *load = &soak->loads[i];
        struct contestant *c = &r->contestants[i];
        c->variant = load->variant;
        c->stop = STOP_TIME;
        if (load->job_count)
            c->verdict = load->jobs[0].verdict;
        c->samples = need_array(load->series.count + 1, sizeof *c->samples);
        for (size_t k = 0; k < load->series.count; k++)
            if (load->series.points[k].device_s > 0)
                c->samples[c->count++] = sample_of(&load->series.points[k]);
        if (verdict->outcome != SOAK_FAULTY && load->series.count)
            continue;
        const bool is_wrong = verdict->outcome == SOAK_FAULTY;
        c->state = is_wrong ? CONTESTANT_WRONG : CONTESTANT_FAILED;
        c->verdict.ok = false;
        snprintf(c->reason, sizeof c->reason, "%.500s",
                 is_wrong ? verdict->reason : "it had no turn before the soak ended");
        snprintf(c->verdict.reason, sizeof c->verdict.reason, "%.200s", c->reason);
    }
}

/* ---- the object "soak" ---- */

static json_t *entry_to_json(struct entry e)
{
    return json_pack("[I, I]", (json_int_t)e.row, (json_int_t)e.col);
}

static json_t *bits_to_json(uint64_t bits)
{
    return json_sprintf("0x%08" PRIx64, bits);
}

static json_t *error_to_json(const struct soak_error *e, const struct soak *soak)
{
    const struct mismatch *m = &e->what;
    const bool is_c = soak->loads[e->load].variant->op == OP_MATMUL;
    return json_pack(
        "{s:o, s:I, s:I, s:I, s:I, s:o*, s:o*, s:o*, s:o*, s:o, s:o, s:o}", "at_s",
        json_number(e->at_s), "load", (json_int_t)e->load, "matrix", (json_int_t)e->job, "launch",
        (json_int_t)m->launch, "words", (json_int_t)m->words, "first",
        is_c ? entry_to_json(m->first) : NULL, "last", is_c ? entry_to_json(m->last) : NULL,
        "first_address", m->first_address ? bits_to_json(m->first_address) : NULL, "last_address",
        m->first_address ? bits_to_json(m->last_address) : NULL, "bits", bits_to_json(m->bits),
        "want", bits_to_json(m->want), "got", bits_to_json(m->got));
}

static json_t *errors_to_json(const struct soak *soak)
{
    json_t *errors = json_array();
    for (size_t i = 0; i < soak->error_count; i++)
        json_array_append_new(errors, error_to_json(&soak->errors[i], soak));
    return errors;
}

static json_t *trial_to_json(const struct sm_trial *t)
{
    json_t *suspects = json_array();
    for (unsigned i = 0; i < t->suspects; i++)
        json_array_append_new(suspects, json_pack("{s:I, s:I}", "sm", (json_int_t)t->suspect[i].sm,
                                                  "wrong", (json_int_t)t->suspect[i].wrong));
    return json_pack("{s:I, s:I, s:o}", "sms", (json_int_t)t->sms, "launches",
                     (json_int_t)t->launches, "suspects", suspects);
}

static json_t *changes_to_json(const struct soak *soak)
{
    json_t *changes = json_array();
    for (size_t i = 0; i < soak->change_count; i++) {
        const struct soak_change *c = &soak->changes[i];
        json_array_append_new(
            changes, json_pack("{s:I, s:I, s:o, s:I, s:I, s:o, s:o}", "load", (json_int_t)c->load,
                               "matrix", (json_int_t)c->job, "at", entry_to_json(c->at), "rows",
                               (json_int_t)c->rows, "cols", (json_int_t)c->cols, "want",
                               bits_to_json(c->want), "got", bits_to_json(c->got)));
    }
    return changes;
}

static json_t *known_or_null(double s)
{
    return json_number(isfinite(s) && s > 0 ? s : NAN);
}

static json_t *loads_to_json(const struct soak *soak, const struct result *r)
{
    json_t *loads = json_array();
    for (size_t i = 0; i < soak->load_count; i++) {
        const struct soak_load *load = &soak->loads[i];
        char key[256];
        result_key(r, load->variant, key, sizeof key);
        json_array_append_new(loads, json_pack("{s:s, s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "key",
                                               key, "matrices", (json_int_t)load->job_count,
                                               "launches", (json_int_t)load->launches, "wrong",
                                               (json_int_t)load->wrong, "seconds",
                                               json_number(load->spent_s), "unchecked_launch_s",
                                               known_or_null(load->plain_s), "checked_launch_s",
                                               known_or_null(load->checked_s), "check_share",
                                               json_number(soak_check_share(load))));
    }
    return loads;
}

static json_t *health_to_json(const int64_t counters[HEALTH_COUNT])
{
    json_t *health = json_object();
    for (int i = 0; i < HEALTH_COUNT; i++)
        if (counters[i] >= 0)
            json_object_set_new(health, soak_health_name((enum health)i),
                                json_integer(counters[i]));
    return health;
}

static json_t *reasons_to_json(const struct soak *soak)
{
    json_t *reasons = json_object();
    for (unsigned bit = 1; bit < 32; bit++) {
        char number[16];
        snprintf(number, sizeof number, "bit_%u", bit);
        if (soak->reason_s[bit] > 0)
            json_object_set_new(reasons, throttle_name(bit) ? throttle_name(bit) : number,
                                json_number(soak->reason_s[bit]));
    }
    return reasons;
}

/* A column of the series; fewer digits than a double has are plenty, and take less room. */
static double rounded(double x, double per_unit)
{
    return round(x * per_unit) / per_unit;
}

/* A column of means, to a tenth of a sensor's unit, in the unit that is `factor` of it. */
static void add_sensor(json_t *series, const struct soak *soak, const char *name, size_t at,
                       double factor)
{
    json_t *values = json_array();
    bool is_known = false;
    for (size_t i = 0; i < soak->series.count; i++) {
        const char *point = (const char *)&soak->series.points[i];
        const double x = soak_mean((const struct soak_mean *)(const void *)(point + at));
        is_known = is_known || x > 0;
        json_array_append_new(values, x > 0 ? json_number(rounded(x, 10) * factor) : json_null());
    }
    if (is_known)
        json_object_set(series, name, values);
    json_decref(values);
}

static json_t *series_to_json(const struct soak *soak)
{
    json_t *from = json_array(), *to = json_array(), *flops = json_array(), *wrong = json_array(),
           *throttle = json_array();
    for (size_t i = 0; i < soak->series.count; i++) {
        const struct soak_point *p = &soak->series.points[i];
        json_array_append_new(from, json_number(rounded(p->from_s, 1e3)));
        json_array_append_new(to, json_number(rounded(p->to_s, 1e3)));
        json_array_append_new(flops, json_number(p->wall_s > 0 ? rint(p->flop / p->wall_s) : 0));
        json_array_append_new(wrong, json_integer((json_int_t)p->wrong));
        json_array_append_new(throttle, json_integer(p->throttle & ~1u));
    }
    json_t *series =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "period_s", json_number(soak->series.period_s),
                  "from_s", from, "to_s", to, "flops", flops, "wrong", wrong, "throttle", throttle);
    add_sensor(series, soak, "sm_hz", offsetof(struct soak_point, sm_mhz), 1e6);
    add_sensor(series, soak, "power_w", offsetof(struct soak_point, power_w), 1);
    add_sensor(series, soak, "temperature_c", offsetof(struct soak_point, temperature_c), 1);
    add_sensor(series, soak, "memory_c", offsetof(struct soak_point, memory_c), 1);
    return series;
}

json_t *soak_to_json(const struct soak *soak, const struct soak_verdict *verdict,
                     const struct result *r)
{
    json_t *health = json_pack("{s:o, s:o}", "before", health_to_json(soak->before), "after",
                               health_to_json(soak->after));
    json_t *verified =
        json_pack("{s:I, s:I, s:I}", "start", (json_int_t)soak->verified, "end",
                  (json_int_t)soak->verified_again, "wrong_at_end", (json_int_t)soak->wrong_again);
    const double share = soak->elapsed_s > 0 ? soak->check_s / soak->elapsed_s : 0;
    json_t *object = json_pack(
        "{s:s, s:o*, s:o*, s:o, s:o, s:b, s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "verdict",
        soak_outcome_name(verdict->outcome), "reason",
        verdict->reason[0] ? json_words(verdict->reason) : NULL, "remark",
        verdict->remark[0] ? json_words(verdict->remark) : NULL, "asked_s",
        json_number(soak->seconds), "elapsed_s", json_number(soak->elapsed_s), "interrupted",
        soak->is_interrupted, "launches", (json_int_t)soak->launches, "wrong_launches",
        (json_int_t)soak->wrong, "memory_bytes", (json_int_t)soak->memory_used, "flops",
        json_number(soak_flops(soak)), "check_share", json_number(share), "throttled_share",
        json_number(soak_throttled_share(soak)), "reasons_s", reasons_to_json(soak));
    json_object_set_new(object, "verified", verified);
    if (soak->backend->copy_in)
        json_object_set_new(object, "link_bytes_per_s", link_to_json(&soak->link));
    json_object_set_new(object, "health", health);
    json_object_set_new(object, "loads", loads_to_json(soak, r));
    json_object_set_new(object, "errors", errors_to_json(soak));
    if (soak->trial[SM_MULTIPLY_ADDS].launches)
        json_object_set_new(object, "sm_trials",
                            json_pack("{s:o, s:o}", "multiply_adds",
                                      trial_to_json(&soak->trial[SM_MULTIPLY_ADDS]), "tensor_cores",
                                      trial_to_json(&soak->trial[SM_TENSOR_CORES])));
    json_object_set_new(object, "changes_of_a", changes_to_json(soak));
    json_object_set_new(object, "series", series_to_json(soak));
    return object;
}

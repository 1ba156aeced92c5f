/* contestant.c - one contestant as JSON. Samples are stored as one array for each quantity, not as
 * one object for each sample: ten thousand samples take half a megabyte, and any tool can read
 * .samples.device_s as a vector. */
#include "harness/result/contestant.h"

#include "harness/base/need.h"
#include "harness/stats/stats.h"
#include "harness/text/json_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { THROTTLE_BITS = 32 };

/* nvmlClocksEventReason… of nvml.h, one bit each. */
static const char *const throttle_names[THROTTLE_BITS] = {
    "gpu_idle",       "applications_clocks", "sw_power_cap",        "hw_slowdown",
    "sync_boost",     "sw_thermal_slowdown", "hw_thermal_slowdown", "hw_power_brake",
    "display_clocks", "board_limit",         "reliability",
};

const char *throttle_name(unsigned bit)
{
    return bit < THROTTLE_BITS ? throttle_names[bit] : NULL;
}

/* ---- the library to compare with */

enum arithmetic reference_arithmetic(enum arithmetic arithmetic)
{
    switch (arithmetic) {
    case ARITH_F32_3XF16:
    case ARITH_F32_2XF16:
    case ARITH_F32_3XTF32:
    case ARITH_F32_9XBF16:
        return ARITH_F32;
    case ARITH_F64_INT8:
        return ARITH_F64;
    default:
        return arithmetic;
    }
}

const struct contestant *reference_for(const struct result *r, enum arithmetic arithmetic)
{
    for (size_t i = 0; i < r->contestant_count; i++) {
        const struct contestant *c = &r->contestants[i];
        if (c->state == CONTESTANT_OK && c->count > 0 && c->variant->library &&
            !c->variant->symmetric && c->variant->arithmetic == reference_arithmetic(arithmetic))
            return c;
    }
    return NULL;
}

struct interval contestant_seconds(const struct contestant *c)
{
    double *seconds = need_array(c->count, sizeof *seconds);
    for (size_t i = 0; i < c->count; i++)
        seconds[i] = (double)c->samples[i].device_ns / 1e9;
    const struct interval interval = stats_series_interval(seconds, c->count, 0.99);
    free(seconds);
    return interval;
}

double reference_speedup(const struct result *r, const struct contestant *c, bool *is_noisy)
{
    const struct contestant *reference = reference_for(r, c->variant->arithmetic);
    *is_noisy = false;
    if (!reference)
        return NAN;
    const struct interval its = contestant_seconds(reference), own = contestant_seconds(c);
    *is_noisy = stats_is_noisy(&its) || stats_is_noisy(&own);
    return *is_noisy ? NAN : its.median / own.median;
}

static double seconds(nanos ns)
{
    return (double)ns / 1e9;
}

static json_t *known_or_null(double x)
{
    return json_number(x > 0 ? x : NAN);
}

/* ---- samples, one array for each quantity */

enum quantity {
    DEVICE_S,
    WALL_S,
    LAUNCHES,
    SM_HZ,
    SM_MEASURED_HZ,
    POWER,
    TEMPERATURE,
    ENERGY,
    THROTTLE
};

static json_t *value_of(const struct sample *s, enum quantity quantity)
{
    switch (quantity) {
    case DEVICE_S:
        return json_real(seconds(s->device_ns));
    case WALL_S:
        return json_real(seconds(s->wall_ns));
    case LAUNCHES:
        return json_integer(s->launches);
    case SM_HZ:
        return known_or_null(s->sm_mhz * 1e6);
    case SM_MEASURED_HZ:
        return known_or_null(s->sm_mhz_measured * 1e6);
    case POWER:
        return known_or_null(s->power_w);
    case TEMPERATURE:
        return known_or_null(s->temperature_c);
    case ENERGY:
        return known_or_null(s->energy_j);
    case THROTTLE:
        return json_integer(s->throttle);
    }
    return json_null();
}

static json_t *column(const struct contestant *c, enum quantity quantity)
{
    json_t *array = json_array();
    for (size_t i = 0; i < c->count; i++)
        json_array_append_new(array, value_of(&c->samples[i], quantity));
    return array;
}

/* One array for each step, or NULL for a variant of one step, whose time is the sample's. */
static json_t *steps_to_json(const struct contestant *c)
{
    const char *const *names = c->variant->steps;
    if (!names[0] || !names[1])
        return NULL;
    json_t *steps = json_object();
    for (int step = 0; step < VARIANT_STEPS_MAX && names[step]; step++) {
        json_t *array = json_array();
        for (size_t i = 0; i < c->count; i++)
            json_array_append_new(array, json_real(seconds(c->samples[i].step_ns[step])));
        json_object_set_new(steps, names[step], array);
    }
    return steps;
}

/* Adds a quantity that not every device measures, if any sample has it. */
static void add_measured(json_t *samples, const struct contestant *c, const char *name,
                         enum quantity quantity)
{
    json_t *values = column(c, quantity);
    bool is_known = false;
    for (size_t i = 0; i < json_array_size(values); i++)
        is_known = is_known || json_number_value(json_array_get(values, i)) != 0;
    if (is_known)
        json_object_set(samples, name, values);
    json_decref(values);
}

static json_t *samples_to_json(const struct contestant *c)
{
    json_t *samples =
        json_pack("{s:o, s:o, s:o, s:o*}", "device_s", column(c, DEVICE_S), "wall_s",
                  column(c, WALL_S), "launches", column(c, LAUNCHES), "steps_s", steps_to_json(c));
    add_measured(samples, c, "sm_hz", SM_HZ);
    add_measured(samples, c, "sm_measured_hz", SM_MEASURED_HZ);
    add_measured(samples, c, "power_w", POWER);
    add_measured(samples, c, "temperature_c", TEMPERATURE);
    add_measured(samples, c, "energy_j", ENERGY);
    add_measured(samples, c, "throttle", THROTTLE);
    return samples;
}

/* ---- what follows from the samples */

/* {"sw_power_cap": 3}: the number of samples that saw each reason. */
static json_t *throttle_counts(const struct contestant *c)
{
    json_t *counts = json_object();
    for (unsigned bit = 0; bit < THROTTLE_BITS; bit++) {
        json_int_t count = 0;
        for (size_t i = 0; i < c->count; i++)
            count += c->samples[i].throttle >> bit & 1;
        char number[16];
        snprintf(number, sizeof number, "bit_%u", bit);
        if (count > 0)
            json_object_set_new(counts, throttle_names[bit] ? throttle_names[bit] : number,
                                json_integer(count));
    }
    return counts;
}

/* How several launches became one sample, NULL if each sample is one launch. Reads the last sample,
 * because the first may have been taken before the number of launches was known. */
static const char *batch_name(const struct contestant *c)
{
    const struct sample *last = &c->samples[c->count - 1];
    return last->launches == 1 ? NULL : last->is_graph ? "graph" : "stream";
}

static json_t *summary_to_json(const struct contestant *c, double *median)
{
    double *device = need_array(c->count, sizeof *device);
    double *wall = need_array(c->count, sizeof *wall);
    double least = INFINITY, most = 0;
    for (size_t i = 0; i < c->count; i++) {
        device[i] = seconds(c->samples[i].device_ns);
        wall[i] = seconds(c->samples[i].wall_ns);
        least = fmin(least, device[i]);
        most = fmax(most, device[i]);
    }
    const struct interval i = stats_series_interval(device, c->count, 0.99);
    *median = i.median;
    json_t *summary =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:s, s:I, s:s, s:s*, s:o, s:o}", "median_s",
                  json_number(i.median), "low_s", json_number(i.low), "high_s", json_number(i.high),
                  "confidence", json_number(i.confidence), "min_s", json_number(least), "max_s",
                  json_number(most), "count", (json_int_t)c->count, "stop",
                  stop_reason_name(c->stop), "warmups", (json_int_t)c->warmups, "kind",
                  c->is_first_run ? "first" : "warm", "batch", batch_name(c), "wall_median_s",
                  json_number(stats_median(wall, c->count)), "throttled", throttle_counts(c));
    if (c->settling > 0)
        json_object_set_new(summary, "settling", json_integer((json_int_t)c->settling));
    free(device);
    free(wall);
    return summary;
}

bool peak_share_is_withheld(const char *backend, double share)
{
    return strcmp(backend, "cpu") == 0 && share > 1;
}

double contestant_peak_share(const struct result *r, const struct contestant *c, double seconds,
                             bool *is_withheld)
{
    struct problem problem = r->problem;
    problem.op = c->variant->op;
    const bool streams = problem.op == OP_REDUCE;
    const double work =
        streams ? problem_bytes(&problem) : problem_flop_done(&problem, c->variant->symmetric);
    const double peak =
        streams ? r->device.peak_bytes : r->device.peak_flops[c->variant->arithmetic];
    const int devices = r->ranks ? r->ranks->devices : 1;
    const double share = peak > 0 ? work / seconds / (peak * devices) : NAN;
    *is_withheld = peak_share_is_withheld(r->backend_name, share);
    return *is_withheld ? NAN : share;
}

/* Work per second. */
static json_t *speed_to_json(const struct result *r, const struct contestant *c, double median)
{
    struct problem problem = r->problem;
    problem.op = c->variant->op;
    const double flop = problem_flop(&problem), bytes = problem_bytes(&problem);
    const double done = problem_flop_done(&problem, c->variant->symmetric);
    bool is_withheld;
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "flop", json_number(flop), "flop_done",
                     json_number(done), "bytes", json_number(bytes), "flops",
                     json_number(flop / median), "flops_done", json_number(done / median),
                     "bytes_per_s", json_number(bytes / median), "peak_share",
                     json_number(contestant_peak_share(r, c, median, &is_withheld)));
}

/* The library that c's speed is compared with, if the run measured one. */
static void add_reference(json_t *entry, const struct result *r, const struct contestant *c)
{
    const struct contestant *reference = reference_for(r, c->variant->arithmetic);
    char key[256];
    bool is_noisy;
    if (!reference)
        return;
    result_key(r, reference->variant, key, sizeof key);
    const double speedup = reference_speedup(r, c, &is_noisy);
    json_object_set_new(entry, "reference",
                        json_pack("{s:s, s:o}", "key", key, "speedup", json_number(speedup)));
}

/* NULL, which is left out, for an error that was not checked. */
static json_t *if_looked_at(double x)
{
    return isnan(x) ? NULL : json_number(x);
}

static json_t *verdict_to_json(const struct verdict *v)
{
    const struct tolerance *limit = &v->limit;
    json_t *limits =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o*, s:o*, s:o*}", "sum", json_number(limit->sum),
                  "row", json_number(limit->row), "rel_f", json_number(limit->rel_f), "bias",
                  json_number(limit->bias), "entry", json_number(limit->entry), "block",
                  if_looked_at(limit->block), "weighted", if_looked_at(limit->weighted), "integers",
                  limit->integers > 0 ? json_number(limit->integers) : NULL);
    return json_pack("{s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o*, s:o*, s:o*, s:o*, s:o, s:o*}",
                     "ok", v->ok, "sum", json_number(v->sum), "want", json_number(v->want),
                     "sum_error", json_number(v->sum_error), "row_error", json_number(v->row_error),
                     "rel_f", json_number(v->rel_f), "bias", json_number(v->bias), "worst_entry",
                     json_number(v->worst_entry), "block_error", if_looked_at(v->block_error),
                     "weighted_error", if_looked_at(v->weighted_error), "integer_error",
                     limit->integers > 0 ? json_number(v->integer_error) : NULL, "full",
                     v->is_full ? json_true() : NULL, "limits", limits, "reason",
                     v->ok ? NULL : json_words(v->reason));
}

/* Adds the verdict and, only for a right result, summary, speed and samples. */
static void add_findings(json_t *entry, const struct result *r, const struct contestant *c)
{
    if (c->state != CONTESTANT_OK && c->state != CONTESTANT_WRONG)
        return;
    json_object_set_new(entry, "verdict", verdict_to_json(&c->verdict));
    if (c->state == CONTESTANT_WRONG || c->count == 0)
        return;
    double median;
    json_object_set_new(entry, "summary", summary_to_json(c, &median));
    json_object_set_new(entry, "speed", speed_to_json(r, c, median));
    add_reference(entry, r, c);
    json_object_set_new(entry, "samples", samples_to_json(c));
}

json_t *contestant_to_json(const struct result *r, const struct contestant *c)
{
    static const char *const states[] = {[CONTESTANT_OK] = "ok",
                                         [CONTESTANT_WAIVED] = "waived",
                                         [CONTESTANT_FAILED] = "failed",
                                         [CONTESTANT_WRONG] = "wrong"};
    const struct variant *v = c->variant;
    char key[256];
    result_key(r, v, key, sizeof key);
    json_t *entry = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:I, s:b, s:b, s:s, s:o*, s:s, s:s}", "key", key, "backend",
        r->backend_name, "op", op_name(v->op), "variant", v->name, "arithmetic",
        arithmetic_name(v->arithmetic), "n", (json_int_t)r->problem.n, "symmetric", v->symmetric,
        "library", v->library, "state", states[c->state], "reason",
        c->reason[0] ? json_words(c->reason) : NULL, "unit", "s", "better", "lower");
    add_findings(entry, r, c);
    return entry;
}

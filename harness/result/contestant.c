/* result_contestant.c - one contestant as JSON. Its samples are columns, not one object each: ten
 * thousand of them stay half a megabyte, and .samples.device_s is a vector to any tool. */
#include "harness/result/parts.h"

#include "harness/result/reference.h"
#include "harness/stats/stats.h"
#include "harness/text/json_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { THROTTLE_BITS = 32 };

/* nvml.h: nvmlClocksEventReason…, one bit each. */
static const char *const throttle_names[THROTTLE_BITS] = {
    "gpu_idle",       "applications_clocks", "sw_power_cap",        "hw_slowdown",
    "sync_boost",     "sw_thermal_slowdown", "hw_thermal_slowdown", "hw_power_brake",
    "display_clocks", "board_limit",         "reliability",
};

const char *throttle_name(unsigned bit)
{
    return bit < THROTTLE_BITS ? throttle_names[bit] : NULL;
}

static double seconds(nanos ns)
{
    return (double)ns / 1e9;
}

static json_t *device_seconds(const struct sample *s)
{
    return json_real(seconds(s->device_ns));
}

static json_t *wall_seconds(const struct sample *s)
{
    return json_real(seconds(s->wall_ns));
}

static json_t *launches(const struct sample *s)
{
    return json_integer(s->launches);
}

static json_t *known_or_null(double x)
{
    return json_number(x > 0 ? x : NAN);
}

static json_t *sm_hertz(const struct sample *s)
{
    return known_or_null(s->sm_mhz * 1e6);
}

static json_t *sm_hertz_measured(const struct sample *s)
{
    return known_or_null(s->sm_mhz_measured * 1e6);
}

static json_t *watts(const struct sample *s)
{
    return known_or_null(s->power_w);
}

static json_t *celsius(const struct sample *s)
{
    return known_or_null(s->temperature_c);
}

static json_t *joules(const struct sample *s)
{
    return known_or_null(s->energy_j);
}

static json_t *throttle_mask(const struct sample *s)
{
    return json_integer(s->throttle);
}

static json_t *column(const struct contestant *c, json_t *(*value)(const struct sample *))
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < c->count; i++)
        if (json_array_append_new(array, value(&c->samples[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    return array;
}

/* One column a step, for variants of more than one: a single step's time is the sample's. */
static json_t *steps_to_json(const struct contestant *c)
{
    json_t *steps = json_object();
    for (int step = 0; steps && step < VARIANT_STEPS_MAX && c->variant->steps[step]; step++) {
        json_t *array = json_array();
        for (size_t i = 0; array && i < c->count; i++)
            if (json_array_append_new(array, json_real(seconds(c->samples[i].step_ns[step]))) !=
                0) {
                json_decref(array);
                array = NULL;
            }
        if (json_object_set_new(steps, c->variant->steps[step], array) != 0) {
            json_decref(steps);
            return NULL;
        }
    }
    return steps;
}

/* Columns that not every device can fill. */
static const struct sensor {
    const char *name;
    json_t *(*value)(const struct sample *);
} sensors[] = {
    {"sm_hz", sm_hertz},  {"sm_measured_hz", sm_hertz_measured},
    {"power_w", watts},   {"temperature_c", celsius},
    {"energy_j", joules}, {"throttle", throttle_mask},
};

/* Adds a column if any value of it is neither null nor 0; false if memory runs out. */
static bool add_sensor(json_t *samples, const struct contestant *c, const struct sensor *sensor)
{
    json_t *values = column(c, sensor->value);
    bool is_known = false;
    for (size_t i = 0; i < json_array_size(values); i++)
        is_known = is_known || json_number_value(json_array_get(values, i)) != 0;
    if (is_known)
        return json_object_set_new(samples, sensor->name, values) == 0;
    json_decref(values);
    return values != NULL;
}

static json_t *samples_to_json(const struct contestant *c)
{
    const bool steps = c->variant->steps[0] && c->variant->steps[1];
    json_t *samples = json_pack("{s:o, s:o, s:o, s:o*}", "device_s", column(c, device_seconds),
                                "wall_s", column(c, wall_seconds), "launches", column(c, launches),
                                "steps_s", steps ? steps_to_json(c) : NULL);
    for (size_t i = 0; samples && i < sizeof sensors / sizeof *sensors; i++)
        if (!add_sensor(samples, c, &sensors[i])) {
            json_decref(samples);
            return NULL;
        }
    return samples;
}

/* {"sw_power_cap": 3}: in how many samples each reason was seen. */
static json_t *throttle_counts(const struct contestant *c)
{
    json_t *counts = json_object();
    for (unsigned bit = 0; counts && bit < THROTTLE_BITS; bit++) {
        json_int_t count = 0;
        for (size_t i = 0; i < c->count; i++)
            count += c->samples[i].throttle >> bit & 1;
        char number[16];
        snprintf(number, sizeof number, "bit_%u", bit);
        const char *name = throttle_names[bit] ? throttle_names[bit] : number;
        if (count > 0 && json_object_set_new(counts, name, json_integer(count)) != 0) {
            json_decref(counts);
            return NULL;
        }
    }
    return counts;
}

/* What made several launches one sample, NULL if each was one. The last sample tells: the first may
 * have been taken otherwise. */
static const char *batch_name(const struct contestant *c)
{
    const struct sample *last = &c->samples[c->count - 1];
    return last->launches == 1 ? NULL : last->is_graph ? "graph" : "stream";
}

/* Times of the samples by both clocks; false if memory runs out. */
static bool sample_times(const struct contestant *c, double **device, double **wall)
{
    *device = malloc(c->count * sizeof **device);
    *wall = malloc(c->count * sizeof **wall);
    if (!*device || !*wall)
        return false;
    for (size_t i = 0; i < c->count; i++) {
        (*device)[i] = seconds(c->samples[i].device_ns);
        (*wall)[i] = seconds(c->samples[i].wall_ns);
    }
    return true;
}

static void extremes(const double *x, size_t count, double *least, double *most)
{
    *least = *most = x[0];
    for (size_t i = 1; i < count; i++) {
        *least = fmin(*least, x[i]);
        *most = fmax(*most, x[i]);
    }
}

static json_t *summary_to_json(const struct contestant *c, double *median)
{
    double *device, *wall, least, most;
    json_t *summary = NULL;
    if (sample_times(c, &device, &wall)) {
        const struct interval i = stats_median_interval(device, c->count, 0.99);
        extremes(device, c->count, &least, &most);
        *median = i.median;
        summary = json_pack(
            "{s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:s, s:I, s:s*, s:o, s:o}", "median_s",
            json_number(i.median), "low_s", json_number(i.low), "high_s", json_number(i.high),
            "confidence", json_number(i.confidence), "min_s", json_number(least), "max_s",
            json_number(most), "count", (json_int_t)c->count, "stop", stop_reason_name(c->stop),
            "warmups", (json_int_t)c->warmups, "batch", batch_name(c), "wall_median_s",
            json_number(stats_median(wall, c->count)), "throttled", throttle_counts(c));
    }
    free(device);
    free(wall);
    return summary;
}

/* Work per second. The share of the peak is of work done: a symmetric variant gets no credit for
 * the half it skips. */
static json_t *speed_to_json(const struct result *r, const struct contestant *c, double median)
{
    struct problem problem = r->problem;
    problem.op = c->variant->op;
    const double flop = problem_flop(&problem), bytes = problem_bytes(&problem);
    const double done = problem_flop_done(&problem, c->variant->symmetric);
    const bool streams = problem.op == OP_REDUCE;
    const double peak =
        streams ? r->device.peak_bytes : r->device.peak_flops[c->variant->arithmetic];
    const double rate = (streams ? bytes : done) / median;
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "flop", json_number(flop), "flop_done",
                     json_number(done), "bytes", json_number(bytes), "flops",
                     json_number(flop / median), "flops_done", json_number(done / median),
                     "bytes_per_s", json_number(bytes / median), "peak_share",
                     json_number(peak > 0 ? rate / peak : NAN));
}

/* What it is quoted against; no field if that was not measured. */
static bool add_reference(json_t *entry, const struct result *r, const struct contestant *c)
{
    const struct contestant *reference = reference_for(r, c->variant->arithmetic);
    char key[256];
    if (!reference)
        return true;
    result_key(r, reference->variant, key, sizeof key);
    return json_object_set_new(entry, "reference",
                               json_pack("{s:s, s:o}", "key", key, "speedup",
                                         json_number(reference_speedup(r, c)))) == 0;
}

static json_t *verdict_to_json(const struct verdict *v)
{
    return json_pack("{s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:{s:o, s:o, s:o, s:o, s:o}, s:o*}",
                     "ok", v->ok, "sum", json_number(v->sum), "want", json_number(v->want),
                     "sum_error", json_number(v->sum_error), "row_error", json_number(v->row_error),
                     "rel_f", json_number(v->rel_f), "bias", json_number(v->bias), "worst_entry",
                     json_number(v->worst_entry), "limits", "sum", json_number(v->limit.sum), "row",
                     json_number(v->limit.row), "rel_f", json_number(v->limit.rel_f), "bias",
                     json_number(v->limit.bias), "entry", json_number(v->limit.entry), "reason",
                     v->ok ? NULL : json_words(v->reason));
}

/* Adds verdict, summary, speed and samples as far as the state lets them count. */
static bool add_findings(json_t *entry, const struct result *r, const struct contestant *c)
{
    if (c->state != CONTESTANT_OK && c->state != CONTESTANT_WRONG)
        return true;
    if (json_object_set_new(entry, "verdict", verdict_to_json(&c->verdict)) != 0)
        return false;
    if (c->state == CONTESTANT_WRONG || c->count == 0)
        return true;
    double median = NAN;
    return json_object_set_new(entry, "summary", summary_to_json(c, &median)) == 0 &&
           json_object_set_new(entry, "speed", speed_to_json(r, c, median)) == 0 &&
           add_reference(entry, r, c) &&
           json_object_set_new(entry, "samples", samples_to_json(c)) == 0;
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
    if (entry && !add_findings(entry, r, c)) {
        json_decref(entry);
        return NULL;
    }
    return entry;
}

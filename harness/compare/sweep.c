/* sweep.c - finds the fastest variants of a sweep's points, and the crossover of GPU and CPU. */
#include "harness/compare/sweep.h"

#include "harness/base/need.h"
#include "harness/stats/stats.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *sweep_case_name(enum sweep_case which)
{
    static const char *const names[SWEEP_CASES] = {
        [SWEEP_ON_DEVICE] = "on_device",
        [SWEEP_COPIED_ONCE] = "copied_once",
        [SWEEP_PINNED] = "copied_each_time_pinned",
        [SWEEP_PAGEABLE] = "copied_each_time_pageable",
    };
    return names[which];
}

const char *sweep_case_title(enum sweep_case which)
{
    static const char *const titles[SWEEP_CASES] = {
        [SWEEP_ON_DEVICE] = "A on the GPU",
        [SWEEP_COPIED_ONCE] = "A copied once for 10 calls",
        [SWEEP_PINNED] = "A copied each call, pinned",
        [SWEEP_PAGEABLE] = "A copied each call, pageable",
    };
    _Static_assert(SWEEP_USES == 10, "the title says how often");
    return titles[which];
}

static double number_at(const json_t *object, const char *first, const char *second)
{
    const json_t *value = json_object_get(json_object_get(object, first), second);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* Whether the times of the calls, or the device times, are too noisy to rank. */
static bool is_noisy(const json_t *result)
{
    const json_t *list = json_object_get(json_object_get(result, "call"), "samples_s");
    const size_t count = json_array_size(list);
    struct interval work = {.median = number_at(result, "summary", "median_s"),
                            .low = number_at(result, "summary", "low_s"),
                            .high = number_at(result, "summary", "high_s"),
                            .confidence = number_at(result, "summary", "confidence")};
    if (stats_is_noisy(&work) || count == 0)
        return stats_is_noisy(&work);
    double *seconds = need_array(count, sizeof *seconds);
    for (size_t i = 0; i < count; i++)
        seconds[i] = json_number_value(json_array_get(list, i));
    const struct interval calls = stats_median_interval(seconds, count, 0.99);
    free(seconds);
    return stats_is_noisy(&calls);
}

bool sweep_is_noisy(const struct sweep_row *row)
{
    return row->gpu_is_noisy || row->cpu_is_noisy;
}

/* Returns the median energy of the samples, or NaN if no energy is known. */
static double energy_of(const json_t *result)
{
    const json_t *list = json_object_get(json_object_get(result, "samples"), "energy_j");
    const size_t count = json_array_size(list);
    double *joules = need_array(count + 1, sizeof *joules);
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        const double value = json_number_value(json_array_get(list, i));
        if (value > 0)
            joules[used++] = value;
    }
    const double median = used ? stats_median(joules, used) : NAN;
    free(joules);
    return median;
}

static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* Orders rows by operation, then arithmetic, then N. */
static int by_problem(const void *a, const void *b)
{
    const struct sweep_row *x = a, *y = b;
    int order = strcmp(x->op, y->op);
    if (order == 0)
        order = strcmp(x->arithmetic, y->arithmetic);
    return order ? order : (x->n > y->n) - (x->n < y->n);
}

static void take_gpu(struct sweep_row *r, const json_t *document, const json_t *result, double call)
{
    if (r->gpu_variant && r->gpu_s[SWEEP_ON_DEVICE] <= call)
        return;
    const json_t *copies = json_object_get(document, "copy_in");
    const double pinned = number_at(copies, "pinned", "median_s");
    const double pageable = number_at(copies, "pageable", "median_s");
    r->gpu_variant = text_at(result, "variant");
    r->device_s = number_at(result, "summary", "median_s");
    r->gpu_j = energy_of(result);
    r->gpu_is_noisy = is_noisy(result);
    r->gpu_s[SWEEP_ON_DEVICE] = call;
    r->gpu_s[SWEEP_COPIED_ONCE] = call + pageable / (double)SWEEP_USES;
    r->gpu_s[SWEEP_PINNED] = call + pinned;
    r->gpu_s[SWEEP_PAGEABLE] = call + pageable;
}

static void take_cpu(struct sweep_row *r, const json_t *result, double call)
{
    if (r->cpu_variant && r->cpu_s <= call)
        return;
    r->cpu_variant = text_at(result, "variant");
    r->cpu_s = call;
    r->cpu_j = energy_of(result);
    r->cpu_is_noisy = is_noisy(result);
}

/* A result with a call that was timed by the host's clock. */
struct call {
    const char *op, *arithmetic;
    uint64_t n;
    double seconds;
    bool is_cpu;
    size_t turn; /* the first of several equal ones counts */
    const json_t *document, *result;
};

/* Orders by operation and N; within these the GPU's results by arithmetic, then the CPU's. */
static int by_work(const void *a, const void *b)
{
    const struct call *x = a, *y = b;
    int order = strcmp(x->op, y->op);
    order = order ? order : (x->n > y->n) - (x->n < y->n);
    order = order ? order : x->is_cpu - y->is_cpu;
    order = order || x->is_cpu ? order : strcmp(x->arithmetic, y->arithmetic);
    return order ? order : (x->turn > y->turn) - (x->turn < y->turn);
}

static size_t calls_of(const json_t *documents, struct call **out)
{
    struct call *list = NULL;
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(documents); i++) {
        const json_t *document = json_array_get(documents, i);
        const json_t *results = json_object_get(document, "results");
        for (size_t k = 0; k < json_array_size(results); k++) {
            const json_t *result = json_array_get(results, k);
            const double seconds = number_at(result, "call", "median_s");
            const json_int_t n = json_integer_value(json_object_get(result, "n"));
            if (strcmp(text_at(result, "state"), "ok") != 0 || !(seconds > 0) || n < 1)
                continue;
            list = need_room(list, count, sizeof *list);
            list[count] = (struct call){text_at(result, "op"),
                                        text_at(result, "arithmetic"),
                                        (uint64_t)n,
                                        seconds,
                                        strcmp(text_at(result, "backend"), "gpu") != 0,
                                        count,
                                        document,
                                        result};
            count++;
        }
    }
    if (count)
        qsort(list, count, sizeof *list, by_work);
    *out = list;
    return count;
}

/* The CPU computes in f32 only, and every arithmetic of the GPU is compared with that. So the CPU's
 * results are added to each row that the GPU has at that N; without a GPU they make a row of their
 * own. */
size_t sweep_rows(const json_t *documents, struct sweep_row **out)
{
    struct call *calls;
    struct sweep_row *rows = NULL;
    size_t rows_count = 0, begin = 0; /* begin: the first row of this operation and N */
    const size_t count = calls_of(documents, &calls);
    for (size_t i = 0; i < count; i++) {
        const struct call *c = &calls[i], *before = i > 0 ? c - 1 : NULL;
        const bool is_new = !before || before->n != c->n || strcmp(before->op, c->op) != 0;
        if (is_new)
            begin = rows_count;
        if (is_new || (!c->is_cpu && strcmp(before->arithmetic, c->arithmetic) != 0)) {
            rows = need_room(rows, rows_count, sizeof *rows);
            rows[rows_count++] = (struct sweep_row){
                .op = c->op,
                .arithmetic = c->arithmetic,
                .n = c->n,
                .device_s = NAN,
                .cpu_s = NAN,
                .gpu_j = NAN,
                .cpu_j = NAN,
                .gpu_s = {[SWEEP_ON_DEVICE] = NAN, NAN, NAN, NAN},
            };
        }
        if (!c->is_cpu)
            take_gpu(&rows[rows_count - 1], c->document, c->result, c->seconds);
        else
            take_cpu(&rows[begin], c->result, c->seconds);
        const bool is_last = i + 1 == count || c[1].n != c->n || strcmp(c[1].op, c->op) != 0;
        for (size_t k = begin + 1; is_last && k < rows_count; k++) {
            rows[k].cpu_variant = rows[begin].cpu_variant;
            rows[k].cpu_s = rows[begin].cpu_s;
            rows[k].cpu_j = rows[begin].cpu_j;
            rows[k].cpu_is_noisy = rows[begin].cpu_is_noisy;
        }
    }
    if (rows_count)
        qsort(rows, rows_count, sizeof *rows, by_problem);
    free(calls);
    *out = rows;
    return rows_count;
}

struct crossover sweep_crossover(const struct sweep_row *rows, size_t count, const char *op,
                                 const char *arithmetic, enum sweep_case which)
{
    struct crossover c = {.kind = CROSSOVER_UNKNOWN};
    for (size_t i = 0; i < count; i++) {
        const struct sweep_row *r = &rows[i];
        const double ratio = r->gpu_s[which] / r->cpu_s;
        if (strcmp(r->op, op) != 0 || strcmp(r->arithmetic, arithmetic) != 0 || isnan(ratio))
            continue;
        if (sweep_is_noisy(r)) {
            c.has_noisy = true;
            continue;
        }
        if (c.kind == CROSSOVER_UNKNOWN) {
            c.least = c.n = r->n;
            c.kind = CROSSOVER_ALWAYS;
        }
        c.most = r->n;
        if (ratio >= 1) {
            c.kind = CROSSOVER_NEVER;
            c.slower_at = r->n;
            c.ratio = ratio;
        } else if (c.kind == CROSSOVER_NEVER) {
            c.kind = CROSSOVER_FROM;
            c.n = r->n;
        }
    }
    return c;
}

void sweep_sentence(char *out, size_t bytes, const struct crossover *c)
{
    switch (c->kind) {
    case CROSSOVER_UNKNOWN:
        snprintf(out, bytes, "not known: %s",
                 c->has_noisy ? STATS_NOISY_WHY : "no N has both sides");
        break;
    case CROSSOVER_ALWAYS:
        snprintf(out, bytes, "at every N measured, from %" PRIu64 " to %" PRIu64, c->least,
                 c->most);
        break;
    case CROSSOVER_FROM:
        snprintf(out, bytes, "from N = %" PRIu64 "; at %" PRIu64 " the CPU is %.3g times as fast",
                 c->n, c->slower_at, c->ratio);
        break;
    case CROSSOVER_NEVER:
        snprintf(out, bytes, "never up to N = %" PRIu64 ", where the CPU is %.3g times as fast",
                 c->most, c->ratio);
        break;
    }
}

size_t sweep_grid(uint64_t from, uint64_t to, size_t steps, uint64_t *n)
{
    size_t count = 0;
    const double span = log((double)to / (double)from);
    for (size_t i = 0; i < steps; i++) {
        const double share = steps > 1 ? (double)i / (double)(steps - 1) : 0;
        const uint64_t next = (uint64_t)llround((double)from * exp(span * share));
        if (count == 0 || next > n[count - 1])
            n[count++] = next;
    }
    return count;
}

/* sweep.c - see sweep.h. */
#include "harness/compare/sweep.h"

#include "harness/base/need.h"

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

static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* The rows of one operation lie together, arithmetic by arithmetic, N upwards. */
static int by_problem(const void *a, const void *b)
{
    const struct sweep_row *x = a, *y = b;
    int order = strcmp(x->op, y->op);
    if (order == 0)
        order = strcmp(x->arithmetic, y->arithmetic);
    return order ? order : (x->n > y->n) - (x->n < y->n);
}

struct rows {
    struct sweep_row *list;
    size_t count;
};

static struct sweep_row *row_for(struct rows *rows, const char *op, const char *arithmetic,
                                 uint64_t n)
{
    for (size_t i = 0; i < rows->count; i++) {
        struct sweep_row *r = &rows->list[i];
        if (r->n == n && strcmp(r->op, op) == 0 && strcmp(r->arithmetic, arithmetic) == 0)
            return r;
    }
    rows->list = need_room(rows->list, rows->count, sizeof *rows->list);
    struct sweep_row *r = &rows->list[rows->count++];
    *r = (struct sweep_row){
        .op = op, .arithmetic = arithmetic, .n = n, .device_s = NAN, .cpu_s = NAN};
    for (int c = 0; c < SWEEP_CASES; c++)
        r->gpu_s[c] = NAN;
    return r;
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
}

/* Adds the results of one backend. The CPU has f32 alone, which every arithmetic of the GPU is
 * compared with, so its results go to each row that the GPU made at that N; where there is no GPU,
 * to a row of their own. */
static void take(struct rows *rows, const json_t *document, bool gpu)
{
    const json_t *results = json_object_get(document, "results");
    for (size_t i = 0; i < json_array_size(results); i++) {
        const json_t *result = json_array_get(results, i);
        const double call = number_at(result, "call", "median_s");
        const char *op = text_at(result, "op"), *arithmetic = text_at(result, "arithmetic");
        const json_int_t n = json_integer_value(json_object_get(result, "n"));
        if (strcmp(text_at(result, "state"), "ok") != 0 || !(call > 0) || n < 1 ||
            (strcmp(text_at(result, "backend"), "gpu") == 0) != gpu)
            continue;
        bool found = false;
        for (size_t k = 0; !gpu && k < rows->count; k++) {
            struct sweep_row *r = &rows->list[k];
            if (r->n == (uint64_t)n && strcmp(r->op, op) == 0) {
                take_cpu(r, result, call);
                found = true;
            }
        }
        if (found)
            continue;
        struct sweep_row *r = row_for(rows, op, arithmetic, (uint64_t)n);
        if (gpu)
            take_gpu(r, document, result, call);
        else
            take_cpu(r, result, call);
    }
}

size_t sweep_rows(const json_t *documents, struct sweep_row **out)
{
    struct rows rows = {0};
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < json_array_size(documents); i++)
            take(&rows, json_array_get(documents, i), side == 0);
    if (rows.count)
        qsort(rows.list, rows.count, sizeof *rows.list, by_problem);
    *out = rows.list;
    return rows.count;
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
        snprintf(out, bytes, "not known: no N has both sides");
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

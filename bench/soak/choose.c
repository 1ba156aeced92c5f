/* choose.c - what a soak runs: the fastest variants that give the same bits each time, on matrices
 * whose order suits the device. */
#include "bench/run/select.h"
#include "bench/soak/soak.h"
#include "harness/base/need.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ORDER_MOST = 16384, ORDER_MOST_CPU = 4096, ORDER_LEAST = 256 };
static const double launch_most_s = 0.1, memory_share = 0.9, memory_share_cpu = 0.25;

static bool is_cpu(const struct soak *soak)
{
    return !soak->backend->keep;
}

/* The fastest of the candidates in an arithmetic that can run and leaves the same bits each time;
 * the rows of an operation go from slow to fast. NULL if there is none. */
static const struct variant *fastest(const struct soak *soak, const struct variant **candidates,
                                     size_t count, enum arithmetic arithmetic,
                                     const struct problem *p)
{
    char reason[256];
    const struct variant *found = NULL;
    for (size_t i = 0; i < count; i++)
        if (candidates[i]->arithmetic == arithmetic && !candidates[i]->library &&
            !candidates[i]->order_varies &&
            soak->backend->can_run(soak->device, candidates[i], p, reason, sizeof reason))
            found = candidates[i];
    return found;
}

/* Adds the variants of an operation in each arithmetic that was asked for. */
static enum status add_variants(struct soak *soak, const struct problem *p, const char *arithmetics,
                                struct failure *why)
{
    const struct variant **candidates =
        need_array(soak->backend->variant_count + 1, sizeof *candidates);
    size_t count = 0;
    bool automatic;
    enum status status = select_variants(soak->backend, p->op, p->element, NULL, arithmetics, false,
                                         candidates, &count, &automatic, why);
    for (int a = 0; a < ARITH_COUNT && status == STATUS_OK; a++) {
        const struct variant *v = fastest(soak, candidates, count, (enum arithmetic)a, p);
        if (v && soak->load_count < SOAK_LOADS_MAX)
            soak_add(soak, v, p);
    }
    free(candidates);
    return status;
}

/* "bf16" where a variant of it can run, else the type's own arithmetic. */
static const char *hottest(const struct soak *soak, const struct problem *p)
{
    char reason[256];
    for (size_t i = 0; i < soak->backend->variant_count; i++) {
        const struct variant *v = &soak->backend->variants[i];
        if (p->element == ELEMENT_F32 && v->op == p->op && v->arithmetic == ARITH_BF16 &&
            !v->library && soak->backend->can_run(soak->device, v, p, reason, sizeof reason))
            return arithmetic_name(ARITH_BF16);
    }
    return arithmetic_name(plain_arithmetic(p->element));
}

static enum status add_loads(const struct options *o, struct soak *soak, struct problem p,
                             struct failure *why)
{
    static const enum op both[] = {OP_SUM_AAT, OP_MATMUL};
    enum status status = STATUS_OK;
    const size_t count = o->op_is_given || is_cpu(soak) ? 1 : 2;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        p.op = count == 1 ? o->op : both[i];
        if (!is_cpu(soak)) {
            status =
                add_variants(soak, &p, o->arithmetics ? o->arithmetics : hottest(soak, &p), why);
            continue;
        }
        const struct variant *v = soak->backend->auto_variant(soak->device, &p);
        if (v)
            soak_add(soak, v, &p);
    }
    if (status == STATUS_OK && !soak->load_count)
        return fail(why, STATUS_FAILED,
                    "no variant in %s that leaves the same bits each time can run on %s: gpubench "
                    "list shows what there is.",
                    o->arithmetics ? o->arithmetics : "the type's arithmetic",
                    soak->backend->device_facts(soak->device)->name);
    return status;
}

/* Bytes of one matrix for each load. */
static uint64_t least_bytes(const struct soak *soak)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < soak->load_count; i++) {
        const struct soak_load *load = &soak->loads[i];
        struct plan plan;
        soak->backend->plan(soak->device, load->variant, &load->problem, &plan);
        bytes += plan.bytes +
                 (load->variant->op == OP_MATMUL
                      ? load->problem.n * load->problem.n * element_bytes(load->problem.element)
                      : 0);
    }
    return bytes;
}

/* The slowest load's launch at the device's peak, in seconds. */
static double longest_launch_s(const struct soak *soak)
{
    const struct device_facts *d = soak->backend->device_facts(soak->device);
    double longest = 0;
    for (size_t i = 0; i < soak->load_count; i++) {
        const struct soak_load *load = &soak->loads[i];
        const double peak = d->peak_flops[load->variant->arithmetic];
        const double flop = problem_flop_done(&load->problem, load->variant->symmetric);
        longest = fmax(longest, peak > 0 ? flop / peak : 0);
    }
    return longest;
}

static void drop_loads(struct soak *soak)
{
    for (size_t i = 0; i < soak->load_count; i++)
        soak_series_free(&soak->loads[i].series);
    soak->load_count = 0;
}

enum status soak_choose(const struct options *o, struct soak *soak, struct failure *why)
{
    const struct device_facts *d = soak->backend->device_facts(soak->device);
    const double share = o->memory_share > 0 ? o->memory_share
                         : is_cpu(soak)      ? memory_share_cpu
                                             : memory_share;
    const uint64_t of_share = (uint64_t)(share * (double)d->memory_free);
    soak->memory = o->memory_bytes ? o->memory_bytes : of_share;
    soak->jobs_max = is_cpu(soak) ? 64 : 0;
    struct problem p = {o->op, o->order, o->seed, RANGE_UNIT, o->element};
    if (!p.n)
        p.n = is_cpu(soak) ? ORDER_MOST_CPU : ORDER_MOST;
    enum status status = add_loads(o, soak, p, why);
    while (status == STATUS_OK && !o->order && p.n > ORDER_LEAST &&
           (least_bytes(soak) > soak->memory || longest_launch_s(soak) > launch_most_s)) {
        p.n = p.n * 3 / 4 / ORDER_LEAST * ORDER_LEAST;
        drop_loads(soak);
        status = add_loads(o, soak, p, why);
    }
    return status;
}

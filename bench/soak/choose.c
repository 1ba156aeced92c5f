/* choose.c - what a soak runs: the fastest variants that give the same bits each time, on matrices
 * whose order suits the device. */
#include "bench/run/select.h"
#include "bench/soak/soak.h"
#include "harness/base/need.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ORDER_MOST = 16384, ORDER_MOST_CPU = 4096, ORDER_LEAST = 256 };
static const double launch_most_s = 0.1, memory_share = 0.9, memory_share_cpu = 0.25,
                    prepare_share_cpu = 0.1;

static bool is_cpu(const struct soak *soak)
{
    return !soak->backend->keep;
}

/* Returns the fastest variant, or NULL if there is no variant or its bits may vary between runs. */
static const struct variant *fastest(const struct soak *soak, const struct problem *p,
                                     enum arithmetic arithmetic)
{
    const struct variant *v = soak->backend->auto_variant(soak->device, p, arithmetic);
    return v && !v->order_varies ? v : NULL;
}

/* Adds a variant of an operation in each arithmetic that was asked for; otherwise in bf16 where one
 * can run, else in the type's own arithmetic. */
static enum status add_variants(const struct options *o, struct soak *soak, const struct problem *p,
                                unsigned *asked, struct failure *why)
{
    const struct variant **none = need_array(soak->backend->variant_count, sizeof *none);
    const bool is_hot = p->element == ELEMENT_F32 && fastest(soak, p, ARITH_BF16);
    unsigned wanted = 1u << (is_hot ? ARITH_BF16 : plain_arithmetic(p->element));
    size_t count = 0;
    enum status status = STATUS_OK;
    if (o->arithmetics)
        status = select_variants(soak->backend, p->op, p->element, "auto", o->arithmetics, NULL,
                                 false, none, &count, &wanted, why);
    for (int a = 0; wanted >> a && status == STATUS_OK; a++) {
        const struct variant *v = wanted >> a & 1 ? fastest(soak, p, (enum arithmetic)a) : NULL;
        if (v && soak->load_count < SOAK_LOADS_MAX)
            soak_add(soak, v, p);
    }
    *asked = wanted;
    free(none);
    return status;
}

/* Adds the first variant of each library, which is the one that gpubench cpu N --blas runs. Fails
 * if one cannot run, because a soak of the others would not be what was asked for. */
static enum status add_libraries(struct soak *soak, const struct problem *p, const char *libraries,
                                 struct failure *why)
{
    const struct variant **first = need_array(soak->backend->variant_count, sizeof *first);
    char reason[sizeof why->text] = "";
    unsigned none;
    size_t count = 0;
    enum status status = select_variants(soak->backend, p->op, p->element, NULL, NULL, libraries,
                                         false, first, &count, &none, why);
    if (count > SOAK_LOADS_MAX)
        status = fail(why, STATUS_USAGE, "--blas: %zu libraries are more than the %d of a soak.",
                      count, SOAK_LOADS_MAX);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        soak_add(soak, first[i], p);
        if (!soak->backend->can_run(soak->device, first[i], p, reason, sizeof reason))
            status = fail(why, STATUS_FAILED,
                          "--blas: %s cannot run: %s; gpubench list shows the libraries.",
                          first[i]->name, reason);
    }
    free(first);
    return status;
}

/* Fails if an arithmetic that was asked for has no load. */
static enum status check_loads(const struct soak *soak, unsigned asked, struct failure *why)
{
    for (size_t i = 0; i < soak->load_count; i++)
        asked &= ~(1u << soak->loads[i].variant->arithmetic);
    for (int a = 0; asked >> a; a++)
        if (asked >> a & 1)
            return fail(why, STATUS_FAILED,
                        "no variant in %s that leaves the same bits each time can run on %s: "
                        "gpubench list shows what there is.",
                        arithmetic_name((enum arithmetic)a),
                        soak->backend->device_facts(soak->device)->name);
    return STATUS_OK;
}

enum status soak_check(const struct options *o, const struct backend *backend, struct failure *why)
{
    const struct variant **none = need_array(backend->variant_count, sizeof *none);
    size_t count = 0;
    unsigned wanted;
    const enum status status =
        o->arithmetics ? select_variants(backend, o->op, o->element, "auto", o->arithmetics, NULL,
                                         false, none, &count, &wanted, why)
                       : STATUS_OK;
    free(none);
    return status;
}

static enum status add_loads(const struct options *o, const char *libraries, struct soak *soak,
                             struct problem p, struct failure *why)
{
    static const enum op both[] = {OP_SUM_AAT, OP_MATMUL};
    enum status status = STATUS_OK;
    unsigned asked = 0;
    const size_t count = o->op_is_given || is_cpu(soak) ? 1 : 2;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        p.op = count == 1 ? o->op : both[i];
        status = libraries ? add_libraries(soak, &p, libraries, why)
                           : add_variants(o, soak, &p, &asked, why);
    }
    return status == STATUS_OK ? check_loads(soak, asked, why) : status;
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

enum status soak_choose(const struct options *o, const char *libraries, struct soak *soak,
                        struct failure *why)
{
    const struct device_facts *d = soak->backend->device_facts(soak->device);
    const double share = o->memory_share > 0 ? o->memory_share
                         : is_cpu(soak)      ? memory_share_cpu
                                             : memory_share;
    const uint64_t of_share = (uint64_t)(share * (double)d->memory_free);
    soak->memory = o->memory_bytes ? o->memory_bytes : of_share;
    if (is_cpu(soak) && !o->memory_bytes && !(o->memory_share > 0)) {
        soak->jobs_max = 64;
        soak->prepare_s = prepare_share_cpu * soak->seconds;
    }
    struct problem p = {o->op, o->order, o->seed, RANGE_UNIT, o->element};
    if (!p.n)
        p.n = is_cpu(soak) ? ORDER_MOST_CPU : ORDER_MOST;
    enum status status = add_loads(o, libraries, soak, p, why);
    while (status == STATUS_OK && !o->order && p.n > ORDER_LEAST &&
           (least_bytes(soak) > soak->memory || longest_launch_s(soak) > launch_most_s)) {
        p.n = p.n * 3 / 4 / ORDER_LEAST * ORDER_LEAST;
        drop_loads(soak);
        status = add_loads(o, libraries, soak, p, why);
    }
    return status;
}

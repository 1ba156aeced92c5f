/* plan.c - decides what will run on the open device, once and before memory is allocated: the
 * contestants, the memory of the job, whether A is streamed, and which variants cannot run. */
#include "bench/run/run.h"

#include "harness/base/need.h"

#include <inttypes.h>
#include <stdio.h>

void run_key(const struct result *r, const struct variant *v, char *key, size_t bytes)
{
    snprintf(key, bytes, "%s/%s/%s", op_name(r->problem.op), arithmetic_name(v->arithmetic),
             v->name);
}

/* Whether v can run here and fits; if not, *why is STATUS_FAILED or STATUS_NO_MEMORY with the
 * reason alone ("needs cc 9.0, this is 3.0"). */
static bool suits(const struct run *run, const struct variant *v, struct failure *why)
{
    const struct backend *backend = run->place->backend;
    const struct problem *p = &run->result.problem;
    struct plan plan;
    char reason[256] = "";
    backend->plan(run->device, v, p, &plan);
    const bool can_run = plan.fits && backend->can_run(run->device, v, p, reason, sizeof reason);
    if (!plan.fits)
        fail(why, STATUS_NO_MEMORY, "%s", plan.sentence);
    else if (!can_run)
        fail(why, STATUS_FAILED, "%s", reason);
    return can_run;
}

/* Reports that no variant of the operation can run in plain arithmetic, with the reason of the
 * first variant. */
static enum status nothing_runs(const struct run *run, struct failure *why)
{
    const struct backend *backend = run->place->backend;
    const enum op op = run->result.problem.op;
    const enum arithmetic plain = plain_arithmetic(run->result.problem.element);
    char reason[512] = "no variant is left";
    for (size_t i = 0; i < backend->variant_count; i++) {
        const struct variant *v = &backend->variants[i];
        if (v->op == op && v->arithmetic == plain && !v->library && !suits(run, v, why)) {
            snprintf(reason, sizeof reason, "%s %.400s", v->name, why->text);
            break;
        }
    }
    return fail(why, STATUS_FAILED,
                "no %s variant of %s can run on %s (%s): gpubench list shows what each needs.",
                arithmetic_name(plain), op_name(op), run->result.device.name, reason);
}

static bool is_chosen(const struct run *run, const struct variant *v)
{
    for (size_t i = 0; i < run->chosen_count; i++)
        if (run->chosen[i] == v)
            return true;
    return false;
}

/* Returns the first variant in an arithmetic that is not a library's. Its reason is given if no
 * variant can run. */
static const struct variant *example_of(const struct run *run, enum arithmetic arithmetic)
{
    const struct backend *backend = run->place->backend;
    for (size_t i = 0; i < backend->variant_count; i++) {
        const struct variant *v = &backend->variants[i];
        if (v->op == run->result.problem.op && v->arithmetic == arithmetic && !v->library)
            return v;
    }
    return NULL;
}

/* For each arithmetic in which the backend is to choose, adds its choice and records the reason. */
static enum status add_automatic(struct run *run, struct failure *why)
{
    struct result *r = &run->result;
    if (run->automatic && !run->plan.fits)
        return fail(why, STATUS_NO_MEMORY, "%s", run->plan.sentence);
    for (unsigned a = 0; a < ARITH_COUNT; a++) {
        if (!(run->automatic & 1u << a))
            continue;
        const struct variant *v = run->place->backend->auto_variant(run->device, &r->problem, a);
        if (!v && a == (unsigned)plain_arithmetic(r->problem.element))
            return nothing_runs(run, why);
        if (v) {
            char name[40], reason[200];
            snprintf(name, sizeof name, "auto.%s", arithmetic_name(v->arithmetic));
            snprintf(reason, sizeof reason, "%s: %s", v->name, v->note);
            facts_text(&r->facts, name, reason);
        } else {
            v = example_of(run, a);
        }
        if (v && !is_chosen(run, v))
            run->chosen[run->chosen_count++] = v;
    }
    return STATUS_OK;
}

/* Returns a variant of the same operation and arithmetic that can run here, the fastest if the
 * backend knows which; or NULL. */
static const struct variant *instead_of(const struct run *run, const struct variant *v)
{
    const struct backend *backend = run->place->backend;
    const struct variant *best =
        backend->auto_variant(run->device, &run->result.problem, v->arithmetic);
    if (best && suits(run, best, NULL))
        return best;
    for (size_t i = 0; i < backend->variant_count; i++) {
        const struct variant *other = &backend->variants[i];
        if (other->op == v->op && other->arithmetic == v->arithmetic && suits(run, other, NULL))
            return other;
    }
    return NULL;
}

/* Reports "N = 60000: matmul/f32/tiled on GeForce GT 750M needs 13.4 GiB, 1.9 GiB are free" and
 * what would work instead. */
static enum status does_not_suit(const struct run *run, const struct variant *v,
                                 struct failure *why)
{
    const struct result *r = &run->result;
    const struct variant *other = instead_of(run, v);
    char key[96], way_out[128];
    run_key(r, v, key, sizeof key);
    if (other)
        snprintf(way_out, sizeof way_out, "--variant %s can run here.", other->name);
    else if (why->status == STATUS_NO_MEMORY && r->problem.op == OP_MATMUL)
        snprintf(
            way_out, sizeof way_out,
            "sum-aat gives the same sum in less: leave out --op matmul, or choose a smaller N.");
    else if (why->status == STATUS_NO_MEMORY)
        snprintf(way_out, sizeof way_out, "Choose a smaller N.");
    else
        snprintf(way_out, sizeof way_out, "gpubench list shows what each variant needs.");
    if (why->status == STATUS_NO_MEMORY)
        return fail(why, STATUS_NO_MEMORY, "N = %" PRIu64 ": %s on %s %.300s. %s", r->problem.n,
                    key, r->device.name, why->text, way_out);
    return fail(why, why->status, "%s cannot run on %s: %.300s. %s", key, r->device.name, why->text,
                way_out);
}

static enum library_state library_state(const struct run *run, const struct variant *v)
{
    const struct backend *backend = run->place->backend;
    return backend->library_state ? backend->library_state(run->device, v) : LIBRARY_READY;
}

/* Drops the variants of libraries that were not found. The first library stays in any case, because
 * others are compared with it. */
static void leave_out_absent(struct run *run)
{
    const char *first = run->place->backend->variants[0].blas;
    size_t kept = 0;
    for (size_t i = 0; i < run->chosen_count; i++) {
        const struct variant *v = run->chosen[i];
        const bool is_named = run->options->blas || run->options->variants || v->blas == first;
        if (is_named || library_state(run, v) != LIBRARY_ABSENT)
            run->chosen[kept++] = v;
    }
    run->chosen_count = kept;
}

enum status run_plan(struct run *run, struct failure *why)
{
    struct result *r = &run->result;
    run->place->backend->plan(run->device, NULL, &r->problem, &run->plan);
    enum status status = add_automatic(run, why);
    if (status != STATUS_OK)
        return status;
    run->is_table = run->is_table || run->options->all || run->chosen_count > 1;
    if (!run->is_table && !suits(run, run->chosen[0], why))
        return does_not_suit(run, run->chosen[0], why);

    leave_out_absent(run);
    r->contestants = need_array(run->chosen_count, sizeof *r->contestants);
    r->contestant_count = run->chosen_count;
    for (size_t i = 0; i < r->contestant_count; i++) {
        struct contestant *c = &r->contestants[i];
        struct failure reason = {0};
        c->variant = run->chosen[i];
        if (!suits(run, c->variant, &reason)) {
            c->state = library_state(run, c->variant) == LIBRARY_BROKEN ? CONTESTANT_FAILED
                                                                        : CONTESTANT_WAIVED;
            snprintf(c->reason, sizeof c->reason, "%.*s", (int)sizeof c->reason - 1, reason.text);
        }
    }
    return STATUS_OK;
}
